"""A window's own pixels on Windows, right also when it is covered: its program is asked to paint it once more.

PrintWindow tells of no changes, so it is looked as often as pictures are wanted. From Windows 10 1903 on, as on any
from 8.1 on.
"""

from __future__ import annotations

import ctypes

import numpy as np

from capture import reasons
from capture.errors import SourceGone
from capture.picture.frame import Take
from capture.picture.pixels import Pixels, seen_from
from capture.platforms.contract import Wake
from capture.platforms.generations import Generations
from capture.platforms.windows.pointer import PointerWatch
from capture.platforms.windows.printer import Printer
from capture.platforms.windows.ticks import Ticks
from capture.platforms.windows.top_windows import LIVE, TopWindow, look_at, may_be_shown
from capture.platforms.windows.win32.declarations import Dword, user32
from capture.platforms.windows.win32.processes import process_started
from capture.platforms.windows.win32.scaling import see_device_pixels
from capture.privacy.exclusions import Exclusions
from capture.source import Condition, Source

HANGS = Condition("waiting", reasons.PROGRAM_HANGS)
CHANGING = Condition("waiting", reasons.WINDOW_RESIZING)
DRAWS_NOTHING = Condition("waiting", reasons.WINDOW_DRAWS_NOTHING)
PROTECTED = Condition("protected", reasons.WINDOW_PROTECTED)
TRIES = 3
RULES_EVERY = 30
"""So many pictures until it is looked again whether another program has put something into the window."""


class PrintedWindow:
    """Backend for one window; it is closed to us when ``exclusions`` says that its program is never shown.

    ``generations`` tell whether the window that has the handle is the one that was listed.
    """

    def __init__(self, source: Source, exclusions: Exclusions, generations: Generations) -> None:
        self._source = source
        self._exclusions = exclusions
        self._generations = generations
        self._window = int(source.id)
        self._printer = Printer()
        self._ticks = Ticks()
        self._last: Pixels | None = None
        self._size: tuple[int, int] | None = None

    def open(self) -> None:
        see_device_pixels()
        self._pointer = PointerWatch()
        self._rules = self._exclusions.rules
        self._taken = 0
        top = self._look()
        self._whose = (top.pid, top.thread)
        self._check_identity(top)
        self._check_rules(top)

    def set_rate(self, fps: float) -> None:
        self._ticks.set_rate(fps)

    def wait(self, seconds: float | None, call: int) -> Wake:
        return self._ticks.wait(seconds, call)

    def take(self, pointer: bool) -> Take:
        for _ in range(TRIES):
            top = self._look()
            if (top.pid, top.thread) != self._whose:
                raise SourceGone(reasons.WINDOW_CLOSED)
            self._check_rules(top)
            condition = self._condition(top)
            if condition.state != "live":
                return self._none(condition)
            part = seen_from(top.whole, (top.shown,))[0]
            try:
                pixels = self._printer.picture(self._window, top.whole.width, top.whole.height, part)
            except TimeoutError:
                return self._none(HANGS)
            after = self._look()
            if (after.whole, after.shown, after.condition) == (top.whole, top.shown, top.condition):
                if pixels is None:
                    return self._none(DRAWS_NOTHING)
                return self._taken_now(pixels, top, pointer)
        return self._none(CHANGING)

    def close(self) -> None:
        self._printer.close()
        self._last = None

    def _look(self) -> TopWindow:
        top = look_at(self._window)
        if top is None:
            raise SourceGone(reasons.WINDOW_CLOSED)
        return top

    def _condition(self, top: TopWindow) -> Condition:
        if top.condition.state != "live":
            return top.condition
        if user32().IsHungAppWindow(self._window):
            return HANGS
        affinity = Dword()
        known = user32().GetWindowDisplayAffinity(self._window, ctypes.byref(affinity))
        return PROTECTED if known and affinity.value else LIVE

    def _check_identity(self, top: TopWindow) -> None:
        # While nothing was taken the window may have gone, and another program's may have got its handle.
        generation = self._source.generation
        if generation and not self._generations.confirm(self._window, generation):
            raise SourceGone(reasons.WINDOW_CLOSED)
        pid, started = self._source.pid, self._source.started
        if pid is not None and (top.pid != pid or process_started(pid) != started):
            raise SourceGone(reasons.WINDOW_CLOSED)

    def _check_rules(self, top: TopWindow) -> None:
        # It is not listed either; but a list is always a little older than the window.
        rules = self._exclusions.rules
        self._taken += 1
        if rules is self._rules and self._taken % RULES_EVERY != 1:
            return
        self._rules = rules
        if not may_be_shown(top, rules):
            raise SourceGone(reasons.PROGRAM_EXCLUDED)

    def _taken_now(self, pixels: Pixels, top: TopWindow, pointer: bool) -> Take:
        where = self._pointer.look(top.shown, self._window) if pointer else None
        size = (pixels.shape[1], pixels.shape[0])
        # It may have had any other one in between.
        passed = () if size == self._size else None
        self._size = size
        is_same = self._last is not None and np.array_equal(self._last, pixels)
        self._ticks.note(not is_same)
        if is_same:
            return Take(LIVE, None, (), where)
        self._last = pixels
        return Take(LIVE, pixels, None, where, is_ours=True, passed=passed)

    def _none(self, condition: Condition) -> Take:
        self._last = None
        self._ticks.note(True)
        return Take(condition)
