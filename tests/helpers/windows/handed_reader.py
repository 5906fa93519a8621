"""A reader of screens that hands over, as those do that cannot be had under wine; what it hands over GDI has copied."""

from __future__ import annotations

import numpy as np

from capture.picture.pixels import Pixels, Rect, enclosing
from capture.platforms.windows.readers import LAG_SECONDS, GdiReader, ScreenPicture


class HandedReader(GdiReader):
    """Tells where something has changed; see `ScreenReader`.

    With ``is_lasting`` each picture is another one, as those of Windows.Graphics.Capture are; else one is kept up to
    date, as by duplication. What was handed over is checked: nobody may have painted into it.
    """

    lag_seconds = LAG_SECONDS

    def __init__(self, *, is_lasting: bool) -> None:
        super().__init__()
        self._is_lasting = is_lasting
        self._given: Pixels | None = None
        self._true: Pixels | None = None

    def read(self) -> ScreenPicture | None:
        picture = super().read()
        assert picture is not None
        true, last = picture.pixels.copy(), self._true
        assert last is None or np.array_equal(self._given, last), "somebody painted into the reader's own picture"
        damage = None if last is None or last.shape != true.shape else _difference(last, true)
        self._true = true
        if self._is_lasting or self._given is None or self._given.shape != true.shape:
            self._given = true.copy()
        else:
            self._given[:] = true
        return ScreenPicture(self._given, damage, is_lasting=self._is_lasting)


def _difference(one: Pixels, other: Pixels) -> tuple[Rect, ...]:
    """Return where two pictures differ, roughly."""
    places = np.argwhere((one != other).any(axis=2))
    if not len(places):
        return ()
    (top, left), (bottom, right) = places.min(axis=0), places.max(axis=0)
    return (enclosing((Rect(int(left), int(top), 1, 1), Rect(int(right), int(bottom), 1, 1))),)
