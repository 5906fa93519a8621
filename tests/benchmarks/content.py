"""What the benchmark looks at: a real window with known content, painted by a process of its own.

``python -m tests.benchmarks.content MODE [WIDTH HEIGHT [fills|framed [PICTURES]]]`` opens the window, without a frame
where it fills the screen, and prints its handle and where it is (x, y). What moves does so PICTURES times a second.
Each picture carries its count as a barcode; the count and the moment (CLOCK_MONOTONIC) at which it had been painted
are printed, one line each. Modes:

- ``still``: a page of text with a photograph; a line on standard input has the next page painted;
- ``typing``: letters appear one after the other in a program's text, nothing but their cells is painted;
- ``scrolling``: a program's text moves up by a few pixels each time, all of it painted anew;
- ``motion``: a camera-like pan, the whole window each time;
- ``changes``: now and then a rectangle of 480 × 320 pixels gets another shade.
"""

from __future__ import annotations

import random
import signal
import sys
import time
from collections.abc import Callable, Iterator

from tests.benchmarks import codelike, sheets
from tests.benchmarks.barcode import Strip
from tests.benchmarks.window import Sheet, Window

FPS = 29
"""Pictures a second where nothing else is told: a little less than what viewers ask for, so that no server leaves out
one for having had one just before."""
LETTERS_A_SECOND = 8
STEPS = (3, 4, 6, 5)
"""Pixels by which the text moves from one picture to the next, over and over."""
BAR = 48
"""Height of the bars above and below the scrolled text, in pixels."""
BAR_COLOUR = (52, 56, 68)
TYPED_AT = (140, 312)
TYPED_LINES, TYPED_LETTERS, CELL = 4, 100, 9
SHADES = range(20, 250, 10)

Paint = Callable[[int], None]


def strips(mode: str, height: int) -> tuple[Strip, ...]:
    """Return where the pictures' counts stand: at the top and the bottom, so that only a whole picture has both."""
    if mode == "typing":
        return (Strip(TYPED_AT[0] - 112, TYPED_AT[1] + codelike.LINE, 8, 12),)
    return (Strip(16, 16, 16, 24), Strip(16, height - 32, 16, 24))


def offset(mode: str, count: int) -> tuple[int, int]:
    """Return which piece of its sheet a moving window shows at ``count``: the piece's top left corner, x and y."""
    if mode == "motion":
        return count % sheets.PAN_PICTURES * sheets.PAN_STEP, 0
    rounds, rest = divmod(count, len(STEPS))
    return 0, (rounds * sum(STEPS) + sum(STEPS[:rest])) % (codelike.LINE * sheets.CODE_LINES)


class Numbers:
    """Puts a picture's count into the window."""

    def __init__(self, window: Window, places: tuple[Strip, ...]) -> None:
        self._window = window
        self._strips = [(strip, window.sheet(strip.drawn(0))) for strip in places]

    def paint(self, count: int) -> None:
        """Paint ``count``."""
        for strip, sheet in self._strips:
            sheet.pixels[:] = strip.drawn(count)
            self._window.paint(sheet, (0, 0), (strip.width, strip.block), (strip.x, strip.y))


def moving(window: Window, numbers: Numbers, sheet: Sheet, area: tuple[int, int, int, int], mode: str) -> Paint:
    """Return what paints a piece of ``sheet`` into ``area`` (x, y, width, height), each time another piece."""
    x, y, width, height = area

    def paint(count: int) -> None:
        with window.at_once():
            window.paint(sheet, offset(mode, count), (width, height), (x, y))
            numbers.paint(count)

    return paint


def typing(window: Window, numbers: Numbers) -> Paint:
    """Return what types one more letter; when the lines are full, it begins to overwrite them."""
    letters = codelike.letters(TYPED_LETTERS)
    cell = window.sheet(sheets.blank(CELL, codelike.LINE, codelike.PAPER))

    def paint(count: int) -> None:
        cell.pixels[:] = sheets.letter(next(letters), CELL)
        line, column = divmod(count % (TYPED_LINES * TYPED_LETTERS), TYPED_LETTERS)
        place = (TYPED_AT[0] + column * CELL, TYPED_AT[1] + line * codelike.LINE)
        with window.at_once():
            window.paint(cell, (0, 0), (CELL, codelike.LINE), place)
            numbers.paint(count)

    return paint


def painter(window: Window, mode: str, width: int, height: int) -> Paint:
    """Return what paints the picture of a count."""
    numbers = Numbers(window, strips(mode, height))
    if mode == "motion":
        return moving(window, numbers, window.sheet(sheets.pan(width, height)), (0, 0, width, height), mode)
    if mode in ("scrolling", "typing"):
        code = window.sheet(sheets.code(width, height))
        bar = window.sheet(sheets.blank(width, BAR, BAR_COLOUR))
        window.paint(code, (0, 0), (width, height), (0, 0))
        for top in (0, height - BAR):
            window.paint(bar, (0, 0), (width, BAR), (0, top))
        if mode == "scrolling":
            return moving(window, numbers, code, (0, BAR, width, height - 2 * BAR), mode)
        empty = window.sheet(sheets.blank(width, (TYPED_LINES + 2) * codelike.LINE, codelike.PAPER))
        window.paint(empty, (0, 0), (width, empty.pixels.shape[0]), (0, TYPED_AT[1] - codelike.LINE))
        return typing(window, numbers)
    sheet = window.sheet(sheets.page(width, height, 0))

    def page(count: int) -> None:
        """Paint another page, or another shade into this one."""
        if mode == "still" and count:
            sheet.pixels[:] = sheets.page(width, height, count)
        if mode == "changes":
            sheet.pixels[200:520, 400:880] = SHADES[count % len(SHADES)]
        with window.at_once():
            window.paint(sheet, (0, 0), (width, height), (0, 0))
            numbers.paint(count)

    return page


def moments(mode: str, fps: float) -> Iterator[None]:
    """Pause before each picture; end when there is none any more."""
    if mode == "still":
        yield from (None for _ in sys.stdin)
        return
    due = time.monotonic()
    while True:
        if mode == "changes":
            due += random.uniform(0.05, 0.15)
        else:
            due += 1 / (LETTERS_A_SECOND if mode == "typing" else fps)
        time.sleep(max(0.0, due - time.monotonic()))
        yield


def main(mode: str, width: int, height: int, fills: bool, fps: float) -> None:
    """Paint until killed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    window = Window(f"benchmark {mode}", width, height, fills)
    paint = painter(window, mode, width, height)
    paint(0)
    print(window.id, *window.place(), flush=True)
    print(0, f"{time.monotonic():.6f}", flush=True)
    for count, _ in enumerate(moments(mode, fps), 1):
        paint(count)
        print(count, f"{time.monotonic():.6f}", flush=True)


if __name__ == "__main__":
    size = tuple(map(int, sys.argv[2:4])) or (1280, 720)
    rate = float(sys.argv[5]) if sys.argv[5:] else FPS
    main(sys.argv[1], size[0], size[1], fills=sys.argv[4:5] == ["fills"], fps=rate)
