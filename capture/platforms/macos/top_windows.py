"""The windows that macOS has: all that is to be known of one, and what follows from it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from capture import reasons
from capture.errors import SourceGone
from capture.picture.pixels import Rect
from capture.platforms.generations import Generations
from capture.platforms.macos.frameworks import frameworks
from capture.platforms.macos.processes import Process, process_of, process_started
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.source import Condition, Source

ALL, ON_SCREEN, ONE = 0, 1, 8
"""kCGWindowListOptionAll, …OnScreenOnly, …IncludingWindow."""
WITHOUT_DESKTOP = 16
"""kCGWindowListExcludeDesktopElements."""
NORMAL_LAYER = 0
"""kCGNormalWindowLevel: where programs have their windows; menus, the Dock and the menu bar lie above it."""
KEEPS_OUT = 0
"""kCGWindowSharingNone."""
SMALLEST = 40
"""Points along an edge: programs keep smaller windows for themselves."""
NOWHERE = ((0.0, 0.0), (0.0, 0.0))
LIVE = Condition("live")
HIDDEN = Condition("hidden", reasons.WINDOW_HIDDEN)
PROTECTED = Condition("protected", reasons.WINDOW_PROTECTED)
WITHOUT_SIZE = Condition("hidden", reasons.WINDOW_WITHOUT_SIZE)
TRUSTED_SECONDS = 1.0
"""How long a program is taken to go by the same names."""


class TopWindow(NamedTuple):
    """A window, as it was when it was looked at.

    Attributes:
        window: its number (CGWindowID), which macOS gives once in a session.
        title, owner: its own and its program's; either may be empty.
        is_on_screen: it is drawn, if only beneath others. Those that are minimised, hidden with their program or on
            another space are not, and macOS does not tell these apart without the right to control the computer.
        keeps_out: it asks to be in no picture.
        place: in points, from the upper left corner of the display with the menu bar.
    """

    window: int
    title: str = ""
    owner: str = ""
    pid: int = 0
    layer: int = NORMAL_LAYER
    alpha: float = 1.0
    is_on_screen: bool = True
    keeps_out: bool = False
    place: Rect = Rect(0, 0, 0, 0)

    @property
    def condition(self) -> Condition:
        """Return how it is, for the list and for the stream."""
        if self.keeps_out:
            return PROTECTED
        if not self.is_on_screen:
            return HIDDEN
        return LIVE if self.place.area > 0 else WITHOUT_SIZE

    def is_for_people(self, process: Process) -> bool:
        """Tell whether it is one that a person would look for in a list."""
        if self.layer != NORMAL_LAYER or self.alpha <= 0 or not process.is_for_people:
            return False
        if self.place.width < SMALLEST or self.place.height < SMALLEST:
            return False
        # Of those out of sight most are none, and only those with a title may be.
        return self.is_on_screen or bool(self.title.strip())


def top_windows(*, on_screen: bool = False) -> list[TopWindow]:
    """Return all windows, or those on a screen, the uppermost first there.

    Raises:
        OSError: macOS does not say: nobody is logged in on its screen.
    """
    found = frameworks().quartz.CGWindowListCopyWindowInfo(WITHOUT_DESKTOP | (ON_SCREEN if on_screen else ALL), 0)
    if found is None:
        raise OSError("macOS does not list its windows")
    return [window_of(each) for each in found]


def look_at(window: int) -> TopWindow | None:
    """Return all that is to be known of a window, None when there is none of that number."""
    found = frameworks().quartz.CGWindowListCopyWindowInfo(ONE, window) or ()
    return next((top for top in map(window_of, found) if top.window == window), None)


def window_of(told: Mapping[str, Any]) -> TopWindow:
    """Return the window that one entry of the list describes; the keys are the values of ``kCGWindow…``."""
    return TopWindow(
        window=int(told["kCGWindowNumber"]),
        title=str(told.get("kCGWindowName") or ""),
        owner=str(told.get("kCGWindowOwnerName") or ""),
        pid=int(told.get("kCGWindowOwnerPID", 0)),
        layer=int(told.get("kCGWindowLayer", NORMAL_LAYER)),
        alpha=float(told.get("kCGWindowAlpha", 1.0)),
        is_on_screen=bool(told.get("kCGWindowIsOnscreen", False)),
        keeps_out=int(told.get("kCGWindowSharingState", 1)) == KEEPS_OUT,
        place=rect_of(told.get("kCGWindowBounds") or NOWHERE),
    )


def rect_of(told: Any) -> Rect:
    """Return a rectangle as `numbers_of` reads it, in whole numbers."""
    x, y, width, height = numbers_of(told)
    left, top = round(x), round(y)
    return Rect.between(left, top, max(round(x + width), left), max(round(y + height), top))


def numbers_of(told: Any) -> tuple[float, float, float, float]:
    """Return left, top, width and height of what frameworks say as a dictionary, an NSValue, or a CGRect.

    Raises:
        KeyError, TypeError, ValueError: it is none of these.
    """
    if isinstance(told, Mapping):
        return float(told["X"]), float(told["Y"]), float(told["Width"]), float(told["Height"])
    (x, y), (width, height) = told.rectValue() if hasattr(told, "rectValue") else told
    return float(x), float(y), float(width), float(height)


def may_be_shown(top: TopWindow, process: Process, rules: ExclusionRules) -> bool:
    """Tell whether a window belongs neither to us nor to a program that is never shown, as far as that is known."""
    if top.pid == rules.pid or rules.names_one_of((top.owner, *process.names)):
        return False
    # A process without a name has just ended: too late to ask.
    return bool(process.names or top.owner)


class WatchedWindow:
    """Looks at one window. It is closed to us when ``exclusions`` says that its program is never shown.

    ``generations`` tell whether the window that has the number is the one that was listed.
    """

    def __init__(self, source: Source, exclusions: Exclusions, generations: Generations) -> None:
        self.window = int(source.id)
        self._source = source
        self._exclusions = exclusions
        self._generations = generations
        self._rules: ExclusionRules | None = None
        self._checked_at = float("-inf")
        self._pid: int | None = None

    def look(self) -> TopWindow:
        """Return how it is.

        Raises:
            SourceGone: it is closed, another one's number now, or never shown.
            DisplayGone: nobody tells whether it is the one that was listed.
        """
        top = look_at(self.window)
        if top is None or not (self._is_same(top) if self._pid is None else self._pid == top.pid):
            raise SourceGone(reasons.WINDOW_CLOSED)
        self._pid = top.pid
        # It is not listed either; but a list is always a little older than the window.
        rules, now = self._exclusions.rules, time.monotonic()
        if rules is not self._rules or now - self._checked_at > TRUSTED_SECONDS:
            if not may_be_shown(top, process_of(top.pid), rules):
                raise SourceGone(reasons.PROGRAM_EXCLUDED)
            self._rules, self._checked_at = rules, now
        return top

    def _is_same(self, top: TopWindow) -> bool:
        source = self._source
        if source.generation and not self._generations.confirm(self.window, source.generation):
            return False
        return source.pid is None or (top.pid == source.pid and process_started(top.pid) == source.started)
