"""The session of Windows ends, and what an administrator and the person set there: from source under wine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from server.logs.last_run import MARK
from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import XServer
from tests.install.test_windows_capture import PATHS, PYTHON
from tests.install.wine import APPROVED, RUN, Wine, wait_until

pytestmark = [pytest.mark.packages, pytest.mark.timeout(300)]

PROGRAM = PATHS + "from gui.__main__ import main; sys.exit(main())"
TIMED = PATHS + (
    "import time; began = time.perf_counter(); from gui.__main__ import main; code = main(); "
    "print(f'{time.perf_counter() - began:.2f} s'); sys.exit(code)"
)
AUTOSTART = PATHS + (
    "from gui.desktop.autostart.switch import make_autostart; switch = make_autostart(); "
    "[switch.switch(each == 'on') if each in ('on', 'off') else switch.mend() for each in sys.argv[1:]]; "
    "state = switch.state(); print(state.is_on, state.note)"
)
POLICIES = r"HKLM\Software\Policies\Panecast"
GOING_AWAY = 1001


@pytest.fixture(scope="module")
def wine() -> Iterator[Wine]:
    server = XServer()
    system = Wine("session", server.name)
    yield system
    system.close()
    server.close()


@contextlib.contextmanager
def running(wine: Wine, *arguments: str) -> Iterator[int]:
    """Have the program run, and give its port once that answers."""
    port = free_port()
    command = (PYTHON, "-c", PROGRAM, *arguments, "--share", "demo", "--port", str(port))
    with wine.start(*command) as process:
        try:
            wait_until(lambda: answers(port), 90)
            yield port
        finally:
            process.kill()


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
        return bool(json.load(answer))
    return False


async def closed_with(wine: Wine, stream: ClientWebSocketResponse) -> int | None:
    """Have the session end, and return the code with which somebody is told who watches the blanked demo."""
    await hears(stream, lambda told: told["type"] == "state" and told["data"]["state"] == "blanked")
    assert not stream.closed
    began = time.monotonic()
    ending = asyncio.create_task(asyncio.to_thread(wine.shell, "wine wineboot --end-session", 60))
    pictures = await hears(stream, lambda told: False)
    print(f"told {time.monotonic() - began:.1f} s after the session's end was asked for")
    await ending
    print(f"the session's end: {time.monotonic() - began:.1f} s")
    assert len(pictures) <= 1, "the demo moves, so more of them show that it was seen"
    return stream.close_code


async def hears(stream: ClientWebSocketResponse, is_last: Callable[[dict[str, Any]], bool]) -> set[str]:
    """Read what somebody who watches is told, to that message or to the end; return the pictures."""
    pictures = set()
    async with asyncio.timeout(60):
        while (message := await stream.receive()).type is WSMsgType.TEXT:
            told = json.loads(message.data)
            if told["type"] == "frame":
                pictures.add(told["data"]["data_url"])
            if is_last(told):
                break
    return pictures


async def test_the_app_saves_and_tells_viewers_before_the_session_ends(wine: Wine) -> None:
    folder = wine.drive / "settings"
    place = ("--config-dir", wine.inside(folder))
    with running(wine, *place) as port:
        code, said = wine.run(PYTHON, "-c", TIMED, "blank", *place)
        print(f"a command by the pipe: {said}")
        assert code == 0
        async with ClientSession() as client, client.ws_connect(f"http://127.0.0.1:{port}/stream/demo") as stream:
            assert await closed_with(wine, stream) == GOING_AWAY

    assert tomllib.loads((folder / "settings.toml").read_text(encoding="utf-8"))["port"] == port
    assert "Panecast ends" in (folder / "log/panecast.log").read_text(encoding="utf-8")
    assert not (folder / "log" / MARK).exists(), "the next start would ask about a crash"


async def test_serve_tells_viewers_before_the_session_ends(wine: Wine) -> None:
    place = ("--config-dir", wine.inside(wine.drive / "served"))
    with running(wine, "serve", *place) as port:
        assert wine.run(PYTHON, "-c", PROGRAM, "blank", *place)[0] == 0
        async with ClientSession() as client, client.ws_connect(f"http://127.0.0.1:{port}/stream/demo") as stream:
            assert await closed_with(wine, stream) == GOING_AWAY


def test_what_an_administrator_gives_and_fixes_holds(wine: Wine) -> None:
    place = ("--config-dir", wine.inside(wine.drive / "managed"))
    command = (PYTHON, "-c", PROGRAM, "config")
    assert wine.run("reg", "add", POLICIES, "/v", "fps", "/t", "REG_DWORD", "/d", "7", "/f")[0] == 0
    assert wine.run("reg", "add", rf"{POLICIES}\Locked", "/v", "mode", "/d", "here", "/f")[0] == 0

    code, said = wine.run(*command, "list", *place)
    lines = said.splitlines()
    assert code == 0
    assert "fps = 7" in lines
    assert [line for line in lines if "administrator" in line] == ['mode = "here"  # Fixed by your administrator']
    assert wine.run(*command, "set", "fps", "9", *place)[0] == 0
    assert wine.run(*command, "get", "fps", *place) == (0, "9\n"), "a default gives way"
    assert wine.run(*command, "set", "mode", "network", *place)[0] != 0
    assert wine.run(*command, "get", "mode", *place) == (0, "here\n")


def test_the_switch_shows_what_windows_itself_will_do(wine: Wine) -> None:
    def switch(*steps: str) -> str:
        code, said = wine.run(PYTHON, "-c", AUTOSTART, *steps)
        assert code == 0
        return said.strip()

    assert switch() == "False"
    assert switch("on") == "True"
    assert wine.value(RUN, "Panecast").endswith("--minimized --wait-tray")
    # As the task manager writes it: the first number says off, and the rest when.
    off = ("/t", "REG_BINARY", "/d", "030000000000000000000000", "/f")
    assert wine.run("reg", "add", APPROVED, "/v", "Panecast", *off)[0] == 0
    assert switch() == "False switched off in the system's settings"
    assert switch("on") == "True"
    wine.write(RUN, "Panecast", r"C:\gone\panecast.exe --minimized --mine")
    assert switch() == "False its program is gone"
    assert switch("mend") == "True"
    assert wine.value(RUN, "Panecast").endswith("--minimized --mine")
    assert switch("off") == "False"
    assert not wine.value(RUN, "Panecast")
