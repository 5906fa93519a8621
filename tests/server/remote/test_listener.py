"""What comes over the socket of the copy that runs: answered, or cut off, and never in anybody's way."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.remote import listener as listening
from server.remote.listener import MOST_CALLERS, RemoteListener
from server.remote.message import REQUEST_BYTES, VERSION, Answer, Request
from server.remote.place import socket_names

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="speaks to a socket with a path")
HELLO = b'{"panecast": 1, "request": "hello", "what": ["\\udce4"]}\n'
NOBODY = 65534


class House:
    """A listener with a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[Request] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.name = next(socket_names(folder))
        self.listener = RemoteListener(folder, self._act)

    async def _act(self, request: Request) -> Answer:
        self.asked.append(request)
        if request.name == "fail":
            raise LookupError("as a fault in the program would")
        await self.gate.wait()
        return Answer(text="hello yourself")

    async def say(self, *parts: bytes, ends: bool = False) -> bytes:
        """Return what comes back until it is over; with ``ends`` nothing more is said, which the other side sees."""
        reader, writer = await asyncio.open_unix_connection(self.name)
        try:
            for part in parts:
                writer.write(part)
            if ends:
                writer.write_eof()
            return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()


def is_there(name: str) -> bool:
    return Path(name).is_socket()


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    with tempfile.TemporaryDirectory(prefix="one") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        made = House(Path(folder))
        await made.listener.open()
        yield made
        await made.listener.close()
        assert not is_there(made.name)


async def test_a_request_is_answered_in_a_line(house: House) -> None:
    answer = await house.say(HELLO[:10], HELLO[10:])

    assert answer == Answer(text="hello yourself").line
    assert house.asked == [Request("hello", {"what": ["\udce4"]})]


@pytest.mark.parametrize(
    "garbage",
    [
        b"\n",
        b"hello\n",
        b"\xff\xfe\n",
        b"[]\n",
        b"{}\n",
        b'"panecast"\n',
        b'{"panecast": 1}\n',
        b'{"panecast": true, "request": "hello"}\n',
        b'{"panecast": "1", "request": "hello"}\n',
        b'{"panecast": 1, "request": ["hello"]}\n',
        b'{"panecast": ' + b"9" * 5000 + b', "request": "hello"}\n',
        b"[" * 60_000 + b"\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"x" * (REQUEST_BYTES * 3),
        HELLO[:-1].replace(b"hello", b"h" * REQUEST_BYTES) + b"\n",
    ],
)
async def test_garbage_is_cut_off_and_the_next_one_is_answered(house: House, garbage: bytes) -> None:
    assert await house.say(garbage) == b""
    assert house.asked == []
    assert await house.say(HELLO) == Answer(text="hello yourself").line


async def test_what_is_cut_off_in_the_middle_is_not_done(house: House) -> None:
    assert await house.say(HELLO[:-1], ends=True) == b""
    assert house.asked == []


async def test_who_says_nothing_is_cut_off(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "ANSWER_SECONDS", 0.05)

    assert await house.say() == b""
    assert await house.say(HELLO[:20]) == b""


async def test_another_version_is_told_which_this_is(house: House) -> None:
    answer = json.loads(await house.say(b'{"panecast": 2, "request": "hello"}\n'))

    assert (answer["panecast"], answer["code"]) == (VERSION, 1)
    assert "version 1" in answer["problem"]
    assert house.asked == []


async def test_a_fault_is_said_and_the_next_one_is_answered(house: House, caplog: pytest.LogCaptureFixture) -> None:
    answer = json.loads(await house.say(b'{"panecast": 1, "request": "fail", "name": "secret words"}\n'))

    assert answer["code"] == 1
    assert answer["problem"]
    assert "LookupError" in caplog.text
    assert "secret words" not in caplog.text
    assert await house.say(HELLO) == Answer(text="hello yourself").line


async def test_what_takes_long_is_said_to_be_going_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "HANDLING_SECONDS", 0.05)
    house.gate.clear()
    answer = json.loads(await house.say(HELLO))

    assert answer["code"] == 1
    assert "panecast status" in answer["problem"]


async def test_of_a_thousand_at_once_all_are_answered_or_sent_away(house: House) -> None:
    house.gate.clear()
    silent = [await asyncio.open_unix_connection(house.name) for _ in range(MOST_CALLERS)]
    assert await house.say(HELLO) == b""
    for _, writer in silent:
        writer.close()
    house.gate.set()
    answers = []
    for _ in range(50):
        answers += await asyncio.gather(*(house.say(HELLO) for _ in range(20)))

    assert set(answers) <= {b"", Answer(text="hello yourself").line}
    assert await house.say(HELLO) == Answer(text="hello yourself").line


def let_in(path: Path) -> None:
    """Open a socket to everybody, with the folder it is in."""
    path.parent.chmod(0o755)
    path.chmod(0o666)


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only the administrator can become somebody else")
@pytest.mark.parametrize("is_open", [False, True])
async def test_another_user_gets_no_answer_even_where_the_folder_lets_them_in(house: House, is_open: bool) -> None:
    if is_open:
        let_in(Path(house.name))
    program = (
        "import socket, sys; calling = socket.socket(socket.AF_UNIX); calling.connect(sys.argv[1])\n"
        "try:\n calling.sendall(sys.argv[2].encode() + b'\\n'); print(calling.recv(100))\n"
        "except (ConnectionResetError, BrokenPipeError): print(b'')"
    )
    stranger = await asyncio.create_subprocess_exec(
        "/usr/bin/python3",
        "-c",
        program,
        house.name,
        HELLO.decode().strip(),
        user=NOBODY,
        group=NOBODY,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    heard, errors = await stranger.communicate()

    assert house.asked == []
    assert (heard == b"b''\n") if is_open else (b"PermissionError" in errors), errors
    assert await house.say(HELLO) == Answer(text="hello yourself").line


@pytest.fixture
def blocked(house: House, tmp_path: Path) -> Path:
    """A settings folder with something in the place of its socket."""
    Path(next(socket_names(tmp_path)), "inside").mkdir(parents=True)
    return tmp_path


async def test_where_nothing_can_be_listened_at_the_program_goes_on(
    blocked: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def act(request: Request) -> Answer:
        return Answer()

    other = RemoteListener(blocked, act)
    await other.open()
    await other.close()

    assert "cannot be answered" in caplog.text


class PipesOfWindows:
    """A server of asyncio whose pipe has lost its handle, as comes about when the end follows a call at once."""

    def close(self) -> None:
        raise OSError("[WinError 6] Invalid handle")


async def test_an_end_is_not_broken_off_by_a_pipe_that_has_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def listen(*_: object) -> list[PipesOfWindows]:
        return [PipesOfWindows()]

    async def act(_: Request) -> Answer:
        raise AssertionError("nobody asks")

    monkeypatch.setattr("server.remote.listener._listen", listen)
    listener = RemoteListener(tmp_path, act)
    await listener.open()
    await listener.close()
