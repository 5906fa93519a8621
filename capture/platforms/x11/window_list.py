"""The windows that are open, from one thread of its own.

It sleeps while nothing happens, and what happened to one window makes it look at that window only.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import xcffib
import xcffib.xproto
from xcffib import Error as XError
from xcffib.xproto import EventMask

from capture import reasons
from capture.errors import CaptureError, DisplayGone
from capture.platforms.contract import Listing
from capture.platforms.generations import Generations
from capture.platforms.linux.process import process_started
from capture.platforms.monitors import KnownMonitors
from capture.platforms.system import is_wayland_session, x11_display
from capture.platforms.threads import WakeableThread
from capture.platforms.waiting import wait_readable
from capture.platforms.x11.clients import FOLLOWED, LIST, MANAGER, Clients
from capture.platforms.x11.owners import WindowOwners
from capture.platforms.x11.protocol.display import Display, speaks_to_display
from capture.platforms.x11.protocol.frame_extents import EXTENTS, shown_area
from capture.platforms.x11.protocol.text import class_names, decode
from capture.platforms.x11.protocol.window_state import TELLING, WORKSPACE, condition
from capture.platforms.x11.screens import Screens
from capture.platforms.x11.xwayland import is_guest
from capture.privacy.exclusions import Exclusions
from capture.reason import NOTHING
from capture.source import DESKTOP_ID, Condition, Icon, Source, clean_text
from resources.translate import N_

log = logging.getLogger(__name__)

CALM_SECONDS = 0.08
"""Pause after a change before looking: windows come with a burst of events, and readers want one list."""
RETRY_SECONDS = 1.0
ICON_EDGE = 48
"""Preferred edge of a program's icon in pixels."""
NO_WINDOWS = frozenset({"_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_WINDOW_TYPE_DOCK"})
READ = ("_NET_WM_NAME", "WM_NAME", "WM_CLASS", "_NET_WM_ICON", "_NET_WM_PID", "_NET_WM_WINDOW_TYPE", EXTENTS, *TELLING)
"""Window properties whose change may change the list."""


class X11WindowList(WakeableThread):
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
            if not self.is_stopping and wait_readable((self.descriptor,), RETRY_SECONDS):
                # One call, one more try: it would be readable for ever.
                self.take_calls()

    @speaks_to_display
    def _watch(self) -> None:
        if not x11_display() and is_wayland_session():
            raise DisplayGone(reasons.WAYLAND_ONLY)
        display = Display()
        try:
            table = _Table(display, self._exclusions, self._generations, self._monitors)
            self._generations.answer_from(self.call)
            told: Listing | None = None
            while not self.is_stopping:
                listing = Listing(table.sources(), table.condition)
                if listing != told:
                    told = listing
                    self._tell(listing)
                while not self.is_stopping and not table.absorb():
                    if display.wait(None, self.descriptor):
                        self.take_calls()
                        self._generations.answer(table.generations_now)
                if not self.is_stopping:
                    wait_readable((self.descriptor,), CALM_SECONDS)
                    table.absorb()
        finally:
            self._generations.answer_from(None)
            display.close()


class _Table:
    """The windows as last read, and which of them have to be read again.

    Attributes:
        condition: ``live``, with a reason where screens have no pictures or monitors cannot be listed; see `sources`.
    """

    def __init__(
        self, display: Display, exclusions: Exclusions, generations: Generations, monitors: KnownMonitors
    ) -> None:
        self._display = display
        self._monitors = monitors
        self._places = Screens(display)
        self._has_screens = not is_guest(display)
        self.condition = Condition("live", NOTHING if self._has_screens else reasons.WAYLAND_SCREENS)
        self._next_generation = generations.next
        self._generations: dict[int, str] = {}
        self._exclusions = exclusions
        self._rules = exclusions.rules
        self._window_owners = WindowOwners(display)
        self._clients = Clients(display)
        self._known: dict[int, Source | None] = {}
        # Of these, what no manager lists at the moment.
        self._unlisted: tuple[int, ...] = ()
        # With what they paint around themselves, which is no part of a source.
        self._sizes: dict[int, tuple[int, int]] = {}
        self._stale: set[int] = set()
        self._list_stale = True
        self._screens_stale = True
        self._screens: tuple[Source, ...] = ()
        self._tops: set[int] = set()
        self._telling = {display.atom(name) for name in READ}
        self._list_telling = {display.atom(LIST), display.atom(MANAGER)}
        self._mark = display.atom("WM_STATE")
        self._workspace = display.atom(WORKSPACE)
        # Also of the root's children: of frames, which hide what is in them, and of windows that nobody manages.
        display.hear(FOLLOWED | EventMask.SubstructureNotify)

    def generations_now(self) -> dict[int, str]:
        """Return the generation of each window, after all that has happened up to this call."""
        # The answer comes behind every event that was sent before it.
        self._display.connection.core.GetInputFocus().reply()
        self.absorb()
        return self._generations

    def absorb(self) -> bool:
        """Take notice of what has happened; tell whether the list may look different."""
        for event in self._display.events():
            if self._places.is_event(event):
                self._screens_stale = True
            elif isinstance(event, xcffib.xproto.PropertyNotifyEvent):
                self._note_property(event.window, event.atom)
            elif isinstance(event, xcffib.xproto.ConfigureNotifyEvent):
                self._note_size(event.window, event.width, event.height)
            elif isinstance(event, xcffib.xproto.MapNotifyEvent | xcffib.xproto.UnmapNotifyEvent):
                self._stale.add(event.window)
                self._list_stale |= event.window in self._unlisted
                if event.event == self._display.root:
                    self._tops.add(event.window)
                    # Also where the manager keeps a list: it may have vanished since.
                    is_menu = isinstance(event, xcffib.xproto.MapNotifyEvent) and event.override_redirect
                    self._list_stale |= not (self._clients.has_manager_list and is_menu)
            elif isinstance(event, xcffib.xproto.ReparentNotifyEvent):
                self._list_stale |= event.event == self._display.root
            elif isinstance(event, xcffib.xproto.DestroyNotifyEvent) and event.event == event.window:
                # Told twice of the root's children. Its number may be another window's by the time the list is read.
                self._generations.pop(event.window, None)
                if event.window in self._known:
                    del self._known[event.window]
                    self._list_stale = True
        self._follow_rules()
        self._stale &= self._known.keys()
        self._tops -= self._known.keys()
        return bool(self._stale or self._tops) or self._list_stale or self._screens_stale

    def _note_property(self, window: int, atom: int) -> None:
        if window == self._display.root:
            self._list_stale |= atom in self._list_telling
            if atom == self._workspace:
                self._stale.update(
                    number for number, source in self._known.items() if source and source.state != "live"
                )
        elif atom in self._telling:
            self._stale.add(window)
            self._list_stale |= atom == self._mark and not self._clients.has_manager_list

    def sources(self) -> tuple[Source, ...]:
        """Return desktop, monitors and windows, after reading again what is stale."""
        if self._screens_stale:
            self._screens_stale = False
            self._screens = self._read_screens()
        if self._list_stale:
            self._list_stale = False
            self._read_list()
        for top_level in self._tops:
            self._stale |= self._clients.inside(top_level)
        self._tops.clear()
        # One that was just taken off the list is not read again: it would stay unknown when it comes back.
        for number in self._stale & self._known.keys():
            self._known[number] = self._read(number)
        self._stale.clear()
        return self._screens + tuple(source for source in self._known.values() if source is not None)

    def _read_screens(self) -> tuple[Source, ...]:
        if not self._has_screens:
            return ()
        layout, labels = self._places.layout(), self._places.labels()
        self.condition = Condition("live", layout.missing)
        desktop = Source(DESKTOP_ID, "desktop", N_("Whole desktop"), "", layout.whole.width, layout.whole.height)
        found = [(output, labels.get(output, output), place) for output, place in layout.monitors.items()]
        return (desktop, *self._monitors.sources(found))

    def _read_list(self) -> None:
        known: dict[int, Source | None] = {}
        listed = self._clients.listed()
        self._unlisted = self._clients.still_shown(self._known.keys() - set(listed), listed)
        for number in (*listed, *self._unlisted):
            if number in self._known:
                known[number] = self._known[number]
            elif number not in known and self._begin_to_follow(number):
                known[number] = self._read(number)
        self._known = known
        self._sizes = {number: self._sizes[number] for number in known if number in self._sizes}

    def _begin_to_follow(self, number: int) -> bool:
        """Have changes of a window told, and give it a generation; return whether it is still there."""
        # Before it is read, so that no change in between is missed, and its destruction is told in any case.
        core = self._display.connection.core
        try:
            core.ChangeWindowAttributes(number, xcffib.xproto.CW.EventMask, [FOLLOWED], is_checked=True).check()
        except XError:
            return False
        # One that was known has told since that it is there: its end would have been heard.
        if number not in self._generations:
            self._generations[number] = self._next_generation()
        return True

    def _follow_rules(self) -> None:
        if self._exclusions.rules is not self._rules:
            self._rules = self._exclusions.rules
            self._stale.update(self._known)

    def _note_size(self, number: int, width: int, height: int) -> None:
        if self._sizes.get(number, (width, height)) != (width, height):
            self._stale.add(number)

    def _read(self, number: int) -> Source | None:
        """Return a window as it is, None when it is never shown, no window for people, or closed meanwhile."""
        if self._types(number) & NO_WINDOWS:
            return None
        pid = self._window_owners.pid(number)
        if pid == os.getpid() or self._rules.names_one_of(self._window_owners.names(number)):
            return None
        try:
            place = self._display.connection.core.GetGeometry(number).reply()
            state = condition(self._display, number).state
            shown = shown_area(self._display, number, place.width, place.height)
        except XError:
            return None  # closed meanwhile
        self._sizes[number] = (place.width, place.height)
        return Source(
            id=str(number),
            kind="window",
            title=clean_text(self._title(number)),
            app=_program(pid) or self._class_name(number),
            width=shown.width,
            height=shown.height,
            state=state,
            pid=pid,
            started=process_started(pid),
            icon=self._icon(number),
            generation=self._generations[number],
        )

    def _types(self, number: int) -> frozenset[str]:
        atoms = self._display.numbers(number, "_NET_WM_WINDOW_TYPE")
        return frozenset(name for name in NO_WINDOWS if self._display.atom(name) in atoms)

    def _title(self, number: int) -> str:
        """Return a window's title, empty where it has none."""
        for name in ("_NET_WM_NAME", "WM_NAME"):
            title = self._text(number, name)
            if title.strip():
                return title
        return ""

    def _text(self, number: int, name: str) -> str:
        raw, kind = self._display.text(number, name)
        return decode(raw, kind)

    def _class_name(self, number: int) -> str:
        names = class_names(*self._display.text(number, "WM_CLASS"))
        return clean_text(names[:2][-1]) if names else ""

    def _icon(self, number: int) -> Icon | None:
        """Return the window's icon nearest to `ICON_EDGE`, None when it has none or a broken one."""
        reply = self._display.property(number, "_NET_WM_ICON", words=1 << 20)
        if reply is None or reply.format != 32:
            return None
        words = np.frombuffer(reply.value.buf(), dtype=np.uint32)
        best: tuple[int, int, int] | None = None
        at = 0
        while at + 2 <= len(words):
            width, height = int(words[at]), int(words[at + 1])
            if not 0 < width <= 1024 or not 0 < height <= 1024 or at + 2 + width * height > len(words):
                break
            if best is None or abs(width - ICON_EDGE) < abs(best[1] - ICON_EDGE):
                best = (at + 2, width, height)
            at += 2 + width * height
        if best is None:
            return None
        start, width, height = best
        return Icon(width, height, words[start : start + width * height].tobytes())


def _program(pid: int | None) -> str:
    """Return the program's name."""
    if pid is None:
        return ""
    try:
        return clean_text(Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
