"""The whole desktop, or one monitor, by whichever way it is read; what must not be seen is painted over."""

from __future__ import annotations

import contextlib
import logging
import time

import numpy as np

from capture import reasons
from capture.errors import DisplayGone, NoPicture
from capture.picture.frame import Pointer, Take
from capture.picture.pixels import Pixels, Rect, around, paint_over, seen_from
from capture.platforms.contract import Wake
from capture.platforms.waiting import wait_readable
from capture.platforms.windows.pointer import PointerWatch
from capture.platforms.windows.readers import ScreenPicture, ScreenReader
from capture.platforms.windows.redaction import Redaction
from capture.platforms.windows.screens import Layout, layout_of
from capture.platforms.windows.win32.desktops import is_desktop_ours
from capture.platforms.windows.win32.scaling import see_device_pixels
from capture.privacy.blanking import PLAIN
from capture.privacy.exclusions import Exclusions
from capture.source import Condition, Source

log = logging.getLogger(__name__)

LIVE = Condition("live")
UNPLUGGED = Condition("waiting", reasons.MONITOR_OFF)
CHANGING = Condition("waiting", reasons.MONITORS_CHANGING)
UNREADABLE = Condition("waiting", reasons.SCREEN_KEPT_BACK)
COVERING = Condition("waiting", reasons.SECRET_ON_THE_MOVE)
AWAITED = Condition("waiting", reasons.FIRST_PICTURE_AWAITED)
TRIES = 3
LOOK_SECONDS = 0.5
"""Nobody tells of a lock, of other monitors, or that a place may be seen again: so often it is looked."""
AGAIN_SECONDS = 0.1
"""So soon after a look that brought no picture."""
POINTER_SECONDS = 0.04
"""So often it is looked for the pointer."""


class WindowsScreen:
    """Backend for the desktop (all monitors together) and for single monitors, known by their device's path.

    Windows that ``exclusions`` never shows are painted over before anybody gets the picture.
    """

    def __init__(self, source: Source, exclusions: Exclusions, reader: ScreenReader) -> None:
        self._source = source
        self._exclusions = exclusions
        self._reader = reader
        self._open: contextlib.ExitStack | None = None
        self._layout: Layout | None = None
        self._is_reading = False
        self._last: Pixels | None = None
        self._last_rules = exclusions.rules
        self._covered: tuple[Rect, ...] = ()
        # Of pictures that were read and not shown.
        self._damage: tuple[Rect, ...] | None = None
        self._is_unsettled = False
        self._is_waiting = False

    def open(self) -> None:
        see_device_pixels()
        stack = self._open = contextlib.ExitStack()
        self._pointer = PointerWatch()
        self._redaction = Redaction(self._exclusions)
        try:
            stack.enter_context(self._redaction.watching())
        except OSError as error:
            raise DisplayGone(reasons.DISPLAY_SILENT) from error
        with contextlib.suppress(OSError):  # now; a take says so
            self._follow(layout_of(self._source.kind, self._source.output))

    def set_rate(self, fps: float) -> None:
        self._reader.set_rate(fps)

    def wait(self, seconds: float | None, call: int) -> Wake:
        now = time.monotonic()
        end = None if seconds is None else now + seconds
        looks_at = now + (AGAIN_SECONDS if self._is_waiting else LOOK_SECONDS)
        while True:
            longest = min(POINTER_SECONDS, looks_at - now) if self._pointer.is_wanted else looks_at - now
            left = max(longest if end is None else min(longest, end - now), 0)
            try:
                if self._is_reading and self._reader.wait(left, call):
                    return Wake.CHANGED
            except (OSError, NoPicture):
                self._is_reading = False
                return Wake.CHANGED  # a take begins anew, or says why not
            if wait_readable((call,), 0 if self._is_reading else left):
                return Wake.NOTHING
            now = time.monotonic()
            if self._pointer.has_moved():
                return Wake.CHANGED
            if now >= looks_at:
                if self._is_waiting or self._is_other():
                    return Wake.CHANGED
                looks_at = now + LOOK_SECONDS
            if end is not None and now >= end:
                return Wake.NOTHING

    def take(self, pointer: bool) -> Take:
        try:
            return self._look(pointer)
        except OSError as error:
            # Where nobody says which windows there are, nobody knows what to cover.
            log.info("the screen is not shown: %s", error)
            self._is_reading = False
            return self._none(UNREADABLE)

    def close(self) -> None:
        stack, self._open = self._open, None
        self._last, self._layout, self._is_reading = None, None, False
        self._reader.close()
        if stack is not None:
            stack.close()

    def _follow(self, layout: Layout | None) -> None:
        """Have the screen read where it is now."""
        if layout is None or (self._is_reading and layout == self._layout):
            return
        self._layout, self._damage, self._is_reading = layout, None, False
        self._reader.open(layout)
        self._is_reading = True

    def _is_other(self) -> bool:
        """Tell whether there is something to be shown of which the reader does not tell."""
        layout = layout_of(self._source.kind, self._source.output)
        if layout is None or layout != self._layout or not is_desktop_ours():
            return True
        try:
            self._is_unsettled |= self._redaction.look()
        except OSError:
            return True  # likewise
        is_same = self._redaction.rules is self._last_rules and self._places(time.monotonic()) == self._covered
        return self._is_unsettled or not is_same

    def _look(self, pointer: bool) -> Take:
        for _ in range(TRIES):
            layout = layout_of(self._source.kind, self._source.output)
            if layout is None:
                self._is_reading = False  # what comes back is another one
                return self._none(UNPLUGGED)
            if not is_desktop_ours():
                return self._none(UNREADABLE)
            self._follow(layout)
            self._is_unsettled |= self._redaction.look()
            if self._is_unsettled:
                self._is_unsettled = False
                self._redaction.settle()
            where = None
            if pointer:
                where = self._pointer.look(layout.place)
            else:
                self._pointer.forget()
            if self._redaction.settles_in() > 0:
                return self._as_it_was(where)
            picture = self._read()
            if layout == layout_of(self._source.kind, self._source.output):
                if picture is None:
                    return self._none(AWAITED)
                if self._is_safe:
                    return self._finished(picture, where)
        return self._as_it_was(None) if self._last is not None else self._none(CHANGING)

    def _read(self) -> ScreenPicture | None:
        self._redaction.begin(self._reader.lag_seconds)
        self._begun = time.monotonic()
        picture = self._reader.read()
        if picture is not None:
            known = self._damage is not None and picture.damage is not None
            self._damage = (*(self._damage or ()), *(picture.damage or ())) if known else None
        # What has moved meanwhile is in it, here or there.
        self._redaction.look()
        self._is_safe = not self._redaction.flashed() and self._redaction.settles_in() == 0
        return picture

    def _places(self, since: float) -> tuple[Rect, ...]:
        """Return what is to be covered, in the picture, of one that was begun at ``since``."""
        assert self._layout is not None
        return seen_from(self._layout.place, self._redaction.rects(since))

    def _finished(self, picture: ScreenPicture, where: Pointer | None) -> Take:
        covered, pixels = self._places(self._begun), picture.pixels
        self._last_rules, self._is_waiting = self._redaction.rules, False
        before, last, damage = self._covered, self._last, self._damage
        self._covered = covered
        if last is None or last.shape != pixels.shape:
            damage = last = None
        if damage is not None:
            # What lies beneath comes to light as well.
            both = (around([rect], pixels.shape[1], pixels.shape[0]) for rect in set(before) ^ set(covered))
            damage += tuple(rect for rect in both if rect is not None)
        is_ours = picture.is_lasting
        if damage != ():
            if covered and not picture.is_scratch:
                pixels, is_ours = pixels.copy(), True
            paint_over(pixels, covered, PLAIN)
        is_same = damage == () or (damage is None and last is not None and np.array_equal(last, pixels))
        self._reader.note(not is_same)
        self._damage = ()
        if is_same:
            return Take(LIVE, None, (), where)
        self._last = pixels if is_ours else pixels.copy()
        return Take(LIVE, self._last, damage, where, is_ours=True)

    def _as_it_was(self, where: Pointer | None) -> Take:
        self._note_wait()
        # The last picture may hold what must not be seen by other rules.
        is_right = self._last is not None and self._last_rules is self._redaction.rules
        return Take(LIVE, None, (), where) if is_right else self._none(COVERING)

    def _none(self, condition: Condition) -> Take:
        self._last, self._damage = None, None
        self._note_wait()
        return Take(condition)

    def _note_wait(self) -> None:
        self._is_waiting = True
        self._reader.note(True)
