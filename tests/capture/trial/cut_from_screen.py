"""A technique that does everything wrong that one can: a window is cut out of the screen, by looking all the time."""

from __future__ import annotations

import time
from dataclasses import replace

from capture.picture.frame import Take
from capture.picture.pixels import Rect
from capture.platforms.contract import Around, Backend, Technique, Wake
from capture.platforms.x11.offers import ROOT_WINDOW
from capture.source import DESKTOP_ID, Source
from capture.trial.code import readings


class CutFromScreen:
    """Shows what is on the screen where the first window was seen."""

    def __init__(self, around: Around) -> None:
        self._screen = ROOT_WINDOW.make(Source(DESKTOP_ID, "desktop", "", "", 0, 0), around)
        self._place: Rect | None = None

    def open(self) -> None:
        self._screen.open()

    def wait(self, seconds: float | None, call: int) -> Wake:
        time.sleep(0.02)
        return Wake.CHANGED

    def take(self, pointer: bool) -> Take:
        take = self._screen.take(pointer)
        if take.pixels is None:
            return take
        if self._place is None:
            self._place = next((each.place for each in readings(take.pixels) if each.which == 0), None)
        if self._place is None:
            return replace(take, damage=None)
        place = self._place
        cut = take.pixels[place.y : place.y + place.height, place.x : place.x + place.width].copy()
        return replace(take, pixels=cut, damage=None)

    def close(self) -> None:
        self._screen.close()


def _make(source: Source, around: Around) -> Backend:
    return CutFromScreen(around)


CUT = Technique("cut from the screen", "", _make, has_own_pixels=True, tells_changes=True)
