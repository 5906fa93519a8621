"""Windows, many or odd ones, painted by one process.

``python -m tests.benchmarks.growth.windows COUNT WIDTH HEIGHT HOW [PICTURES]`` prints their handles in one line. HOW is
``moving``, all of each PICTURES times a second (ten); ``still``; or ``rectangles``: a thousand small ones, here and
there, as often.
"""

from __future__ import annotations

import random
import signal
import sys
import time

import numpy as np

from tests.benchmarks import sheets
from tests.benchmarks.window import Sheet, Window

FPS = 10.0
RECTANGLES, SIDE = 1000, 4
LARGEST = 1280
"""Beyond it a picture repeats itself: a large one would take gigabytes to make."""


def content(width: int, height: int) -> np.ndarray:
    """Return something like a photograph, larger than asked by the room in which it moves."""
    once = sheets.pan(min(width, LARGEST), min(height, LARGEST))
    wide = width + sheets.PAN_PICTURES * sheets.PAN_STEP
    repeated = np.tile(once, (-(-height // once.shape[0]), -(-wide // once.shape[1]), 1))
    return np.ascontiguousarray(repeated[:height, :wide])


def paint_all(window: Window, sheet: Sheet, picture: int, size: tuple[int, int]) -> None:
    """Paint a window anew."""
    window.paint(sheet, (picture % sheets.PAN_PICTURES * sheets.PAN_STEP, 0), size, (0, 0))
    window.finish()


def paint_rectangles(window: Window, sheet: Sheet, picture: int, size: tuple[int, int]) -> None:
    """Paint a thousand small pieces of another picture, as one."""
    draw = random.Random(picture)
    with window.at_once():
        for _ in range(RECTANGLES):
            place = (draw.randrange(size[0] - SIDE), draw.randrange(size[1] - SIDE))
            window.paint(sheet, (place[0] + picture % sheets.PAN_STEP, place[1]), (SIDE, SIDE), place)


def main(count: int, size: tuple[int, int], how: str, fps: float) -> None:
    """Paint until killed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    windows = [Window(f"window {number}", *size, settle_seconds=0) for number in range(count)]
    time.sleep(1)  # the window manager frames and maps them
    pixels = content(*size)
    drawn = [(window, window.sheet(pixels)) for window in windows]
    for window, sheet in drawn:
        paint_all(window, sheet, 0, size)
    print(*(window.id for window in windows), flush=True)
    due, picture = time.monotonic(), 0
    paint = paint_rectangles if how == "rectangles" else paint_all
    while True:
        due = max(due + 1 / fps, time.monotonic() - 1)
        time.sleep(max(0.0, due - time.monotonic()))
        picture += 1
        for at, (window, sheet) in enumerate(drawn if how != "still" else ()):
            paint(window, sheet, picture + at, size)


if __name__ == "__main__":
    many, wide, high = map(int, sys.argv[1:4])
    main(many, (wide, high), sys.argv[4], float(sys.argv[5]) if sys.argv[5:] else FPS)
