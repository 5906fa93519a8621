"""The whole desktop, or one monitor, by mss; on X11 woken by XDamage, so that a still screen costs nothing."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator

import mss
import numpy as np
import xcffib.randr
import xcffib.xproto
from mss.exception import ScreenShotError
from xcffib import Error as XError

from capture.backends import Wake
from capture.backends.x11 import GONE, DamageWatch, Display, PointerWatch, speaks_to_display, wait_for_events
from capture.backends.x11_cover import Cover
from capture.curtain import PLAIN
from capture.errors import DisplayGone, SourceGone
from capture.frame import Pointer, Take
from capture.never_shown import Guard
from capture.pixels import Rect, paint_over
from capture.source import Condition, Source

LIVE = Condition("live")
LOST = (AssertionError, ScreenShotError, ValueError)
"""What mss raises when the X server is gone: also bare assertions, and the "NULL pointer access" of ctypes."""


@contextlib.contextmanager
def _asking_mss() -> Iterator[None]:
    try:
        yield
    except LOST as error:
        raise DisplayGone(GONE) from error


class Screen:
    """Backend for the desktop (all monitors together) and for single monitors.

    What ``guard`` says must never be shown is painted over before anybody gets the picture.
    """

    def __init__(self, source: Source, guard: Guard) -> None:
        self._guard = guard
        self._number = 0 if source.kind == "desktop" else int(source.id.rpartition("-")[2])
        self._display: Display | None = None
        self._mss: mss.MSS | None = None

    @speaks_to_display
    def open(self) -> None:
        display = self._display = Display()
        self._damage = DamageWatch(display, display.root)
        self._pointer = PointerWatch(display)
        randr = display.extension(xcffib.randr, 1, 2)
        randr.SelectInput(display.root, xcffib.randr.NotifyMask.ScreenChange, is_checked=True).check()
        self._cover = Cover(display, self._guard)
        self._covered: tuple[Rect, ...] = ()
        self._uncovers = False
        self._damaged = True
        self._told = False

    def wait(self, seconds: float | None, call: int) -> Wake:
        assert self._display is not None
        # Told once: what has been told is looked at with the next take, which may be some time off.
        moment = None if self._uncovers else self._cover.next_change()
        left = None if moment is None else max(moment - time.monotonic(), 0)
        if left is None or (seconds is not None and seconds <= left):
            return wait_for_events(self._display, self._absorb, seconds, call)
        wake = wait_for_events(self._display, self._absorb, left, call)
        if wake is Wake.NOTHING and moment is not None and time.monotonic() >= moment:
            self._uncovers = True
            return Wake.CHANGED
        return wake

    @speaks_to_display
    def take(self, pointer: bool) -> Take:
        assert self._display is not None
        begun = time.monotonic()
        self._absorb()
        self._uncovers = False
        try:
            damage = self._damage.collect() if self._damaged else ()
            self._damaged = False
            with _asking_mss():
                if self._mss is None:
                    self._mss = mss.MSS()
                monitors = self._mss.monitors
            if self._number >= len(monitors):
                raise SourceGone("The monitor was unplugged or switched off.")
            place = monitors[self._number]
            where = self._look(place) if pointer else None
            if self._told and not damage and not self._is_covered_otherwise(begun):
                return Take(LIVE, None, (), where)
            with _asking_mss():
                shot = self._mss.grab(place)
            # After the picture: by then everything is known that happened while it was taken.
            self._cover.ask()
            self._absorb()
            self._cover.look()
        except XError as error:
            raise DisplayGone(GONE) from error
        pixels = np.frombuffer(shot.raw, dtype=np.uint8).reshape(shot.height, shot.width, 4)
        self._covered = self._cover.rects(begun)
        left, top = place["left"], place["top"]
        paint_over(pixels, [Rect(r.x - left, r.y - top, r.width, r.height) for r in self._covered], PLAIN)
        self._told = True
        # All of it may differ, not only the damage: the screen was painted on while this happened.
        return Take(LIVE, pixels, None, where, is_ours=True)

    def close(self) -> None:
        display, self._display = self._display, None
        if display is not None:
            display.close()
        self._close_mss()

    def _look(self, place: dict[str, int]) -> Pointer | None:
        assert self._display is not None
        pointer = self._pointer.look(self._display.root, None)
        if pointer is None:
            return None
        return Pointer(pointer.x - place["left"], pointer.y - place["top"], pointer.shape, pointer.image)

    def _is_covered_otherwise(self, begun: float) -> bool:
        self._cover.look()
        return self._cover.rects(begun) != self._covered

    def _absorb(self) -> Wake:
        assert self._display is not None
        wake = Wake.NOTHING
        for event in self._display.events():
            self._cover.absorb(event)
            if self._damage.is_event(event):
                self._damaged = True
                wake = Wake.CHANGED if wake is Wake.NOTHING else wake
            elif self._pointer.is_event(event):
                wake = Wake.CHANGED if wake is Wake.NOTHING else wake
            elif isinstance(event, xcffib.randr.ScreenChangeNotifyEvent):
                # mss keeps the list of monitors it found first.
                self._close_mss()
                self._told = False
                wake = Wake.URGENT
        return wake

    def _close_mss(self) -> None:
        taker, self._mss = self._mss, None
        if taker is not None:
            with contextlib.suppress(*LOST):
                taker.close()


def screens() -> tuple[Source, ...]:
    """Return the desktop and its monitors, nothing where there is no display. For the list's thread."""
    if not os.environ.get("DISPLAY"):
        return ()
    try:
        with mss.MSS() as taker:
            monitors = taker.monitors
    except LOST:
        return ()
    whole, *single = monitors
    found = [Source("0", "desktop", "Whole desktop", "", whole["width"], whole["height"])]
    for number, place in enumerate(single, 1):
        name = str(place.get("name") or place.get("output") or "")
        title = f"Monitor {number}" + (f" · {name}" if name and name != "screen" else "")
        found.append(Source(f"monitor-{number}", "monitor", title, "", place["width"], place["height"]))
    return tuple(found)
