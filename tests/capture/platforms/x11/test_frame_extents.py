"""Windows that paint their own shadow around themselves: it is no part of them, wherever they are shown."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator

import pytest

from capture.feed.catalog import Catalog
from capture.feed.hub import Hub
from capture.picture.pixels import Rect
from capture.platforms.contract import Places
from capture.platforms.generations import Generations
from capture.platforms.x11.places import X11Places
from capture.privacy.masks import Mask
from capture.source import Source
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import Windows, XServer

pytestmark = pytest.mark.x11

LEFT, RIGHT, TOP, BOTTOM = 40, 30, 20, 50
CONTENT, GREEN = [0, 0, 255], [0, 255, 0]


@pytest.fixture
async def catalog(xserver: XServer, generations: Generations) -> AsyncIterator[Catalog]:
    made = Catalog(generations=generations)
    made.start()
    await made.ready()
    yield made
    made.stop()
    await made.ended()


def extend(windows: Windows, handle: str, *extents: int) -> None:
    windows.do("write", handle, "_GTK_FRAME_EXTENTS", "CARDINAL", 32, struct.pack(f"={len(extents)}I", *extents).hex())


def open_with_shadow(windows: Windows) -> str:
    """Open a window of 300 × 200 pixels with a rim."""
    handle = windows.open("own", 400, 300, 300 + LEFT + RIGHT, 200 + TOP + BOTTOM, "ff0000")
    extend(windows, handle, LEFT, RIGHT, TOP, BOTTOM)
    return handle


def found(catalog: Catalog, handle: str) -> Source | None:
    return next((source for source in catalog.sources if source.id == handle), None)


def size_of(catalog: Catalog, handle: str) -> tuple[int, int]:
    source = found(catalog, handle)
    return (0, 0) if source is None else (source.width, source.height)


async def test_list_and_pictures_are_without_the_shadow(
    catalog: Catalog, hub: Hub, windows: Windows, until: Until
) -> None:
    handle = open_with_shadow(windows)
    await until(lambda: size_of(catalog, handle) == (300, 200))
    seen = hub.subscribe(found(catalog, handle), fps=60, pointer=False, changed=lambda: None)
    await until(lambda: seen.newest is not None and seen.newest.pixels.shape == (200, 300, 4))
    for x, y, width, height in (
        (0, 0, LEFT, 999),
        (LEFT + 300, 0, RIGHT, 999),
        (0, 0, 999, TOP),
        (0, TOP + 200, 999, 99),
    ):
        windows.do("paint", handle, x, y, width, height, "000000")
    await seen.refresh()
    assert (seen.newest.pixels[:, :, :3] == CONTENT).all()
    # What is painted shows where it is, partly in the shadow or not.
    windows.do("paint", handle, LEFT - 10, TOP - 10, 30, 30, "00ff00")
    windows.do("paint", handle, LEFT + 290, TOP + 190, 40, 40, "00ff00")
    await until(lambda: seen.newest.pixels[199, 299, :3].tolist() == GREEN)
    pixels = seen.newest.pixels
    assert (pixels[:20, :20, :3] == GREEN).all()
    assert (pixels[190:, 290:, :3] == GREEN).all()
    assert pixels[20, 20, :3].tolist() == pixels[189, 289, :3].tolist() == CONTENT
    # A larger window, a maximised one without a shadow, one that says nonsense.
    windows.do("resize", handle, 400 + LEFT + RIGHT, 260 + TOP + BOTTOM)
    await until(lambda: seen.newest.pixels.shape == (260, 400, 4) and size_of(catalog, handle) == (400, 260))
    whole = (400 + LEFT + RIGHT, 260 + TOP + BOTTOM)
    for extents in ((0, 0, 0, 0), (400, 300, 0, 0), (2**32 - 1,) * 4, (1, 2, 3)):
        extend(windows, handle, 10, 10, 10, 10)
        await until(lambda: seen.newest.pixels.shape[:2] == (whole[1] - 20, whole[0] - 20))
        extend(windows, handle, *extents)
        await until(lambda: seen.newest.pixels.shape[:2] == (whole[1], whole[0]) and size_of(catalog, handle) == whole)
    seen.close()


async def test_masks_and_the_pointer_are_where_the_window_is(
    catalog: Catalog, hub: Hub, windows: Windows, xserver: XServer, until: Until
) -> None:
    xserver.run("xdotool", "mousemove", "10", "10")
    handle = open_with_shadow(windows)
    await until(lambda: size_of(catalog, handle) == (300, 200))
    seen = hub.subscribe(found(catalog, handle), fps=60, pointer=True, changed=lambda: None)
    await until(lambda: seen.newest is not None and seen.newest.pixels.shape == (200, 300, 4))
    corner = dict(line.split(": ", 1) for line in xserver.run("xwininfo", "-id", handle).splitlines() if ": " in line)
    left, top = (int(corner[f"  Absolute upper-left {axis}"]) for axis in "XY")
    shape: list[int] = []
    for x, y, is_over in ((50, 60, True), (0, 0, True), (-1, 100, False), (299, 199, True), (300, 199, False)):
        xserver.run("xdotool", "mousemove", str(left + LEFT + x), str(top + TOP + y))

        def is_there(x: int = x, y: int = y, is_over: bool = is_over) -> bool:
            # Setting the place is no movement of a hand, and is seen with the next look.
            windows.do("paint", handle, LEFT + 100, TOP + 150, 5, 5, "00ff00" if len(shape) % 2 else "ff0000")
            shape.append(0)
            pointer = seen.newest.pointer
            if pointer is None or not is_over:
                return (pointer is None) is not is_over
            hot_x, hot_y = x - pointer.x, y - pointer.y
            return 0 <= hot_x < pointer.image.shape[1] and 0 <= hot_y < pointer.image.shape[0]

        await until(is_there)
    hub.set_masks(found(catalog, handle), (Mask(0.0, 0.0, 0.5, 0.5, 300, 200),))
    await until(lambda: seen.newest is not None and seen.newest.pixels[0, 0, :3].tolist() != CONTENT)
    await until(lambda: seen.newest.pixels[99, 149, :3].tolist() == seen.newest.pixels[0, 0, :3].tolist())
    assert seen.newest.pixels[190, 290, :3].tolist() == CONTENT
    seen.close()


async def test_the_border_goes_around_the_window_and_not_around_its_shadow(windows: Windows, until: Until) -> None:
    handle = open_with_shadow(windows)
    told: list[Places] = []
    watch = X11Places(told.append)
    watch.start()
    try:
        watch.follow((Source(handle, "window", "", "", 0, 0),))
        await until(lambda: told and handle in told[-1])
        place = told[-1][handle]
        assert (place.width, place.height) == (300, 200)
        extend(windows, handle, 10, 10, 10, 10)
        moved = Rect(place.x - LEFT + 10, place.y - TOP + 10, 300 + LEFT + RIGHT - 20, 200 + TOP + BOTTOM - 20)
        await until(lambda: told[-1][handle] == moved)
        windows.do("move", handle, 450, 350)
        await until(lambda: told[-1][handle] == Rect(moved.x + 50, moved.y + 50, moved.width, moved.height))
    finally:
        watch.stop()
        watch.join(2)
