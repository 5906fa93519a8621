"""Of several copies of the app one stays and is called."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.x11.desktop import PROJECT

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for sockets, which is the person's own. Its path is short, as those of sockets have to be."""
    with tempfile.TemporaryDirectory(prefix="one") as above:
        folder = Path(above) / "run"
        folder.mkdir(mode=0o700)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
        monkeypatch.setenv("TMPDIR", above)
        yield folder


@pytest.fixture
def start(runtime: Path) -> Iterator[Start]:
    """Start a copy; the folder of its settings is the argument."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.gui.desktop.one_copy", *map(str, arguments)]
        started.append(subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield begin
    for copy in started:
        copy.kill()
        copy.communicate()


def heard(copy: subprocess.Popen[str]) -> str:
    """Return the next line that a copy says."""
    assert copy.stdout is not None
    return copy.stdout.readline().strip()


def test_the_second_copy_calls_the_first_and_ends(start: Start, tmp_path: Path) -> None:
    first = start(tmp_path / "settings")
    assert heard(first) == "first"
    for _ in range(2):
        second = start(tmp_path / "settings")
        assert (heard(second), second.wait(10)) == ("second", 0)
        assert heard(first) == "called"

    assert first.poll() is None


def test_copies_with_settings_of_their_own_do_not_know_each_other(start: Start, tmp_path: Path) -> None:
    assert [heard(start(tmp_path / name)) for name in ("a", "b")] == ["first", "first"]


def test_of_five_that_start_at_once_one_stays(start: Start, tmp_path: Path) -> None:
    copies = [start(tmp_path / "settings") for _ in range(5)]

    assert sorted(map(heard, copies)) == ["first", *["second"] * 4]


def test_what_a_killed_copy_left_is_in_nobodys_way(start: Start, tmp_path: Path) -> None:
    first = start(tmp_path / "settings")
    assert heard(first) == "first"
    first.kill()
    first.wait(10)
    follower = start(tmp_path / "settings")
    assert heard(follower) == "first"

    assert heard(start(tmp_path / "settings")) == "second"
    assert heard(follower) == "called"


def test_a_copy_that_is_stuck_is_said(start: Start, tmp_path: Path) -> None:
    assert heard(start(tmp_path / "settings", "stuck")) == "first"
    second = start(tmp_path / "settings")

    assert "has not answered for 3 seconds" in heard(second)
    assert second.wait(10) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has pipes with rights of their own")
def test_nobody_else_can_open_it(start: Start, runtime: Path, tmp_path: Path) -> None:
    assert heard(start(tmp_path / "settings")) == "first"
    (socket,) = runtime.glob("*.socket")

    assert stat.S_IMODE(socket.stat().st_mode) & 0o077 == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a matter of /tmp")
def test_without_a_folder_of_the_session_one_is_made(
    start: Start, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert [heard(start(tmp_path / "settings")) for _ in range(2)] == ["first", "second"]

    assert stat.S_IMODE((runtime.parent / f"panecast-{os.getuid()}").stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="a matter of /tmp")
@pytest.mark.parametrize("trap", ["open to others", "a link"])
def test_a_folder_that_somebody_else_laid_out_is_not_used(
    start: Start, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    laid_out = runtime.parent / f"panecast-{os.getuid()}"
    if trap == "a link":
        target = runtime.parent / "elsewhere"
        target.mkdir(mode=0o700)
        laid_out.symlink_to(target)
    else:
        laid_out.mkdir()
        laid_out.chmod(0o777)

    # No stranger keeps the first from starting; the second cannot call it, but does not use its settings either.
    assert heard(start(tmp_path / "settings")) == "first"
    assert "uses the settings folder" in heard(start(tmp_path / "settings"))
    assert list(laid_out.iterdir()) == []
