"""Terminals of every kind, and none: the command line in processes of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.x11.desktop import PROJECT

SAY = "import sys; from server.terminal import prepare, say; prepare(); sys.exit(say({words!r} * {times}))"


def run(
    command: str, words: str = "× 日本語 🎉", times: int = 1, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a shell command, in which ``$SAY`` says ``words`` so many times."""
    say = f"{sys.executable} -c {SAY.format(words=words, times=times)!r}"
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), "LC_ALL": "C.UTF-8"} | environment
    return subprocess.run(["sh", "-c", command.replace("$SAY", say)], env=env, capture_output=True, check=False)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_what_a_terminal_cannot_show_is_replaced(encoding: str) -> None:
    done = run("$SAY", PYTHONIOENCODING=encoding)

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == 1
    assert ("🎉" in done.stdout.decode(encoding)) is (encoding == "utf-8")


@pytest.mark.parametrize("reader", ["true", "head -c 1 >/dev/null"])
def test_a_reader_that_wants_no_more_is_no_fault(reader: str) -> None:
    done = run(f"($SAY; echo $? >&2) | {reader}", times=100_000)

    assert done.stderr == b"0\n"


def test_a_full_disk_is_said() -> None:
    done = run("$SAY >/dev/full")

    assert done.returncode == 1
    assert done.stderr == b"panecast: The output could not be written: No space left on device.\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_without_streams_it_runs_all_the_same(closed: str) -> None:
    assert run(f"$SAY {closed}").returncode == 0


def test_the_list_of_windows_goes_through_it(tmp_path: Path) -> None:
    """Without a display it is the demo alone, whose size is written with a sign that ASCII lacks."""
    command = [sys.executable, "-m", "gui", "windows"]
    env = {"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "ascii", "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, check=False)

    assert done.returncode == 1
    assert b"1280?720" in done.stdout
    assert b"Traceback" not in done.stderr
