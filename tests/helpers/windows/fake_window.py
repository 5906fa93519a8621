"""Stand-ins for one window of Windows and for the program that paints it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from capture.errors import SourceGone
from capture.picture.pixels import Pixels, Rect
from capture.platforms.windows.top_windows import LIVE, TopWindow
from capture.reason import Reason
from capture.source import Condition


class FakeWatched:
    """A window as it is looked at; see `WatchedWindow`.

    Attributes:
        top: how it is.
        gone: why it is there no more, None while it is.
        told: how it is said to be.
        asked: what was looked for so far, by whether its program would have to answer.
    """

    window = 7

    def __init__(self, place: Rect) -> None:
        self.top = TopWindow(7, "Letter", "Editor", whole=place, shown=place)
        self.gone: Reason | None = None
        self.told: Condition = LIVE
        self.asked: list[bool] = []

    def look(self) -> TopWindow:
        if self.gone is not None:
            raise SourceGone(self.gone)
        return self.top

    def condition(self, top: TopWindow, *, asks_program: bool) -> Condition:
        self.asked.append(asks_program)
        return self.told


class FakePrinter:
    """What a program paints for us; see `Printer`.

    Attributes:
        gives: the picture, None for nothing.
        hangs: it does not answer.
        meanwhile: is called while it paints.
    """

    def __init__(self) -> None:
        self.gives: Pixels | None = None
        self.hangs = False
        self.meanwhile: Callable[[], None] = lambda: None
        self.is_closed = False

    def picture(self, window: int, width: int, height: int, part: Rect) -> Pixels | None:
        if self.hangs:
            raise TimeoutError
        self.meanwhile()
        return None if self.gives is None else np.ascontiguousarray(self.gives[: part.height, : part.width])

    def close(self) -> None:
        self.is_closed = True
