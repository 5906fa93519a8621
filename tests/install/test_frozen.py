"""The frozen program where little is as it should be: it runs all the same, or says in a sentence why not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server import __version__
from tests.install.building import fetch
from tests.install.frozen import FROZEN, PROJECT, build_packages

pytestmark = [pytest.mark.packages, pytest.mark.timeout(1800)]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    build_packages()


def run(*command: str | Path, seconds: float = 30, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program with hardly any environment but what is given."""
    own = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent"}
    return subprocess.run(
        command,
        env={**own, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )


@contextmanager
def serving(*command: str | Path, **environment: str) -> Iterator[str]:
    """Have the program serve its demo picture while the block lasts; yield the address."""
    words = [*command, "serve", "--share", "demo", "--port", "0", "--print-url"]
    own = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent"}
    with subprocess.Popen(
        words, env={**own, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().strip()
        try:
            yield url
        finally:
            process.terminate()
            said = process.stderr.read()
    assert process.returncode == 0, said
    assert said == ""


def has_picture(url: str) -> bool:
    return fetch(f"{url}/snapshot/demo.jpg").startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    "environment",
    [
        {"LD_LIBRARY_PATH": "/usr/lib/x86_64-linux-gnu:/nonexistent"},
        {"QT_PLUGIN_PATH": "/usr/lib/x86_64-linux-gnu/qt6/plugins", "QT_QPA_PLATFORM_PLUGIN_PATH": "/nonexistent"},
        {"PYTHONHOME": "/nonexistent", "PYTHONPATH": "{traps}", "PYTHONSTARTUP": "/nonexistent"},
        {"HOME": "/proc/1/nowhere"},
        {"LANG": "C", "LC_ALL": "POSIX"},
        {"TMPDIR": "/nonexistent"},
    ],
    ids="+".join,
)
def test_environment_of_other_programs_does_not_matter(environment: dict[str, str], tmp_path: Path) -> None:
    for name in ("gui", "server", "capture", "resources", "json", "asyncio"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('foreign')\n", encoding="ascii")
    given = {key: value.format(traps=tmp_path) for key, value in environment.items()}

    assert run(FROZEN / "panecast", "--version", **given).stdout == f"panecast {__version__}\n"
    with serving(FROZEN / "panecast", **given) as url:
        assert has_picture(url)


def test_started_through_a_link_from_another_folder(tmp_path: Path) -> None:
    link = tmp_path / "a link"
    link.symlink_to(FROZEN / "panecast")
    done = subprocess.run(["./a link", "--version"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, f"panecast {__version__}\n", "")


@needs_root
def test_read_only_medium_and_temporary_folder_without_programs() -> None:
    """Both of systems that are locked down."""
    locked = 'mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"; mount -t tmpfs -o noexec tmpfs /tmp; exec "$@"'
    # Not in /tmp, which is covered there.
    with tempfile.TemporaryDirectory(dir=PROJECT / ".cache") as folder:
        copy = Path(folder) / "panecast"
        shutil.copytree(FROZEN, copy, symlinks=True)
        with serving("unshare", "--mount", "sh", "-ec", locked, copy, copy / "panecast") as url:
            assert has_picture(url)


def test_no_display_is_said() -> None:
    done = run(FROZEN / "panecast", XDG_SESSION_TYPE="tty")

    assert done.returncode == 1
    assert done.stderr.startswith("panecast: There is no display to show the panel on")


@pytest.mark.parametrize(
    ("library", "damage"),
    [
        ("_internal/numpy/_core/_multiarray_umath.*.so", Path.unlink),
        ("_internal/msgspec/_core.*.so", lambda path: path.write_bytes(bytes(4096) + path.read_bytes()[4096:])),
        # The system would take it into memory, and end the program without a word.
        ("_internal/PySide6/Qt/lib/libQt6Gui.so.6", lambda path: os.truncate(path, 1_000_000)),
        ("_internal/PySide6/Qt/plugins/platforms/libqxcb.so", Path.unlink),
    ],
)
def test_missing_or_damaged_library_is_named(library: str, damage: Callable[[Path], object], tmp_path: Path) -> None:
    copy = tmp_path / "panecast"
    shutil.copytree(FROZEN, copy, symlinks=True)
    (damaged,) = copy.glob(library)
    damage(damaged)

    done = run(copy / "panecast", "serve", "--share", "demo", "--port", "0")

    assert done.returncode == 1
    assert "A file of this installation is missing or damaged" in done.stderr
    assert damaged.name.partition(".")[0] in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_clock_does_not_matter(tmp_path: Path) -> None:
    """A certificate is made as if the clock were right, and so is the link."""
    (wrong,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    clock = {"LD_PRELOAD": str(wrong), "FAKETIME": "-2y", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    with serving(FROZEN / "panecast", HOME=str(tmp_path), **clock) as url:
        assert json.loads(fetch(f"{url}/api/health"))["status"] == "ok"
