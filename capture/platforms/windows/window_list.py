"""The windows that are open, from one thread of its own, to which Windows tells what happens to them.

It sleeps while nothing happens, and what happened to one window makes it look at that window only.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

from capture import reasons
from capture.errors import CaptureError, DisplayGone
from capture.platforms.contract import Listing
from capture.platforms.generations import Generations
from capture.platforms.monitors import KnownMonitors
from capture.platforms.windows.screens import label_of, monitors, whole_desktop
from capture.platforms.windows.top_windows import (
    TopWindow,
    is_top_window,
    look_at,
    may_be_shown,
    program_of,
    top_windows,
)
from capture.platforms.windows.win32.declarations import user32
from capture.platforms.windows.win32.images import Shape, program_icon, shape_of, window_icon
from capture.platforms.windows.win32.messages import WM_DISPLAYCHANGE, hidden_window, pump, window_events
from capture.platforms.windows.win32.process_ends import ProcessEnds
from capture.platforms.windows.win32.processes import process_of
from capture.platforms.windows.win32.threads import MessageThread
from capture.privacy.exclusions import Exclusions
from capture.source import DESKTOP_ID, Condition, Icon, Source, clean_text
from resources.translate import N_

log = logging.getLogger(__name__)

CALM_SECONDS = 0.08
"""Pause after a change before looking: windows come with a burst of events, and readers want one list."""
RETRY_SECONDS = 1.0
A_DAY = 86400.0
MINIMISING, RESTORED = 0x0016, 0x0017
DESTROYED, SHOWN, HIDDEN, PARENT_CHANGED = 0x8001, 0x8002, 0x8003, 0x800F
MOVED, RENAMED, CLOAKED, UNCLOAKED = 0x800B, 0x800C, 0x8017, 0x8018
EVENTS = (
    (MINIMISING, RESTORED),
    (DESTROYED, HIDDEN),
    (MOVED, RENAMED),
    (PARENT_CHANGED, PARENT_CHANGED),
    (CLOAKED, UNCLOAKED),
)
"""EVENT_SYSTEM_… and EVENT_OBJECT_… (WinUser.h): the first and the last of each range that is listened to."""
APPEARING = frozenset({SHOWN, RENAMED, PARENT_CHANGED, UNCLOAKED})
"""What may make a window that nobody knows one for people."""


class WindowsWindowList(MessageThread):
    """Tells of every change of the windows and screens, from its own thread, until `stop`.

    ``tell`` is called from that thread with each new `Listing`, the first time as soon as it is known. Windows of
    programs that ``exclusions`` never shows are left out. Each window gets one of ``generations``, which are answered
    here, each monitor its id from ``monitors``, which belong to this watch alone while it runs.
    """

    def __init__(
        self, tell: Callable[[Listing], None], exclusions: Exclusions, generations: Generations, monitors: KnownMonitors
    ) -> None:
        self._tell = tell
        self._exclusions = exclusions
        self._generations = generations
        self._monitors = monitors
        super().__init__("windows", self._body)

    def look_again(self) -> None:
        """Have the list made again, after the guard's rules have changed."""
        self.call()

    # The list's thread from here on.

    def _body(self) -> None:
        while not self.is_stopping:
            try:
                self._watch()
            except CaptureError as fault:
                self._tell(Listing((), Condition("waiting", fault.reason)))
            except Exception:
                # The thread's border: the list stays empty until it works again.
                log.exception("listing the windows failed")
                self._tell(Listing((), Condition("waiting", reasons.LIST_FAILED)))
            if not self.is_stopping:
                self.wait(RETRY_SECONDS)

    def _watch(self) -> None:
        table = _Table(self._exclusions, self._generations, self._monitors)
        try:
            # Asked for before the windows are looked at, so that no change in between is missed.
            with hidden_window("PanecastWindows", table.hear_message), window_events(EVENTS, table.hear, own=False):
                self._generations.answer_from(self.call)
                self._follow(table)
        except OSError as error:
            raise DisplayGone(reasons.LIST_FAILED) from error
        finally:
            self._generations.answer_from(None)
            table.ends.close()

    def _follow(self, table: _Table) -> None:
        told: Listing | None = None
        while not self.is_stopping:
            listing = Listing(table.sources(), Condition("live"))
            if listing != told:
                told = listing
                self._tell(listing)
            while not self.is_stopping and not table.is_stale:
                self._listen(table, A_DAY)
            if not self.is_stopping:
                self._listen(table, CALM_SECONDS, calm=True)

    def _listen(self, table: _Table, seconds: float, *, calm: bool = False) -> None:
        """Handle what comes until the list is stale, somebody calls, or ``seconds`` are over."""
        if self.wait(seconds, lambda: table.is_stale and not calm, table.ends):
            self._generations.answer(table.generations_now)
            table.follow_rules()


class _Table:
    """The windows as last read, and which of them have to be read again.

    Attributes:
        ends: of the processes that windows belong to.
    """

    def __init__(self, exclusions: Exclusions, generations: Generations, monitors: KnownMonitors) -> None:
        self._exclusions = exclusions
        self._rules = exclusions.rules
        self._next_generation = generations.next
        self._monitors = monitors
        self._generations: dict[int, str] = {}
        self._known: dict[int, Source | None] = {}
        self._icons: dict[int, Icon] = {}
        self._stale: set[int] = set()
        self._list_stale = True
        self._screens_stale = True
        self._screens: tuple[Source, ...] = ()
        self.ends = ProcessEnds(self._note_end)

    @property
    def is_stale(self) -> bool:
        """Tell whether the list may look different."""
        return bool(self._stale) or self._list_stale or self._screens_stale

    def hear_message(self, message: int, parameter: int) -> None:
        """Take notice of what our window was told."""
        self._screens_stale |= message == WM_DISPLAYCHANGE

    def hear(self, event: int, window: int) -> None:
        """Take notice of what happened to a window, or to a part of one."""
        if window in self._generations:
            if event == DESTROYED:
                # Its handle may be another window's by the time the list is read.
                self._forget(window)
                self._list_stale = True
            else:
                self._stale.add(window)
        elif event in APPEARING and is_top_window(window):
            self._list_stale = True

    def follow_rules(self) -> None:
        """Have all windows read again after the guard's rules have changed."""
        if self._exclusions.rules is not self._rules:
            self._rules = self._exclusions.rules
            self._stale.update(self._known)

    def generations_now(self) -> dict[int, str]:
        """Return the generation of each window, after all that has been told up to this call."""
        pump(0)
        return {window: each for window, each in self._generations.items() if user32().IsWindow(window)}

    def sources(self) -> tuple[Source, ...]:
        """Return desktop, monitors and windows, after reading again what is stale."""
        if self._screens_stale:
            self._screens_stale = False
            self._screens = self._read_screens()
        if self._list_stale:
            self._list_stale = False
            self._read_list()
        stale, self._stale = self._stale, set()
        for window in stale & self._known.keys():
            self._known[window] = self._read(window)
        windows = tuple(source for source in self._known.values() if source is not None)
        self.ends.follow(source.pid for source in windows if source.pid)
        return self._screens + windows

    def _note_end(self) -> None:
        self._list_stale = True

    def _read_screens(self) -> tuple[Source, ...]:
        whole = whole_desktop()
        desktop = Source(DESKTOP_ID, "desktop", N_("Whole desktop"), "", whole.width, whole.height)
        found = [(monitor.output, label_of(monitor.output), monitor.place) for monitor in monitors()]
        return (desktop, *self._monitors.sources(found))

    def _read_list(self) -> None:
        """Take in what came and went. Windows keep their places: that of the uppermost changes with every click."""
        there = top_windows()
        for window in self._known.keys() - set(there):
            self._forget(window)
        for window in there:
            if window not in self._known:
                self._generations[window] = self._next_generation()
                self._known[window] = self._read(window)

    def _forget(self, window: int) -> None:
        self._known.pop(window, None)
        self._generations.pop(window, None)
        self._icons.pop(window, None)
        self._stale.discard(window)

    def _read(self, window: int) -> Source | None:
        """Return a window as it is, None when it is never shown, none for people, or closed meanwhile."""
        top = look_at(window)
        if top is None or not top.is_for_people or top.pid == os.getpid() or not may_be_shown(top, self._rules):
            return None
        last = self._known.get(window)
        if top.is_cloaked and last is None:
            return None  # a program that sleeps; of one on another desktop it is known already
        size = (top.shown.width, top.shown.height)
        if top.is_minimised and last is not None:
            size = (last.width, last.height)  # with or without invisible edges: as it was
        process = process_of(program_of(top))
        return Source(
            id=str(window),
            kind="window",
            title=clean_text(top.title),
            app=clean_text(process.name) or clean_text(top.class_name),
            width=size[0],
            height=size[1],
            state=top.condition.state,
            pid=top.pid,
            started=process_of(top.pid).started,
            icon=self._icon(top, process.path),
            generation=self._generations[window],
        )

    def _icon(self, top: TopWindow, path: str) -> Icon | None:
        """Return the window's icon, that of its program where it has none."""
        window = top.window
        if window not in self._icons:
            handle = 0 if user32().IsHungAppWindow(window) else window_icon(window)
            shape = shape_of(handle) if handle else None
            if shape is None:
                shape = program_icon(path) if path else None
            if shape is None:
                return None
            self._icons[window] = _icon_of(shape)
        return self._icons[window]


def _icon_of(shape: Shape) -> Icon:
    height, width = shape.image.shape[:2]
    return Icon(width, height, shape.image.tobytes())
