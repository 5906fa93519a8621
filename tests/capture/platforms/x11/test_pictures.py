"""Pictures of real windows and screens: right when covered, resized, minimised, closed, and free when still."""

from __future__ import annotations

import asyncio
import gc
import os
import random
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import xcffib

from capture.errors import DisplayGone, NoPicture
from capture.feed.hub import Hub, Subscription
from capture.feed.snapshots import Snapshots
from capture.picture.frame import Frame
from capture.platforms.choose import make_backend
from capture.platforms.contract import Wake
from capture.platforms.generations import Generations
from capture.platforms.waiting import Bell
from capture.platforms.x11.window import X11Window
from capture.privacy.exclusions import Exclusions
from capture.source import Source
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import Windows, XServer, windows_of

pytestmark = pytest.mark.x11

RED, GREEN, BLUE = (0, 0, 255), (0, 255, 0), (255, 0, 0)
DESKTOP = Source("0", "desktop", "", "", 0, 0)
MONITOR = Source("monitor-1", "monitor", "", "", 0, 0, output="screen")


def window(handle: str) -> Source:
    return Source(handle, "window", "", "", 0, 0)


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    made = Hub(make_backend)
    yield made
    await made.close()


def watch(hub: Hub, source: Source, fps: float = 60, pointer: bool = False) -> Subscription:
    return hub.subscribe(source, fps=fps, pointer=pointer, changed=lambda: None)


def shows(seen: Subscription, x: int, y: int, colour: tuple[int, int, int]) -> bool:
    frame = seen.newest
    if frame is None or y >= frame.height or x >= frame.width:
        return False
    return tuple(frame.pixels[y, x, :3].tolist()) == colour


def has_size(seen: Subscription, width: int, height: int) -> bool:
    return seen.newest is not None and seen.newest.pixels.shape == (height, width, 4)


async def test_a_covered_window_shows_its_own_pixels(hub: Hub, windows: Windows, until: Until) -> None:
    below = windows.open("below", 100, 100, 300, 200, "ff0000")
    windows.open("above", 50, 50, 500, 400, "0000ff")
    seen = watch(hub, window(below))
    await until(lambda: seen.newest is not None)
    pixels = seen.newest.pixels

    assert pixels.shape == (200, 300, 4)
    assert (pixels[:, :, :3] == RED).all()
    windows.do("paint", below, 20, 10, 50, 60, "00ff00")
    await until(lambda: shows(seen, 40, 40, GREEN))
    assert shows(seen, 10, 5, RED)


@pytest.mark.parametrize("source", [DESKTOP, MONITOR], ids=["desktop", "monitor"])
async def test_a_screen_shows_what_lies_on_top(hub: Hub, windows: Windows, until: Until, source: Source) -> None:
    windows.open("below", 600, 300, 300, 200, "ff0000")
    windows.open("above", 600, 300, 300, 200, "0000ff")
    seen = watch(hub, source)
    await until(lambda: shows(seen, 750, 400, BLUE))
    above = windows.open("more", 600, 300, 300, 200, "00ff00")
    await until(lambda: shows(seen, 750, 400, GREEN))
    windows.do("close", above)
    await until(lambda: shows(seen, 750, 400, BLUE))

    assert (seen.newest.width, seen.newest.height) == (1600, 1000)


async def test_a_new_size_comes_with_the_next_picture(hub: Hub, windows: Windows, until: Until) -> None:
    handle = windows.open("sized", 100, 100, 300, 200, "ff0000")
    seen = watch(hub, window(handle))
    await until(lambda: seen.newest is not None)
    for width, height in ((400, 260), (120, 90), (640, 480)):
        windows.do("resize", handle, width, height)
        await until(partial(has_size, seen, width, height))
        await until(partial(shows, seen, width - 2, height - 2, RED))

    assert seen.condition.state == "live"


async def test_moving_a_window_changes_nothing(hub: Hub, windows: Windows, until: Until) -> None:
    handle = windows.open("moved", 100, 100, 300, 200, "ff0000")
    seen = watch(hub, window(handle))
    await until(lambda: seen.newest is not None)
    first = seen.newest.pixels_sequence
    for step in range(5):
        windows.do("move", handle, 150 + 40 * step, 130)
    windows.do("paint", handle, 0, 0, 5, 5, "00ff00")
    await until(lambda: shows(seen, 2, 2, GREEN))

    assert shows(seen, 100, 100, RED)
    assert seen.newest.pixels_sequence == first + 1


async def test_a_minimised_window_keeps_its_last_picture_and_comes_back_fresh(
    hub: Hub, windows: Windows, until: Until
) -> None:
    handle = windows.open("shy", 100, 100, 300, 200, "ff0000")
    seen = watch(hub, window(handle))
    await until(lambda: seen.newest is not None)
    windows.do("minimise", handle)
    await until(lambda: seen.condition.state == "minimised")
    assert shows(seen, 50, 50, RED)
    windows.do("restore", handle)
    await until(lambda: seen.condition.state == "live")
    windows.do("paint", handle, 0, 0, 100, 100, "00ff00")
    await until(lambda: shows(seen, 50, 50, GREEN))


async def test_a_window_on_another_workspace_is_hidden(
    hub: Hub, windows: Windows, xserver: XServer, until: Until
) -> None:
    handle = windows.open("elsewhere", 100, 100, 300, 200, "ff0000")
    seen = watch(hub, window(handle))
    await until(lambda: seen.newest is not None)
    try:
        xserver.run("xdotool", "set_desktop", "1")
        await until(lambda: seen.condition.state == "hidden")
    finally:
        xserver.run("xdotool", "set_desktop", "0")
    await until(lambda: seen.condition.state == "live")


async def test_a_minimised_window_that_was_never_seen_says_so(
    hub: Hub, windows: Windows, xserver: XServer, until: Until
) -> None:
    handle = windows.open("never", 100, 100, 300, 200, "ff0000")
    probe = watch(hub, window(handle))
    await until(lambda: probe.newest is not None)
    probe.close()
    windows.do("minimise", handle)
    await until(lambda: "IsUnMapped" in xserver.run("xwininfo", "-id", handle))
    with pytest.raises(NoPicture, match="minimised"):
        await Snapshots(hub).fresh(window(handle), pointer=True)


async def test_a_closed_window_is_told_as_closed(hub: Hub, windows: Windows, until: Until) -> None:
    handle = windows.open("brief", 100, 100, 300, 200, "ff0000")
    seen = watch(hub, window(handle), fps=0.1)
    await until(lambda: seen.newest is not None)
    windows.do("close", handle)
    await until(lambda: seen.condition.state == "closed")


async def test_a_handle_that_is_no_window_is_told_as_closed(hub: Hub, xserver: XServer, until: Until) -> None:
    seen = watch(hub, window("4294967"))
    await until(lambda: seen.condition.state == "closed")


async def test_a_still_window_is_not_taken_again(hub: Hub, windows: Windows, until: Until) -> None:
    still = windows.open("still", 100, 100, 300, 200, "ff0000")
    lively = windows.open("lively", 500, 100, 300, 200, "0000ff")
    seen, other = watch(hub, window(still)), watch(hub, window(lively))
    await until(lambda: seen.newest is not None and other.newest is not None)
    await seen.refresh()
    before, others = seen.takes, other.takes
    for step in range(20):
        windows.do("paint", lively, step, 0, 5, 5, f"{step:02x}ff00")
        await until(partial(shows, other, step + 2, 2, (0, 255, step)))

    assert seen.takes == before
    assert other.takes >= others + 20


async def test_the_same_paint_again_is_no_new_picture(hub: Hub, windows: Windows, until: Until) -> None:
    handle = windows.open("same", 100, 100, 300, 200, "ff0000")
    seen = watch(hub, window(handle))
    await until(lambda: seen.newest is not None)
    await seen.refresh()
    frame, takes = seen.newest, seen.takes
    windows.do("paint", handle, 0, 0, 300, 200, "ff0000")
    await until(lambda: seen.takes > takes)

    assert seen.newest is frame


async def test_the_rate_is_kept(hub: Hub, windows: Windows, until: Until) -> None:
    handle = windows.open("busy", 100, 100, 300, 200, "ff0000")
    seen = watch(hub, window(handle), fps=5)
    await until(lambda: seen.newest is not None)
    before = seen.takes
    loop = asyncio.get_running_loop()
    begun = loop.time()
    step = 0
    while loop.time() < begun + 1:
        windows.do("paint", handle, 0, 0, 9, 9, f"{step % 256:02x}00ff")
        step += 1
        await asyncio.sleep(0)

    assert step > 20
    assert 2 <= seen.takes - before <= 7


async def test_two_who_watch_share_one_feed(hub: Hub, windows: Windows, until: Until) -> None:
    handle = windows.open("shared", 100, 100, 300, 200, "ff0000")
    one, two = watch(hub, window(handle)), watch(hub, window(handle))
    await until(lambda: one.newest is not None)

    assert one.newest is two.newest
    assert hub.running == 1
    one.close()
    one.close()
    assert hub.running == 1
    two.close()
    assert hub.running == 0


async def test_the_pointer_is_seen_over_its_window_only(
    hub: Hub, windows: Windows, xserver: XServer, until: Until
) -> None:
    handle = windows.open("pointed", 700, 500, 300, 200, "ff0000")
    # Before anybody looks: setting the place is no movement of a hand, and may be seen with any later look.
    xserver.run("xdotool", "mousemove", "800", "600")
    with_pointer, without = watch(hub, window(handle), pointer=True), watch(hub, window(handle))
    await until(lambda: with_pointer.newest is not None and with_pointer.newest.pointer is not None)
    first = with_pointer.newest
    xserver.run("xdotool", "mousemove_relative", "30", "20")
    await until(
        lambda: with_pointer.newest.pointer is not None and not with_pointer.newest.pointer.is_same(first.pointer)
    )
    moved = with_pointer.newest

    assert moved.pointer.x - first.pointer.x == 30
    assert moved.pointer.y - first.pointer.y == 20
    assert moved.version(cursor=True) > first.version(cursor=True)
    assert moved.version(cursor=False) == first.version(cursor=False)
    assert without.newest.version(cursor=False) == first.version(cursor=False)
    windows.open("cover", 650, 450, 400, 300, "0000ff")

    def is_gone_when_moved() -> bool:
        # The window manager takes a moment to show the cover, and only a movement makes anybody look.
        xserver.run("xdotool", "mousemove_relative", "1", "0")
        return with_pointer.newest.pointer is None

    await until(is_gone_when_moved)


async def test_a_snapshot_is_what_is_there_now(hub: Hub, windows: Windows) -> None:
    handle = windows.open("snap", 100, 100, 300, 200, "ff0000")
    snapshots = Snapshots(hub)
    before = await snapshots.fresh(window(handle), pointer=False)
    windows.do("paint", handle, 0, 0, 300, 200, "00ff00")
    picture = await snapshots.fresh(window(handle), pointer=False)
    again = await snapshots.fresh(window(handle), pointer=False)
    snapshots.close()

    assert (picture.width, picture.height) == (300, 200)
    assert before.pixels[100, 150, :3].tolist() == [*RED]
    assert picture.pixels[100, 150, :3].tolist() == [*GREEN]
    assert again is picture
    assert hub.running == 0


async def test_a_display_that_dies_is_waited_for_and_comes_back(
    hub: Hub, own_xserver: XServer, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    monkeypatch.setattr("capture.feed.thread.RETRY_SECONDS", 0.1)
    with windows_of(own_xserver) as windows:
        handle = windows.open("doomed", 100, 100, 300, 200, "ff0000")
        screen, pane = watch(hub, DESKTOP), watch(hub, window(handle))
        await until(lambda: screen.newest is not None and pane.newest is not None)
        own_xserver.kill()
        await until(lambda: screen.condition.state == "waiting" and pane.condition.state == "waiting")
    again = XServer(own_xserver.name)
    try:
        await until(lambda: screen.condition.state == "live")
        await until(lambda: pane.condition.state == "closed")
    finally:
        screen.close()
        pane.close()
        await hub.close()
        again.close()


async def test_nothing_is_left_behind(hub: Hub, windows: Windows, until: Until) -> None:
    handle = windows.open("often", 100, 100, 300, 200, "ff0000")

    def segments() -> int:
        return Path("/proc/self/maps").read_text(encoding="utf-8").count("/SYSV")

    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    async def once() -> None:
        for source in (window(handle), DESKTOP):
            seen = watch(hub, source)
            await until(lambda: seen.newest is not None)  # noqa: B023  awaited before the next turn
            seen.close()
        await until(lambda: hub.ending == 0)

    await once()
    gc.collect()  # an earlier test's
    before = (segments(), descriptors())
    for _ in range(10):
        await once()
    gc.collect()

    assert (segments(), descriptors()) == before


async def test_being_watched_takes_the_focus_from_no_window(
    hub: Hub, windows: Windows, xserver: XServer, until: Until
) -> None:
    handle = windows.open("focused", 100, 100, 300, 200, "ff0000")
    xserver.run("xdotool", "windowactivate", "--sync", handle)
    focus = xserver.run("xdotool", "getwindowfocus")
    assert focus.strip()
    seen = watch(hub, window(handle))
    await until(lambda: seen.newest is not None)
    assert xserver.run("xdotool", "getwindowfocus") == focus
    seen.close()
    await until(lambda: hub.ending == 0)

    assert xserver.run("xdotool", "getwindowfocus") == focus


async def test_memory_for_held_pictures_is_given_back_by_the_display_too(
    hub: Hub, windows: Windows, until: Until
) -> None:
    def segments() -> int:
        """Count the shared memory of this process that it or the X server still has."""
        rows = Path("/proc/sysvipc/shm").read_text(encoding="ascii").splitlines()[1:]
        return sum(row.split()[4] == str(os.getpid()) for row in rows)

    before = segments()  # what earlier tests left to the garbage collector
    handle = windows.open("held", 100, 100, 320, 200, "000000")
    seen = watch(hub, window(handle))
    await until(lambda: seen.newest is not None)
    held = [seen.newest]
    for colour in range(1, 25):
        windows.do("paint", handle, 0, 0, 320, 200, f"{colour:06x}")
        await until(lambda: seen.newest is not held[-1])
        held.append(seen.newest)
    assert segments() >= len(held)
    held.clear()

    # Four are used again, and the newest, the one it was compared with and what carries parts have theirs.
    await until(lambda: segments() <= before + 7)
    seen.close()


def shows_just(frame: Frame, colours: np.ndarray) -> bool:
    return bool((frame.pixels.view(np.uint32)[:, :, 0] & 0xFFFFFF == colours).all())


async def test_pictures_that_are_held_stay_and_the_next_ones_are_right(
    hub: Hub, windows: Windows, until: Until
) -> None:
    """Memory is used again, and only what was painted is fetched: neither may show."""
    draw = random.Random(5)
    handle = windows.open("patches", 100, 100, 320, 200, "000000")
    seen = watch(hub, window(handle))
    await until(lambda: seen.newest is not None)
    expected = np.zeros((200, 320), dtype=np.uint32)
    held: list[tuple[Frame, np.ndarray]] = []
    for step in range(40):
        x, y, colour = draw.randrange(280), draw.randrange(160), draw.randrange(1, 1 << 24)
        wide, high = (320, 200) if step % 9 == 5 else (draw.randrange(1, 40), draw.randrange(1, 40))
        x, y = (0, 0) if wide == 320 else (x, y)
        windows.do("paint", handle, x, y, wide, high, f"{colour:06x}")
        expected[y : y + high, x : x + wide] = colour
        await until(lambda: shows_just(seen.newest, expected))
        if step % 3:
            held = [*held, (seen.newest, expected.copy())][-5:]

        assert all(shows_just(frame, was) for frame, was in held)
    seen.close()


def test_a_display_that_dies_while_a_window_gets_another_frame_is_gone(own_xserver: XServer) -> None:
    bell = Bell()
    with windows_of(own_xserver) as windows:
        handle = windows.open("doomed", 100, 100, 300, 200, "ff0000")
        backend = X11Window(window(handle), Exclusions(), Generations())
        backend.open()
        while backend.take(False).condition.state != "live" or backend.wait(0, bell.descriptor) is not Wake.NOTHING:
            pass
        other = xcffib.connect(own_xserver.name)
        other.core.ReparentWindow(int(handle), other.get_setup().roots[0].root, 5, 5)
        other.core.GetInputFocus().reply()
        own_xserver.kill()

        # It is told of the frame, and asks a server that is there no more which one it is.
        with pytest.raises(DisplayGone):
            backend.wait(1, bell.descriptor)
        backend.close()
        other.disconnect()
    bell.close()
