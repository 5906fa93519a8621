"""The display under a running program: windows close, the display server dies and returns, or hangs.

How long each takes is printed and not asserted.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture.picture.pixels import Rect
from gui.core.settings_file import SettingsFile
from tests.browser.parts import eventually, running_app
from tests.helpers.ports import free_port
from tests.helpers.waiting import Until
from tests.helpers.x11.arranging import monitors_of
from tests.helpers.x11.desktop import PROJECT, Windows, XServer
from tests.load.limits import LATEST_END
from tests.load.shared import sharing, viewer

pytestmark = [pytest.mark.x11, pytest.mark.panel]


@pytest.fixture
def thawed(own_xserver: XServer) -> Iterator[XServer]:
    """A display that is not frozen any more when the test is over."""
    yield own_xserver
    own_xserver.thaw()


def answered(address: str) -> tuple[int, str]:
    """Return the status and the text with which a request is refused."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return int(answer.status), ""
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def states(address: str) -> list[str]:
    """Return the states of what is shared, as viewers are told."""
    with urllib.request.urlopen(f"http://{address}/api/windows", timeout=20) as answer:
        return [each["state"] for each in json.load(answer)["windows"]]


def listens(port: int) -> bool:
    """Tell whether somebody listens at a port of this computer."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


async def test_a_window_that_closes_is_told_to_who_watches(xserver: XServer, windows: Windows) -> None:
    handle = await asyncio.to_thread(windows.open, "closing", 50, 50, 300, 200, "335577")
    with sharing(xserver.environment, "title:closing") as address:
        async with viewer(address, handle) as told:
            await told.next("frame")
            begun = time.monotonic()
            await asyncio.to_thread(windows.do, "close", handle)
            await told.next("state", state="closed")
            print(f"\nclosed, and told after {(time.monotonic() - begun) * 1000:.0f} ms")
            await told.next("error", code="source_closed")
            assert await told.close_code() == 4404


async def test_a_monitor_that_is_unplugged_is_waited_for(own_xserver: XServer, until: Until) -> None:
    with monitors_of(own_xserver) as monitors:
        monitors.set("LEFT", Rect(0, 0, 800, 1000), has_output=True)
        monitors.set("RIGHT", Rect(800, 0, 800, 1000))
        with sharing(own_xserver.environment, "monitor:RIGHT") as address:
            picture = f"http://{address}/snapshot/monitor-2.png"
            async with viewer(address, "monitor-2") as told:
                await told.next("frame")
                monitors.remove("RIGHT")
                lost = await told.next("state", state="waiting")
                assert "unplugged" in lost["reason"]
                status, words = await asyncio.to_thread(answered, picture)
                assert status == 503
                assert "unplugged" in words
                await until(lambda: states(address) == ["waiting"])

                monitors.set("RIGHT", Rect(800, 0, 400, 1000))
                begun = time.monotonic()
                await told.next("state", state="live")
                await told.next("frame")
                print(f"\nback, and shown after {(time.monotonic() - begun) * 1000:.0f} ms")
                assert (await asyncio.to_thread(answered, picture))[0] == 200


async def test_a_display_server_that_dies_is_told_and_found_again(own_xserver: XServer) -> None:
    with sharing(own_xserver.environment, "desktop", "demo") as address:
        async with viewer(address, "0") as told, viewer(address, "demo") as other:
            await told.next("frame")
            await other.next("frame")
            begun = time.monotonic()
            own_xserver.kill()
            lost = await told.next("state", state="waiting")
            print(f"\ndied, and told after {(time.monotonic() - begun) * 1000:.0f} ms")
            assert lost["reason"]
            await other.next("frame")
            again = await asyncio.to_thread(XServer, own_xserver.name)
            try:
                begun = time.monotonic()
                await told.next("state", state="live")
                # An empty screen looks as the last one did.
                await asyncio.to_thread(again.run, "xsetroot", "-solid", "#336699")
                await told.next("frame")
                print(f"back, and shown after {time.monotonic() - begun:.1f} s")
            finally:
                await asyncio.to_thread(again.close)


async def test_a_display_server_that_hangs_is_told_and_others_go_on(thawed: XServer) -> None:
    with sharing(thawed.environment, "desktop", "demo") as address:
        async with viewer(address, "0") as told, viewer(address, "demo") as other:
            await told.next("frame")
            await other.next("frame")
            begun = time.monotonic()
            thawed.freeze()
            # Nothing changes on a display that is frozen: somebody has to ask for a look at it.
            asked = asyncio.create_task(asyncio.to_thread(answered, f"http://{address}/snapshot/0.jpg"))
            hangs = asyncio.create_task(told.next("state", state="waiting"))
            numbers = []
            while not hangs.done():
                numbers.append((await other.next("frame"))["frame_number"])
            print(f"\nhung, and told after {time.monotonic() - begun:.1f} s; {len(numbers)} pictures of the other one")
            assert "does not answer" in hangs.result()["reason"]
            assert numbers == sorted(numbers)
            status, words = await asked
            assert status == 503
            assert "does not answer" in words
            thawed.thaw()
            await told.next("state", state="live")
            await told.next("frame")


def test_the_panel_ends_in_words_when_its_display_dies(own_xserver: XServer, tmp_path: Path) -> None:
    with running_app(own_xserver, tmp_path, "--share", "demo") as app:
        app.find("where", "fps")
        app.drag("fps", 30, 45)
        eventually(lambda: app.ask("value", "fps") != "30")
        own_xserver.kill()
        _, complaints = app.process.communicate(timeout=20)

    assert app.process.returncode == 1
    assert "panecast: The desktop that the panel was on is gone" in complaints
    assert "Traceback" not in complaints
    # What was not written yet when it happened is not lost.
    assert SettingsFile(tmp_path).load().fps != 30


@pytest.mark.parametrize("program", ["panel", "serve, while it starts"])
def test_it_ends_in_time_when_it_is_told_to_though_the_display_hangs(
    thawed: XServer, tmp_path: Path, program: str
) -> None:
    port = str(free_port())
    arguments = ["--share", "desktop", "--port", port, "--print-url", "--config-dir", str(tmp_path)]
    command = [sys.executable, "-m", "gui", *([] if program == "panel" else ["serve"]), *arguments]
    environment = thawed.environment | {"QT_QPA_PLATFORM": "xcb"}
    if program != "panel":
        thawed.freeze()
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        if program == "panel":
            assert app.stdout.readline()
            thawed.freeze()
        else:
            # It answers, and waits for the first list of windows.
            eventually(lambda: listens(int(port)))
        app.terminate()
        try:
            # 1 where Qt held the interpreter until the end.
            assert app.wait(LATEST_END) in (0, 1)
        finally:
            app.kill()
