"""A number of a shared window that goes to another one shows nothing of that (attack T24 in docs/security.md)."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from PIL import Image

from capture.feed.hub import Subscription
from server.sharing import ShareRule
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import Windows, XServer, windows_of
from tests.helpers.x11.house import House, bgr

pytestmark = pytest.mark.x11

STEPS = 2000 if os.environ.get("PANECAST_LONG") else 60
SHARED, OTHER = "20c040", "c02040"


@contextmanager
def shown_by(program: list[str], server: XServer) -> Iterator[None]:
    running = subprocess.Popen(program, env=server.environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        running.terminate()
        running.wait(20)


async def test_another_picture_of_the_same_program_is_not_seen(
    house: House, xserver: XServer, until: Until, tmp_path: Path
) -> None:
    """ImageMagick says nothing of its process, and a program that starts gets the numbers of one that has ended."""
    for name, colour in (("a", SHARED), ("b", OTHER)):
        Image.new("RGB", (200, 150), f"#{colour}").save(tmp_path / f"{name}.png")

    def display(name: str) -> list[str]:
        return ["display", "-title", f"picture-{name}", str(tmp_path / f"{name}.png")]

    with shown_by(display("a"), xserver):
        await until(lambda: house.named("picture-a"))
        shared = house.named("picture-a")
        house.shares.set_rules((ShareRule("id", shared.id),))
        watching = house.watch(house.shares.shared[shared.id])
        await until(lambda: bgr(SHARED) in house.served)
    with shown_by(display("b"), xserver):
        await until(lambda: house.named("picture-b"))
        assert house.named("picture-b").id == shared.id
        assert house.shares.shared == {}
        assert not await house.look(shared)
        await until(lambda: watching.condition.state == "closed")

    assert bgr(OTHER) not in house.served


@pytest.mark.parametrize("program", ["xeyes", "xcalc", "xmessage"])
async def test_a_number_that_was_shared_by_hand_ends_with_its_window(
    house: House, xserver: XServer, until: Until, program: str
) -> None:
    """As with ``serve --share HANDLE``."""
    command = [program, *(["x"] if program == "xmessage" else [])]
    with shown_by([*command, "-title", "first"] if program != "xmessage" else command, xserver):
        await until(lambda: [source for source in house.catalog.sources if source.kind == "window"])
        first = next(source for source in house.catalog.sources if source.kind == "window")
        house.shares.set_rules((ShareRule("id", first.id),))
        assert set(house.shares.shared) == {first.id}
    await until(lambda: not [source for source in house.catalog.sources if source.kind == "window"])
    with shown_by(command, xserver):
        await until(lambda: [source for source in house.catalog.sources if source.kind == "window"])
        again = next(source for source in house.catalog.sources if source.kind == "window")

        assert again.id == first.id
        assert house.shares.shared == {}


async def test_nothing_of_another_window_is_served_whatever_happens_to_the_number(
    house: House, windows: Windows, until: Until
) -> None:
    """Windows of one process that give their number to each other while they are watched, shared and asked for."""
    draw = random.Random(7)
    handle = windows.open("mine", 100, 100, 300, 200, SHARED)
    watching: Subscription | None = None
    for step in range(STEPS):
        await until(lambda: house.named("mine"))
        source = house.named("mine")
        house.shares.set_rules((ShareRule.for_source(source),))
        if watching is not None:
            watching.close()
        watching = house.watch(source) if draw.randrange(3) else None
        looks = [asyncio.ensure_future(house.look(source)) for _ in range(draw.randrange(3))]
        for _ in range(draw.randrange(4)):
            await asyncio.sleep(draw.choice((0, 0, 0.001, 0.02)))
        # One goes, others come and go by its number, none of them shared.
        windows.begin("again", handle, draw.randrange(1, 4), OTHER)
        looks += [asyncio.ensure_future(house.look(source)) for _ in range(draw.randrange(3))]
        await asyncio.sleep(draw.choice((0, 0.001, 0.01)))
        looks += [asyncio.ensure_future(house.look(source)) for _ in range(draw.randrange(2))]
        await asyncio.to_thread(windows.done)
        late = house.watch(source)
        await asyncio.gather(*looks)
        late.close()
        assert bgr(OTHER) not in house.served, step
        await come_back(house, windows, handle)
    assert bgr(SHARED) in house.served


async def come_back(house: House, windows: Windows, handle: int) -> None:
    """Have the window that is shared be there again, under its old number.

    The window manager overlooks one now and then that came while the news of its namesake's end were under way; it is
    opened once more then.
    """
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.to_thread(windows.do, "close", handle)
        await asyncio.to_thread(windows.do, "open", "mine", 100, 100, 300, 200, SHARED, "mine", handle)
        given_up = loop.time() + 2
        while loop.time() < given_up:
            if house.named("mine"):
                return
            await asyncio.sleep(0.02)


async def test_one_that_nobody_can_vouch_for_is_not_opened(house: House, windows: Windows, until: Until) -> None:
    windows.open("mine", 100, 100, 300, 200, SHARED)
    await until(lambda: house.named("mine"))
    source = house.named("mine")
    house.shares.set_rules((ShareRule.for_source(source),))
    house.catalog.stop()
    await house.catalog.ended()
    watching = house.watch(source)
    await until(lambda: watching.condition.state == "waiting" and watching.condition.reason.code == "list_silent")

    assert house.served == set()


async def test_what_is_gone_is_not_kept(house: House, xserver: XServer, until: Until) -> None:
    """Neither feeds nor masks: each window ever seen left one of both."""
    with ExitStack() as stack:
        windows = stack.enter_context(windows_of(xserver))
        for number in range(5):
            windows.open(f"many-{number}", 100, 100, 300, 200, SHARED)
        await until(lambda: sum(source.title.startswith("many-") for source in house.catalog.sources) == 5)
        for source in house.catalog.sources:
            if source.kind == "window":
                house.hub.subscribe(source, fps=1, pointer=False, changed=lambda: None).close()
        assert house.hub.kept >= 5
    await until(lambda: house.hub.kept == 0)
