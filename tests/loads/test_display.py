"""The display under a running program: windows close, the display server dies and returns, or hangs.

How long each takes is printed and not asserted.
"""

from __future__ import annotations

import asyncio
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.settings import SettingsFile
from tests.end_to_end.parts import eventually, running_app
from tests.loads.shared import sharing, viewer
from tests.x11.desktop import Windows, XServer

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
