"""What is known of the windows in windows is so in the end, however late the X server's news of it is read."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import xcffib.xproto
from xcffib.xproto import CW, EventMask

from capture.picture.pixels import Rect
from capture.platforms.x11.owners import WindowOwners
from capture.platforms.x11.protocol.display import Display
from capture.platforms.x11.subwindows import Subwindows
from capture.privacy.exclusions import ExclusionRules
from tests.helpers.x11.desktop import XServer
from tests.helpers.x11.painter import Painter

pytestmark = [pytest.mark.x11, pytest.mark.timeout(120)]

RULES = ExclusionRules(pid=None)


@pytest.fixture(scope="module")
def bare_xserver() -> Iterator[XServer]:
    """A display without a window manager: all that happens on it is done by the test."""
    server = XServer(size="640x480", manager=())
    yield server
    server.close()


@pytest.fixture
def painter(bare_xserver: XServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Painter]:
    monkeypatch.setenv("DISPLAY", bare_xserver.name)
    made = Painter()
    yield made
    made.connection.disconnect()


@pytest.fixture
def display(painter: Painter) -> Iterator[Display]:
    made = Display()
    yield made
    made.close()


def is_done(painter: Painter) -> None:
    """Return once the X server has done what was asked."""
    painter.core.GetInputFocus().reply()


class News:
    """What the X server has told, of which an `Subwindows` takes notice no sooner than the test wants."""

    def __init__(self, display: Display, inside: Subwindows) -> None:
        self._display, self._inside = display, inside
        self._waiting: list[Any] = []

    def read(self, most: int | None = None) -> None:
        """Have notice taken of so many events at most, in their order."""
        self._display.connection.core.GetInputFocus().reply()
        self._waiting += self._display.events()
        for event in self._waiting[:most]:
            self._inside.absorb(event)
        del self._waiting[:most]


def secret(painter: Painter, parent: int) -> int:
    """Return a mapped window of a program that is never shown."""
    return painter.open("secret", "10", "10", "100", "80", "ff00ff", "keepassxc", parent=parent)


@pytest.mark.parametrize("moves", [False, True])
def test_what_was_found_where_it_is_now_is_not_lost_by_older_news(
    display: Display, painter: Painter, moves: bool
) -> None:
    # GIVEN a window into which nobody has looked, and one of a never-shown program that was put into it
    inside = Subwindows(display, display.root)
    inside.look(RULES)
    news = News(display, inside)
    holder = int(painter.popup("20", "40", "400", "300", "00a000"))
    is_done(painter)
    news.read()
    guest = secret(painter, painter.screen.root)
    if moves:
        painter.move(guest, "200", "200")
    painter.put(guest, str(holder), "50", "60")
    is_done(painter)

    # WHEN somebody looks into the one, before it was read that the other came, was shown, and went there
    inside.look(RULES)
    news.read()
    inside.look(RULES)

    # THEN it is known to be there
    assert list(inside.closed()) == [(holder, Rect(70, 100, 100, 80))]


@pytest.mark.parametrize("of_root", [True, False], ids=["root", "window"])
@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_is_known_in_the_end(display: Display, painter: Painter, seed: int, of_root: bool) -> None:
    draw = random.Random(seed)
    root = painter.screen.root
    base = root if of_root else int(painter.popup("10", "20", "500", "400", "00a000"))
    if not of_root:
        is_done(painter)
        mask = [EventMask.StructureNotify]  # as the backend of a window does
        display.connection.core.ChangeWindowAttributes(base, CW.EventMask, mask, is_checked=True).check()
    inside = Subwindows(display, base)
    inside.look(RULES)
    news = News(display, inside)
    holders = [int(painter.inside(str(base), str(20 * n), "40", "200", "150", "00a000")) for n in range(3)]
    holders += [int(painter.inside(str(holders[n]), "5", "5", "180", "140", "00a000")) for n in range(2)]
    guests: list[int] = []
    for _ in range(60):
        guest = draw.choice(guests) if guests else 0
        x, y = str(draw.randrange(-20, 150)), str(draw.randrange(-20, 100))
        match draw.randrange(12):
            case 0 | 1:
                guests.append(secret(painter, draw.choice([root, *holders])))
            case 2 if guest:
                painter.move(guest, x, y)
            case 3 if guest:
                painter.resize(guest, str(draw.randrange(20, 90)), "50")
            case 4 if guest:
                painter.unmap(guest)
            case 5 if guest:
                painter.map(guest)
            case 6 | 7 if guest:
                painter.put(guest, str(draw.choice([root, *holders])), x, y)
            case 8 if len(guests) > 3:
                guests.remove(guest)
                painter.close(guest)
            case 9:
                holder = draw.choice(holders)
                draw.choice([painter.map, painter.unmap])(holder)
            case 10:
                news.read(draw.randrange(1, 6))
            case _:
                inside.look(RULES)
    for holder in holders:
        painter.map(holder)
    is_done(painter)
    for _ in range(2):
        news.read()
        inside.look(RULES)

    assert set(inside.closed()) == set(truly_closed(painter, base, guests))


def truly_closed(painter: Painter, base: int, guests: list[int]) -> Iterator[tuple[int, Rect]]:
    """Give what can be seen of the guests in ``base``, with the child of that in which each is.

    Children of the root are left out: of these somebody else takes care.
    """
    core, root = painter.core, painter.screen.root
    for guest in guests:
        if core.GetWindowAttributes(guest).reply().map_state != xcffib.xproto.MapState.Viewable:
            continue
        place = core.GetGeometry(guest).reply()
        left, top, right, bottom = place.x, place.y, place.x + place.width, place.y + place.height
        holder, window = guest, core.QueryTree(guest).reply().parent
        while window not in (base, root):
            around = core.GetGeometry(window).reply()
            left, top = max(left, 0) + around.x, max(top, 0) + around.y
            right, bottom = min(right, around.width) + around.x, min(bottom, around.height) + around.y
            holder, window = window, core.QueryTree(window).reply().parent
        size = core.GetGeometry(base).reply()
        if base != root:
            left, top, right, bottom = max(left, 0), max(top, 0), min(right, size.width), min(bottom, size.height)
        is_inside = window == base and (base != root or holder != guest)
        if is_inside and left < right and top < bottom:
            yield holder, Rect(left, top, right - left, bottom - top)


@pytest.mark.parametrize("is_framed", [False, True])
def test_what_goes_while_it_is_asked_about_was_not_harmless(
    display: Display, painter: Painter, monkeypatch: pytest.MonkeyPatch, is_framed: bool
) -> None:
    frame = int(painter.popup("20", "40", "200", "150", "00a000"))
    window = int(painter.inside(str(frame), "10", "10", "100", "80", "ff00ff")) if is_framed else frame
    is_done(painter)
    window_owners = WindowOwners(display)
    judge = window_owners.judge

    def judge_late(*asked: Any) -> dict[int, bool | None]:
        painter.close(window)
        is_done(painter)
        return judge(*asked)

    monkeypatch.setattr(window_owners, "judge", judge_late)
    monkeypatch.setattr(window_owners, "_guests", lambda _: [window] if is_framed else [])

    assert window_owners.may_be_shown(frame, RULES) is (None if is_framed else False)
