"""A settings folder belongs to one program at a time, whichever it is and however it ends."""

from __future__ import annotations

import errno
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.cli import main
from server.folder_lock import NAME, FolderTaken, lock_folder
from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import PROJECT
from tests.load.limits import disk

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the real program with one settings folder: the panel, or with ``serve`` that."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}

    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "gui", *arguments, "--config-dir", str(tmp_path / "settings")]
        started.append(
            subprocess.Popen(
                command,
                cwd=PROJECT,
                env=kept | {"QT_QPA_PLATFORM": "offscreen"},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield begin
    for each in started:
        each.kill()
        each.communicate()


def says(program: subprocess.Popen[str]) -> str:
    """Return the next line of a program, which is its address."""
    assert program.stdout is not None
    return program.stdout.readline().strip()


@pytest.mark.panel
def test_panel_and_serve_never_have_one_folder_together(start: Start) -> None:
    serve = ("serve", "--share", "demo", "--port", "0", "--print-url")
    panel = start("--share", "demo", "--print-url", "--port", str(free_port()))
    assert says(panel)
    refused = start(*serve)
    _, words = refused.communicate(timeout=20)
    panel.kill()
    server = start(*serve)
    assert says(server)
    other = start("--share", "demo")
    assert other.stderr is not None
    told = other.stderr.readline()

    assert refused.returncode == 1
    assert f"The panel (process {panel.pid}) uses the settings folder" in words
    assert "--config-dir" in words
    assert f"Panecast serve (process {server.pid}) uses the settings folder" in told
    # Nobody may read the terminal: it says so in a window too, until that is closed.
    assert other.poll() is None
    other.terminate()
    assert other.wait(2) == -signal.SIGTERM


def test_serve_uses_the_folder_that_the_variable_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PANECAST_CONFIG", str(tmp_path))
    monkeypatch.setattr("server.serve.WAIT_SECONDS", 0.0)
    lock = lock_folder(tmp_path, "another one")
    try:
        assert main(["serve", "--share", "demo", "--port", "0"]) == 1
    finally:
        lock.release()

    assert f"uses the settings folder {tmp_path}" in capsys.readouterr().err


def test_one_has_it_until_it_lets_go(tmp_path: Path) -> None:
    lock = lock_folder(tmp_path / "new" / "settings", "the panel")
    with pytest.raises(FolderTaken, match=rf"^The panel \(process {os.getpid()}\) uses"):
        lock_folder(tmp_path / "new" / "settings", "panecast serve")
    lock.release()
    lock.release()

    assert lock_folder(tmp_path / "new" / "settings", "panecast serve", 1.0).problem == ""
    assert stat.S_IMODE((tmp_path / "new" / "settings" / NAME).stat().st_mode) == 0o600


def test_by_another_name_it_is_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    lock = lock_folder(tmp_path, "the panel")
    with pytest.raises(FolderTaken):
        lock_folder(tmp_path / "link", "panecast serve")

    # Also for those who take the lock for something that was left behind.
    (tmp_path / NAME).unlink()
    with pytest.raises(FolderTaken, match=r"^Another Panecast uses"):
        lock_folder(tmp_path, "panecast serve")
    lock.release()


@pytest.mark.parametrize("odd", ["folder", "pipe", "link", "socket", "unreadable", "nonsense"])
def test_what_lies_in_its_place_is_in_nobodys_way(tmp_path: Path, odd: str) -> None:
    path = tmp_path / NAME
    match odd:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "link":
            path.symlink_to(tmp_path / "elsewhere")
        case "socket":
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(str(path))
        case "unreadable":
            path.touch(mode=0)
        case "nonsense":
            path.write_bytes(b"\xff\x1b[31m 12" * 1000)
    lock = lock_folder(tmp_path, "the panel")

    assert lock.problem == ""
    with pytest.raises(FolderTaken):
        lock_folder(tmp_path, "panecast serve")
    lock.release()
    assert not (tmp_path / "elsewhere").exists()


def test_on_a_write_protected_disk_it_is_kept_too(tmp_path: Path) -> None:
    with disk(tmp_path, "size=64k"):
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path)], check=True)
        lock = lock_folder(tmp_path, "the panel")
        with pytest.raises(FolderTaken):
            lock_folder(tmp_path, "panecast serve")
        lock.release()


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, where a folder should be", encoding="utf-8")

    assert "so nothing is kept" in lock_folder(tmp_path / "taken", "the panel").problem


@pytest.mark.skipif(sys.platform == "win32", reason="Windows locks otherwise")
def test_a_disk_without_locks_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(number: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", no_locks)
    lock = lock_folder(tmp_path, "the panel")

    assert not lock.is_held
    assert os.strerror(errno.ENOLCK) in lock.problem
