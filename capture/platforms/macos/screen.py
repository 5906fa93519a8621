"""A display by ScreenCaptureKit, without the windows that must not be seen, told when there is something new.

macOS leaves programs out whole, with all windows that they open later. Of a program of which one window has masks the
others are let in again one by one; so what it opens later is left out as well, until the filter is made anew. A program
that begins after the filter was made may be in pictures: the list of windows, which is looked at after each picture and
before anybody gets it, tells of its windows.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from capture import reasons
from capture.picture.frame import Take
from capture.platforms.macos.frameworks import frameworks
from capture.platforms.macos.images import pointer_in
from capture.platforms.macos.processes import KnownProcesses
from capture.platforms.macos.screens import Display, display_of, displays, is_asleep
from capture.platforms.macos.stream import Wanted
from capture.platforms.macos.top_windows import LIVE, TopWindow, may_be_shown, top_windows
from capture.platforms.macos.window import ASLEEP, Streaming
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.source import Condition, Source

UNPLUGGED = Condition("waiting", reasons.MONITOR_OFF)
DIVIDED = Condition("waiting", reasons.DESKTOP_BY_MONITOR)
UNREADABLE = Condition("waiting", reasons.SCREEN_KEPT_BACK)
COVERING = Condition("waiting", reasons.SECRET_ON_THE_MOVE)
CALM_SECONDS = 1.0
"""How long it is before the filter is made anew, where that did not help or nothing secret is at stake."""


class Hidden(NamedTuple):
    """What a filter leaves out: by which rules, programs by their ``pids``, but for those ``kept`` of their windows."""

    rules: ExclusionRules
    pids: frozenset[int]
    kept: frozenset[int]

    def has(self, top: TopWindow) -> bool:
        """Tell whether a window is left out."""
        return top.pid in self.pids and top.window not in self.kept


class ScreenCaptureKitScreen(Streaming):
    """Backend for single displays, known by their UUIDs, and for the desktop while there is one only.

    What ``exclusions`` never show, and windows with masks, are in no picture that anybody gets.
    """

    def __init__(self, source: Source, exclusions: Exclusions) -> None:
        super().__init__(source, exclusions)
        self._processes = KnownProcesses()
        self._hidden: Hidden | None = None
        self._display: Display | None = None
        self._begun_at = float("-inf")

    def look(self) -> Condition:
        try:
            display = display_of(self.source.kind, self.source.output)
            if display is None:
                return DIVIDED if self.source.kind == "desktop" and displays() else UNPLUGGED
        except OSError:
            return UNREADABLE
        if is_asleep(display):
            return ASLEEP
        if display != self._display:
            # Pictures of another size, or from elsewhere.
            self._display = display
            self.end()
        return LIVE

    def picture(self, pointer: bool) -> Take:
        if self.stream is None:
            self._hidden = None
        elif self._hidden is not None and self._hidden.rules is not self.exclusions.rules:
            return self._begin_anew(COVERING)
        handed = self.newest()
        if self.is_missing:
            return self._begin_anew(UNPLUGGED)
        try:
            tops = [] if handed is None else top_windows(on_screen=True)
        except OSError:
            # Where nobody says which windows there are, nobody knows what to leave out.
            return self._begin_anew(UNREADABLE)
        wrong = [top for top in tops if self._is_secret(top) != (self._hidden is not None and self._hidden.has(top))]
        if any(map(self._is_secret, wrong)):
            return self._begin_anew(COVERING)
        if wrong:
            # They are missing from pictures, which is mended without haste.
            self._begin(keeps=True)
        assert self._display is not None
        return self.told(handed, pointer_in(self._display.place, self._display.scale) if pointer else None)

    def find(self, content: Any) -> Wanted | None:
        display = self._display
        assert display is not None
        shown = next((each for each in content.displays() if int(each.displayID()) == display.number), None)
        if shown is None:
            return None
        rules = self.exclusions.rules
        known = {top: self._is_secret(top) for top in top_windows()}
        pids = {top.pid for top, is_secret in known.items() if is_secret or top.pid == rules.pid}
        kept = {top.window for top, is_secret in known.items() if top.pid in pids and not is_secret}
        programs = {int(each.processID()): each for each in content.applications()}
        windows = {int(each.windowID()): each for each in content.windows()}
        # Those that macOS knows of.
        self._hidden = Hidden(rules, frozenset(pids & programs.keys()), frozenset(kept & windows.keys()))
        made = (
            frameworks()
            .kit.SCContentFilter.alloc()
            .initWithDisplay_excludingApplications_exceptingWindows_(
                shown, [programs[pid] for pid in self._hidden.pids], [windows[each] for each in self._hidden.kept]
            )
        )
        return made, display.size

    def _is_secret(self, top: TopWindow) -> bool:
        rules = self.exclusions.rules
        return top.window in rules.masked or not may_be_shown(top, self._processes.of(top.pid), rules)

    def _begin_anew(self, condition: Condition) -> Take:
        self.forget()
        self._begin(keeps=False)
        return Take(condition)

    def _begin(self, *, keeps: bool) -> None:
        now = time.monotonic()
        if now - self._begun_at > CALM_SECONDS:
            self._begun_at, self._hidden = now, None
            self.begin(keeps=keeps)
