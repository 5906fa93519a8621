"""Where windows and screens are is told whenever it changes, and only then."""

from __future__ import annotations

import threading

import pytest

from capture.picture.pixels import Rect
from capture.platforms.contract import Places
from capture.platforms.x11.places import X11Places
from capture.source import Source
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import Windows, XServer

DESKTOP = Source("0", "desktop", "", "", 0, 0)

pytestmark = pytest.mark.x11


class Told:
    """What a watch told of."""

    def __init__(self) -> None:
        self.all: list[Places] = []

    @property
    def last(self) -> Places:
        return self.all[-1] if self.all else {}


async def test_frames_are_followed_and_forgotten(xserver: XServer, windows: Windows, until: Until) -> None:
    handle = windows.open("seen", 100, 100, 320, 240, "ff0000")
    other = windows.open("other", 500, 100, 320, 240, "00ff00")
    told = Told()
    watch = X11Places(told.all.append)
    watch.start()
    try:
        others = Source("demo", "demo", "", "", 0, 0), Source("4711", "window", "", "", 0, 0)
        watch.follow((Source(handle, "window", "", "", 0, 0), DESKTOP, *others))
        await until(lambda: handle in told.last)
        place = told.last[handle]
        assert told.last.keys() == {handle, "0"}
        assert told.last["0"] == Rect(0, 0, 1600, 1000)
        # The frame is around the window.
        assert (place.width, place.height) > (320, 240)
        assert place.x <= 100 <= place.x + place.width

        windows.do("move", handle, 200, 150)
        await until(lambda: told.last[handle] == Rect(place.x + 100, place.y + 50, place.width, place.height))
        windows.do("move", other, 600, 150)
        windows.do("minimise", handle)
        await until(lambda: handle not in told.last)
        windows.do("restore", handle)
        await until(lambda: handle in told.last)
        windows.do("close", handle)
        await until(lambda: handle not in told.last)
        watch.follow(())
        await until(lambda: told.last == {})

        assert all(first != second for first, second in zip(told.all, told.all[1:], strict=False))
        assert not any(other in places for places in told.all)
    finally:
        watch.stop()
        watch.join(2)
    assert "places" not in {thread.name for thread in threading.enumerate()}


async def test_places_are_gone_with_the_display(own_xserver: XServer, until: Until) -> None:
    told = Told()
    watch = X11Places(told.all.append)
    watch.start()
    watch.follow((DESKTOP,))
    await until(lambda: told.last)
    own_xserver.kill()
    await until(lambda: told.last == {})
    watch.stop()
    watch.join(2)
