"""Five hundred changes of windows of X11 while one is streamed: never a pixel of another one, and memory stays flat."""

from __future__ import annotations

import os
import random

import pytest

from capture.privacy.blanking import PLAIN
from server.sharing import ShareRule
from tests.helpers.waiting import Until
from tests.helpers.wayland.trial_program import memory
from tests.helpers.x11.desktop import Windows, XServer, windows_of
from tests.helpers.x11.house import House, bgr

pytestmark = [
    pytest.mark.x11,
    pytest.mark.skipif(os.environ.get("PANECAST_LONG") != "1", reason="takes long: run installer/test.sh --long"),
    pytest.mark.timeout(600),
]
CHANGES, STARTS = 500, 10
SHARED, OTHER = "20c040", "c02040"
MOST_GROWTH = 24 << 20
"""Bytes that may be added by the second half of all changes: what is kept for pictures was there by then."""
KINDS = ("move", "resize", "minimise", "cover", "bare", "title", "restart", "workspace", "paint")


class Program:
    """A program with the window that is shared, which may end and start again."""

    def __init__(self, server: XServer, other: Windows) -> None:
        self._server = server
        self._other = other
        self.above = other.open("above", 90, 90, 420, 360, OTHER)
        self.start()

    def start(self) -> None:
        self._windows = windows_of(self._server)
        self.windows = self._windows.__enter__()
        self.handle = self.windows.open("mine", 100, 100, 300, 200, SHARED)

    def end(self) -> None:
        self._windows.__exit__(None, None, None)

    def change(self, chance: random.Random, number: int) -> None:
        """Have something happen to the window, or around it."""
        do, handle = self.windows.do, self.handle
        match chance.choice(KINDS):
            case "move":
                do("move", handle, chance.randrange(600), chance.randrange(400))
            case "resize":
                do("resize", handle, chance.randrange(1, 700), chance.randrange(1, 500))
            case "minimise":
                do("minimise", handle)
                do("restore", handle)
            case "cover":
                self._other.do("move", self.above, 90, 90)
                self._other.do("raise", self.above)
            case "bare":
                do("raise", handle)
            case "title":
                do("title", handle, f"mine-{number}")
            case "restart" if not number % 3:
                self.end()
                self.start()
            case "workspace":
                self._server.run("xdotool", "set_desktop", "1")
                self._server.run("xdotool", "set_desktop", "0")
            case _:
                do("paint", handle, 0, 0, chance.randrange(1, 300), chance.randrange(1, 200), SHARED)


@pytest.fixture
def program(xserver: XServer, windows: Windows) -> Program:
    return Program(xserver, windows)


async def test_never_a_pixel_of_another_window_and_memory_stays_flat(
    house: House, program: Program, until: Until
) -> None:
    chance = random.Random(15)
    house.shares.set_rules((ShareRule("title", "mine"),))
    watching = None
    half = seen = 0
    for number in range(CHANGES):
        program.change(chance, number)
        await until(lambda: program.handle in house.shares.shared)
        source = house.shares.shared[program.handle]
        if watching is None or watching.condition.state == "closed" or not number % 50:
            if watching is not None:
                watching.close()
            watching = house.watch(source)
        seen += await house.look(source)
        assert house.served <= {bgr(SHARED), bgr(f"{PLAIN:06x}")}, number
        half = memory() if number == CHANGES // 2 else half
    if watching is not None:
        watching.close()
    program.end()

    assert memory() - half < MOST_GROWTH
    assert seen > CHANGES // 2


async def test_ten_starts_and_stops_each_give_a_picture(house: House, program: Program, until: Until) -> None:
    house.shares.set_rules((ShareRule("title", "mine"),))
    await until(lambda: program.handle in house.shares.shared)
    source = house.shares.shared[program.handle]
    for number in range(STARTS):
        colour = f"{number + 1:02x}8040"
        program.windows.do("paint", program.handle, 0, 0, 300, 200, colour)
        watching = house.watch(source)
        await until(lambda colour=colour: bgr(colour) in house.served)
        watching.close()
        await until(lambda: not house.hub.running and not house.hub.ending)
    program.end()
