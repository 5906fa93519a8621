"""Where a picture of the screen would show windows that are never shown, so that it can be painted over.

The X server tells of every window that comes, goes, moves or changes its place in the stack, in order and without a
gap. So all that has happened up to a picture is known once the X server has given it; and what must be painted over is
where such a window was at any moment from before the take's beginning to that answer, or to the next one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import xcffib
import xcffib.shape
import xcffib.xproto
from xcffib import Error as XError
from xcffib.xproto import EventMask

from capture.picture.pixels import Rect, without
from capture.platforms import trail
from capture.platforms.x11.owners import WindowOwners
from capture.platforms.x11.protocol.display import Display
from capture.platforms.x11.subwindow import outer
from capture.platforms.x11.subwindows import Subwindows
from capture.platforms.x11.top_level import TopLevel
from capture.privacy.exclusions import Exclusions

LINGER = trail.LINGER
INPUT_ONLY = xcffib.xproto.WindowClass.InputOnly


class Redaction:
    """Follows the windows of one display. Used, like the display, by one thread.

    Events have to be handed to `absorb` in their order, all of them, before `look` and `rects`.
    """

    def __init__(self, display: Display, exclusions: Exclusions) -> None:
        self._display = display
        self._exclusions = exclusions
        self._rules = exclusions.rules
        self._window_owners = WindowOwners(display)
        self._shape: Any = None
        if display.connection.core.QueryExtension(5, "SHAPE").reply().present:
            self._shape = display.connection(xcffib.shape.key)
        # Selected before the windows are listed, so that no change in between is missed.
        attributes = display.connection.core.GetWindowAttributes(display.root).reply()
        mask = attributes.your_event_mask | EventMask.SubstructureNotify
        display.connection.core.ChangeWindowAttributes(display.root, xcffib.xproto.CW.EventMask, [mask])
        self._tops: dict[int, TopLevel] = {}
        self._gone: list[TopLevel] = []
        self._unknown: set[int] = set()
        self._stack: dict[int, int] = {}
        self._is_stack_stale = True
        self._is_composited = False
        # A change before it no longer counts: `LINGER` before the last take.
        self._edge = time.monotonic()
        self._inside = Subwindows(display, display.root)
        self._deeds: dict[type, Callable[[Any, float], None]] = {
            xcffib.xproto.CreateNotifyEvent: self._note_new,
            xcffib.xproto.ConfigureNotifyEvent: self._note_place,
            xcffib.xproto.GravityNotifyEvent: self._note_shift,
            xcffib.xproto.CirculateNotifyEvent: self._note_order,
            xcffib.xproto.MapNotifyEvent: self._note_shown,
            xcffib.xproto.UnmapNotifyEvent: self._note_unshown,
            xcffib.xproto.ReparentNotifyEvent: self._note_parent,
            xcffib.xproto.DestroyNotifyEvent: lambda event, now: self._remove(event.window, now),
            xcffib.shape.NotifyEvent: self._note_shape,
        }
        for window in display.connection.core.QueryTree(display.root).reply().children:
            self._add(window)

    def absorb(self, event: Any) -> None:
        """Take notice of something that happened on the display."""
        # The windows in a window have to be told before that is forgotten.
        self._inside.absorb(event)
        deed = self._deeds.get(type(event))
        # The news that windows tell of those in them is `Subwindows`'s, also where these are the root's by now.
        if deed is not None and getattr(event, "event", self._display.root) == self._display.root:
            deed(event, time.monotonic())

    def ask(self) -> None:
        """Find out what may lie over windows that must not be seen, after a picture was fetched.

        All that happened before the X server gave that picture has arrived as events by now: it tells in order.
        """
        core = self._display.connection.core
        if not any(top.is_secret for top in self._tops.values()) and not any(self._inside.closed()):
            return
        name = f"_NET_WM_CM_S{self._display.connection.pref_screen}"
        owner = core.GetSelectionOwner(self._display.atom(name))
        # Windows that change their place after this answer have an event on its way, and count as not lying still.
        tree = core.QueryTree(self._display.root) if self._is_stack_stale else None
        self._is_composited = owner.reply().owner != xcffib.NONE
        if tree is not None:
            self._is_stack_stale = False
            self._stack = {window: place for place, window in enumerate(tree.reply().children)}

    def look(self) -> None:
        """Find out whose the windows are that came, or may be other people's, since the last call."""
        if self._exclusions.rules is not self._rules:
            self._rules = self._exclusions.rules
            self._unknown |= self._tops.keys()
            self._inside.doubt()
        self._inside.look(self._rules)
        for window in tuple(self._unknown):
            top = self._tops.get(window)
            # Of windows that nobody sees the next mapping tells.
            if top is None or not top.is_mapped or self._identify(window, top):
                self._unknown.discard(window)

    def rects(self, since: float) -> tuple[Rect, ...]:
        """Return, relative to the root, what must not be seen of anything that was on the screen after ``since``.

        ``since`` is on the monotonic clock. Too much is told rather than too little: parts of such a window are left
        out only where windows have been lying over it, and all of them still, for `LINGER` seconds.
        """
        edge = self._edge = since - LINGER
        for top in (*self._gone, *self._tops.values()):
            top.forget(edge)
        self._gone = [top for top in self._gone if top.trail]
        rects = [left.rect for top in (*self._gone, *self._tops.values()) for left in top.trail]
        for window, top in self._tops.items():
            if top.is_secret:
                rects += without(top.rect, self._hiders(window, top, edge))
        rects += self._inside.trail(since, edge)
        for window, rect in self._inside.closed():
            holder = self._tops.get(window)
            rects += [rect] if holder is None else without(rect, self._hiders(window, holder, edge))
        return tuple(dict.fromkeys(rects))

    def next_change(self) -> float | None:
        """Return when (monotonic) `rects` may become fewer than at its last call without anything happening, None for
        never. That may be over: a take takes its time.
        """
        moments = [left.at for top in (*self._gone, *self._tops.values()) for left in top.trail]
        if any(top.is_secret for top in self._tops.values()) or any(self._inside.closed()):
            moments += [top.changed_at for top in self._tops.values()]
        ends = [at + LINGER for at in moments if at >= self._edge]
        inside = self._inside.next_change(LINGER)
        return min(ends if inside is None else [*ends, inside], default=None)

    def came_after(self, since: float) -> bool:
        """Tell whether something that can be seen was first looked into after ``since``: what was in it is not known.

        Another picture, taken now, would show it; in one that was begun then it counts as not to be seen.
        """
        return self._inside.came_after(since)

    def _add(self, window: int) -> None:
        """Begin to follow a child of the root that was there before we looked."""
        core = self._display.connection.core
        try:
            attributes, geometry = core.GetWindowAttributes(window), core.GetGeometry(window)
            is_mapped = attributes.reply().map_state != xcffib.xproto.MapState.Unmapped
            place = geometry.reply()
        except XError:
            return  # closed meanwhile
        self._tops[window] = TopLevel(outer(place), is_mapped, time.monotonic())
        self._unknown.add(window)
        self._is_stack_stale = True

    def _note_new(self, event: Any, now: float) -> None:
        if event.parent != self._display.root:
            return
        self._tops[event.window] = TopLevel(outer(event), is_mapped=False, changed_at=now)
        self._is_stack_stale = True

    def _note_place(self, event: Any, now: float) -> None:
        top = self._tops.get(event.window)
        if top is not None:
            self._move(top, outer(event), now)

    def _note_shift(self, event: Any, now: float) -> None:
        top = self._tops.get(event.window)
        if top is not None:
            self._move(top, Rect(event.x, event.y, top.rect.width, top.rect.height), now)

    def _note_order(self, event: Any, now: float) -> None:
        top = self._tops.get(event.window)
        if top is not None:
            self._move(top, top.rect, now)

    def _note_shown(self, event: Any, now: float) -> None:
        top = self._tops.get(event.window)
        if top is not None:
            top.is_mapped, top.changed_at = True, now
            self._doubt(event.window, top)

    def _note_unshown(self, event: Any, now: float) -> None:
        top = self._tops.get(event.window)
        if top is not None:
            top.leave(now)
            top.is_mapped, top.changed_at = False, now

    def _note_parent(self, event: Any, now: float) -> None:
        if event.parent == self._display.root:
            # Told for the old parent and the new one.
            if event.window in self._tops:
                self._note_shift(event, now)
            else:
                self._take_over(event.window, now)
            return
        self._remove(event.window, now)
        # It went into a frame, or into a window in a frame: whose that is has to be looked at again.
        window = self._inside.top_of(event.parent)
        if window in self._tops:
            self._doubt(window, self._tops[window])

    def _take_over(self, window: int, now: float) -> None:
        """Begin to follow a window that came out of another one."""
        known = self._inside.place_of(window)
        if known is None:
            self._add(window)
            return
        # Where it is now is not asked: the place where it has been counts. Its being shown is told.
        self._tops[window] = TopLevel(known, is_mapped=False, changed_at=now)
        self._unknown.add(window)
        self._is_stack_stale = True

    def _note_shape(self, event: Any, now: float) -> None:
        top = self._tops.get(event.affected_window)
        if top is not None:
            top.hides, top.changed_at = False, now

    def _doubt(self, window: int, top: TopLevel) -> None:
        """Have it looked at again whose a window is; until then it must not be seen."""
        if top.may_be_shown:
            top.may_be_shown = None
        self._unknown.add(window)

    def _move(self, top: TopLevel, rect: Rect, now: float) -> None:
        if rect != top.rect:
            top.leave(now)
            top.rect = rect
        # Otherwise it changed its place in the stack.
        top.changed_at = now
        self._is_stack_stale = True

    def _remove(self, window: int, now: float) -> None:
        top = self._tops.pop(window, None)
        if top is not None:
            top.leave(now)
            if top.trail:
                self._gone.append(top)

    def _identify(self, window: int, top: TopLevel) -> bool:
        """Find out whose a window is; tell whether that is certain now."""
        core = self._display.connection.core
        now = time.monotonic()
        try:
            attributes = core.GetWindowAttributes(window).reply()
            if attributes._class == INPUT_ONLY:  # noqa: SLF001  a reserved word
                top.become(True, now)  # it shows nothing
                return True
            if self._shape is not None:
                self._shape.SelectInput(window, True)
                top.hides = not self._shape.QueryExtents(window).reply().bounding_shaped
            may_be_shown = self._window_owners.may_be_shown(window, self._rules)
            masked = self._rules.masked
            # A window manager leaves alone menus, and lists that a field offers while one types in it.
            if self._window_owners.holds_one_of(window, masked) or (
                attributes.override_redirect and self._window_owners.came_with_one_of(window, masked)
            ):
                may_be_shown = False
        except XError:
            return True  # it will be told as gone, and must not be seen until then
        if may_be_shown is None and now < top.changed_at + LINGER:
            return False
        top.become(may_be_shown is not False, now)
        return True

    def _hiders(self, window: int, top: TopLevel, edge: float) -> list[Rect]:
        """Return what surely lies over a window that must not be seen."""
        # A compositing manager may let anything shine through, and tells nobody.
        if self._is_composited or top.changed_at >= edge or window not in self._stack:
            return []
        place = self._stack[window]
        return [
            other.rect
            for number, other in self._tops.items()
            if self._stack.get(number, -1) > place
            and other.is_mapped
            and other.may_be_shown
            and other.hides
            and other.changed_at < edge
        ]
