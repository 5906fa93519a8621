"""A monitor is its output's, whatever is plugged in and taken away beside it (attack T26 in docs/security.md)."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import mss
import pytest

from capture.picture.pixels import Rect, without
from capture.platforms.contract import Places
from capture.platforms.x11.places import X11Places
from capture.source import Source
from server.sharing import ShareRule
from tests.helpers.waiting import Until
from tests.helpers.x11.arranging import Monitors, monitors_of
from tests.helpers.x11.desktop import Windows, XServer, windows_of
from tests.helpers.x11.house import House, bgr

pytestmark = pytest.mark.x11

STEPS = 2000 if os.environ.get("PANECAST_LONG") else 60
LEFT, RIGHT = Rect(0, 0, 400, 600), Rect(400, 0, 400, 600)
GREEN, RED = "20c040", "c02040"
ZONES = {"A": "204080", "B": "20c040", "C": "c0a020", "D": "c02040"}
"""Names of monitors, and the colour of the quarter of the desktop in which each stays."""
EDGE = 200
HEIGHT = 600
ZONE = Rect(0, 0, EDGE, HEIGHT)
GREY = "808080"
"""What lies where no monitor is."""
SHAREABLE = "ABC"


@pytest.fixture(scope="module")
def small() -> Iterator[XServer]:
    """A display of our own, for what is done to its monitors."""
    server = XServer(size=f"{EDGE * len(ZONES)}x{HEIGHT}")
    yield server
    server.close()


@pytest.fixture
def monitors(small: XServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Monitors]:
    monkeypatch.setenv("DISPLAY", small.name)
    with monitors_of(small) as arranged:
        yield arranged
        for name in (*ZONES, "LEFT", "RIGHT", "HOLD"):
            arranged.remove(name)


@pytest.fixture
def painted(small: XServer) -> Iterator[Windows]:
    with windows_of(small) as opened:
        yield opened


@pytest.fixture
async def house(monitors: Monitors) -> AsyncIterator[House]:
    made = House()
    made.catalog.start()
    await made.catalog.ready()
    yield made
    await made.close()


def monitor(house: House, output: str) -> Source | None:
    return next((source for source in house.catalog.sources if source.output == output), None)


def listed(house: House) -> list[tuple[str, str, int, str]]:
    return [(each.id, each.title, each.width, each.state) for each in house.catalog.sources if each.kind == "monitor"]


async def test_the_next_one_never_gets_the_number_of_one_that_is_gone(
    house: House, monitors: Monitors, painted: Windows, until: Until
) -> None:
    monitors.set("LEFT", LEFT, has_output=True)
    monitors.set("RIGHT", RIGHT)
    painted.do("popup", 0, 0, 400, 600, GREEN)
    painted.do("popup", 400, 0, 400, 600, RED)
    await until(lambda: monitor(house, "RIGHT"))
    left = monitor(house, "LEFT")
    house.shares.set_rules((ShareRule("id", left.id),))
    watching = house.watch(left)
    await until(lambda: house.served)
    assert [(title, state) for _, title, _, state in listed(house)] == [
        ("Monitor 1", "waiting"),  # all of the display, before it was divided
        ("Monitor 2 · LEFT", "live"),
        ("Monitor 3 · RIGHT", "live"),
    ]

    monitors.remove("LEFT")
    await until(lambda: watching.condition.state == "waiting")
    assert watching.condition.reason.code == "monitor_off"
    assert not await house.look(left)
    await until(lambda: monitor(house, "LEFT").state == "waiting")
    assert set(house.shares.shared) == {left.id}

    monitors.set("LEFT", Rect(0, 0, 300, 600), has_output=True)
    await until(lambda: watching.condition.state == "live" and watching.newest.width == 300, seconds=1)
    await until(lambda: monitor(house, "LEFT").state == "live" and monitor(house, "LEFT").width == 300)
    assert monitor(house, "LEFT").id == left.id
    assert await house.look(left)
    assert house.served == {bgr(GREEN)}


async def test_list_stream_and_borders_mean_the_same_place(house: House, monitors: Monitors, until: Until) -> None:
    """None of it is told by a ScreenChangeNotify. mss is another program's way to ask."""
    places: list[Places] = []
    watch = X11Places(places.append)
    watch.start()
    try:
        for place in (LEFT, Rect(120, 40, 400, 300), Rect(700, 500, 500, 500), RIGHT):
            monitors.set("LEFT", place, has_output=True)
            await until(lambda: monitor(house, "LEFT"))
            left = monitor(house, "LEFT")
            house.shares.set_rules((ShareRule.for_source(left),))
            watch.follow((left,))
            watching = house.watch(left)
            with mss.MSS() as other:
                box = other.monitors[1]
            # What lies outside of the desktop cannot be taken.
            width, height = min(box["width"], 800 - box["left"]), min(box["height"], 600 - box["top"])
            await until(lambda: places and places[-1] == {left.id: Rect(box["left"], box["top"], width, height)})  # noqa: B023  awaited before the next turn
            await until(lambda: (monitor(house, "LEFT").width, monitor(house, "LEFT").height) == (width, height))  # noqa: B023  awaited before the next turn
            await until(lambda: watching.newest and watching.newest.pixels.shape == (height, width, 4))  # noqa: B023  awaited before the next turn
            watching.close()
    finally:
        watch.stop()
        watch.join(2)


async def test_a_monitor_is_called_by_its_model(house: House, monitors: Monitors, until: Until) -> None:
    monitors.call("DELL U2415")
    monitors.set("LEFT", LEFT)
    await until(lambda: ("monitor-1", "Monitor 1 · DELL U2415", 800, "live") in listed(house))
    # One that a person made goes by the name that it was given.
    await until(lambda: ("monitor-2", "Monitor 2 · LEFT", 400, "live") in listed(house))
    monitors.call("")


async def test_no_pixel_of_another_monitor_is_served_however_they_are_plugged(
    house: House, monitors: Monitors, painted: Windows, until: Until
) -> None:
    """Monitors come, go, move and change their order at random, while some are shared, watched and asked for.

    Where a monitor is no longer, something else is painted at once.
    """
    draw = random.Random(11)
    zones = {name: painted.do("popup", at * EDGE, 0, EDGE, HEIGHT, GREY) for at, name in enumerate(ZONES)}
    there: dict[str, Rect] = {}
    ids: dict[str, str] = {}
    watched: dict[str, tuple[Source, object]] = {}
    looks: list[asyncio.Task[bool]] = []

    def paint(name: str, rects: list[Rect], colour: str) -> None:
        for rect in rects:
            painted.do("paint", zones[name], rect.x, rect.y, rect.width, rect.height, colour)

    def plug(name: str) -> None:
        width, height = draw.randrange(20, EDGE), draw.randrange(20, HEIGHT)
        place = Rect(draw.randrange(EDGE - width), draw.randrange(HEIGHT - height), width, height)
        there[name] = replace(place, x=place.x + "ABCD".index(name) * EDGE)
        paint(name, [place], ZONES[name])
        # While none has the output, there is one that has all of the desktop.
        monitors.set(name, there[name], has_output=name == "D")
        paint(name, without(ZONE, [place]), GREY)

    def unplug(name: str) -> None:
        monitors.remove(name)
        paint(name, [ZONE], GREY)
        there.pop(name, None)

    async def settle() -> None:
        """Wait until everything that is watched shows what it is now."""

        def is_settled() -> bool:
            for name, (source, seen) in watched.items():
                place = there.get(name)
                if place is None:
                    if seen.condition.state != "waiting":
                        return False
                elif seen.newest is None or seen.newest.pixels.shape[:2] != (place.height, place.width):
                    return False
                if (monitor(house, name).state == "live") != (place is not None) or monitor(
                    house, name
                ).id != source.id:
                    return False
            return True

        await until(is_settled)

    for step in range(STEPS):
        for _ in range(draw.randrange(1, 3)):
            name = draw.choice("ABCD")
            (unplug if name in there and draw.randrange(2) else plug)(name)
        for source in house.catalog.sources:
            if source.output in ZONES:
                assert ids.setdefault(source.output, source.id) == source.id
        shared = [name for name in SHAREABLE if name in ids and draw.randrange(4)]
        house.shares.set_rules(tuple(ShareRule("monitor", name) for name in shared))
        for name in shared:
            source = house.shares.shared[ids[name]]
            if name not in watched and draw.randrange(2):
                watched[name] = source, house.watch(source)
            if draw.randrange(2):
                looks.append(asyncio.create_task(house.look(source)))
        for name in [name for name in watched if name not in shared or not draw.randrange(8)]:
            watched.pop(name)[1].close()
        await asyncio.sleep(draw.choice((0, 0.001, 0.02)))
        if step % 10 == 9:
            await asyncio.gather(*looks)
            looks.clear()
            await settle()
        for name, number in ids.items():
            assert house.served_of.get(number, set()) <= {bgr(ZONES[name])}, (step, name)
    assert house.served == {bgr(ZONES[name]) for name in SHAREABLE}
