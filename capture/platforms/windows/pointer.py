"""The mouse pointer over a picture."""

from __future__ import annotations

from capture.picture.frame import Pointer
from capture.picture.pixels import Pixels, Rect
from capture.platforms.windows.win32.declarations import Point, user32
from capture.platforms.windows.win32.images import PointerPlace, pointer_place, premultiplied, shape_of

ROOT = 2
MOST_SHAPES = 32
NOTHING: tuple[Pixels | None, int, int] = (None, 0, 0)


class PointerWatch:
    """Tells where the pointer is, and how it looks. Used by one thread.

    Attributes:
        is_wanted: it was looked at, and not forgotten since.
    """

    def __init__(self) -> None:
        self._shapes: dict[int, tuple[Pixels | None, int, int]] = {}
        self._last: PointerPlace | None = None
        self.is_wanted = False

    def look(self, place: Rect, window: int = 0) -> Pointer | None:
        """Return the pointer in a picture of ``place`` on the desktop, None when it is elsewhere.

        Over a ``window`` it is only where that is the uppermost one.
        """
        at = self._last = pointer_place()
        self.is_wanted = True
        if at is None or not (0 <= at.x - place.x < place.width and 0 <= at.y - place.y < place.height):
            return None
        if window:
            under = user32().WindowFromPoint(Point(at.x, at.y))
            if not under or (user32().GetAncestor(under, ROOT) or 0) != window:
                return None
        image, hot_x, hot_y = self._shape(at.cursor)
        if image is None:
            return None
        return Pointer(at.x - place.x - hot_x, at.y - place.y - hot_y, at.cursor, image)

    def forget(self) -> None:
        """Take note that nobody wants it."""
        self.is_wanted = False

    def has_moved(self) -> bool:
        """Tell whether it is elsewhere, or looks different, since the last look; Windows tells nobody of it."""
        return self.is_wanted and pointer_place() != self._last

    def _shape(self, cursor: int) -> tuple[Pixels | None, int, int]:
        if cursor not in self._shapes:
            if len(self._shapes) >= MOST_SHAPES:
                self._shapes.clear()
            found = shape_of(cursor)
            self._shapes[cursor] = NOTHING if found is None else (premultiplied(found.image), found.hot_x, found.hot_y)
        return self._shapes[cursor]
