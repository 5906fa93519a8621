"""Pictures of windows and screens as Windows gives them: exact, without what is not to be seen, and with a state where
there are none."""

from __future__ import annotations

import contextlib
import ctypes
import random
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from capture.errors import SourceGone
from capture.picture.frame import Take
from capture.picture.pixels import Pixels, Rect
from capture.platforms.contract import Backend
from capture.platforms.generations import Generations
from capture.platforms.trail import LINGER
from capture.platforms.windows.readers import GdiReader, ScreenReader
from capture.platforms.windows.screen import WindowsScreen
from capture.platforms.windows.secret_places import MOVING_SECONDS
from capture.platforms.windows.win32.bitmaps import words
from capture.platforms.windows.window import PrintedWindow
from capture.privacy.blanking import PLAIN
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.source import Source
from tests.capture.platforms.windows.native.desk import EVERYTHING, listing
from tests.helpers.windows.handed_reader import HandedReader
from tests.helpers.windows.painted_window import (
    COLOURS,
    MINIMISE,
    RESTORE,
    Look,
    PaintedWindow,
    move,
    own_window,
    rename,
    show,
    squares,
    start_foreign,
    wait_until,
)

DESKTOP = Source("0", "desktop", "", "", 0, 0)
PLACE = Rect(100, 80, 240, 160)


@contextlib.contextmanager
def opened(backend: Backend) -> Iterator[Backend]:
    backend.open()
    try:
        yield backend
    finally:
        backend.close()
        backend.close()


def window_backend(window: int, rules: ExclusionRules = EVERYTHING) -> PrintedWindow:
    source = Source(str(window), "window", "", "", 0, 0)
    return PrintedWindow(source, Exclusions(rules), Generations())


@pytest.fixture
def painted() -> Iterator[PaintedWindow]:
    with own_window(Look("Four squares", place=PLACE)) as window:
        yield window


@pytest.fixture(params=["copied", "handed over", "kept up to date"])
def reader(request: pytest.FixtureRequest) -> ScreenReader:
    """One of each kind that reads the screen."""
    return GdiReader() if request.param == "copied" else HandedReader(is_lasting=request.param == "handed over")


def colours(pixels: Pixels | None) -> Any:
    """Return a picture without its fourth bytes; nothing of none."""
    return None if pixels is None else pixels[..., :3]


def picture(backend: Backend) -> Pixels:
    """Return the next picture that differs from the last one."""
    takes: list[Take] = []

    def comes() -> bool:
        takes.append(backend.take(False))
        return takes[-1].pixels is not None

    wait_until(comes)
    pixels = takes[-1].pixels
    assert pixels is not None
    return pixels


def test_a_covered_window_shows_its_own_pixels_exactly(painted: PaintedWindow) -> None:
    with (
        own_window(Look("above", "Above", place=Rect(90, 70, 300, 300))),
        opened(window_backend(painted.window)) as one,
    ):
        take = one.take(False)
        assert take.condition.state == "live"
        assert np.array_equal(colours(take.pixels), colours(squares(240, 160)))
        assert one.take(False).pixels is None, "it is still"


def test_it_is_followed_through_sizes_and_states_to_its_end(painted: PaintedWindow) -> None:
    with opened(window_backend(painted.window)) as backend:
        assert backend.take(False).passed is None
        move(painted.window, Rect(60, 60, 320, 100))
        wait_until(lambda: np.array_equal(colours(backend.take(False).pixels), colours(squares(320, 100))))
        show(painted.window, MINIMISE)
        wait_until(lambda: backend.take(False).condition.state == "minimised")
        assert backend.take(False).condition.reason.code == "window_minimised"
        show(painted.window, RESTORE)
        wait_until(lambda: backend.take(False).condition.state == "live")
        painted.close()
        with pytest.raises(SourceGone, match="was closed"):
            backend.take(False)


def test_a_window_that_hangs_is_said_and_holds_up_nobody(painted: PaintedWindow) -> None:
    with opened(window_backend(painted.window)) as backend:
        assert backend.take(False).condition.state == "live"
        painted.hang()
        wait_until(lambda: backend.take(False).condition.reason.code == "program_hangs")
        painted.may_go_on.set()
        wait_until(lambda: backend.take(False).condition.state == "live")


def test_an_empty_window_has_no_picture(painted: PaintedWindow) -> None:
    with opened(window_backend(painted.window)) as backend:
        move(painted.window, Rect(60, 60, 0, 0))
        wait_until(lambda: backend.take(False).condition.reason.code == "window_without_size")
        move(painted.window, Rect(60, 60, 1, 90))
        wait_until(lambda: (taken := backend.take(False).pixels) is not None and taken.shape == (90, 1, 4))


def test_neither_ours_nor_another_than_the_listed_one_is_opened(painted: PaintedWindow) -> None:
    with pytest.raises(SourceGone, match="never shown"):
        window_backend(painted.window, ExclusionRules()).open()
    other = Source(str(painted.window), "window", "", "", 0, 0, pid=4, started=1)
    with pytest.raises(SourceGone, match="closed"):
        PrintedWindow(other, Exclusions(EVERYTHING), Generations()).open()
    with pytest.raises(SourceGone, match="closed"):
        window_backend(0x7FFFFFF0).open()


def test_rules_that_change_close_an_open_one(painted: PaintedWindow) -> None:
    exclusions = Exclusions(EVERYTHING)
    backend = PrintedWindow(Source(str(painted.window), "window", "", "", 0, 0), exclusions, Generations())
    with opened(backend):
        backend.take(False)
        exclusions.set_rules(ExclusionRules(programs=("paintedwindow",), pid=None))
        with pytest.raises(SourceGone, match="never shown"):
            backend.take(False)


def test_a_listed_window_of_another_process_is_shown() -> None:
    process = start_foreign(Look("Letter to Ada", place=PLACE))
    try:
        with listing() as desk:
            source = desk.wait_for("Letter to Ada")
            with opened(PrintedWindow(source, Exclusions(), desk.generations)) as backend:
                wait_until(lambda: backend.take(False).condition.state == "live")
    finally:
        process.kill()
        process.wait()


def test_the_screen_shows_windows_where_they_are(painted: PaintedWindow, reader: ScreenReader) -> None:
    with opened(WindowsScreen(DESKTOP, Exclusions(EVERYTHING), reader)) as backend:
        wait_until(lambda: np.array_equal(part(picture(backend), PLACE), colours(squares(240, 160))))


def part(pixels: Pixels, place: Rect) -> Any:
    return colours(pixels)[place.y : place.y + place.height, place.x : place.x + place.width]


def is_covered(pixels: Pixels, place: Rect) -> bool:
    """Tell whether nothing of a place is seen."""
    plain = [PLAIN & 255, PLAIN >> 8 & 255, PLAIN >> 16]
    return bool((part(pixels, place) == plain).all())


def test_never_shown_windows_are_painted_over_wherever_they_were(painted: PaintedWindow, reader: ScreenReader) -> None:
    """From the first picture on, on their way, and for a while where they have been."""
    elsewhere = Rect(420, 300, 120, 90)
    rules = ExclusionRules(programs=("paintedwindow",), pid=None)
    with opened(WindowsScreen(DESKTOP, Exclusions(rules), reader)) as backend:
        first = backend.take(False)
        assert first.pixels is None, "it may have just come"
        assert first.condition.reason.code == "secret_on_the_move"
        assert is_covered(picture(backend), PLACE)
        move(painted.window, elsewhere)
        moved = picture(backend)
        assert is_covered(moved, elsewhere)
        assert is_covered(moved, PLACE)
        begun = time.monotonic()
        wait_until(lambda: not is_covered(picture(backend), PLACE))
        assert time.monotonic() - begun > LINGER / 2
        show(painted.window, MINIMISE)
        wait_until(lambda: backend.take(False).pixels is None)


def test_a_window_that_is_shown_alone_may_be_hidden_on_the_screen(painted: PaintedWindow, reader: ScreenReader) -> None:
    rules = ExclusionRules(programs=(), pid=None, masked=frozenset({painted.window}))
    with opened(WindowsScreen(DESKTOP, Exclusions(rules), reader)) as backend:
        assert is_covered(picture(backend), PLACE)
        owned = Look("its menu", "Menu", place=Rect(300, 200, 90, 60), owner=painted.window)
        with own_window(owned):
            time.sleep(MOVING_SECONDS)
            wait_until(lambda: is_covered(picture(backend), Rect(300, 200, 90, 60)))


def test_rules_that_change_hold_for_the_next_picture(painted: PaintedWindow, reader: ScreenReader) -> None:
    exclusions = Exclusions(EVERYTHING)
    with opened(WindowsScreen(DESKTOP, exclusions, reader)) as backend:
        wait_until(lambda: np.array_equal(part(picture(backend), PLACE), colours(squares(240, 160))))
        exclusions.set_rules(ExclusionRules(programs=("paintedwindow",), pid=None))
        take = backend.take(False)
        # "As it was" would be the picture that shows it.
        assert take.pixels is not None
        assert is_covered(take.pixels, PLACE)


def test_a_picture_by_other_rules_is_not_said_to_be_right_still(painted: PaintedWindow, reader: ScreenReader) -> None:
    exclusions = Exclusions(EVERYTHING)
    with opened(WindowsScreen(DESKTOP, exclusions, reader)) as backend:
        picture(backend)
        exclusions.set_rules(ExclusionRules(programs=("paintedwindow", "Flash"), pid=None))
        with own_window(Look("secret", "Flash", place=Rect(500, 100, 60, 60))):
            take = backend.take(False)
            assert take.condition.state == "waiting" or (take.pixels is not None and is_covered(take.pixels, PLACE))


def test_a_monitor_that_is_not_there_is_waited_for() -> None:
    gone = Source("monitor-9", "monitor", "", "", 0, 0, output=r"\\?\DISPLAY#GONE#1")
    with opened(WindowsScreen(gone, Exclusions(), GdiReader())) as backend:
        assert backend.take(True).condition.reason.code == "monitor_off"


def test_a_listed_monitor_is_shown() -> None:
    with listing() as desk:
        monitor = desk.screens()[1]
    with opened(WindowsScreen(monitor, Exclusions(), GdiReader())) as backend:
        assert picture(backend).shape == (monitor.height, monitor.width, 4)


def test_through_all_changes_nothing_but_the_window_is_shown(painted: PaintedWindow) -> None:
    dice = random.Random(7)
    shown = 0
    cover = Look("above", "Above", place=Rect(0, 0, 500, 400), moves=True, colours=(0xF0F000, 0x00F0F0))
    # What it has not painted yet, in a size that is new to it, is black or white.
    own = {*COLOURS, 0, 0xFFFFFF}
    with own_window(cover) as above, opened(window_backend(painted.window)) as backend:
        for number in range(250):
            place = Rect(dice.randrange(300), dice.randrange(200), dice.randrange(1, 400), dice.randrange(1, 300))
            change = dice.randrange(6)
            if change == 0:
                move(above.window, Rect(0, 0, 500, 400))
            elif change == 1:
                rename(painted.window, f"number {number}")
            elif change == 2:
                show(painted.window, MINIMISE)
            elif change == 3:
                show(painted.window, RESTORE)
            else:
                move(painted.window, place)
            take = backend.take(True)
            if take.pixels is not None:
                shown += 1
                assert set(map(int, np.unique(words(take.pixels) & 0xFFFFFF))) <= own
        show(painted.window, RESTORE)
        move(painted.window, PLACE)
        wait_until(lambda: np.array_equal(colours(backend.take(False).pixels), colours(squares(240, 160))))
    assert shown > 20


def test_many_starts_leave_nothing_behind(painted: PaintedWindow) -> None:
    def begin_and_end() -> None:
        for backend in (window_backend(painted.window), WindowsScreen(DESKTOP, Exclusions(EVERYTHING), GdiReader())):
            with opened(backend):
                assert backend.take(True).condition.state == "live"

    begin_and_end()
    before = graphics_objects()
    for _ in range(10):
        begin_and_end()
    wait_until(lambda: graphics_objects() <= before + 4)


def graphics_objects() -> int:
    """Return how many objects of GDI this process has."""
    load: Any = getattr(ctypes, "WinDLL")  # noqa: B009  on Windows only
    user, kernel = load("user32"), load("kernel32")
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    user.GetGuiResources.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
    return int(user.GetGuiResources(kernel.GetCurrentProcess(), 0))


def test_a_screen_does_not_hold_what_flashes_up(painted: PaintedWindow, reader: ScreenReader) -> None:
    """Windows of a program that is never shown, opened and closed as fast as that goes, are in no picture."""
    rules = ExclusionRules(programs=("Flash",), pid=None)
    place = Rect(500, 100, 60, 60)
    with opened(WindowsScreen(DESKTOP, Exclusions(rules), reader)) as backend:
        picture(backend)
        for _ in range(5):
            with own_window(Look("secret", "Flash", place=place)):
                take = backend.take(False)
                assert take.pixels is None or is_covered(take.pixels, place)
            take = backend.take(False)
            assert take.pixels is None or is_covered(take.pixels, place)
