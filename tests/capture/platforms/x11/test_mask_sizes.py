"""A mask hides what it was laid over in any size of its window, before and after a person has looked (attack T25)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import struct
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pytest

from capture.errors import NoPicture
from capture.feed.catalog import Catalog
from capture.feed.hub import Hub, Subscription
from capture.feed.snapshots import Snapshots
from capture.picture.buffers import Buffers
from capture.picture.pixels import Pixels
from capture.platforms.choose import make_backend
from capture.platforms.generations import Generations
from capture.platforms.x11.window import X11Window
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.privacy.masking import Masking
from capture.privacy.masks import Mask
from capture.source import Source
from tests.helpers.waiting import until
from tests.helpers.x11.desktop import Windows, XServer, windows_of
from tests.helpers.x11.layouts import ALONG, GRAVITIES, SECRET, SIZE, place

pytestmark = [pytest.mark.x11, pytest.mark.timeout(900 if os.environ.get("PANECAST_LONG") else 120)]

STEPS = 2000 if os.environ.get("PANECAST_LONG") else 60
BARE = np.array(tuple(SECRET.to_bytes(3, "little")), dtype=np.uint8)


@dataclass
class Watched:
    """A window whose program has a layout, and what was seen of it.

    Attributes:
        edges: at which its mask is said to stay.
        size: what it was told to have last.
        seen: None while nobody watches.
        pictures: how many were given to somebody.
        bare: the sizes of those among them in which the secret was to be seen.
    """

    handle: str
    layout: str
    source: Source
    edges: dict[str, Any]
    size: tuple[int, int] = SIZE
    seen: Subscription | None = None
    pictures: int = 0
    bare: list[tuple[int, int]] = field(default_factory=list)

    def mask(self) -> Mask | None:
        """Return a mask as a person lays it over what is secret; None where that is beyond the edge."""
        rect, (width, height) = place(self.layout, self.size), self.size
        left, right = max(rect.x, 0) / width, min(rect.x + rect.width, width) / width
        top, bottom = max(rect.y, 0) / height, min(rect.y + rect.height, height) / height
        return Mask(left, top, right, bottom, width, height, **self.edges) if left < right and top < bottom else None

    def confirm(self, hub: Hub) -> None:
        """Say that what is covered in the newest picture is right."""
        frame = None if self.seen is None else self.seen.newest
        if frame is not None:
            hub.set_masks(
                self.source, tuple(each.laid_over(frame.width, frame.height) for each in hub.masks(self.source))
            )

    def note(self, pixels: Pixels) -> None:
        self.pictures += 1
        if (pixels[:, :, :3] == BARE).all(axis=2).any():
            self.bare.append((pixels.shape[1], pixels.shape[0]))


class Clock:
    """The time, which a test can set forward once all programs have painted."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def forward(self, seconds: float) -> None:
        self._ahead += seconds


class Room:
    """Windows of every layout, and all that stands between them and somebody who watches."""

    def __init__(self, windows: Windows) -> None:
        generations, exclusions = Generations(), Exclusions(ExclusionRules((), None))
        self.windows = windows
        self.catalog = Catalog(exclusions=exclusions, generations=generations)
        self.hub = Hub(partial(make_backend, exclusions=exclusions, generations=generations))
        self.hub.follow(self.catalog)
        self.snapshots = Snapshots(self.hub)
        self.watched: list[Watched] = []

    async def open(self, layout: str, gravity: str, **edges: str) -> Watched:
        """Open a window, lay a mask over its secret, and watch it; ``edges`` are those at which the mask stays."""
        title = f"{layout}-{len(self.watched)}"
        handle = await asyncio.to_thread(self.windows.do, "open", title, layout, gravity)
        await until(lambda: self._find(handle) is not None)
        await asyncio.to_thread(self.windows.do, "painted", 0)
        made = Watched(handle, layout, self.find(handle), edges)
        self.hub.set_masks(made.source, (made.mask(),))
        self.watched.append(made)
        self.watch(made)
        return made

    def watch(self, watched: Watched) -> None:
        def changed() -> None:
            if seen.newest is not None:
                watched.note(seen.newest.pixels)

        watched.source = self.find(watched.handle)
        seen = watched.seen = self.hub.subscribe(watched.source, fps=60, pointer=False, changed=changed)

    async def look(self, watched: Watched) -> None:
        """Ask for one picture, as ``/snapshot`` does."""
        with contextlib.suppress(NoPicture):
            watched.note((await self.snapshots.fresh(self.find(watched.handle), False)).pixels)

    def find(self, handle: str) -> Source:
        found = self._find(handle)
        assert found is not None
        return found

    def _find(self, handle: str) -> Source | None:
        return next((source for source in self.catalog.sources if source.id == handle), None)

    async def painted(self) -> None:
        """Return when all programs have painted for the size their windows have, and that is known."""
        await asyncio.to_thread(self.windows.do, "painted", 0)
        for each in self.watched:
            await until(lambda: (self.find(each.handle).width, self.find(each.handle).height) == each.size)  # noqa: B023  awaited before the next turn
            if each.seen is not None:
                await each.seen.refresh()

    async def close(self) -> None:
        self.snapshots.close()
        self.catalog.stop()
        await self.catalog.ended()
        await self.hub.close()


@pytest.fixture
async def room(xserver: XServer) -> AsyncIterator[Room]:
    with windows_of(xserver, module="tests.helpers.x11.layouts") as windows:
        made = Room(windows)
        made.catalog.start()
        await made.catalog.ready()
        yield made
        await made.close()


@pytest.mark.parametrize("shadow", [0, 10])
def test_a_picture_painted_for_a_size_between_two_takes_is_covered(windows: Windows, shadow: int) -> None:
    """The program keeps something 100 pixels from the right edge, and paints for a width that nobody sees."""
    handle = windows.do("popup", 20, 20, 300 + shadow, 200, "ffffff")
    windows.do("write", handle, "_GTK_FRAME_EXTENTS", "CARDINAL", 32, struct.pack("=4I", 0, shadow, 0, 0).hex())
    windows.do("keep", handle)
    backend = X11Window(Source(handle, "window", "", "", 0, 0), Exclusions(), Generations())
    masking = Masking(Buffers())
    masking.set((Mask(200 / 300, 0.2, 260 / 300, 0.4, 300, 200),), None)
    backend.open()
    try:
        masking.over(backend.take(pointer=False))
        windows.do("resize", handle, 620 + shadow, 200)
        windows.do("paint", handle, 520, 40, 60, 40, f"{SECRET:06x}")
        windows.do("resize", handle, 590 + shadow, 200)
        bare = backend.take(pointer=False)
        while bare.condition.state != "live":
            bare = backend.take(pointer=False)
        assert bare.pixels is not None
        assert bare.pixels.shape == (200, 590, 4)
        assert (bare.pixels[40:80, 520:580, :3] == BARE).all()
        pixels = masking.over(bare).pixels
    finally:
        backend.close()

    assert pixels is not None
    assert not (pixels[:, :, :3] == BARE).all(axis=2).any()


async def test_no_hidden_pixel_is_served_in_any_size(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(25)
    clock = Clock()
    monkeypatch.setattr("capture.privacy.masking.time", clock)
    for number, layout in enumerate((*ALONG, "fitted")):
        await room.open(layout, list(GRAVITIES)[number % len(GRAVITIES)])
    await room.open("left", "middle", across="left", down="top")
    await room.open("right", "first", across="right", down="bottom")
    for step in range(STEPS):
        each = draw.choice(room.watched)
        match draw.randrange(10):
            case 0 | 1 | 2 | 3 | 4:
                sizes = [(draw.randrange(40, 700), draw.randrange(40, 500)) for _ in range(draw.randrange(1, 4))]
                each.size = sizes[-1]
                await asyncio.to_thread(
                    room.windows.do, "resize", each.handle, *(edge for size in sizes for edge in size)
                )
            case 5:
                # The person says that what is covered is right.
                each.confirm(room.hub)
            case 6:
                # The person sees where it is and lays the mask anew; all programs have painted long since.
                await room.painted()
                clock.forward(10)
                if (mask := each.mask()) is not None:
                    room.hub.set_masks(each.source, (mask,))
            case 7:
                await room.painted()
                clock.forward(10)
            case 8 if each.seen is None:
                room.watch(each)
            case 8:
                each.seen.close()
                each.seen = None
            case 9:
                await room.look(each)
        await asyncio.sleep(draw.choice((0, 0.002, 0.02)))
        assert [(one.layout, one.source.title, one.bare) for one in room.watched if one.bare] == [], step
    await room.painted()

    assert all(each.pictures for each in room.watched)
