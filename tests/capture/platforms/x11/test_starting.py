"""Before the first list of windows is there: nothing says that it is ready, and nothing that a window is not shared."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import PROJECT, Windows, XServer, windows_of

pytestmark = pytest.mark.x11


@pytest.fixture
def slow_display() -> Iterator[tuple[XServer, Windows]]:
    """A display of its own, which a test has answer nothing for a while."""
    server = XServer()
    try:
        with windows_of(server) as windows:
            yield server, windows
            server.thaw()
    finally:
        server.close()


@contextmanager
def starting(display: XServer, port: int, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Have Panecast start while the block lasts."""
    command = [sys.executable, "-m", "gui", *arguments, "--port", str(port), "--print-url"]
    environment = display.environment | {"QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) as app:
        try:
            yield app
        finally:
            display.thaw()
            app.terminate()
            assert app.wait(10) == 0


def paths(handle: str) -> tuple[str, ...]:
    """Return the addresses that have nothing to say yet."""
    return f"/snapshot/{handle}.png", f"/plain/{handle}", "/?plain=1", "/api/windows", "/health"


async def answer(http: aiohttp.ClientSession, path: str) -> tuple[int, Mapping[str, str], bytes]:
    """Return status, headers and body of one answer; status 0 while nobody listens."""
    try:
        async with http.get(path) as found:
            return found.status, found.headers, await found.read()
    except aiohttp.ClientConnectionError:
        return 0, {}, b""


async def first_answer(http: aiohttp.ClientSession, path: str) -> tuple[int, Mapping[str, str], bytes]:
    """Return the first answer there is."""
    async with asyncio.timeout(30):
        while True:
            found = await answer(http, path)
            if found[0]:
                return found
            await asyncio.sleep(0.02)


async def watch(display: XServer, port: int, handle: str, both: asyncio.Barrier) -> None:
    """Come early, hear that it is waited for, and have all of it once the display answers."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        status, headers, body = await first_answer(http, "/health")

        assert (status, headers["Retry-After"], json.loads(body)["status"]) == (503, "1", "starting")
        for path in paths(handle):
            status, headers, body = await answer(http, path)

            assert status == 503, path
            assert b"not shared" not in body.lower(), path
        # What is shared and what is not is not told apart.
        assert (await answer(http, "/snapshot/99.png"))[0] == 503
        assert (await answer(http, f"/snapshot/{handle}.png"))[1]["Retry-After"] == "1"
        async with http.ws_connect(f"/stream/{handle}") as stream:
            first = await stream.receive_json(timeout=5)

            assert (first["type"], first["data"]["state"]) == ("state", "waiting")
            assert first["data"]["reason"]
            await stream.send_json({"command": "get_status"})
            await both.wait()
            display.thaw()
            kinds = []
            while "status" not in kinds:
                kinds.append((await stream.receive_json(timeout=20))["type"])
            assert "session_started" in kinds


async def statuses(port: int, handle: str) -> dict[str, int]:
    """Return what the addresses answer."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        return {path: (await answer(http, path))[0] for path in paths(handle)}


def test_what_is_shared_is_waited_for_until_the_first_list_is_there(
    slow_display: tuple[XServer, Windows], tmp_path: Path
) -> None:
    display, windows = slow_display
    handle = windows.open("late", 100, 100, 300, 200, "ff0000")
    display.wait_until_managed(handle)  # else it may be in no list when the display answers
    ports = free_port(), free_port()
    display.freeze()
    with (
        starting(display, ports[0], "serve", "--share", handle) as served,
        starting(display, ports[1], "--share", handle, "--config-dir", str(tmp_path)) as app,
    ):

        async def watch_both() -> None:
            both = asyncio.Barrier(2)
            await asyncio.gather(*(watch(display, port, handle, both) for port in ports))

        asyncio.run(watch_both())
        for port, process in zip(ports, (served, app), strict=True):
            assert process.stdout is not None
            assert process.stdout.readline() == f"http://localhost:{port}\n"
            assert asyncio.run(statuses(port, handle)) == dict.fromkeys(paths(handle), 200)
