"""Of several copies of the app one stays and is asked."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.remote.claim import ask_first
from server.remote.client import AnswersOtherwise, ask
from server.remote.message import ANSWER_BYTES, Answer, Request
from server.remote.place import socket_names
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
        command = [sys.executable, "-m", "tests.server.remote.one_copy", *map(str, arguments)]
        started.append(subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield begin
    for copy in started:
        copy.kill()
        copy.communicate()


def tell(copy: subprocess.Popen[str]) -> None:
    """Have a copy go on that waits for a line."""
    assert copy.stdin is not None
    copy.stdin.write("\n")
    copy.stdin.flush()


def heard(copy: subprocess.Popen[str]) -> str:
    """Return the next line that a copy says."""
    assert copy.stdout is not None
    return copy.stdout.readline().strip()


def test_the_second_copy_asks_the_first_and_ends(start: Start, tmp_path: Path) -> None:
    first = start(tmp_path / "settings")
    assert heard(first) == "first"
    for _ in range(2):
        second = start(tmp_path / "settings")
        assert (heard(second), second.wait(10)) == ("second", 0)
        assert heard(first) == "asked to open"

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
    assert heard(follower) == "asked to open"


def test_a_copy_that_is_stuck_is_said(start: Start, tmp_path: Path) -> None:
    assert heard(start(tmp_path / "settings", "stuck")) == "first"
    second = start(tmp_path / "settings")

    assert "has not answered for 3 seconds" in heard(second)
    assert second.wait(10) == 1


def test_one_that_is_just_starting_is_waited_for(start: Start, tmp_path: Path) -> None:
    first = start(tmp_path / "settings", "late")
    assert heard(first) == "first"
    second = start(tmp_path / "settings")
    tell(first)

    assert heard(second) == "second"


def test_the_place_of_one_that_is_just_ending_is_taken(start: Start, tmp_path: Path) -> None:
    first = start(tmp_path / "settings", "ending")
    assert heard(first) == "first"
    tell(first)
    assert heard(first) == "closed"
    second = start(tmp_path / "settings")
    tell(first)
    assert heard(second) == "first"

    assert first.wait(10) == 0
    assert heard(start(tmp_path / "settings")) == "second"


def test_who_only_asks_takes_no_place_and_makes_no_folder(runtime: Path, start: Start, tmp_path: Path) -> None:
    settings = tmp_path / "settings"
    assert ask_first(settings, Request("status")) is None
    assert not settings.exists()
    assert ask_first(tmp_path, Request("status")) is None
    assert list(tmp_path.iterdir()) == []
    first = start(settings)
    assert heard(first) == "first"
    assert ask_first(settings, Request("status")) == Answer(text="second")
    first.kill()
    first.wait(10)

    assert ask_first(settings, Request("status")) is None
    assert heard(start(settings)) == "first"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"here\n", AnswersOtherwise),
        (b"[" * 70_000 + b"\n", AnswersOtherwise),
        (b"{}\n", AnswersOtherwise),
        (b'{"panecast": 1, "code": "0", "text": "", "problem": ""}\n', AnswersOtherwise),
        (b"x" * (ANSWER_BYTES + 2), AnswersOtherwise),
        (b'{"panecast": 1, "code": 0, "te', AnswersOtherwise),
        (b"", None),
    ],
)
def test_what_is_no_answer_is_said(runtime: Path, said: bytes, expected: type[Exception] | None) -> None:
    name = next(socket_names(runtime))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(name)
        listening.listen()

        def reply() -> None:
            caller, _ = listening.accept()
            with caller, contextlib.suppress(OSError):
                caller.recv(1000)
                caller.sendall(said)

        replying = threading.Thread(target=reply)
        replying.start()
        if expected is None:
            assert ask(name, Request("status")) is None
        else:
            with pytest.raises(expected):
                ask(name, Request("status"))
        replying.join()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has pipes with rights of their own")
def test_nobody_else_can_open_it(start: Start, runtime: Path, tmp_path: Path) -> None:
    assert heard(start(tmp_path / "settings")) == "first"
    (socket,) = runtime.glob("*.socket")

    assert stat.S_IMODE(socket.stat().st_mode) & 0o077 == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a matter of XDG_RUNTIME_DIR")
def test_who_knows_nothing_of_the_session_finds_it(
    start: Start, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As programs that are started on a schedule do not."""
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert heard(start(tmp_path / "settings")) == "first"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))

    assert heard(start(tmp_path / "settings")) == "second"


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
