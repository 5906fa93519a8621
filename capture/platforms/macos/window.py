"""A window by ScreenCaptureKit: its own pixels, also when it is covered, told when there are new ones.

`Streaming` is what windows have in common with screens.
"""

from __future__ import annotations

import time
from typing import Any

from capture import reasons
from capture.errors import DisplayGone, NoPicture
from capture.picture.frame import Pointer, Take
from capture.picture.pixels import around
from capture.platforms.contract import Wake
from capture.platforms.generations import Generations
from capture.platforms.macos.frameworks import check_permission, frameworks, pool, within_pool
from capture.platforms.macos.images import pointer_in
from capture.platforms.macos.screens import is_asleep, scale_at
from capture.platforms.macos.stream import CaptureStream, Handed, StoppedByPerson, Wanted
from capture.platforms.macos.top_windows import LIVE, WatchedWindow, rect_of
from capture.platforms.waiting import Bell, wait_readable
from capture.privacy.exclusions import Exclusions
from capture.source import Condition, Identity, Source

STATE_SECONDS = 0.5
"""macOS tells of no window that is hidden or moved, and of no display that falls asleep: so often it is looked."""
FIRST_SECONDS = 1.5
"""How long the first picture of a window that is to be seen may take; afterwards it is tried in another way."""
AWAITED = Condition("waiting", reasons.FIRST_PICTURE_AWAITED)
ENDED = Condition("waiting", reasons.ENDED_IN_MENU_BAR)
ASLEEP = Condition("waiting", reasons.DISPLAY_ASLEEP)
ended_by_person: set[Identity] = set()
"""What the person has ended in the menu bar: it is not begun again in this run of ours, whoever asks for it."""


class Streaming:
    """A backend but for what it shows: streams of one source, one after the other.

    Attributes:
        stream: the one that there is.
        has_picture: what was handed over last is how the source looks, or looked until now.
    """

    def __init__(self, source: Source, exclusions: Exclusions) -> None:
        self.source = source
        self.exclusions = exclusions
        self.stream: CaptureStream | None = None
        self.has_picture = False
        self._bell: Bell | None = None
        self._fps = 60.0
        self._told: Condition | None = None
        self._size: tuple[int, int] | None = None
        self._is_new = True
        self._checked_at = float("-inf")

    # What it shows.

    def find(self, content: Any) -> Wanted | None:
        """Choose as `CaptureStream` wants it."""
        raise NotImplementedError

    def look(self) -> Condition:
        """Return how the source is now."""
        raise NotImplementedError

    def picture(self, pointer: bool) -> Take:
        """Return a take of a source that is ``live``."""
        raise NotImplementedError

    # A backend.

    def open(self) -> None:
        with within_pool():
            self._check()
            self.look()
            self._bell = Bell()

    def set_rate(self, fps: float) -> None:
        self._fps = round(fps, 1)
        if self.stream is not None:
            self.stream.fps = self._fps

    def wait(self, seconds: float | None, call: int) -> Wake:
        assert self._bell is not None
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            left = STATE_SECONDS if end is None else min(STATE_SECONDS, end - time.monotonic())
            readable = wait_readable((call, self._bell.descriptor), max(left, 0))
            if self._bell.descriptor in readable:
                self._bell.hush()
                return Wake.CHANGED
            if call in readable or (end is not None and time.monotonic() >= end):
                return Wake.NOTHING
            with pool():
                self._check()
                if self.look() != self._told:
                    return Wake.URGENT
                if self.stream is not None and (self._is_new or self.stream.is_late):
                    return Wake.CHANGED

    def take(self, pointer: bool) -> Take:
        with pool():
            self._check()
            self._told = ENDED if self.source.identity in ended_by_person else self.look()
            if self._told.state == "live":
                return self.picture(pointer)
            if self._told.state != "hidden":
                # What comes afterwards is whole: what it showed is known no more.
                self.end()
            return Take(self._told)

    def close(self) -> None:
        bell, self._bell = self._bell, None
        if bell is not None:
            with within_pool():
                self.end()
            bell.close()

    # Its streams.

    def begin(self, *, keeps: bool = False) -> None:
        """Have a new stream in the place of the one that there is; with ``keeps`` the last picture stays until then."""
        assert self._bell is not None
        keeps = keeps and self.has_picture
        self.end()
        self.has_picture = keeps
        self.stream = CaptureStream(self.find, self._bell.ring, self._fps)
        self.stream.open()

    def end(self) -> None:
        """Have no stream."""
        stream, self.stream = self.stream, None
        self.has_picture, self._is_new = False, True
        if stream is not None:
            stream.close()

    def newest(self) -> Handed | None:
        """Return the newest picture, None when there is none since the last one; begin where there is no stream."""
        if self.stream is None:
            self.begin()
        assert self.stream is not None
        try:
            handed = self.stream.newest()
        except StoppedByPerson as stopped:
            ended_by_person.add(self.source.identity)
            raise DisplayGone(stopped.reason) from stopped
        except NoPicture:
            # The window was minimised, say, which ends some streams. One that has never brought a picture won't.
            if self._is_new:
                raise
            self.begin(keeps=True)
            return None
        if handed is not None:
            self.has_picture, self._is_new = True, False
        elif self.stream.is_late:
            # With the beginning of a stream there is always a picture.
            self.begin(keeps=True)
        return handed

    @property
    def is_missing(self) -> bool:
        """Tell whether macOS does not offer the source."""
        return self.stream is not None and self.stream.is_missing

    def waits(self) -> float:
        """Return for how long a stream has run that has brought no picture yet, in seconds."""
        since = self.stream.running_since if self.stream is not None and self._is_new else None
        return 0.0 if since is None else time.monotonic() - since

    def forget(self) -> None:
        """Have the next picture count as new in every pixel: the last one was shown to nobody."""
        self.has_picture, self._size = False, None

    def told(self, handed: Handed | None, pointer: Pointer | None) -> Take:
        """Return what is to be said of the newest picture."""
        if handed is None:
            return Take(LIVE, None, (), pointer) if self.has_picture else Take(AWAITED)
        pixels, damage = handed
        height, width = pixels.shape[:2]
        is_same_size, self._size = (width, height) == self._size, (width, height)
        if not is_same_size or damage is None:
            # It may have had any size in between.
            return Take(LIVE, pixels, None, pointer, is_ours=True, passed=() if is_same_size else None)
        inside = tuple(rect for each in damage if (rect := around([each], width, height)) is not None)
        return Take(LIVE, pixels, inside, pointer, is_ours=True)

    def _check(self) -> None:
        now = time.monotonic()
        if now - self._checked_at > STATE_SECONDS:
            check_permission()
            self._checked_at = now


class ScreenCaptureKitWindow(Streaming):
    """Backend for one window, see `WatchedWindow`.

    ``open`` and ``take`` raise `NoPicture` where this technique gives none; another one may.
    """

    def __init__(self, source: Source, exclusions: Exclusions, generations: Generations) -> None:
        super().__init__(source, exclusions)
        self._watched = WatchedWindow(source, exclusions, generations)

    def look(self) -> Condition:
        self._top = self._watched.look()
        condition = self._top.condition
        return ASLEEP if condition == LIVE and is_asleep() else condition

    def picture(self, pointer: bool) -> Take:
        handed = self.newest()
        if handed is None and (self.is_missing or self.waits() > FIRST_SECONDS):
            raise NoPicture(reasons.NO_PICTURE_NOW)
        place = self._top.place
        return self.told(handed, pointer_in(place, scale_at(place), self._top.window) if pointer else None)

    def find(self, content: Any) -> Wanted | None:
        found = next((each for each in content.windows() if int(each.windowID()) == self._watched.window), None)
        if found is None:
            return None
        place = rect_of(found.frame())
        scale = scale_at(place)
        shown = frameworks().kit.SCContentFilter.alloc().initWithDesktopIndependentWindow_(found)
        return shown, (round(place.width * scale), round(place.height * scale))
