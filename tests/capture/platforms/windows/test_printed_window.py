"""A window that its program paints for us, by stand-ins: each fault is a state with a reason, or an end with one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from capture import reasons
from capture.errors import SourceGone
from capture.picture.pixels import Pixels, Rect
from capture.platforms.generations import Generations
from capture.platforms.windows import window
from capture.platforms.windows.top_windows import HIDDEN, MINIMISED
from capture.platforms.windows.watched_window import PROTECTED
from capture.platforms.windows.window import PrintedWindow
from capture.privacy.exclusions import Exclusions
from capture.source import Condition, Source
from tests.helpers.windows.fake_window import FakePrinter, FakeWatched

PLACE = Rect(100, 50, 40, 30)


class Parts:
    """The stand-ins behind one backend."""

    def __init__(self) -> None:
        self.watched = FakeWatched(PLACE)
        self.printer = FakePrinter()


class NoPointer:
    """A pointer that is elsewhere."""

    def look(self, place: Rect, window: int = 0) -> None:
        return None


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Parts:
    made = Parts()
    monkeypatch.setattr(window, "WatchedWindow", lambda *_made_of: made.watched)
    monkeypatch.setattr(window, "Printer", lambda: made.printer)
    monkeypatch.setattr(window, "PointerWatch", NoPointer)
    monkeypatch.setattr(window, "see_device_pixels", lambda: None)
    return made


@pytest.fixture
def backend(parts: Parts) -> Iterator[PrintedWindow]:
    made = PrintedWindow(Source("7", "window", "", "", 0, 0), Exclusions(), Generations())
    made.open()
    yield made
    made.close()
    assert parts.printer.is_closed


def grey(value: int, width: int = PLACE.width, height: int = PLACE.height) -> Pixels:
    return np.full((height, width, 4), value, np.uint8)


def test_a_window_that_is_still_is_given_once(backend: PrintedWindow, parts: Parts) -> None:
    parts.printer.gives = grey(5)
    assert np.array_equal(backend.take(True).pixels, grey(5))
    assert backend.take(True).pixels is None
    parts.printer.gives = grey(6)
    assert backend.take(True).pixels is not None
    assert parts.watched.asked == [True] * 3


def test_a_program_with_more_rights_paints_nothing_for_us(backend: PrintedWindow, parts: Parts) -> None:
    """Windows lets no message of ours through to it (UIPI), and its answer is an empty picture."""
    take = backend.take(False)

    assert (take.condition.state, take.condition.reason) == ("waiting", reasons.WINDOW_DRAWS_NOTHING)
    parts.printer.gives = grey(5)
    assert backend.take(False).condition.state == "live"


def test_one_that_does_not_answer_in_time_hangs(backend: PrintedWindow, parts: Parts) -> None:
    parts.printer.gives = grey(5)
    backend.take(False)
    parts.printer.hangs = True
    assert backend.take(False).condition.reason == reasons.PROGRAM_HANGS
    parts.printer.hangs = False
    assert backend.take(False).pixels is not None, "also where it looks as before"


def test_one_that_is_destroyed_while_it_is_copied_is_closed(backend: PrintedWindow, parts: Parts) -> None:
    """What was copied may be another window's that has its handle by now."""

    def destroy() -> None:
        parts.watched.gone = reasons.WINDOW_CLOSED

    parts.printer.gives, parts.printer.meanwhile = grey(5), destroy
    with pytest.raises(SourceGone, match="was closed"):
        backend.take(False)


def test_one_that_changes_its_size_while_it_is_copied_is_copied_again(backend: PrintedWindow, parts: Parts) -> None:
    sizes = [Rect(100, 50, 20, 10), Rect(100, 50, 22, 11)]

    def resize() -> None:
        if sizes:
            place = sizes.pop()
            parts.watched.top = parts.watched.top._replace(whole=place, shown=place)

    parts.printer.gives, parts.printer.meanwhile = grey(5), resize
    take = backend.take(False)
    assert take.pixels is not None
    assert take.pixels.shape == (10, 20, 4)

    sizes[:] = [Rect(100, 50, 20 + step, 10) for step in range(1, 9)]
    assert backend.take(False).condition.reason == reasons.WINDOW_RESIZING


@pytest.mark.parametrize("told", [MINIMISED, HIDDEN, PROTECTED])
def test_where_there_is_nothing_to_be_painted_nobody_is_asked(
    backend: PrintedWindow, parts: Parts, told: Condition
) -> None:
    parts.watched.told, parts.printer.hangs = told, True
    take = backend.take(False)

    assert (take.condition, take.pixels) == (told, None)


def test_a_window_one_pixel_wide_is_shown(backend: PrintedWindow, parts: Parts) -> None:
    place = Rect(100, 50, 1, 30)
    parts.watched.top = parts.watched.top._replace(whole=place, shown=place)
    parts.printer.gives = grey(5)
    take = backend.take(False)

    assert take.pixels is not None
    assert take.pixels.shape == (30, 1, 4)
