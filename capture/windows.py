"""The windows that are open, from one thread of its own. The only module that knows pywinctl.

pywinctl connects to the display when imported, ends the process when ``xrandr`` is missing, hangs when two
threads call it, and cannot tell of changes. So one thread imports it, calls it, and is woken by X events;
while nothing happens it sleeps, and what happened to one window makes it look at that window only.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import xcffib
import xcffib.randr
import xcffib.xproto
from xcffib import Error as XError
from xcffib.xproto import EventMask

from capture.backends.screen import screens
from capture.backends.x11 import Display, speaks_to_display
from capture.backends.x11_owners import Owners
from capture.called_thread import CalledThread
from capture.errors import CaptureError, DisplayGone
from capture.never_shown import Guard
from capture.process import process_started
from capture.source import Condition, Icon, Source, State, clean_text
from capture.waiting import wait_readable

log = logging.getLogger(__name__)

CALM_SECONDS = 0.08
"""Pause after a change before looking: windows come with a burst of events, and readers want one list."""
RETRY_SECONDS = 1.0
ICON_EDGE = 48
"""Preferred edge of a program's icon in pixels."""
NO_WINDOWS = frozenset({"_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_WINDOW_TYPE_DOCK"})
COMPOUND_TEXT = re.compile(r"\x1b%[G@]")
"""How old programs mark UTF-8 inside a title (compound text, "designate other coding system")."""
TELLING = ("_NET_WM_NAME", "WM_NAME", "WM_CLASS", "WM_STATE", "_NET_WM_STATE", "_NET_WM_ICON", "_NET_WM_PID")
"""Window properties whose change may change the list."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What there is to show: desktop, monitors, windows; or why there is nothing."""

    sources: tuple[Source, ...]
    condition: Condition


class WindowWatch:
    """Tells of every change of the windows and screens, from its own thread, until `stop`.

    ``tell`` is called from that thread with each new `Listing`, the first time as soon as it is known. Windows of
    programs that ``guard`` never shows are left out.
    """

    def __init__(self, tell: Callable[[Listing], None], guard: Guard) -> None:
        self._tell = tell
        self._guard = guard
        self._thread = CalledThread("windows", self._body)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def look_again(self) -> None:
        """Have the list made again, after the guard's rules have changed."""
        self._thread.call()

    def stop(self) -> None:
        """Have the thread end; it does so within a fraction of a second."""
        self._thread.stop()

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended, ``seconds`` at most."""
        self._thread.join(seconds)

    # The list's thread from here on.

    def _body(self) -> None:
        while not self._thread.is_stopping:
            try:
                self._watch()
            except CaptureError as fault:
                self._tell(Listing((), Condition("waiting", fault.message)))
            except Exception:
                # The thread's border: the list stays empty until it works again.
                log.exception("listing the windows failed")
                self._tell(Listing((), Condition("waiting", "Listing the windows failed; it is tried again.")))
            if not self._thread.is_stopping:
                wait_readable((self._thread.descriptor,), RETRY_SECONDS)

    @speaks_to_display
    def _watch(self) -> None:
        display = Display()
        try:
            table = _Table(display, _import_pywinctl(), self._guard)
            told: Listing | None = None
            while not self._thread.is_stopping:
                listing = Listing(table.sources(), Condition("live"))
                if listing != told:
                    told = listing
                    self._tell(listing)
                while not self._thread.is_stopping and not table.absorb():
                    if display.wait(None, self._thread.descriptor):
                        self._thread.take_calls()
                if not self._thread.is_stopping:
                    wait_readable((self._thread.descriptor,), CALM_SECONDS)
                    table.absorb()
        except _xlib_faults() as error:
            raise DisplayGone("The display server does not answer.") from error
        finally:
            display.close()
            _drop_pywinctl()


class _Table:
    """The windows as last read, and which of them have to be read again."""

    def __init__(self, display: Display, pywinctl: ModuleType, guard: Guard) -> None:
        self._display = display
        self._guard = guard
        self._rules = guard.rules
        self._owners = Owners(display)
        self._pywinctl = pywinctl
        self._known: dict[int, Source | None] = {}
        self._handles: dict[int, Any] = {}
        self._stale: set[int] = set()
        self._list_stale = True
        self._screens_stale = True
        self._screens: tuple[Source, ...] = ()
        self._telling = {display.atom(name) for name in TELLING}
        self._client_list = display.atom("_NET_CLIENT_LIST")
        mask = EventMask.PropertyChange | EventMask.StructureNotify
        display.connection.core.ChangeWindowAttributes(display.root, xcffib.xproto.CW.EventMask, [mask])
        with contextlib.suppress(CaptureError):
            randr = display.extension(xcffib.randr, 1, 2)
            randr.SelectInput(display.root, xcffib.randr.NotifyMask.ScreenChange)

    def absorb(self) -> bool:
        """Take notice of what has happened; tell whether the list may look different."""
        for event in self._display.events():
            if isinstance(event, xcffib.xproto.PropertyNotifyEvent):
                if event.window == self._display.root:
                    self._list_stale |= event.atom == self._client_list
                elif event.atom in self._telling:
                    self._stale.add(event.window)
            elif isinstance(event, xcffib.xproto.ConfigureNotifyEvent):
                self._note_size(event.window, event.width, event.height)
            elif isinstance(event, xcffib.xproto.MapNotifyEvent | xcffib.xproto.UnmapNotifyEvent):
                self._stale.add(event.window)
            elif isinstance(event, xcffib.xproto.DestroyNotifyEvent):
                if event.window in self._known:
                    # Its number may be another window's by the time the list is read.
                    del self._known[event.window]
                    self._handles.pop(event.window, None)
                    self._list_stale = True
            elif isinstance(event, xcffib.randr.ScreenChangeNotifyEvent):
                self._screens_stale = True
        self._follow_rules()
        self._stale &= self._known.keys()
        return bool(self._stale) or self._list_stale or self._screens_stale

    def sources(self) -> tuple[Source, ...]:
        """Return desktop, monitors and windows, after reading again what is stale."""
        if self._screens_stale:
            self._screens_stale = False
            self._screens = screens()
        if self._list_stale:
            self._list_stale = False
            self._read_list()
        for number in tuple(self._stale):
            self._stale.discard(number)
            self._known[number] = self._read(number)
        return self._screens + tuple(source for source in self._known.values() if source is not None)

    def _read_list(self) -> None:
        # pywinctl's own list makes all its objects anew each time; what closes and opens is read here instead.
        listed = self._display.numbers(self._display.root, "_NET_CLIENT_LIST")
        self._handles = {number: self._handles.get(number) or self._pywinctl.Window(number) for number in listed}
        known = {}
        for number in self._handles:
            if number in self._known:
                known[number] = self._known[number]
            else:
                # Selected before it is read, so that no change in between is missed.
                mask = EventMask.PropertyChange | EventMask.StructureNotify
                with contextlib.suppress(XError):
                    core = self._display.connection.core
                    core.ChangeWindowAttributes(number, xcffib.xproto.CW.EventMask, [mask], is_checked=True).check()
                known[number] = self._read(number)
        self._known = known

    def _follow_rules(self) -> None:
        if self._guard.rules is not self._rules:
            self._rules = self._guard.rules
            self._stale.update(self._known)

    def _note_size(self, number: int, width: int, height: int) -> None:
        if number == self._display.root:
            self._screens_stale = True
            return
        source = self._known.get(number)
        if source is not None and (source.width, source.height) != (width, height):
            self._stale.add(number)

    def _read(self, number: int) -> Source | None:
        """Return a window as it is, None when it is never shown, no window for people, or closed meanwhile."""
        window = self._handles.get(number)
        if window is None or self._types(number) & NO_WINDOWS:
            return None
        try:
            pid = int(window.getPID() or 0) or None
            if pid == os.getpid() or self._rules.names_one_of(self._owners.names(number)):
                return None
            title = clean_text(COMPOUND_TEXT.sub("", str(window.title or "")))
            width, height = window.size
            state: State = "minimised" if window.isMinimized else "live"
        except _xlib_faults():
            raise
        except Exception as error:  # noqa: BLE001  see below
            # pywinctl raises whatever Xlib raised for a window that was closed meanwhile.
            log.debug("window %s could not be read: %r", number, error)
            return None
        return Source(
            id=str(number),
            kind="window",
            title=title,
            app=_program(pid) or self._class_name(number),
            width=int(width),
            height=int(height),
            state=state,
            pid=pid,
            started=process_started(pid),
            icon=self._icon(number),
        )

    def _types(self, number: int) -> frozenset[str]:
        atoms = self._display.numbers(number, "_NET_WM_WINDOW_TYPE")
        return frozenset(name for name in NO_WINDOWS if self._display.atom(name) in atoms)

    def _class_name(self, number: int) -> str:
        reply = self._display.property(number, "WM_CLASS")
        if reply is None or reply.format != 8:
            return ""
        names = reply.value.buf().decode("utf-8", "replace").split("\0")
        return clean_text(names[1] if len(names) > 1 else names[0])

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


def _import_pywinctl() -> ModuleType:
    """Return pywinctl, connected to today's display: it keeps the connection it made when it was imported."""
    try:
        with _one_display_only():
            return importlib.import_module("pywinctl")
    except SystemExit:
        raise CaptureError("The list of windows needs the program xrandr (Debian: x11-xserver-utils).") from None
    except Exception as error:
        raise DisplayGone("The list of windows could not be read from the display server.") from error


@contextlib.contextmanager
def _one_display_only() -> Iterator[None]:
    """Have Xlib connect to the display that DISPLAY names and to no other while the block lasts.

    When imported, ewmhlib (under pywinctl) connects to everything in ``/tmp/.X11-unix``: to other people's displays,
    to dead ones, which leave their sockets open, and to hung ones, which hang it. And two displays number their
    windows alike, so that it may then tell of a window on another display.
    """
    xlib: Any = importlib.import_module("Xlib.display")
    connect = xlib.Display

    def own(name: str | None = None) -> Any:
        if name is not None:
            raise DisplayGone("This is not the display that is shown.")
        return connect()

    xlib.Display = own
    try:
        yield
    finally:
        xlib.Display = connect


def _drop_pywinctl() -> None:
    """Hang up pywinctl's own connections to the display, and have it imported anew the next time."""
    ewmh = sys.modules.get("ewmhlib")
    if ewmh is not None:
        display = ewmh.defaultDisplay
        with contextlib.suppress(*_xlib_faults()):
            display.close()
        display.display.socket.close()  # left open when the display server died
    for name in tuple(sys.modules):
        if name.partition(".")[0] in ("pywinctl", "ewmhlib", "pymonctl", "pywinbox"):
            del sys.modules[name]


def _xlib_faults() -> tuple[type[Exception], ...]:
    """Return what Xlib, which pywinctl uses, raises when its connection is lost."""
    xlib = sys.modules.get("Xlib.error")
    return (xlib.ConnectionClosedError, xlib.DisplayError) if xlib is not None else ()


def _program(pid: int | None) -> str:
    """Return the program's name; pywinctl would start ``ps`` for it, 5 to 15 ms a window."""
    if pid is None:
        return ""
    try:
        return clean_text(Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
