"""One window inside another one: where it is, what can be seen of it, and where it was. Asks no X server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from capture.picture.pixels import Rect

MOST_LEFT = 64
"""Places that are remembered one by one; older ones are joined."""


@dataclass(slots=True, eq=False)
class Subwindow:
    """A window as the X server last told of it.

    ``place`` is relative to the inside of ``parent``, with the border. ``may_be_shown`` is None while nobody has looked
    whose it is; ``is_followed`` once somebody has looked into it.
    """

    number: int
    parent: Subwindow | None
    place: Rect
    border: int = 0
    is_mapped: bool = False
    may_be_shown: bool | None = None
    is_followed: bool = False
    children: list[Subwindow] = field(default_factory=list)

    def line(self) -> Iterator[Subwindow]:
        """Give it and all windows around it, but for the base."""
        inner = self
        while inner.parent is not None:
            yield inner
            inner = inner.parent

    def origin(self) -> tuple[int, int]:
        """Return where its inside begins."""
        line = list(self.line())
        return sum(each.place.x + each.border for each in line), sum(each.place.y + each.border for each in line)

    def seen(self) -> Rect | None:
        """Return what can be seen of it where nothing lies over it, None for nothing of it."""
        left, top, right, bottom = 0, 0, self.place.width, self.place.height
        for each in self.line():
            assert each.parent is not None
            left, top, right, bottom = (
                left + each.place.x,
                top + each.place.y,
                right + each.place.x,
                bottom + each.place.y,
            )
            around = each.parent.place
            border = each.parent.border
            left, top = max(left, 0), max(top, 0)
            right, bottom = min(right, around.width - 2 * border), min(bottom, around.height - 2 * border)
            if left >= right or top >= bottom or not each.is_mapped:
                return None
            left, top, right, bottom = left + border, top + border, right + border, bottom + border
        return Rect(left, top, right - left, bottom - top)


@dataclass(frozen=True, slots=True)
class Left:
    """Where ``window`` was until a moment (monotonic seconds); ``is_sure``: it must not be seen, not only perhaps."""

    at: float
    rect: Rect
    window: int
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """The part of a window in sight where nothing lies over it, ``rect``, and the ``children`` of which some is in it.

    ``x`` and ``y`` are where its inside begins, without its border. All is relative to the base.
    """

    number: int
    parent: int
    rect: Rect
    x: int
    y: int
    children: tuple[int, ...]
    may_be_shown: bool


def outer(place: Any) -> Rect:
    """Return where a window is, with its border, as an event or an answer tells it."""
    border = 2 * place.border_width
    return Rect(place.x, place.y, place.width + border, place.height + border)


def remember(places: list[Left], left: Left) -> None:
    """Add a place; of very many the oldest ones become one."""
    places.append(left)
    if len(places) > MOST_LEFT:
        places[:2] = [_joined(*places[:2])]


def _joined(one: Left, other: Left) -> Left:
    """Return what covers both places until both may be seen."""
    left, top = min(one.rect.x, other.rect.x), min(one.rect.y, other.rect.y)
    right = max(one.rect.x + one.rect.width, other.rect.x + other.rect.width)
    bottom = max(one.rect.y + one.rect.height, other.rect.y + other.rect.height)
    rect = Rect(left, top, right - left, bottom - top)
    return Left(max(one.at, other.at), rect, other.window, one.is_sure or other.is_sure)
