"""The workflows: what they may do, what they run, and that what they name is there. They run elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from installer.build import KINDS
from installer.project import TOP

FOLDER = TOP / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
RELEASE = FOLDER / "release.yml"
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
"""An action by its commit: a tag can be moved to other code."""
NAMED = re.compile(r"(?:\bsh |\bpython3? )(\.?[\w/-]+\.(?:sh|py))|^(\.ci/\w+)|--requirement (\S+)", re.MULTILINE)
"""The files of ours that a step runs or reads."""
MODULES = re.compile(r"python3? -m (installer\.\w+)")
FROM_OUTSIDE = re.compile(r"\$\{\{")
"""In a script, the value of such an expression would be run as a part of it."""


def parsed(path: Path) -> dict[str, Any]:
    # YAML 1.1 takes the key “on” for True.
    content: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in content.items()}


def steps(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each step of each job, with its job."""
    for job in parsed(path)["jobs"].values():
        for step in job["steps"]:
            yield job, step


def scripts(path: Path) -> Iterator[str]:
    for _, step in steps(path):
        if "run" in step:
            yield step["run"]


def test_there_are_workflows_for_tests_notices_and_releases() -> None:
    assert {path.name for path in WORKFLOWS} == {"audit.yml", "release.yml", "test.yml"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_and_no_more(path: Path) -> None:
    workflow = parsed(path)

    assert workflow["permissions"] == {"contents": "read"}
    more = {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}
    assert more == (
        {"draft": {"contents": "write", "id-token": "write", "attestations": "write"}} if path == RELEASE else {}
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_code_of_others_is_named_by_its_commit(path: Path) -> None:
    actions = [step["uses"] for _, step in steps(path) if "uses" in step]

    assert actions
    assert [action for action in actions if not PINNED.fullmatch(action)] == []


def test_the_same_action_has_the_same_commit_and_a_version_to_read() -> None:
    lines = [line for file in WORKFLOWS for line in file.read_text(encoding="utf-8").splitlines() if "uses: " in line]

    assert all(re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line) for line in lines)
    assert len({line.partition("uses: ")[2] for line in lines}) == len(
        {line.partition("uses: ")[2].partition("@")[0] for line in lines}
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_clone_keeps_no_key_to_the_repository(path: Path) -> None:
    clones = [step for _, step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]

    assert clones
    assert all(step["with"]["persist-credentials"] is False for step in clones)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_from_outside_gets_into_a_script(path: Path) -> None:
    assert [script for script in scripts(path) if FROM_OUTSIDE.search(script)] == []
    # It would run code of a pull request with the keys of the project.
    assert "pull_request_target" not in parsed(path)["on"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_a_step_runs_is_there(path: Path) -> None:
    named = {name for script in scripts(path) for match in NAMED.findall(script) for name in match if name}
    modules = {name for script in scripts(path) for name in MODULES.findall(script)}

    missing = [name for name in named if not (TOP / name).exists()]
    missing += [name for name in modules if not (TOP / f"{name.replace('.', '/')}.py").exists()]
    assert named
    assert missing == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_does_not_run_for_ever(path: Path) -> None:
    assert all("timeout-minutes" in job for job in parsed(path)["jobs"].values())


def test_a_step_with_secrets_is_left_out_without_them_and_that_is_said() -> None:
    with_secrets = [(job, step) for job, step in steps(RELEASE) if "secrets." in str(step)]

    assert with_secrets
    for job, step in with_secrets:
        # A repository of somebody else, and the dry run, have none.
        conditions = re.findall(r"env\.(HAS_\w+) == 'true'", step["if"])
        assert conditions
        assert all(re.fullmatch(r"\$\{\{ secrets\.\w+ != '' \}\}", job["env"][name]) for name in conditions)
        assert job["environment"] == "release"
        for name in conditions:
            said = [each for each in job["steps"] if f"env.{name} != 'true'" in str(each.get("if", ""))]
            assert any("::notice::" in each["run"] for each in said)


def test_a_secret_is_handed_over_in_the_environment_alone() -> None:
    for _, step in steps(RELEASE):
        rest = {key: value for key, value in step.items() if key != "env"}
        assert "secrets." not in str(rest)
        assert not re.search(r"set -x|\benv\b\s*$|printenv", str(step.get("run", "")))


def test_only_a_tag_makes_a_draft_and_nothing_is_published() -> None:
    workflow = parsed(RELEASE)
    draft = workflow["jobs"]["draft"]

    assert set(workflow["on"]) == {"push", "workflow_dispatch"}
    assert workflow["on"]["push"] == {"tags": ["v[0-9]+.[0-9]+.[0-9]+"]}
    assert draft["if"] == "github.event_name == 'push' && github.ref_type == 'tag'"
    assert [script for script in scripts(RELEASE) if "gh release create" in script and "--draft" not in script] == []
    assert not any("gh release edit" in script or "twine" in script for script in scripts(RELEASE))


def test_every_kind_of_package_is_built_and_built_twice() -> None:
    builds = [script for script in scripts(RELEASE) if "installer/build.sh" in script]

    kinds = [set(re.search(r"installer/build\.sh ([a-z ]+) --video", script)[1].split()) for script in builds]  # type: ignore[index]
    assert kinds == [set(KINDS) - {"windows"}] * 2
    assert any("installer/windows/build.sh --video" in script for script in scripts(RELEASE))
    assert any("installer/macos/build.sh" in script for script in scripts(RELEASE))


def test_the_bootloader_is_compiled_from_the_pinned_source() -> None:
    workflow = parsed(RELEASE)
    pins = (TOP / "installer" / "constraints.txt").read_text(encoding="utf-8")

    assert workflow["env"]["PIP_NO_BINARY"] == "pyinstaller"
    assert workflow["env"]["PYINSTALLER_COMPILE_BOOTLOADER"] == "1"
    assert re.search(r"^pyinstaller==", pins, re.MULTILINE)
    installs = [(job, step) for job, step in steps(RELEASE) if "pip install" in step.get("run", "")]
    assert len(installs) == 2
    assert all(step["env"]["PIP_CONSTRAINT"] == "installer/constraints.txt" for _, step in installs)


@pytest.mark.parametrize("words", [("-m", "installer.release_notes"), ("-m", "installer.manifests", "--help")])
def test_jobs_without_an_environment_of_ours_need_nothing_but_python(words: tuple[str, ...]) -> None:
    # -S: without the packages that are installed here.
    done = subprocess.run([sys.executable, "-S", *words], check=False, cwd=TOP, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
