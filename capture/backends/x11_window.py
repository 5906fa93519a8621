"""A window's own pixels on X11: right also when it is covered, because they are never cut out of the screen.

The Composite extension keeps the window's picture apart from the screen; XDamage tells when it was painted.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

import xcffib
import xcffib.composite
import xcffib.xproto
from xcffib import Error as XError
from xcffib.xproto import EventMask

from capture.backends import Wake
from capture.backends.x11 import DamageWatch, Display, PointerWatch, speaks_to_display, wait_for_events
from capture.backends.x11_owners import Owners
from capture.backends.x11_pictures import DrawablePictures
from capture.errors import CaptureError, SourceGone
from capture.frame import Pointer, Take
from capture.never_shown import Guard
from capture.pixels import Rect
from capture.process import process_started
from capture.source import Condition, Source

LIVE = Condition("live")
MINIMISED = Condition("minimised", "The window is minimised on the other computer.")
HIDDEN = Condition("hidden", "The window is not on the screen at the moment.")
CLOSED = "The window was closed."
NEVER = "Windows of this program are never shown."
ICONIC = 3
"""WM_STATE of a minimised window (ICCCM 4.1.3.1)."""
SETTLE_SECONDS = 0.1
"""How long a window may take to paint itself after Composite gave it a picture of its own."""
AUTOMATIC = xcffib.composite.Redirect.Automatic


class X11Window:
    """Backend for one window; it is closed to us when ``guard`` says that its program is never shown."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard
        self._window = int(source.id)
        self._display: Display | None = None
        self._gone = False

    @speaks_to_display
    def open(self) -> None:
        display = self._display = Display()
        self._check_identity()
        self._check_rules()
        self._pictures = DrawablePictures(display)
        self._composite = display.extension(xcffib.composite, 0, 4)
        self._pointer = PointerWatch(display)
        self._pixmap: int | None = None
        self._size = (0, 0)
        self._damaged = True
        self._told = False
        try:
            mask = EventMask.StructureNotify | EventMask.PropertyChange
            self._select(self._window, mask)
            self._top_level = self._find_top_level()
            self._composite.RedirectWindow(self._window, AUTOMATIC, is_checked=True).check()
            self._damage = DamageWatch(display, self._window)
        except XError as error:
            raise SourceGone(CLOSED) from error
        self._settle()

    def wait(self, seconds: float | None, call: int) -> Wake:
        assert self._display is not None
        return wait_for_events(self._display, self._absorb, seconds, call)

    @speaks_to_display
    def take(self, pointer: bool) -> Take:
        self._absorb()
        if self._gone:
            raise SourceGone(CLOSED)
        if self._guard.rules is not self._rules:
            self._check_rules()
        try:
            if self._pixmap is None and not self._name_pixmap():
                return Take(self._unseen())
            where = self._pointer.look(self._window, self._top_level) if pointer else None
            return self._picture(where)
        except XError as error:
            # The window went away or changed its size under our hands: its next event says which.
            self._drop_pixmap()
            if not self._exists():
                raise SourceGone(CLOSED) from error
            return Take(self._unseen())

    def close(self) -> None:
        display, self._display = self._display, None
        if display is not None:
            if hasattr(self, "_pictures"):
                self._pictures.close()
            display.close()

    def _check_identity(self) -> None:
        # While nothing was taken the window may have gone, and another program's may have got its number.
        assert self._display is not None
        pid, started = self._source.pid, self._source.started
        if pid is None:
            return
        owner = self._display.numbers(self._window, "_NET_WM_PID")[:1]
        if owner != (pid,) or process_started(pid) != started:
            raise SourceGone(CLOSED)

    def _check_rules(self) -> None:
        # It is not listed either; but a list is always a little older than the window.
        assert self._display is not None
        self._rules = self._guard.rules
        if self._rules.names_one_of(Owners(self._display).names(self._window)):
            raise SourceGone(NEVER)

    def _picture(self, pointer: Pointer | None) -> Take:
        damage: tuple[Rect, ...] | None = self._damage.collect() if self._damaged else ()
        self._damaged = False
        if not self._told:
            damage = None
        elif not damage:
            return Take(LIVE, None, (), pointer)
        assert self._pixmap is not None
        pixels, fetched = self._pictures.fetch(self._pixmap, Rect(self._border, self._border, *self._size), damage)
        known, self._told = self._told, True
        # All that was fetched may differ, not only the damage: the window was painted on while this happened.
        return Take(LIVE, pixels, (fetched,) if known else None, pointer, is_ours=True)

    def _name_pixmap(self) -> bool:
        """Get hold of the window's current picture; False while it has none because it is not on the screen."""
        assert self._display is not None
        core = self._display.connection.core
        attributes = core.GetWindowAttributes(self._window).reply()
        if attributes.map_state != xcffib.xproto.MapState.Viewable:
            return False
        pixmap = self._display.new_id()
        self._composite.NameWindowPixmap(self._window, pixmap, is_checked=True).check()
        whole = core.GetGeometry(pixmap).reply()
        self._border = core.GetGeometry(self._window).reply().border_width
        if whole.depth not in (24, 32):
            raise CaptureError(f"Windows with {whole.depth} bits of colour cannot be shown; 24 bits can.")
        self._pixmap = pixmap
        self._size = (whole.width - 2 * self._border, whole.height - 2 * self._border)
        self._told = False
        return True

    def _drop_pixmap(self) -> None:
        if self._pixmap is not None and self._display is not None:
            with contextlib.suppress(XError):
                self._display.connection.core.FreePixmap(self._pixmap, is_checked=True).check()
        self._pixmap = None

    def _absorb(self) -> Wake:
        """Take notice of what has happened to the window."""
        assert self._display is not None
        wake = Wake.NOTHING
        for event in self._display.events():
            if self._damage.is_event(event):
                self._damaged = True
                wake = Wake.CHANGED if wake is Wake.NOTHING else wake
            elif self._pointer.is_event(event):
                wake = Wake.CHANGED if wake is Wake.NOTHING else wake
            elif self._changes_state(event):
                wake = Wake.URGENT
        return wake

    def _changes_state(self, event: Any) -> bool:
        own = getattr(event, "window", None) == self._window
        if isinstance(event, xcffib.xproto.DestroyNotifyEvent):
            self._gone = self._gone or own
            return own
        if isinstance(event, xcffib.xproto.ConfigureNotifyEvent):
            if not own or (event.width, event.height) == self._size:
                return False
            self._drop_pixmap()
            return True
        if isinstance(event, xcffib.xproto.ReparentNotifyEvent):
            with contextlib.suppress(XError):
                self._top_level = self._find_top_level()
            return False
        if isinstance(event, xcffib.xproto.MapNotifyEvent | xcffib.xproto.UnmapNotifyEvent):
            # Also those of the frame around it: on another workspace only the frame is unmapped.
            self._drop_pixmap()
            return True
        if isinstance(event, xcffib.xproto.PropertyNotifyEvent):
            return self._pixmap is None and event.atom == self._display_atom("WM_STATE")
        return False

    def _display_atom(self, name: str) -> int:
        assert self._display is not None
        return self._display.atom(name)

    def _unseen(self) -> Condition:
        """Say why the window has no picture now."""
        assert self._display is not None
        display = self._display
        if display.atom("_NET_WM_STATE_HIDDEN") in display.numbers(self._window, "_NET_WM_STATE"):
            return MINIMISED
        # Window managers call windows of other workspaces iconic too.
        elsewhere = display.numbers(self._window, "_NET_WM_DESKTOP") != display.numbers(
            display.root, "_NET_CURRENT_DESKTOP"
        )
        is_iconic = display.numbers(self._window, "WM_STATE")[:1] == (ICONIC,)
        return MINIMISED if is_iconic and not elsewhere else HIDDEN

    def _exists(self) -> bool:
        assert self._display is not None
        try:
            self._display.connection.core.GetWindowAttributes(self._window).reply()
        except XError:
            return False
        return True

    def _find_top_level(self) -> int:
        """Return the child of the root that holds the window, and have its mapping told."""
        assert self._display is not None
        core = self._display.connection.core
        window = self._window
        while True:
            tree = core.QueryTree(window).reply()
            if tree.parent in (self._display.root, xcffib.NONE):
                break
            window = int(tree.parent)
        if window != self._window:
            self._select(window, EventMask.StructureNotify)
        return window

    def _select(self, window: int, mask: int) -> None:
        assert self._display is not None
        core = self._display.connection.core
        core.ChangeWindowAttributes(window, xcffib.xproto.CW.EventMask, [mask], is_checked=True).check()

    def _settle(self) -> None:
        """Give the window a moment to paint itself: until then its new picture may be blank."""
        assert self._display is not None
        deadline = time.monotonic() + SETTLE_SECONDS
        while not self._damaged_since_open() and (left := deadline - time.monotonic()) > 0:
            self._display.wait(left)

    def _damaged_since_open(self) -> bool:
        self._damaged = False
        self._absorb()
        seen, self._damaged = self._damaged, True
        return seen
