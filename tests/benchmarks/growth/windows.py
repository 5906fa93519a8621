"""Many small windows, painted by one process: all of them ten times a second, or never.

``python -m tests.benchmarks.growth.windows COUNT WIDTH HEIGHT moving|still`` prints their handles in one line.
"""

from __future__ import annotations

import signal
import sys
import time

from tests.benchmarks import sheets
from tests.benchmarks.window import Window

FPS = 10.0


def main(count: int, width: int, height: int, is_moving: bool) -> None:
    """Paint until killed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    windows = [Window(f"small {number}", width, height, settle_seconds=0) for number in range(count)]
    time.sleep(1)  # the window manager frames and maps them
    pan = sheets.pan(width, height)
    drawn = [(window, window.sheet(pan)) for window in windows]

    def paint(picture: int) -> None:
        for at, (window, sheet) in enumerate(drawn):
            source = ((picture + at) % sheets.PAN_PICTURES * sheets.PAN_STEP, 0)
            window.paint(sheet, source, (width, height), (0, 0))
            window.finish()

    paint(0)
    print(*(window.id for window in windows), flush=True)
    due, picture = time.monotonic(), 0
    while True:
        due += 1 / FPS
        time.sleep(max(0.0, due - time.monotonic()))
        if is_moving:
            picture += 1
            paint(picture)


if __name__ == "__main__":
    many, wide, high = map(int, sys.argv[1:4])
    main(many, wide, high, is_moving=sys.argv[4] == "moving")
