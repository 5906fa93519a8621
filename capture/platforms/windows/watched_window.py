"""Whether a window is still the one that is shared, may be shown, and has a picture; by whichever way that is taken."""

from __future__ import annotations

import ctypes
import time

from capture import reasons
from capture.errors import SourceGone
from capture.platforms.generations import Generations
from capture.platforms.windows.top_windows import LIVE, TopWindow, look_at, may_be_shown
from capture.platforms.windows.win32.declarations import Dword, user32
from capture.platforms.windows.win32.processes import process_started
from capture.privacy.exclusions import Exclusions
from capture.source import Condition, Source

TRUSTED_SECONDS = 1.0
"""How long it is taken for granted that no other program has put something into the window."""
HANGS = Condition("waiting", reasons.PROGRAM_HANGS)
PROTECTED = Condition("protected", reasons.WINDOW_PROTECTED)


class WatchedWindow:
    """Looks at one window. It is closed to us when ``exclusions`` says that its program is never shown.

    ``generations`` tell whether the window that has the handle is the one that was listed.

    Attributes:
        window: its handle.
    """

    def __init__(self, source: Source, exclusions: Exclusions, generations: Generations) -> None:
        self.window = int(source.id)
        self._source = source
        self._exclusions = exclusions
        self._generations = generations
        self._rules = exclusions.rules
        self._checked_at = float("-inf")
        self._whose: tuple[int, int] | None = None

    def look(self) -> TopWindow:
        """Return how it is.

        Raises:
            SourceGone: it is closed, another one's handle now, or never shown.
            DisplayGone: nobody tells whether it is the one that was listed.
        """
        top = look_at(self.window)
        if top is None:
            raise SourceGone(reasons.WINDOW_CLOSED)
        if self._whose is None:
            self._check_identity(top)
            self._whose = (top.pid, top.thread)
        elif self._whose != (top.pid, top.thread):
            raise SourceGone(reasons.WINDOW_CLOSED)
        self._check_rules(top)
        return top

    def condition(self, top: TopWindow, *, asks_program: bool) -> Condition:
        """Return whether a picture can be had, and why not; ``asks_program``: its program would have to make it."""
        if top.condition.state != "live":
            return top.condition
        if asks_program and user32().IsHungAppWindow(self.window):
            return HANGS
        affinity = Dword()
        known = user32().GetWindowDisplayAffinity(self.window, ctypes.byref(affinity))
        return PROTECTED if known and affinity.value else LIVE

    def _check_identity(self, top: TopWindow) -> None:
        # While nothing was taken the window may have gone, and another program's may have got its handle.
        generation = self._source.generation
        if generation and not self._generations.confirm(self.window, generation):
            raise SourceGone(reasons.WINDOW_CLOSED)
        pid, started = self._source.pid, self._source.started
        if pid is not None and (top.pid != pid or process_started(pid) != started):
            raise SourceGone(reasons.WINDOW_CLOSED)

    def _check_rules(self, top: TopWindow) -> None:
        # It is not listed either; but a list is always a little older than the window.
        rules, now = self._exclusions.rules, time.monotonic()
        if rules is self._rules and now - self._checked_at < TRUSTED_SECONDS:
            return
        self._rules, self._checked_at = rules, now
        if not may_be_shown(top, rules):
            raise SourceGone(reasons.PROGRAM_EXCLUDED)
