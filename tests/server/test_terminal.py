"""Terminals of every kind, and none: the command line in processes of its own."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.helpers.ports import free_port
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


NO_STREAMS = "exec <&- >&- 2>&-; "


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--version",), 0),
        (("--help",), 0),
        (("--port", "none"), 2),
        (("--share", "what is that"), 2),
        (("serve",), 2),
        (("serve", "--share", "demo", "--port", "6000"), 1),
        (("serve", "--help"), 0),
        (("windows", "--json"), 1),
    ],
)
def test_a_program_without_streams_ends_with_the_same_code(arguments: tuple[str, ...], code: int) -> None:
    """A program without a console on Windows has none; neither has one that a careless service starts."""
    env = {"PATH": "/usr/bin:/bin"}
    command = ["sh", "-c", f'{NO_STREAMS}exec "$@"', "sh", sys.executable, "-m", "gui", *arguments]

    assert subprocess.run(command, cwd=PROJECT, env=env, check=False, timeout=60).returncode == code


def test_what_writes_past_python_does_not_hit_our_files() -> None:
    """The system gives out the lowest free number, and libraries write their complaints to the second."""
    program = """
import os
from server.terminal import prepare
prepare()
opened = os.open("/dev/zero", os.O_RDONLY)
os._exit(0 if opened > 2 and all(os.path.samestat(os.fstat(n), os.stat("/dev/null")) for n in range(3)) else 1)
"""
    command = ["sh", "-c", f'{NO_STREAMS}exec "$@"', "sh", sys.executable, "-c", program]

    assert subprocess.run(command, cwd=PROJECT, check=False, timeout=60).returncode == 0


def test_serve_shows_pictures_without_streams(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gui", "serve", "--share", "demo", "--print-url", "--verbose", "--port", str(port)]
    process = subprocess.Popen(["sh", "-c", f'{NO_STREAMS}exec "$@"', "sh", *command], cwd=PROJECT)
    try:
        assert asyncio.run(_picture(port)).startswith(b"\xff\xd8")
    finally:
        process.terminate()
    assert process.wait(20) == 0


async def _picture(port: int) -> bytes:
    """Return a snapshot of the demo picture, as soon as the server answers."""
    async with asyncio.timeout(30), aiohttp.ClientSession() as client:
        while True:
            with contextlib.suppress(aiohttp.ClientConnectorError):
                async with client.get(f"http://127.0.0.1:{port}/snapshot/demo.jpg") as answer:
                    return await answer.read()
            await asyncio.sleep(0.05)


def test_ctrl_c_ends_serve_in_order_where_the_loop_takes_no_handlers() -> None:
    """As that of Windows, where Python's own handler breaks the loop off."""
    program = """
import asyncio, sys
class LoopOfWindows(asyncio.SelectorEventLoop):
    def add_signal_handler(self, number, handler):
        raise NotImplementedError
asyncio.DefaultEventLoopPolicy._loop_factory = LoopOfWindows
from gui.__main__ import main
sys.exit(main(["serve", "--share", "demo", "--port", "0", "--print-url"]))
"""
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)

    assert (process.returncode, errors) == (0, "")
