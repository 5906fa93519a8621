"""A window's own pixels on X11: right also when it is covered, because they are never cut out of the screen.

The Composite extension keeps the window's picture apart from the screen; XDamage tells when it was painted.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

import xcffib
import xcffib.composite
import xcffib.shape
import xcffib.xproto
from xcffib import Error as XError
from xcffib.xproto import EventMask

from capture import reasons
from capture.errors import NoPicture, SourceGone
from capture.picture.frame import Pointer, Take
from capture.picture.pixels import Pixels, Rect, around, paint_over, seen_from
from capture.platforms.contract import Wake
from capture.platforms.generations import Generations
from capture.platforms.linux.process import process_started
from capture.platforms.x11 import redaction as x11_cover
from capture.platforms.x11.owners import WindowOwners
from capture.platforms.x11.protocol.display import (
    DamageWatch,
    Display,
    PointerWatch,
    speaks_to_display,
    wait_for_events_until,
)
from capture.platforms.x11.protocol.frame_extents import EXTENTS, shown_area
from capture.platforms.x11.protocol.pixmaps import PixmapReader
from capture.platforms.x11.protocol.window_state import LIVE, TELLING, WORKSPACE, unseen
from capture.platforms.x11.subwindows import Subwindows
from capture.platforms.x11.unpainted import Unpainted
from capture.platforms.x11.xwayland import flips_pictures
from capture.privacy.blanking import PLAIN
from capture.privacy.exclusions import Exclusions
from capture.source import Condition, Source

CHANGING = Condition("waiting", reasons.WINDOW_RESIZING)
SETTLE_SECONDS = 0.1
"""How long a window may take to paint itself after Composite gave it a picture of its own, another one at each size."""
MOST_PASSED = 64
"""Sizes that are remembered between two pictures; of more it is as good as unknown which there were."""
TRIES = 3
"""Pictures that are taken, one after the other, while windows open in the window, or it changes its size."""
AUTOMATIC = xcffib.composite.Redirect.Automatic


class X11Window:
    """Backend for one window; it is closed to us when ``exclusions`` says that its program is never shown.

    Windows in it, at any depth, that must not be seen are painted over before anybody gets the picture, and so is what
    nobody has painted yet.

    ``generations`` tell whether the window that has the number is the one that was listed.
    """

    def __init__(self, source: Source, exclusions: Exclusions, generations: Generations) -> None:
        self._source = source
        self._exclusions = exclusions
        self._generations = generations
        self._window = int(source.id)
        self._display: Display | None = None
        self._gone = False

    @speaks_to_display
    def open(self) -> None:
        display = self._display = Display()
        self._composite = display.extension(xcffib.composite, 0, 4)
        self._flips = flips_pictures(display)
        self._pointer = PointerWatch(display)
        self._pixmap: int | None = None
        self._size = (0, 0)
        # Nobody knows what it was before we looked.
        self._passed: tuple[tuple[int, int], ...] | None = None
        self._shown = Rect(0, 0, 0, 0)
        self._shadow_changed = False
        self._damaged = True
        self._told = False
        self._covered: tuple[Rect, ...] = ()
        self._uncovers = False
        # Changes noticed behind the last picture; nobody tells them again.
        self._untold = Wake.NOTHING
        try:
            self._telling = {display.atom(name) for name in (*TELLING, WORKSPACE)}
            self._extents = display.atom(EXTENTS)
            display.hear(EventMask.PropertyChange)
            mask = EventMask.StructureNotify | EventMask.PropertyChange
            self._select(self._window, mask)
            # From now on its end is told; whose it is, and whether it is the one that was meant, is asked after that.
            self._check_identity()
            self._check_rules()
            self._inside = Subwindows(display, self._window)
            self._pictures = PixmapReader(display, self._window)
            self._top_level = self._find_top_level()
            self._composite.RedirectWindow(self._window, AUTOMATIC, is_checked=True).check()
            self._damage = DamageWatch(display, self._window)
            self._unpainted = Unpainted(display, self._window)
        except XError as error:
            # Of what is around it something may have gone in between, as when it gets another frame.
            if self._exists():
                raise NoPicture(reasons.NO_PICTURE_NOW) from error
            raise SourceGone(reasons.WINDOW_CLOSED) from error
        self._settle()

    @speaks_to_display
    def wait(self, seconds: float | None, call: int) -> Wake:
        assert self._display is not None
        wake, self._untold = self._untold, Wake.NOTHING
        if wake is not Wake.NOTHING:
            return wake
        # Told once: the next take looks at what has been told, and may be some time off.
        moment = None if self._uncovers else self._inside.next_change(x11_cover.LINGER)
        wake, is_over = wait_for_events_until(self._display, self._absorb, seconds, call, moment)
        self._uncovers |= is_over
        return wake

    @speaks_to_display
    def take(self, pointer: bool) -> Take:
        display = self._display
        assert display is not None
        self._untold = Wake.NOTHING
        self._uncovers = False
        self._absorb()
        if self._gone:
            raise SourceGone(reasons.WINDOW_CLOSED)
        if self._exclusions.rules is not self._rules:
            self._check_rules()
            self._inside.doubt()
        try:
            for _ in range(TRIES):
                self._inside.look(self._rules)
                if self._pixmap is None and not self._name_pixmap():
                    return Take(unseen(display, self._window))
                if self._shadow_changed:
                    self._leave_shadow_out()
                where = self._pointer.look(self._window, self._top_level, self._shown) if pointer else None
                take = self._picture(where)
                if take is not None:
                    return take
        except XError as error:
            # The window went away or changed its size under our hands: its next event says which.
            self._drop_pixmap()
            if not self._exists():
                raise SourceGone(reasons.WINDOW_CLOSED) from error
            return Take(unseen(display, self._window))
        self._untold = Wake.CHANGED
        return Take(CHANGING)

    def close(self) -> None:
        display, self._display = self._display, None
        if display is not None:
            if hasattr(self, "_pictures"):
                self._pictures.close()
            display.close()

    def _check_identity(self) -> None:
        # While nothing was taken the window may have gone, and another program's may have got its number.
        assert self._display is not None
        generation = self._source.generation
        if generation and not self._generations.confirm(self._window, generation):
            raise SourceGone(reasons.WINDOW_CLOSED)
        pid, started = self._source.pid, self._source.started
        if pid is None:
            return
        if WindowOwners(self._display).pid(self._window) != pid or process_started(pid) != started:
            raise SourceGone(reasons.WINDOW_CLOSED)

    def _check_rules(self) -> None:
        # It is not listed either; but a list is always a little older than the window.
        assert self._display is not None
        self._rules = self._exclusions.rules
        if self._rules.names_one_of(WindowOwners(self._display).names(self._window)):
            raise SourceGone(reasons.PROGRAM_EXCLUDED)

    def _picture(self, pointer: Pointer | None) -> Take | None:
        """Return the picture, None when the window was just given another one."""
        damage = self._collect()
        if self._pixmap is None:
            return None
        covers = self._covers(time.monotonic())
        if covers != self._covered:
            # Where the last picture was painted over, it does not hold what the window has there.
            damage += covers + self._covered
        if self._told and not damage:
            return Take(LIVE, None, (), pointer)
        if self._flips and not self._name_again():
            return None
        known, self._told = self._told, True
        pixels, fetched, begun = self._fetch(damage if known else None)
        after = self._covers(begun)
        if after != covers and self._untold is Wake.NOTHING:
            self._untold = Wake.CHANGED  # what needs it no longer has not been fetched
        last, self._covered = self._covered, covers if covers == after else tuple(dict.fromkeys(covers + after))
        paint_over(pixels, seen_from(self._shown, self._covered), PLAIN)
        # All that was fetched may differ, not only the damage: the window was painted on while this happened.
        repainted = seen_from(self._shown, set(self._covered) ^ set(last))
        changed = around((*fetched, *repainted), self._shown.width, self._shown.height)
        damaged = None if not known else () if changed is None else (changed,)
        return Take(LIVE, pixels, damaged, pointer, is_ours=True, passed=self._take_passed())

    def _fetch(self, damage: tuple[Rect, ...] | None) -> tuple[Pixels, list[Rect], float]:
        """Return the window's picture, what was fetched anew for it, and when this was begun.

        A window that came into it meanwhile, and has not been looked into before, must not be seen. So another picture
        is fetched then; while more and more comes, the last one has to do.
        """
        pixmap = self._pixmap
        assert pixmap is not None
        shown = self._shown
        area = Rect(self._border + shown.x, self._border + shown.y, shown.width, shown.height)
        fetched: list[Rect] = []
        for turn in range(TRIES):
            if turn:
                # Not after the last picture: nobody tells again what was collected, and so it has to be fetched.
                damage = self._collect()
                if self._pixmap != pixmap:
                    break
            begun = time.monotonic()
            pixels, part = self._pictures.fetch(pixmap, area, None if damage is None else seen_from(shown, damage))
            fetched.append(part)
            # All that happened before the picture was fetched has been told by now, without another question.
            self._absorb_more()
            self._inside.look(self._rules)
            if not self._inside.came_after(begun):
                break
        return pixels, fetched, begun

    def _take_passed(self) -> tuple[tuple[int, int], ...] | None:
        """Return the sizes passed on the way to a picture, as large as those are that are shown of them."""
        passed = self._passed
        if self._pixmap is not None:
            self._passed = ()  # else it has another size already, and the next picture has to know of these too
        if passed is None or len(passed) > MOST_PASSED:
            return None
        width, height = self._size[0] - self._shown.width, self._size[1] - self._shown.height
        return tuple((max(each[0] - width, 1), max(each[1] - height, 1)) for each in passed)

    @property
    def _whole(self) -> Rect:
        return Rect(0, 0, *self._size)

    def _covers(self, begun: float) -> tuple[Rect, ...]:
        """Return what must not be seen in a picture whose taking began then."""
        strange = (*self._unpainted.parts, *self._unpainted.outside)
        if not self._inside.hides_something:
            return strange
        left = self._inside.trail(begun, begun - x11_cover.LINGER)
        return (*left, *(rect for _, rect in self._inside.closed()), *strange)

    def _collect(self) -> tuple[Rect, ...]:
        """Return what was painted, and what only may have been, since the last call."""
        damage = self._damage.collect() if self._damaged else ()
        self._damaged = False
        for bared in self._inside.take_bared():
            self._unpainted.begin(self._inside, self._whole, bared)
        if self._unpainted.parts:
            # The events that make XDamage tell too much have been told by now.
            self._absorb_more()
            if self._unpainted.is_stirred:
                damage += self._begin_anew()
            else:
                self._unpainted.note_painted(damage)
        return damage

    def _begin_anew(self) -> tuple[Rect, ...]:
        """Have the window painted again, after something made XDamage tell too much; return all that it has told.

        Only what comes after a moment counts at which that was told and nothing stirred any more.
        """
        damage: tuple[Rect, ...] = ()
        for _ in range(TRIES):
            self._unpainted.is_stirred = False
            damage += self._damage.collect()
            self._absorb_more()
            if not self._unpainted.is_stirred:
                self._unpainted.ask()
                return damage
        self._untold = Wake.CHANGED if self._untold is Wake.NOTHING else self._untold
        return damage

    def _absorb_more(self) -> None:
        """Take notice of what has happened in the midst of a take, and keep in mind that nobody was told."""
        wake = self._absorb()
        if self._gone:
            raise SourceGone(reasons.WINDOW_CLOSED)  # its number may be another window's
        if wake is Wake.URGENT or self._untold is Wake.NOTHING:
            self._untold = wake

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
        self._pixmap = pixmap
        self._size = (whole.width - 2 * self._border, whole.height - 2 * self._border)
        self._leave_shadow_out()
        self._unpainted.begin(self._inside, self._whole, self._whole)
        self._let_paint()
        return True

    def _name_again(self) -> bool:
        """Get hold of what the picture is by now; False where that has another size, and is to be begun anew."""
        assert self._display is not None
        self._free_pixmap()
        pixmap = self._display.new_id()
        self._composite.NameWindowPixmap(self._window, pixmap, is_checked=True).check()
        self._pixmap = pixmap
        whole = self._display.connection.core.GetGeometry(pixmap).reply()
        if (whole.width - 2 * self._border, whole.height - 2 * self._border) != self._size:
            self._drop_pixmap()
            return False
        return True

    def _leave_shadow_out(self) -> None:
        """Have the next picture be whole, and of what is not the window's own shadow."""
        assert self._display is not None
        self._shadow_changed = self._told = False
        self._shown = shown_area(self._display, self._window, *self._size)

    def _let_paint(self) -> None:
        """Give the programs a moment for what they have not painted yet."""
        assert self._display is not None
        deadline = time.monotonic() + SETTLE_SECONDS
        self._damaged = True  # something may be known from before the window had this picture
        while True:
            self._collect()
            left = deadline - time.monotonic()
            if self._pixmap is None or not self._unpainted.parts or left <= 0:
                return
            self._display.wait(left)
            self._absorb_more()

    def _drop_pixmap(self) -> None:
        self._free_pixmap()
        self._unpainted.end()

    def _free_pixmap(self) -> None:
        if self._pixmap is not None and self._display is not None:
            with contextlib.suppress(XError):
                self._display.connection.core.FreePixmap(self._pixmap, is_checked=True).check()
        self._pixmap = None

    def _absorb(self) -> Wake:
        """Take notice of what has happened to the window."""
        assert self._display is not None
        wake = Wake.NOTHING
        for event in self._display.events():
            self._inside.absorb(event)
            self._unpainted.note(event)
            if self._damage.is_event(event):
                self._damaged = True
                wake = Wake.CHANGED if wake is Wake.NOTHING else wake
            elif self._pointer.is_event(event):
                wake = Wake.CHANGED if wake is Wake.NOTHING else wake
            elif self._changes_state(event):
                wake = Wake.URGENT
        return wake

    def _changes_state(self, event: Any) -> bool:
        window = getattr(event, "window", None)
        if getattr(event, "event", window) != window:
            return False  # of a window in this one
        own = window == self._window
        if isinstance(event, xcffib.xproto.DestroyNotifyEvent):
            self._gone |= own
            return own
        if isinstance(event, xcffib.xproto.ConfigureNotifyEvent):
            return own and self._has_size(event.width, event.height)
        if isinstance(event, xcffib.shape.NotifyEvent):
            if event.affected_window == self._window:
                self._drop_pixmap()
                return True
            return False
        if isinstance(event, xcffib.xproto.ReparentNotifyEvent):
            with contextlib.suppress(XError):
                self._top_level = self._find_top_level()
            return False
        if isinstance(event, xcffib.xproto.MapNotifyEvent | xcffib.xproto.UnmapNotifyEvent):
            # Also those of the frame around it: on another workspace only the frame is unmapped.
            self._drop_pixmap()
            return True
        if isinstance(event, xcffib.xproto.PropertyNotifyEvent):
            return self._property_matters(event.atom, own=own)
        return False

    def _has_size(self, width: int, height: int) -> bool:
        """Take notice of the window's size, and tell whether it is another one."""
        if (width, height) == self._size:
            return False
        if self._passed is not None and len(self._passed) <= MOST_PASSED:
            self._passed += ((width, height),)
        self._drop_pixmap()
        return True

    def _property_matters(self, atom: int, *, own: bool) -> bool:
        if own and atom == self._extents:
            self._shadow_changed = True
            return True
        return self._pixmap is None and atom in self._telling

    def _exists(self) -> bool:
        assert self._display is not None
        try:
            self._display.connection.core.GetWindowAttributes(self._window).reply()
        except XError:
            return False
        return True

    def _find_top_level(self) -> int:
        """Return the child of the root that holds the window, and have its mapping told. Raises XError."""
        for _ in range(TRIES):
            # A frame may go while we climb; the window itself is in another one then, or with the root.
            with contextlib.suppress(XError):
                return self._climbed()
        return self._climbed()

    def _climbed(self) -> int:
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
