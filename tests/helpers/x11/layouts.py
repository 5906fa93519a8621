"""A program whose windows put what they show where their layout says, whenever their size changes.

``open TITLE LAYOUT GRAVITY`` opens a window of 300 × 200 with something at `OWN`, and answers with the handle;
``resize H WIDTH HEIGHT [WIDTH HEIGHT …]`` answers at once: the window manager and the program need their time.
``painted`` answers once every window looks as is right for its size.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable

from xcffib.xproto import CW, ConfigureNotifyEvent, EventMask, ExposeEvent, Gravity

from capture.picture.pixels import Rect
from tests.helpers.x11.painter import Painter

SIZE = (300, 200)
OWN = Rect(200, 40, 60, 30)
SECRET, PLAIN = 0xC3057B, 0x2080C0
GRAVITIES = {"first": Gravity.NorthWest, "last": Gravity.SouthEast, "middle": Gravity.Center, "none": 0}


def scaled(low: int, high: int, old: int, new: int) -> tuple[int, int]:
    return low * new // old, -(-high * new // old)


ALONG: dict[str, Callable[[int, int, int, int], tuple[int, int]]] = {
    "left": lambda low, high, old, new: (low, high),
    "right": lambda low, high, old, new: (low + new - old, high + new - old),
    "centred": lambda low, high, old, new: (low + (new - old) // 2, high + (new - old) // 2),
    "stretched": lambda low, high, old, new: (low, high + new - old),
    "scaled": scaled,
}


def place(layout: str, size: tuple[int, int]) -> Rect:
    """Return where what is secret lies in a window of that size."""
    if layout == "fitted":
        scale = min(size[0] / SIZE[0], size[1] / SIZE[1])
        left, top = ((new - old * scale) / 2 for old, new in zip(SIZE, size, strict=True))
        x, y = round(left + OWN.x * scale), round(top + OWN.y * scale)
        return Rect(x, y, round(OWN.width * scale), round(OWN.height * scale))
    left, right = ALONG[layout](OWN.x, OWN.x + OWN.width, SIZE[0], size[0])
    top, bottom = ALONG[layout](OWN.y, OWN.y + OWN.height, SIZE[1], size[1])
    return Rect.between(left, top, max(left, right), max(top, bottom))


class Layouts(Painter):
    """Windows that paint themselves when they have another size."""

    def __init__(self) -> None:
        super().__init__()
        self.layouts: dict[int, str] = {}
        self.requested: dict[int, tuple[int, int]] = {}
        self.sizes: dict[int, tuple[int, int]] = {}

    def open_one(self, title: str, layout: str, gravity: str) -> int:
        window = self.open(title, "40", "40", str(SIZE[0]), str(SIZE[1]), f"{PLAIN:06x}")
        mask = EventMask.StructureNotify | EventMask.Exposure
        self.core.ChangeWindowAttributes(window, CW.BitGravity | CW.EventMask, [GRAVITIES[gravity], mask])
        self.layouts[window], self.requested[window] = layout, SIZE
        return window

    def show(self, window: int) -> None:
        size = self.sizes.get(window, SIZE)
        self.paint(window, "0", "0", str(size[0]), str(size[1]), f"{PLAIN:06x}")
        rect = place(self.layouts[window], size)
        if rect.area:
            where = map(str, (rect.x, rect.y, rect.width, rect.height))
            self.paint(window, *where, f"{SECRET:06x}")

    def see(self) -> None:
        """Take in what happened."""
        due = set()
        while (event := self.connection.poll_for_event()) is not None:
            if isinstance(event, ConfigureNotifyEvent) and event.window in self.layouts:
                self.sizes[event.window] = (event.width, event.height)
                due.add(event.window)
            elif isinstance(event, ExposeEvent) and event.window in self.layouts:
                due.add(event.window)
        for window in due:
            self.show(window)
        self.connection.flush()

    def obey(self, line: str) -> str:
        word, *rest = line.split()
        if word == "open":
            answer = str(self.open_one(*rest))
        elif word == "resize":
            window, numbers = int(rest[0]), list(map(int, rest[1:]))
            for size in zip(numbers[::2], numbers[1::2], strict=True):
                self.resize(window, *map(str, size))
                self.requested[window] = size
            answer = "ok"
        else:
            while any(self.sizes.get(window) != size for window, size in self.requested.items()):
                select.select([self.connection.get_file_descriptor()], [], [], 0.02)
                self.see()
            answer = "ok"
        self.core.GetInputFocus().reply()
        return answer


if __name__ == "__main__":
    program = Layouts()
    while True:
        program.see()
        ready, _, _ = select.select([sys.stdin, program.connection.get_file_descriptor()], [], [], 0.02)
        if sys.stdin in ready:
            command = os.read(sys.stdin.fileno(), 4096).decode()
            if not command:
                break
            print(program.obey(command), flush=True)
