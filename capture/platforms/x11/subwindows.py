"""Whose pixels a window holds: the windows in it, at any depth, and where those are that must not be seen.

A program can put its window into another program's (XEmbed, or just so) or make one there. The X server tells of every
window that comes, goes or moves in a window that is followed, in order and without a gap. A window is followed from the
moment at which somebody looked into it; until then all of it counts as something that must not be seen.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import xcffib
import xcffib.xproto
from xcffib import Error as XError
from xcffib.xproto import EventMask

from capture.picture.pixels import Rect
from capture.platforms.x11.owners import WindowOwners
from capture.platforms.x11.protocol.display import Display
from capture.platforms.x11.subwindow import MOST_LEFT, Left, Seen, Subwindow, outer, remember
from capture.privacy.exclusions import ExclusionRules

SENT = 0x80
"""Set in events that another program sent: they tell nothing."""
INPUT_ONLY = xcffib.xproto.WindowClass.InputOnly
MOST_SIZE = 1 << 16
"""No window is as wide or high."""


class Subwindows:
    """Follows all that is in one window, the base. Used, like the display, by one thread.

    Events have to be handed to `absorb` in their order, all of them, before `look`, `closed` and `trail`. Places are
    relative to the base. Its own children are not judged where the base is the root: somebody else does that.
    """

    def __init__(self, display: Display, base: int) -> None:
        self._display = display
        self._window_owners = WindowOwners(display)
        self._ours = self._window_owners.client(display.new_id())
        core = display.connection.core
        geometry = core.GetGeometry(base).reply()
        # The screen's size changes without a word to those that listen for windows only.
        size = (MOST_SIZE, MOST_SIZE) if base == display.root else (geometry.width, geometry.height)
        self._base = Subwindow(base, None, Rect(0, 0, *size), is_mapped=True, may_be_shown=True)
        self._inner = {base: self._base}
        self._unknown: dict[int, Subwindow] = {base: self._base}
        self._closed: dict[int, Subwindow] = {}
        # Windows that went from one into another: not all of that is told.
        self._untold: set[int] = set()
        self._left: list[Left] = []
        # Where windows are, or were, that nobody had looked into: they may be seen after that moment.
        self._fresh: list[Left] = []
        self._followed_at = float("-inf")
        self._bared: list[Rect] = []
        self._deeds: dict[type, Callable[[Any, float], None]] = {
            xcffib.xproto.CreateNotifyEvent: self._note_new,
            xcffib.xproto.ConfigureNotifyEvent: self._note_place,
            xcffib.xproto.GravityNotifyEvent: self._note_shift,
            xcffib.xproto.MapNotifyEvent: self._note_shown,
            xcffib.xproto.UnmapNotifyEvent: self._note_unshown,
            xcffib.xproto.ReparentNotifyEvent: self._note_parent,
            xcffib.xproto.DestroyNotifyEvent: self._note_end,
        }

    def absorb(self, event: Any) -> None:
        """Take notice of something that happened on the display."""
        deed = self._deeds.get(type(event))
        if deed is None or event.response_type & SENT:
            return
        if not self._is_old(event):
            deed(event, time.monotonic())
        elif event.event in self._inner and event.event != self._display.root:
            # It has been there in a way that we did not know of, while a picture was taken.
            self._note_fresh(self._inner[event.event])

    def look(self, rules: ExclusionRules) -> None:
        """Find out whose the windows are that came since the last call, and what is in them.

        Raises:
            XError: the base is gone.
        """
        self._ask_untold()
        while self._unknown:
            looked = [inner for inner in self._unknown.values() if inner.is_mapped]
            self._unknown.clear()
            for inner in self._follow(looked):
                self._adopt(inner)
            # One may have been found elsewhere meanwhile.
            current = [inner for inner in looked if self._inner.get(inner.number) is inner]
            self._judge([inner for inner in current if self._is_judged(inner)], rules)

    def doubt(self) -> None:
        """Have it looked at again whose the windows are, as other rules hold."""
        for inner in self._inner.values():
            if inner.is_mapped:
                self._unknown[inner.number] = inner

    @property
    def hides_something(self) -> bool:
        """Tell whether `trail` or `closed` may give something."""
        return bool(self._closed or self._left or self._fresh)

    def came_after(self, since: float) -> bool:
        """Tell whether something that could be seen began to be followed after ``since`` only."""
        return self._followed_at >= since

    def trail(self, since: float, edge: float) -> list[Rect]:
        """Return where such windows were that left after ``edge``, and what was not looked into before ``since``."""
        self._left = [left for left in self._left if left.at >= edge]
        self._fresh = [fresh for fresh in self._fresh if fresh.at >= since]
        return [left.rect for left in (*self._left, *self._fresh)]

    def closed(self) -> Iterator[tuple[int, Rect]]:
        """Give what must not be seen now, each with the child of the base that it is in."""
        for inner in self._closed.values():
            rect = inner.seen()
            if rect is not None:
                *_, top = inner.line()
                yield top.number, rect

    def take_bared(self) -> list[Rect]:
        """Return where such windows were that left since the last call: their pixels may be there still."""
        bared, self._bared = self._bared, []
        return bared

    def next_change(self, linger: float) -> float | None:
        """Return when (monotonic) the last `trail` becomes less, places lingering for so many seconds; None: never."""
        return min([left.at + linger for left in self._left] + [fresh.at for fresh in self._fresh], default=None)

    def place_of(self, top: int) -> Rect | None:
        """Return where a child of the base is, None where it is not known to be one."""
        inner = self._inner.get(top)
        return None if inner is None or inner.parent is not self._base else inner.place

    def top_of(self, window: int) -> int | None:
        """Return the child of the base that holds a window, or is it; None for a window that is elsewhere."""
        inner = self._inner.get(window)
        if inner is None or inner is self._base:
            return None
        *_, top = inner.line()
        return top.number

    def seen(self, whole: Rect) -> Iterator[Seen]:
        """Give the base, which is as large as that, and all that can be seen in it, outer ones first.

        Windows in ones that must not be seen are left out.
        """
        waiting = [(self._base, whole)]
        while waiting:
            inner, rect = waiting.pop()
            parts = []
            if inner.may_be_shown:
                parts = [(child, place) for child in inner.children if (place := child.seen()) is not None]
            children = tuple(child.number for child, _ in parts)
            parent = inner.parent.number if inner.parent is not None else xcffib.NONE
            yield Seen(inner.number, parent, rect, *inner.origin(), children, bool(inner.may_be_shown))
            waiting += parts

    def _is_old(self, event: Any) -> bool:
        """Tell whether it is news of a window from a parent in which it is no more.

        A window may be found where it went before it was read that it left: events before that are over.
        """
        inner = self._inner.get(event.window)
        if inner is None or isinstance(event, xcffib.xproto.CreateNotifyEvent):
            return False
        if isinstance(event, xcffib.xproto.ReparentNotifyEvent) and event.event == event.parent:
            return False  # it came
        teller = inner if inner.parent is None else inner.parent
        return bool(event.event != teller.number)

    # Looking.

    def _ask_untold(self) -> None:
        """Find out where the windows are that went from one into another, and what was not told on their way."""
        core = self._display.connection.core
        asked = [
            (number, core.QueryTree(number), core.GetWindowAttributes(number), core.GetGeometry(number))
            for number in self._untold
        ]
        self._untold.clear()
        for number, tree, attributes, geometry in asked:
            inner, parent, found = self._inner.get(number), None, None
            # None: it is gone, perhaps since before we listened there.
            with contextlib.suppress(XError):
                parent = self._inner.get(tree.reply().parent)
            if parent is not None and parent.is_followed:
                found = self._made(parent, number, attributes, geometry)
            if found is not None:
                self._find_again(inner, found)
            elif inner is not None:
                self._put(inner, parent, time.monotonic())

    def _find_again(self, inner: Subwindow | None, now: Subwindow) -> None:
        """Note that a window is as ``now``, which ``inner`` was before as far as we knew."""
        assert now.parent is not None
        if self._is_judged(now) and (inner is None or (inner.parent, inner.place) != (now.parent, now.place)):
            # For all we know it has been elsewhere in there while a picture was taken.
            self._note_fresh(now.parent)
        if inner is None:
            self._adopt(now)
            return
        if inner.parent is not now.parent:
            self._put(inner, now.parent, time.monotonic())
        elif (inner.place, inner.is_mapped) != (now.place, now.is_mapped):
            self._leave(inner, time.monotonic())
        inner.place, inner.border, inner.is_mapped = now.place, now.border, now.is_mapped
        if now.is_mapped:
            self._doubt(inner)
        else:
            self._unknown.pop(inner.number, None)
            self._closed.pop(inner.number, None)

    def _follow(self, looked: list[Subwindow]) -> list[Subwindow]:
        """Have changes in these windows told, and return what is in them already."""
        core = self._display.connection.core
        asked = []
        for inner in looked:
            if not inner.is_followed:
                mask = EventMask.SubstructureNotify
                if inner is self._base:
                    # Others in this thread may have selected something too.
                    mask |= core.GetWindowAttributes(inner.number).reply().your_event_mask
                core.ChangeWindowAttributes(inner.number, xcffib.xproto.CW.EventMask, [mask])
                # After that: later events are told.
                asked.append((inner, core.QueryTree(inner.number)))
        found = []
        for inner, question in asked:
            try:
                children = [int(child) for child in question.reply().children]
            except XError:
                if inner is self._base:
                    raise
                continue  # it will be told as gone, and must not be seen until then
            inner.is_followed = True
            self._note_fresh(inner)
            found += [
                (inner, child, core.GetWindowAttributes(child), core.GetGeometry(child))
                for child in children
                if self._window_owners.client(child) != self._ours
            ]
        return [made for each in found if (made := self._made(*each)) is not None]

    def _note_fresh(self, inner: Subwindow) -> None:
        """Note that it was not known before what is in a window, where anything of it can be seen."""
        rect = inner.seen()
        if rect is not None:
            self._followed_at = time.monotonic()
            remember(self._fresh, Left(self._followed_at, rect, inner.number, is_sure=False))

    def _made(self, parent: Subwindow, number: int, attributes: Any, geometry: Any) -> Subwindow | None:
        """Return a window from the answers about it, None when it shows nothing or is gone."""
        try:
            what, where = attributes.reply(), geometry.reply()
        except XError:
            return None
        if what._class == INPUT_ONLY:  # noqa: SLF001  a reserved word
            return None
        is_mapped = what.map_state != xcffib.xproto.MapState.Unmapped
        return Subwindow(number, parent, outer(where), where.border_width, is_mapped)

    def _adopt(self, inner: Subwindow) -> None:
        assert inner.parent is not None
        known = self._inner.get(inner.number)
        if known is not None:
            # That it left where we know it is still to be read.
            self._detach(known, time.monotonic())
            self._forget(known)
        inner.parent.children.append(inner)
        self._inner[inner.number] = inner
        self._doubt(inner)

    def _judge(self, looked: list[Subwindow], rules: ExclusionRules) -> None:
        if not looked:
            return
        judged = self._window_owners.judge([inner.number for inner in looked], rules)
        for inner in looked:
            is_forbidden = judged[inner.number]
            if is_forbidden is None or not inner.is_followed:
                continue  # it will be told as gone, and must not be seen until then
            if is_forbidden or inner.number in rules.masked:
                inner.may_be_shown = False
                self._closed[inner.number] = inner
            elif inner.may_be_shown is not True:
                inner.may_be_shown = True
                self._closed.pop(inner.number, None)
                self._forgive(inner.number)

    def _forgive(self, window: int) -> None:
        """Have the places shown from now on where a window was while nobody knew whose it is."""
        now = time.monotonic()
        for left in tuple(self._left):
            if left.window == window and not left.is_sure:
                self._left.remove(left)
                remember(self._fresh, Left(now, left.rect, window, is_sure=False))

    # Events.

    def _note_new(self, event: Any, now: float) -> None:
        parent = self._inner.get(event.parent)
        if (
            parent is not None
            and event.window not in self._inner
            and self._window_owners.client(event.window) != self._ours
        ):
            self._adopt(Subwindow(int(event.window), parent, outer(event), event.border_width))

    def _note_place(self, event: Any, now: float) -> None:
        inner = self._inner.get(event.window)
        if inner is None:
            return
        place, border = outer(event), event.border_width
        if inner is self._base:
            # Wherever it is; it is cut off at its edges only.
            place, border = Rect(0, 0, event.width, event.height), 0
        if (place, border) != (inner.place, inner.border):
            self._leave(inner, now)
            inner.place, inner.border = place, border

    def _note_shift(self, event: Any, now: float) -> None:
        inner = self._inner.get(event.window)
        if inner is not None and inner is not self._base:
            self._leave(inner, now)
            inner.place = Rect(event.x, event.y, inner.place.width, inner.place.height)

    def _note_shown(self, event: Any, now: float) -> None:
        inner = self._inner.get(event.window)
        if inner is not None and inner is not self._base:
            inner.is_mapped = True
            self._doubt(inner)

    def _note_unshown(self, event: Any, now: float) -> None:
        inner = self._inner.get(event.window)
        if inner is not None and inner is not self._base:
            self._leave(inner, now)
            inner.is_mapped = False
            self._closed.pop(inner.number, None)

    def _note_parent(self, event: Any, now: float) -> None:
        inner, parent = self._inner.get(event.window), self._inner.get(event.parent)
        if inner is self._base:
            return
        if inner is None:
            if parent is not None:
                self._note_stranger(event, parent, now)
            return
        is_told_there = event.event == event.parent
        if inner.parent is parent and not is_told_there:
            return  # told by the new parent already
        # Where it is is asked later: by now it may be elsewhere again, and what counts is where it has been too.
        self._put(inner, parent, now)
        if parent is None or not parent.is_followed:
            return
        inner.place = Rect(event.x, event.y, inner.place.width, inner.place.height)
        # Where we listen it is told whether it is shown again. Where we did not yet, it may be shown without a word.
        inner.is_mapped = not is_told_there
        self._untold.add(inner.number)
        self._doubt(inner)

    def _put(self, inner: Subwindow, parent: Subwindow | None, now: float) -> None:
        """Note that a window went into ``parent``; it is followed no more where nothing is told of what is in that."""
        self._detach(inner, now)
        if parent is None or not parent.is_followed:
            # Nobody sees it before somebody looks into that window, or it went on into another one.
            self._forget(inner)
            self._untold.add(inner.number)
            return
        inner.parent = parent
        parent.children.append(inner)
        self._closed.pop(inner.number, None)

    def _note_stranger(self, event: Any, parent: Subwindow, now: float) -> None:
        """Take notice of a window from elsewhere: how large it was when it came is not told."""
        core = self._display.connection.core
        attributes, geometry = core.GetWindowAttributes(event.window), core.GetGeometry(event.window)
        self._note_fresh(parent)
        inner = self._made(parent, int(event.window), attributes, geometry)
        if inner is not None:
            self._adopt(inner)
            self._untold.add(inner.number)

    def _note_end(self, event: Any, now: float) -> None:
        inner = self._inner.get(event.window)
        if inner is not None and inner is not self._base:
            self._detach(inner, now)
            self._forget(inner)

    def _detach(self, inner: Subwindow, now: float) -> None:
        assert inner.parent is not None
        self._leave(inner, now)
        inner.parent.children.remove(inner)

    def _forget(self, inner: Subwindow) -> None:
        """Follow a window no longer, nor what is in it."""
        waiting = [inner]
        while waiting:
            gone = waiting.pop()
            waiting += gone.children
            for known in (self._inner, self._unknown, self._closed):
                known.pop(gone.number, None)
            self._untold.discard(gone.number)

    def _doubt(self, inner: Subwindow) -> None:
        """Have it looked at whose a window is; until then it must not be seen."""
        if inner.is_mapped and inner is not self._base:
            self._unknown[inner.number] = inner
            if self._is_judged(inner):
                if inner.may_be_shown:
                    inner.may_be_shown = None
                self._closed[inner.number] = inner

    def _leave(self, inner: Subwindow, now: float) -> None:
        """Note that a window is no longer where it was, and so nothing that is in it."""
        for closed in self._closed.values():
            if inner is self._base or inner in closed.line():
                rect = closed.seen()
                if rect is not None:
                    self._bared = [*self._bared, rect][-MOST_LEFT:]
                    remember(self._left, Left(now, rect, closed.number, closed.may_be_shown is False))

    # Where things are.

    def _is_judged(self, inner: Subwindow) -> bool:
        return inner.parent is not None and (inner.parent is not self._base or self._base.number != self._display.root)
