"""The parts of a window's picture that are not its own: unpainted ones, and those outside of its shape.

The X server fills a window's background when it appears, grows or is uncovered. But most programs' windows have none,
so that nothing flickers, and then all stays until the program paints: on the screen, and in the picture that Composite
keeps, which begins as a copy of what is there. Nothing tells whether a window has a background. A window put into it
does, one whose background is that of its parent: it is filled when it appears, or it is not.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

import xcffib
import xcffib.composite
import xcffib.damage
import xcffib.shape
import xcffib.xfixes
import xcffib.xproto
from xcffib import Error as XError
from xcffib.xproto import CW, EventMask

from capture.errors import CaptureError
from capture.picture.pixels import Rect
from capture.platforms.x11.protocol.display import Display
from capture.platforms.x11.subwindow import Seen
from capture.platforms.x11.subwindows import Subwindows

PARENT_RELATIVE = 1
"""The number of a background that is the parent's (X protocol, CreateWindow)."""
BESIDE = -8
"""Where a probe is in a window: outside of it, so that no pointer finds it and nothing shows it."""
STIRRING = (
    xcffib.xproto.CirculateNotifyEvent,
    xcffib.xproto.ConfigureNotifyEvent,
    xcffib.xproto.DestroyNotifyEvent,
    xcffib.xproto.GravityNotifyEvent,
    xcffib.xproto.MapNotifyEvent,
    xcffib.xproto.ReparentNotifyEvent,
    xcffib.xproto.UnmapNotifyEvent,
)


class Unpainted:
    """Follows what is not one window's own. Used, like its display, by one thread.

    XDamage tells what was painted, but also, as if it were, what is uncovered and what moved. So it counts only where
    no window was moved, shown or hidden meanwhile.

    Attributes:
        is_stirred: this has happened, or may have, since it was set to False.
        parts: what nobody has painted, relative to the window.
        outside: what is no part of the window because of its shape.
    """

    def __init__(self, display: Display, window: int) -> None:
        self._display = display
        self._window = window
        self._composite = display.extension(xcffib.composite, 0, 4)
        self._damage = display.extension(xcffib.damage, 1, 1)
        self._fixes = display.extension(xcffib.xfixes, 5, 0)
        self._probe, self._handle = display.new_id(), display.new_id()
        self._regions: list[int] = []
        self._unpainted, self._painted = self._new_region(), self._new_region()
        self._regions.clear()
        self._listened: list[int] = []
        self._asked: list[int] = []
        self.is_stirred = False
        self.parts: tuple[Rect, ...] = ()
        self.outside: tuple[Rect, ...] = ()
        self._shapes: Any = None
        with contextlib.suppress(CaptureError):
            self._shapes = display.extension(xcffib.shape, 1, 1)
        self._note_shape_of(window)

    def begin(self, inside: Subwindows, whole: Rect, area: Rect) -> None:
        """Count all of ``area`` as unpainted that has no background.

        ``whole`` is the window's picture; ``inside`` has been looked at.
        """
        seen = list(inside.seen(whole))
        bare = self._bare([each.number for each in seen if each.may_be_shown])
        self._asked = [number for number, may_be_asked in bare.items() if may_be_asked]
        fixes, place = self._fixes, self._new_region(area)
        fixes.SubtractRegion(self._unpainted, place, self._unpainted)
        cut = self._cut(whole)
        shapes: dict[int, int] = {}
        for each in seen if bare else ():
            # Outer ones come first.
            shapes[each.number] = self._shape(each, shapes.get(each.parent, cut))
        for each in seen:
            if each.number in bare:
                own = self._new_region()
                fixes.CopyRegion(shapes[each.number], own)
                for child in each.children:
                    fixes.SubtractRegion(own, shapes[child], own)
                fixes.IntersectRegion(own, place, own)
                fixes.UnionRegion(self._unpainted, own, self._unpainted)
        if area == whole:
            outside = self._new_region(whole)
            fixes.SubtractRegion(outside, cut, outside)
            self.outside = self._fetch(outside)
        self._forget_regions()
        self.parts = self._fetch(self._unpainted)
        if self.parts:
            # Before they paint, so that what speaks against their having done so is known.
            self._listen()
            self.is_stirred = True
        else:
            self.end()

    def note(self, event: Any) -> None:
        """Take notice of something that happened on the display."""
        if not self.parts:
            return
        if isinstance(event, xcffib.xproto.CreateNotifyEvent):
            if event.window != self._probe:
                self._note_shape_of(event.window)
        elif isinstance(event, xcffib.shape.NotifyEvent) or (
            isinstance(event, STIRRING) and event.window != self._probe
        ):
            self.is_stirred = True

    def note_painted(self, damage: Iterable[Rect]) -> None:
        """Take notice of what XDamage has told, while nothing stirred."""
        self._fixes.SetRegion(self._painted, *_listed(damage))
        self._fixes.SubtractRegion(self._unpainted, self._painted, self._unpainted)
        self.parts = self._fetch(self._unpainted)
        if not self.parts:
            self.end()

    def ask(self) -> None:
        """Have the programs asked to paint what has no background."""
        for window in self._asked:
            # Of a window without a background nothing is cleared: it is only told to paint.
            self._display.connection.core.ClearArea(True, window, 0, 0, 0, 0)
        self._display.connection.flush()

    def end(self) -> None:
        """Count all as painted, or as no matter any more."""
        self.parts = ()
        self._fixes.SetRegion(self._unpainted, 0, [])
        for window in self._listened:
            self._select(window, 0)
        self._listened.clear()

    def _cut(self, whole: Rect) -> int:
        """Return the region that the window's shapes leave of it: elsewhere it shows nothing, and nobody can paint."""
        cut = self._new_region(whole)
        for kind in (xcffib.shape.SK.Bounding, xcffib.shape.SK.Clip):
            self._fixes.IntersectRegion(cut, self._shape_region(self._window, kind), cut)
        return cut

    def _shape(self, seen: Seen, outer: int) -> int:
        """Return the region of what can be seen of a window in the region ``outer``."""
        visible, shape = self._new_region(seen.rect), self._shape_region(seen.number, xcffib.shape.SK.Bounding)
        self._fixes.TranslateRegion(shape, seen.x, seen.y)
        self._fixes.IntersectRegion(visible, shape, visible)
        self._fixes.IntersectRegion(visible, outer, visible)
        return visible

    def _fetch(self, region: int) -> tuple[Rect, ...]:
        rectangles = self._fixes.FetchRegion(region).reply().rectangles
        return tuple(Rect(each.x, each.y, each.width, each.height) for each in rectangles)

    def _new_region(self, rect: Rect | None = None) -> int:
        """Return a region on the X server, of that rectangle or empty, until `_forget_regions`."""
        region = self._display.new_id()
        self._fixes.CreateRegion(region, *_listed(() if rect is None else (rect,)))
        self._regions.append(region)
        return region

    def _shape_region(self, window: int, kind: int) -> int:
        """Return a region of one of a window's shapes, relative to its inside, until `_forget_regions`."""
        region = self._display.new_id()
        self._fixes.CreateRegionFromWindow(region, window, kind)
        self._regions.append(region)
        return region

    def _forget_regions(self) -> None:
        for region in self._regions:
            self._fixes.DestroyRegion(region)
        self._regions.clear()

    def _bare(self, windows: list[int]) -> dict[int, bool]:
        """Return those without a background, each with whether it may be asked to paint itself."""
        core = self._display.connection.core
        answers = [core.GetWindowAttributes(window) for window in windows]
        found: dict[int, bool] = {}
        asked = []
        for window, answer in zip(windows, answers, strict=True):
            with contextlib.suppress(XError):
                # It waits for a window that somebody puts into it, and would take the probe for that one.
                if answer.reply().all_event_masks & EventMask.SubstructureRedirect:
                    found[window] = False
                else:
                    asked.append((window, self._ask(window)))
        for window, question in asked:
            if not question.reply().rectangles:
                found[window] = True
        return found

    def _ask(self, window: int) -> Any:
        """Return the question what the X server fills of a probe in ``window``."""
        core = self._display.connection.core
        values = [PARENT_RELATIVE, 1]
        what = xcffib.xproto.WindowClass.InputOutput
        mask = CW.BackPixmap | CW.OverrideRedirect
        core.CreateWindow(0, self._probe, window, BESIDE, BESIDE, 1, 1, 0, what, 0, mask, values)
        # It has a picture of its own, which nobody draws: it changes nothing on the screen.
        self._composite.RedirectWindow(self._probe, xcffib.composite.Redirect.Manual)
        self._damage.Create(self._handle, self._probe, xcffib.damage.ReportLevel.NonEmpty)
        core.MapWindow(self._probe)
        self._fixes.SetRegion(self._painted, 0, [])
        self._damage.Subtract(self._handle, xcffib.NONE, self._painted)
        question = self._fixes.FetchRegion(self._painted)
        self._damage.Destroy(self._handle)
        core.DestroyWindow(self._probe)
        return question

    def _listen(self) -> None:
        """Have everything told that makes XDamage tell more than was painted: whatever may lie over the window."""
        if self._listened:
            return
        core = self._display.connection.core
        window = self._window
        while window not in (self._display.root, xcffib.NONE):
            try:
                window = int(core.QueryTree(window).reply().parent)
                self._select(window, EventMask.SubstructureNotify)
                self._listened.append(window)
                for beside in core.QueryTree(window).reply().children:
                    self._note_shape_of(beside)
            except XError:
                return

    def _note_shape_of(self, window: int) -> None:
        """Have changes of a window's shape told, for good: they are rare."""
        if self._shapes is not None:
            self._shapes.SelectInput(window, True)

    def _select(self, window: int, mask: int) -> None:
        """Have what happens in a window told, or not, beside what somebody else in this thread has selected."""
        core = self._display.connection.core
        with contextlib.suppress(XError):
            others = core.GetWindowAttributes(window).reply().your_event_mask & ~EventMask.SubstructureNotify
            core.ChangeWindowAttributes(window, CW.EventMask, [others | mask])


def _listed(rects: Iterable[Rect]) -> tuple[int, list[Any]]:
    """Return rectangles as requests want them."""
    made = [xcffib.xproto.RECTANGLE.synthetic(rect.x, rect.y, rect.width, rect.height) for rect in rects]
    return len(made), made
