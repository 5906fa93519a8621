"""Completion in real shells: what each of them offers for a line."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from installer.commands import WORDS, commands
from installer.completions import bash, fish, zsh

HERE = Path(__file__).parent
KNOWN = commands()
NAMES = {command.name for command in KNOWN if command.name}

Complete = Callable[[str], set[str]]


def in_bash(folder: Path, line: str) -> list[str]:
    words = line.split(" ")
    script = """
        source "$1/panecast"
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _panecast
        printf "%s\\n" "${COMPREPLY[@]}"
    """
    return ["bash", "--norc", "-c", script, "bash", str(folder), *words]


def in_zsh(folder: Path, line: str) -> list[str]:
    return ["zsh", "-f", str(HERE / "complete.zsh"), str(folder), line]


def in_fish(folder: Path, line: str) -> list[str]:
    return ["fish", "--no-config", "-c", 'source "$argv[1]/panecast.fish"; complete -C "$argv[2]"', str(folder), line]


SHELLS = {
    "bash": (in_bash, bash, "panecast"),
    "zsh": (in_zsh, zsh, "_panecast"),
    "fish": (in_fish, fish, "panecast.fish"),
}


@pytest.fixture(scope="module", params=SHELLS)
def complete(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Complete:
    """Return what asks one of the shells which words it offers for the end of a line."""
    ask, make, file = SHELLS[request.param]
    if shutil.which(request.param) is None:
        pytest.skip(f"needs {request.param}")
    folder = tmp_path_factory.mktemp(request.param)
    (folder / file).write_text(make(KNOWN), encoding="utf-8")
    (folder / "a folder").mkdir()
    (folder / "a.pem").touch()

    def offered(line: str) -> set[str]:
        done = subprocess.run(
            ask(folder, line),
            check=False,
            capture_output=True,
            text=True,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "TERM": "dumb"},
            stdin=subprocess.DEVNULL,
            timeout=30,
        )
        assert done.stderr == ""
        # fish puts a description behind a tabulator, zsh a colon's escape before what follows it.
        words = {each.partition("\t")[0].replace("\\", "") for each in done.stdout.splitlines()}
        return {word.rstrip("/") for word in words if word}

    return offered


def test_commands_are_offered(complete: Complete) -> None:
    assert complete("panecast ") == NAMES


@pytest.mark.parametrize("command", KNOWN, ids=lambda command: command.name or "panecast")
def test_all_options_of_a_command_are_offered(complete: Complete, command: object) -> None:
    [known] = [each for each in KNOWN if each is command]
    line = f"panecast {known.name} --" if known.name else "panecast --"

    assert complete(line) == {name for option in known.options for name in option.names if name.startswith("--")}


def test_a_source_is_offered_after_another_one(complete: Complete) -> None:
    assert complete("panecast serve --share demo d") == {"desktop", "demo"}


def test_values_and_files_are_offered(complete: Complete) -> None:
    assert complete("panecast serve --share demo --format ") == set(WORDS["format"])
    assert complete("panecast serve --key a") == {"a folder", "a.pem"}
    assert complete("panecast --config-dir a") == {"a folder"}


def test_nothing_is_offered_for_a_number(complete: Complete) -> None:
    assert complete("panecast serve --port ") == set()
