"""How many pictures of one drawable are kept in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from capture.picture.pixels import Pixels, Rect
from capture.platforms.x11.protocol import pixmaps
from capture.platforms.x11.protocol.display import Display
from capture.platforms.x11.protocol.pixmaps import RARE_SECONDS, PixmapReader
from tests.helpers.x11.desktop import XServer

pytestmark = pytest.mark.x11

AREA = Rect(0, 0, 200, 100)


@pytest.fixture
def root_display(display: XServer) -> Iterator[Display]:
    shown = Display()
    yield shown
    shown.close()


class Clock:
    """Stands in for the module ``time``; it goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        """Return the time."""
        return self.now


def shared_memory() -> int:
    """Return how many pieces of memory are shared with the X server."""
    return Path("/proc/self/maps").read_text(encoding="utf-8").count("/SYSV")


@pytest.mark.parametrize(("seconds", "kept"), [(0.1, 3), (RARE_SECONDS, 1)])
def test_only_the_newest_is_kept_where_pictures_are_rare(
    root_display: Display, monkeypatch: pytest.MonkeyPatch, seconds: float, kept: int
) -> None:
    clock = Clock()
    monkeypatch.setattr(pixmaps, "time", clock)
    before = shared_memory()
    reader = PixmapReader(root_display, root_display.root)
    held = None
    for _ in range(4):
        # As a feed does, which compares the next one with it.
        last, held = held, reader.fetch(root_display.root, AREA, None)[0]
        clock.now += seconds
    assert last is not None
    assert (last == held).all()
    del last

    assert shared_memory() - before == kept
    reader.close()
    del held
    assert shared_memory() == before


def test_places_that_nobody_needs_any_more_are_given_up(root_display: Display, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixmaps, "SPARE_FETCHES", 5)
    before = shared_memory()
    reader = PixmapReader(root_display, root_display.root)

    def fetched() -> Pixels:
        return reader.fetch(root_display.root, AREA, None)[0]

    late = [fetched() for _ in range(4)]
    assert shared_memory() - before == 4
    late.clear()
    held = None
    for _ in range(20):
        held = fetched()
    # The newest, and the one that is filled next.
    assert shared_memory() - before == 2
    late = [fetched() for _ in range(4)]
    assert len({id(picture) for picture in (held, *late)}) == 5
    reader.close()
