"""Whatever is painted, taken and waited for in whatever order: what is known and was not told ends the wait."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from capture.feed.hub import Hub
from capture.picture.pixels import Pixels, Rect, around
from capture.platforms.choose import make_backend
from capture.platforms.contract import Backend, Wake
from capture.platforms.demo import Demo, demo_source
from capture.platforms.x11.protocol.display import Display
from capture.platforms.x11.protocol.pixmaps import PixmapReader
from capture.platforms.x11.protocol.shm import SharedSegment
from capture.platforms.x11.screen import TRIES
from capture.source import Source
from tests.helpers.canvas import Canvas
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import Windows

pytestmark = pytest.mark.x11

DESKTOP = Source("0", "desktop", "", "", 0, 0)
MONITOR = Source("monitor-1", "monitor", "", "", 0, 0, output="screen")
DEMO = demo_source(320, 240)
KINDS = ["window", "desktop", "monitor"]


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    made = Hub(make_backend)
    yield made
    await made.close()


def source_of(kind: str, handle: str) -> Source:
    return {"desktop": DESKTOP, "monitor": MONITOR}.get(kind) or Source(handle, "window", "", "", 0, 0)


class Eye:
    """What somebody has been shown who draws what each take brings, and of that only what is said to differ."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._bell, self._end = socket.socketpair()
        self.pixels: Pixels | None = None
        self._is_due = True

    def take(self) -> None:
        self._is_due = False
        take = self._backend.take(False)
        if take.pixels is None:
            return
        height, width = take.pixels.shape[:2]
        if take.damage is None or self.pixels is None:
            self.pixels = take.pixels.copy()
        for rect in take.damage or ():
            area = around([rect], width, height)
            if area is not None:
                part = (slice(area.y, area.y + area.height), slice(area.x, area.x + area.width))
                self.pixels[part] = take.pixels[part]

    def shows(self, truth: Pixels) -> bool:
        return self.pixels is not None and np.array_equal(self.pixels[:, :, :3], truth[:, :, :3])

    def wait(self, seconds: float) -> bool:
        """Tell whether there is a reason to take: one that was told is one until then."""
        if not self._is_due:
            self._is_due = self._backend.wait(seconds, self._bell.fileno()) is not Wake.NOTHING
        return self._is_due

    def close(self) -> None:
        self._backend.close()
        self._bell.close()
        self._end.close()


class OnScreen:
    """A window that another program paints, by itself or with what is around it."""

    def __init__(self, windows: Windows, kind: str, handle: str = "") -> None:
        self._windows = windows
        self._handle = handle or windows.open("painted", 100, 100, 300, 200, "101010")
        self._source = source_of(kind, self._handle)
        self.backend = make_backend(self._source)

    def begin(self, draw: random.Random) -> None:
        """Have it painted a few times, while the test goes on until `done`."""
        self._windows.begin("film", self._handle, draw.randrange(4) * 20, draw.randrange(1000))

    def done(self) -> None:
        self._windows.done()

    def truth(self) -> Pixels:
        """Return what the X server has, of the window or of all."""
        display = Display()
        try:
            drawable = int(self._source.id) if self._source.kind == "window" else display.root
            place = display.connection.core.GetGeometry(drawable).reply()
            return SharedSegment(display).image(drawable, 0, 0, place.width, place.height).copy()
        finally:
            display.close()


class OnCanvas:
    """The picture that other tests paint."""

    def __init__(self) -> None:
        self._canvas = Canvas()
        self._painting = threading.Thread()
        self.backend = self._canvas.backend(DEMO)

    def begin(self, draw: random.Random) -> None:
        seeds = [draw.randrange(1000) for _ in range(draw.randrange(8))]
        self._painting = threading.Thread(target=lambda: [self._canvas.noise(seed) for seed in seeds])
        self._painting.start()

    def done(self) -> None:
        self._painting.join()

    def truth(self) -> Pixels:
        return self._canvas.pixels


class ByTheClock:
    """The demo picture, at a time that stands still but for when it is painted."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._now = 1e9
        self.backend = Demo(DEMO)
        patch.setattr("capture.platforms.demo.time.time", lambda: self._now)

    def begin(self, draw: random.Random) -> None:
        self._now += draw.random()

    def done(self) -> None:
        pass

    def truth(self) -> Pixels:
        return self.backend.draw(self._now)


@pytest.fixture(params=[*KINDS, "canvas", "demo"])
def subject(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> OnScreen | OnCanvas | ByTheClock:
    if request.param == "demo":
        return ByTheClock(monkeypatch)
    if request.param == "canvas":
        return OnCanvas()
    return OnScreen(request.getfixturevalue("windows"), request.param)


@pytest.mark.parametrize("seed", range(20 if os.environ.get("PANECAST_LONG") else 2))
def test_no_order_of_painting_taking_and_waiting_loses_a_change(
    subject: OnScreen | OnCanvas | ByTheClock, seed: int
) -> None:
    draw = random.Random(seed)
    subject.backend.open()
    with closing(Eye(subject.backend)) as eye:
        eye.take()
        for _ in range(10):
            subject.begin(draw)
            for _ in range(draw.randrange(6)):
                if draw.randrange(3):
                    eye.take()
                else:
                    eye.wait(draw.choice((0, 0.002)))
            subject.done()
            # Everything is still. As a feed does, it is looked again when there is a reason to; the X server may take
            # a moment to say so.
            truth = subject.truth()
            for _ in range(100):
                if eye.shows(truth):
                    break
                if eye.wait(0.1):
                    eye.take()
            assert eye.shows(truth)


@pytest.mark.parametrize("kind", KINDS)
def test_paint_of_a_take_that_was_begun_anew_as_often_as_may_be_is_not_lost(
    windows: Windows, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """While windows come that nobody has looked into, another picture is fetched, but not for ever."""
    handle = windows.open("it", 100, 100, 300, 200, "101010")
    subject = OnScreen(windows, kind, handle)
    subject.backend.open()
    with closing(Eye(subject.backend)) as eye:
        eye.take()
        while eye.wait(0.3):
            eye.take()
        fetch, fetched = PixmapReader.fetch, 0

        def interrupted(*arguments: Any) -> tuple[Pixels, Rect]:
            nonlocal fetched
            found = fetch(*arguments)
            if fetched < TRIES:
                windows.do("inside", handle, 250, 40 * fetched, 30, 20, "202020")
                windows.do("paint", handle, 10, 40 * fetched, 50, 30, f"{80 + fetched:02x}8080")
            fetched += 1
            return found

        monkeypatch.setattr(PixmapReader, "fetch", interrupted)
        windows.do("paint", handle, 0, 0, 5, 5, "ffffff")
        while not fetched:
            assert eye.wait(10)
            eye.take()
        assert fetched == TRIES
        truth = subject.truth()
        while not eye.shows(truth) and eye.wait(0.5):
            eye.take()

        assert eye.shows(truth)


@pytest.mark.parametrize("kind", KINDS)
async def test_pictures_go_on_while_much_moves_and_end_with_the_last(
    hub: Hub, windows: Windows, until: Until, kind: str
) -> None:
    """A window as large as the screen that paints on and on, quicker than pictures are taken."""
    handle = windows.open("film", 0, 0, 1600, 1000, "000000")
    seen = hub.subscribe(source_of(kind, handle), fps=60, pointer=False, changed=lambda: None)
    await until(lambda: seen.newest is not None)
    wanted = seen.newest.sequence + 8
    async with asyncio.timeout(20):
        for shade in itertools.cycle(range(1, 250)):
            windows.do("paint", handle, 0, 0, 1600, 1000, f"{shade:02x}{shade:02x}80")
            await asyncio.sleep(0)
            if seen.newest.sequence >= wanted:
                break
    await until(lambda: tuple(seen.newest.pixels[500, 800, :3].tolist()) == (0x80, shade, shade))


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_told_is_not_told_again_until_it_is_taken(windows: Windows, kind: str) -> None:
    """A feed that may take once a second waits for that second; it must not be woken all the while."""
    handle = windows.open("it", 100, 100, 300, 200, "ff0000")
    backend = make_backend(source_of(kind, handle))
    bell, end = socket.socketpair()
    backend.open()
    try:
        backend.take(False)
        while backend.wait(0.3, bell.fileno()) is not Wake.NOTHING:
            backend.take(False)
        windows.do("paint", handle, 20, 10, 50, 60, "00ff00")
        assert backend.wait(10, bell.fileno()) is Wake.CHANGED
        again = sum(backend.wait(0.01, bell.fileno()) is not Wake.NOTHING for _ in range(20))
        assert again <= 2  # of what was painted, some may be told of in pieces
    finally:
        backend.close()
        bell.close()
        end.close()
