"""The windows that a picture of the screen must not hold, as the desktop is now."""

from __future__ import annotations

import contextlib
import ctypes
import time
from collections.abc import Iterator
from typing import NamedTuple

from capture.picture.pixels import Rect
from capture.platforms.windows.secret_places import SecretPlaces
from capture.platforms.windows.top_windows import MINIATURES, TopWindow, look_at, may_be_shown, top_windows
from capture.platforms.windows.win32.declarations import Dword, dwmapi, user32
from capture.platforms.windows.win32.messages import pump, window_events
from capture.privacy.exclusions import ExclusionRules, Exclusions

TRUSTED_SECONDS = 1.0
"""How long it is taken for granted whose a window is that has told of no change: others may be put into it."""
SHOWN, PARENT_CHANGED, UNCLOAKED = 0x8002, 0x800F, 0x8018
EVENTS = ((SHOWN, SHOWN), (PARENT_CHANGED, PARENT_CHANGED), (UNCLOAKED, UNCLOAKED))
LEFT_OUT = 0x11
"""WDA_EXCLUDEFROMCAPTURE: the window is in no picture of the screen, and what lies beneath it is. Windows 10 2004."""


class _Verdict(NamedTuple):
    """What was found out of a window that had this handle."""

    pid: int
    thread: int
    is_secret: bool
    is_ours: bool
    class_name: str
    found_at: float


class Redaction:
    """Looks at all windows whenever it is asked. Used by one thread, in a block of `watching`.

    Attributes:
        rules: those that the last look has kept to.
    """

    def __init__(self, exclusions: Exclusions) -> None:
        self._exclusions = exclusions
        self.rules = exclusions.rules
        self._places = SecretPlaces()
        self._verdicts: dict[int, _Verdict] = {}
        self._came: dict[int, float] = {}
        self._seen: set[int] = set()
        self._left_out: set[int] = set()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Have windows tell that they are shown, or put into another one, until the block ends."""
        try:
            with window_events(EVENTS, self._hear, own=True):
                yield
        finally:
            for window in self._left_out:
                user32().SetWindowDisplayAffinity(window, 0)

    def look(self) -> bool:
        """See where everything is now; tell whether a window that must not be seen is elsewhere than at the last look.

        The screen as it is composed may be that of a moment ago: `settle` waits for it.
        """
        pump(0)
        now = time.monotonic()
        is_other = self._exclusions.rules is not self.rules
        if is_other:
            self.rules = self._exclusions.rules
            self._verdicts.clear()
        there: dict[int, Rect] = {}
        miniatures: dict[int, Rect] = {}
        has_secrets = False
        known: dict[int, _Verdict] = {}
        self._seen = set()
        for window in top_windows():
            if not user32().IsWindowVisible(window):
                continue
            self._seen.add(window)
            verdict = known[window] = self._judge(window, now)
            is_miniature = verdict.class_name in MINIATURES
            if not verdict.is_secret and not is_miniature:
                continue
            has_secrets |= verdict.is_secret
            if verdict.is_ours and self._leave_out(window):
                continue
            top = look_at(window)
            if top is not None and top.is_on_screen:
                (there if verdict.is_secret else miniatures)[window] = top.whole
        self._verdicts = known
        # They show the others small, minimised ones as well.
        ours = {window for window, verdict in known.items() if verdict.is_ours}
        return self._places.note(there | miniatures if has_secrets else there, now, calm=ours, has_moved=not is_other)

    def settle(self) -> None:
        """Wait until what is on the screen is what the last look saw, or newer."""
        dwmapi().DwmFlush()

    def settles_in(self) -> float:
        """Return for how many seconds no picture may be taken: a window that must not be seen is on the move."""
        return self._places.settles_in(time.monotonic())

    def rects(self, since: float) -> tuple[Rect, ...]:
        """Return, on the desktop, what must not be seen of a picture that was begun at ``since``."""
        return self._places.rects(since)

    def begin(self, lag_seconds: float = 0.0) -> None:
        """Have `flashed` tell of what comes from now on, and of what came so shortly before."""
        pump(0)
        since = time.monotonic() - lag_seconds
        self._came = {window: at for window, at in self._came.items() if lag_seconds and at > since}

    def flashed(self) -> bool:
        """Tell whether, since `begin`, a window was shown that the last look did not see any more: whose was it?"""
        pump(0)
        return bool(self._came.keys() - self._seen)

    def _hear(self, event: int, window: int) -> None:
        self._verdicts.pop(window, None)
        # Of a part of a window, as long as it is there, the answer is another handle.
        root = user32().GetAncestor(window, 2) or 0
        if root not in (0, window):
            self._verdicts.pop(root, None)
        elif event in (SHOWN, UNCLOAKED):
            self._came[window] = time.monotonic()

    def _judge(self, window: int, now: float) -> _Verdict:
        pid = Dword()
        thread = user32().GetWindowThreadProcessId(window, ctypes.byref(pid))
        known = self._verdicts.get(window)
        if known and (known.pid, known.thread) == (pid.value, thread) and now - known.found_at < TRUSTED_SECONDS:
            return known
        top = look_at(window)
        if top is None:
            return _Verdict(pid.value, thread, True, False, "", now)  # gone: whose it was nobody can tell any more
        is_secret = not may_be_shown(top, self.rules) or belongs_to_masked(top, self.rules)
        return _Verdict(pid.value, thread, is_secret, top.pid == self.rules.pid, top.class_name, now)

    def _leave_out(self, window: int) -> bool:
        """Have Windows itself leave a window of ours out of pictures; tell whether it does."""
        affinity = Dword()
        library = user32()
        if library.GetWindowDisplayAffinity(window, ctypes.byref(affinity)) and affinity.value == LEFT_OUT:
            return True
        if library.SetWindowDisplayAffinity(window, LEFT_OUT):
            self._left_out.add(window)
        # From the next look on: in what is on the screen now it may still be.
        return False


def belongs_to_masked(top: TopWindow, rules: ExclusionRules) -> bool:
    """Tell whether a window has masks, or is a menu or a dialog of one that has."""
    if not rules.masked:
        return False
    window, owner = top.window, top.owner
    for _step in range(8):
        if window in rules.masked:
            return True
        if not owner:
            break
        window, owner = owner, user32().GetWindow(owner, 4) or 0
    # Its menus may belong to no window, but they are its thread's.
    return top.is_menu and any(_thread_of(masked) == (top.pid, top.thread) for masked in rules.masked)


def _thread_of(window: int) -> tuple[int, int]:
    pid = Dword()
    thread = user32().GetWindowThreadProcessId(window, ctypes.byref(pid))
    return pid.value, int(thread)
