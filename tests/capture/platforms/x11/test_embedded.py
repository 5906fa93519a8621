"""Nothing of a never-shown program is seen in other programs' windows (attack T27 in docs/security.md)."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from capture.feed.hub import Hub, Subscription
from capture.picture.frame import Frame
from capture.privacy.blanking import PLAIN as COVER
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.source import Source
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import Windows, XServer, windows_of
from tests.helpers.x11.painter import Painter

pytestmark = [pytest.mark.x11, pytest.mark.timeout(1800 if os.environ.get("PANECAST_LONG") else 120)]

DESKTOP = Source("0", "desktop", "", "", 0, 0)
MONITOR = Source("monitor-1", "monitor", "", "", 0, 0, output="screen")
STEPS = 2000 if os.environ.get("PANECAST_LONG") else 60
HOST, SECRET, OWN = "00a000", "ff00ff", "ff00f0"


@pytest.fixture(autouse=True)
def short_linger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have places uncovered sooner: the windows of these tests paint themselves at once."""
    monkeypatch.setattr("capture.platforms.x11.redaction.LINGER", 0.2)


@pytest.fixture
def host(display: XServer) -> Iterator[Windows]:
    """Windows of a program that may be seen."""
    with windows_of(display, "editor") as opened:
        yield opened


@pytest.fixture
def own(display: XServer) -> Iterator[Painter]:
    """Windows of the very process that takes the pictures."""
    painter = Painter()
    yield painter
    painter.connection.disconnect()


def window(handle: str) -> Source:
    return Source(handle, "window", "", "", 0, 0)


class Spy:
    """Looks at every picture of a source that anybody could get.

    Attributes:
        seen: the sequences of pictures that showed a secret colour.
    """

    def __init__(self, hub: Hub, source: Source) -> None:
        self.seen: list[int] = []
        self.looked = 0
        self._last: Frame | None = None
        self.subscription: Subscription = hub.subscribe(source, fps=200, pointer=False, changed=self._look)

    def _look(self) -> None:
        frame = self.subscription.newest
        if frame is None or frame is self._last:
            return
        self._last = frame
        self.looked += 1
        blue, green, red = (frame.pixels[:, :, channel] for channel in range(3))
        if ((red > 200) & (green < 70) & (blue > 200)).any():
            self.seen.append(frame.sequence)

    def colour(self, x: int, y: int) -> int | None:
        frame = self.subscription.newest
        return None if frame is None else int(frame.pixels.view(np.uint32)[y, x, 0]) & 0xFFFFFF


def put_into(keeper: Windows, parent: str) -> str:
    guest = keeper.do("popup", 0, 300, 300, 200, SECRET)
    keeper.do("put", guest, parent, 40, 30)
    return guest


def embed(keeper: Windows, parent: str) -> str:
    guest = keeper.do("popup", 0, 300, 300, 200, SECRET)
    keeper.do("embeddable", guest)
    keeper.do("put", guest, parent, 40, 30)
    return guest


def make_inside(keeper: Windows, parent: str) -> str:
    return keeper.do("inside", parent, 40, 30, 300, 200, SECRET)


WAYS = [put_into, embed, make_inside]


def deep(host: Windows, parent: str, depth: int) -> str:
    """Return the innermost of so many windows, each in the one before."""
    for _ in range(depth):
        parent = host.do("inside", parent, 0, 0, 400, 300, HOST)
    return parent


def place_of(windows: Windows, handle: str) -> tuple[int, int]:
    """Return where a window's inside is on the screen."""
    x, y = windows.do("where", handle).split(",")
    return int(x), int(y)


class Views:
    """A window seen by itself, on the desktop and on a monitor."""

    def __init__(self, hub: Hub, handle: str, x: int, y: int) -> None:
        self._spies = [
            (Spy(hub, window(handle)), 0, 0),
            *((Spy(hub, screen), x, y) for screen in (DESKTOP, MONITOR)),
        ]

    def show(self, x: int, y: int, colour: str | int) -> bool:
        """Tell whether there is a place in the window that has that colour in all of them."""
        wanted = colour if isinstance(colour, int) else int(colour, 16)
        return all(spy.colour(left + x, top + y) == wanted for spy, left, top in self._spies)

    @property
    def seen(self) -> list[int]:
        return [sequence for spy, _, _ in self._spies for sequence in spy.seen]


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_put_into_another_window_is_painted_over_and_what_lies_beside_it_is_not(
    hub: Hub, host: Windows, keeper: Windows, until: Until, way: Callable[[Windows, str], str]
) -> None:
    holder = host.open("holder", 20, 40, 400, 300, HOST)
    views = Views(hub, holder, *place_of(host, holder))
    await until(lambda: views.show(200, 150, HOST))
    guest = way(keeper, deep(host, holder, 0 if way is put_into else 5))
    # Also for whoever comes when it is there already.
    late = Views(hub, holder, *place_of(host, holder))
    await until(lambda: views.show(200, 150, COVER) and late.show(200, 150, COVER))
    await until(lambda: views.show(30, 150, HOST))
    keeper.do("move", guest, 100, 80)
    keeper.do("paint", guest, 0, 0, 300, 200, SECRET)
    await until(lambda: views.show(395, 200, COVER) and views.show(60, 60, HOST))
    keeper.do("close", guest)
    await until(lambda: views.show(200, 150, HOST))

    assert views.seen + late.seen == []


async def test_icons_of_such_programs_in_a_panel_are_painted_over_and_the_panel_is_not(
    hub: Hub, host: Windows, keeper: Windows, own: Painter, until: Until
) -> None:
    """The panel is a window that no window manager cares for, and icons are embedded in it."""
    panel = host.do("popup", 50, 100, 200, 100, HOST)
    views = Views(hub, panel, 50, 100)
    await until(lambda: views.show(100, 50, HOST))
    icon = own.inside(panel, "0", "0", "20", "20", OWN)
    own.embeddable(icon)
    own.core.GetInputFocus().reply()
    keeper.do("embeddable", keeper.do("inside", panel, 40, 0, 20, 20, SECRET))
    await until(lambda: views.show(10, 10, COVER) and views.show(50, 10, COVER))
    await until(lambda: views.show(30, 10, HOST))
    host.do("move", panel, 60, 120)
    host.do("paint", panel, 0, 50, 9, 9, "0000c0")
    moved = Views(hub, panel, 60, 120)
    await until(lambda: moved.show(10, 10, COVER) and moved.show(50, 10, COVER) and moved.show(30, 10, HOST))

    assert views.seen + moved.seen == []


async def test_a_masked_window_that_is_put_into_another_one_is_painted_over(
    hub: Hub, exclusions: Exclusions, host: Windows, until: Until
) -> None:
    holder = host.open("holder", 20, 40, 400, 300, HOST)
    masked = host.do("popup", 0, 300, 300, 200, SECRET)
    exclusions.set_rules(ExclusionRules(masked=frozenset({int(masked)})))
    views = Views(hub, holder, *place_of(host, holder))
    await until(lambda: views.show(200, 150, HOST))
    host.do("put", masked, holder, 40, 30)
    await until(lambda: views.show(200, 150, COVER) and views.show(30, 150, HOST))
    exclusions.set_rules(ExclusionRules(()))
    host.do("paint", masked, 0, 0, 300, 200, HOST)
    await until(lambda: views.show(200, 150, HOST))

    assert views.seen == []


async def test_nothing_of_it_is_seen_wherever_its_windows_go(
    hub: Hub, exclusions: Exclusions, display: XServer, until: Until
) -> None:
    """Both programs do many things at once, come and go, and are looked at all the while."""
    draw = random.Random(27)
    spies = [Spy(hub, DESKTOP), Spy(hub, MONITOR)]
    screens = len(spies)
    with ExitStack() as stack:
        host, keeper = (stack.enter_context(windows_of(display, name)) for name in ("editor", "keepassxc"))
        holders: list[str] = []
        parents: list[str] = []
        for step in range(STEPS):
            if step % 30 == 0:
                # The host comes anew, with all that is in it.
                host.close_all()
                host = stack.enter_context(windows_of(display, "editor"))
                for spy in spies[screens:]:
                    spy.subscription.close()
                holders = [host.open(f"holder-{n}", 50 + 200 * n, 60, 180, 150, HOST) for n in range(2)]
                parents = [*holders, deep(host, holders[0], 3), host.do("inside", holders[1], 20, 20, 60, 60, HOST)]
                spies[screens:] = [Spy(hub, window(holder)) for holder in holders]
            elif step % 11 == 0:
                keeper.close_all()
                keeper = stack.enter_context(windows_of(display, "keepassxc"))
            looks = [asyncio.ensure_future(spy.subscription.refresh()) for spy in spies if draw.randrange(2)]
            await asyncio.gather(
                asyncio.to_thread(keeper.do, "roam", step, draw.randrange(1, 7), SECRET, *parents),
                asyncio.to_thread(host.do, "stir", step, draw.randrange(3), *parents),
                *looks,
            )
            assert [spy.seen for spy in spies] == [[]] * len(spies), step

        # And all of them would have told.
        exclusions.set_rules(ExclusionRules((), None))
        for parent in holders:
            host.do("resize", parent, 180, 150)
            host.do("map", parent)
            keeper.do("inside", parent, 0, 0, 180, 150, SECRET)
        for spy in spies:
            await until(lambda: spy.seen)  # noqa: B023  awaited before the next turn
    # Those of the windows may have come with the last host.
    assert all(spy.looked > 5 for spy in spies[:screens])
