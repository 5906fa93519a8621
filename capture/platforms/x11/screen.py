"""The whole desktop, or one monitor, out of the root window; woken by XDamage, so that a still screen costs nothing.

Only what was painted is fetched anew (`PixmapReader`), as with windows.
"""

from __future__ import annotations

import time

from xcffib import Error as XError

from capture import reasons
from capture.errors import DisplayGone
from capture.picture.frame import Pointer, Take
from capture.picture.pixels import Rect, around, paint_over, seen_from
from capture.platforms.contract import Wake
from capture.platforms.x11.protocol.display import (
    DamageWatch,
    Display,
    PointerWatch,
    speaks_to_display,
    wait_for_events_until,
)
from capture.platforms.x11.protocol.pixmaps import PixmapReader
from capture.platforms.x11.redaction import Redaction
from capture.platforms.x11.screens import Screens
from capture.privacy.blanking import PLAIN
from capture.privacy.exclusions import Exclusions
from capture.source import Condition, Source

LIVE = Condition("live")
UNPLUGGED = Condition("waiting", reasons.MONITOR_OFF)
CHANGING = Condition("waiting", reasons.MONITORS_CHANGING)
TRIES = 3
"""How often a picture is taken anew during which the monitors were arranged, or windows opened."""


class Screen:
    """Backend for the desktop (all monitors together) and for single monitors, which are known by their output's name.

    Windows that ``exclusions`` never shows are painted over before anybody gets the picture. Of a picture during
    which the screen's place changed nobody gets anything: the X server tells of that in order, before it answers the
    question that is asked after the picture.
    """

    def __init__(self, source: Source, exclusions: Exclusions) -> None:
        self._source = source
        self._exclusions = exclusions
        self._display: Display | None = None

    @speaks_to_display
    def open(self) -> None:
        display = self._display = Display()
        self._screens = Screens(display)
        self._pictures = PixmapReader(display, display.root)
        self._damage = DamageWatch(display, display.root)
        self._pointer = PointerWatch(display)
        self._redaction = Redaction(display, self._exclusions)
        self._covered: tuple[Rect, ...] = ()
        self._uncovers = False
        self._place: Rect | None = None
        self._is_moved = True
        # Something is known that the last take did not show. Nobody tells it again.
        self._is_untold = True
        self._is_told = False
        self._damaged = True
        # The last picture is known, and the next one need only bring what differs.
        self._is_known = False

    @speaks_to_display
    def wait(self, seconds: float | None, call: int) -> Wake:
        assert self._display is not None
        if (self._damaged or self._is_untold) and not self._is_told:
            # Noticed while the last picture was taken, of which it may be missing; XDamage tells it no more. Once: the
            # next take may be a second off, and a wait that ends at once until then would be no wait.
            self._is_told = True
            return Wake.CHANGED
        # Told once: the next take looks at what has been told, and may be some time off.
        moment = None if self._uncovers or self._place is None else self._redaction.next_change()
        wake, is_over = wait_for_events_until(self._display, self._absorb, seconds, call, moment)
        self._uncovers |= is_over
        self._is_told |= wake is not Wake.NOTHING
        return wake

    @speaks_to_display
    def take(self, pointer: bool) -> Take:
        self._is_untold = self._is_told = self._uncovers = False
        self._absorb()
        try:
            for _ in range(TRIES):
                if self._is_moved:
                    self._find_place()
                if self._place is None:
                    # While it is gone other screens' paint is no matter: the first is told of, and no more after it.
                    self._damaged = False
                    return Take(UNPLUGGED)
                take = self._look(self._place, pointer)
                if not self._is_moved:
                    return take
                self._is_known, self._damaged = False, True
        except XError as error:
            raise DisplayGone(reasons.DISPLAY_SILENT) from error
        self._is_untold = True
        return Take(CHANGING)

    def close(self) -> None:
        display, self._display = self._display, None
        if display is not None:
            if hasattr(self, "_pictures"):
                self._pictures.close()
            display.close()

    def _look(self, place: Rect, pointer: bool) -> Take:
        """Take a picture of ``place``; it is to be thrown away when the screen may have moved meanwhile."""
        assert self._display is not None
        damage = seen_from(place, self._damage.collect()) if self._damaged else ()
        self._damaged = False
        where = self._find_pointer(place) if pointer else None
        self._redaction.look()
        covered = self._redaction.rects(time.monotonic())
        if covered != self._covered:
            damage += seen_from(place, (*covered, *self._covered))
        if self._is_known and around(damage, place.width, place.height) is None:
            return Take(LIVE, None, (), where)
        known, self._is_known = self._is_known, False  # until nothing speaks against it
        fetched: list[Rect] = []
        wanted = damage if known else None
        for turn in range(TRIES):
            if turn:
                # Not after the last picture: nobody tells again what was collected, and so it has to be fetched.
                wanted, self._damaged = seen_from(place, self._damage.collect()), False
            begun = time.monotonic()
            try:
                pixels, part = self._pictures.fetch(self._display.root, place, wanted)
            except XError:
                self._absorb()
                if self._is_moved:
                    return Take(CHANGING)  # it lies outside of the desktop, which has become smaller
                raise
            fetched.append(part)
            # After the picture: by then everything is known that happened while it was taken.
            self._redaction.ask()
            self._absorb()
            self._redaction.look()
            if self._is_moved or not self._redaction.came_after(begun):
                break
        after = self._redaction.rects(begun)
        # An area that needs covering no longer has not been fetched.
        self._is_untold = after != covered
        last, self._covered = self._covered, tuple(dict.fromkeys(covered + after))
        paint_over(pixels, seen_from(place, self._covered), PLAIN)
        self._is_known = True
        if not known:
            return Take(LIVE, pixels, None, where, is_ours=True)
        # All that was fetched may differ, not only the damage: the screen was painted on while this happened.
        repainted = seen_from(place, set(self._covered) ^ set(last))
        return Take(LIVE, pixels, (*fetched, *repainted), where, is_ours=True)

    def _find_pointer(self, place: Rect) -> Pointer | None:
        assert self._display is not None
        pointer = self._pointer.look(self._display.root, None)
        if pointer is None:
            return None
        return Pointer(pointer.x - place.x, pointer.y - place.y, pointer.shape, pointer.image)

    def _find_place(self) -> None:
        self._is_moved = False
        place = self._screens.layout().place(self._source.kind, self._source.output)
        if place != self._place:
            self._place = place
            self._is_known = False
            # Also has what was painted meanwhile collected, without which nothing more would be told.
            self._damaged = True

    def _absorb(self) -> Wake:
        assert self._display is not None
        wake = Wake.NOTHING
        for event in self._display.events():
            self._redaction.absorb(event)
            if self._damage.is_event(event):
                self._damaged = True
                wake = Wake.CHANGED if wake is Wake.NOTHING else wake
            elif self._pointer.is_event(event):
                wake = Wake.CHANGED if wake is Wake.NOTHING else wake
            elif self._screens.is_event(event):
                self._is_moved = True
                wake = Wake.URGENT
        return wake
