"""The windows on X11 that are for people: those the manager lists or, where it lists none, those in the tree."""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterable

import xcffib.xproto
from xcffib import Error as XError
from xcffib.xproto import EventMask

from capture.platforms.x11.protocol.display import Display

DEEPEST = 3
"""How far below the root a window lies at most: window managers put it into a frame, or two."""
LIST, MANAGER = "_NET_CLIENT_LIST", "_NET_SUPPORTING_WM_CHECK"
"""Properties that a manager keeps on the root: its windows, and where to see that it is still there."""
WITHDRAWN = 0
"""``WM_STATE`` of a window that is no longer the manager's (ICCCM 4.1.3.1); others have none."""
FOLLOWED = EventMask.PropertyChange | EventMask.StructureNotify


class Clients:
    """Tells which windows there are. Used, like its display, by one thread.

    Attributes:
        has_manager_list: the last answer came from the window manager. Otherwise it may be another one when a child of
            the root is mapped, unmapped, put elsewhere or destroyed, or when any window's ``WM_STATE`` is changed;
            events of the root's children, and of what they hold, are selected then.
    """

    def __init__(self, display: Display) -> None:
        self.has_manager_list = False
        self._display = display

    def has_list(self) -> bool:
        """Tell whether a manager is there that keeps a list: of one that has crashed it would be an old one."""
        check = self._display.numbers(self._display.root, MANAGER)[:1]
        if not check or self._display.numbers(check[0], MANAGER)[:1] != check:
            return False
        listed = self._display.property(self._display.root, LIST, words=0)
        return listed is not None and listed.format == 32

    def listed(self) -> tuple[int, ...]:
        """Return the numbers of the windows; some may be gone by now."""
        self.has_manager_list = self.has_list()
        if self.has_manager_list:
            return self._display.numbers(self._display.root, LIST)
        return self._in_tree()

    def still_shown(self, windows: Iterable[int], listed: Container[int]) -> tuple[int, ...]:
        """Return those of ``windows`` that are mapped, by themselves and in none of ``listed``.

        A manager that has just started, or is being replaced, lists windows one by one that were there all the time,
        and puts them into frames that it maps later: until then they are mapped, but not to be seen.
        """
        core = self._display.connection.core
        shown = []
        for window, question in [(each, core.GetWindowAttributes(each)) for each in windows]:
            with contextlib.suppress(XError):
                found = question.reply()
                is_mapped = found.map_state != xcffib.xproto.MapState.Unmapped and not found.override_redirect
                if is_mapped and not self._is_in_one_of(listed, window):
                    shown.append(window)
        return tuple(shown)

    def _is_in_one_of(self, windows: Container[int], window: int) -> bool:
        above = window
        # A frame that goes while we climb is none of them.
        with contextlib.suppress(XError):
            while above := self._display.connection.core.QueryTree(above).reply().parent:
                if above in windows:
                    return True
        return False

    def inside(self, top_level: int) -> set[int]:
        """Return a child of the root and the windows in it that a manager may have put there."""
        return {window for level in self._levels([top_level], follow=False) for window, _ in level}

    def _has_manager(self) -> bool:
        """Tell whether somebody manages windows: only one at a time may have himself asked before they are mapped."""
        root = self._display.connection.core.GetWindowAttributes(self._display.root).reply()
        return bool(root.all_event_masks & EventMask.SubstructureRedirect)

    def _in_tree(self) -> tuple[int, ...]:
        """Return what a manager without a list has marked as its own or, without a manager, what is to be seen.

        A window that asks not to be managed, such as a menu (override-redirect), is none for people.
        """
        core = self._display.connection.core
        tops = self._children([self._display.root])
        levels = self._levels(tops, follow=True)
        marked = tuple(window for level in levels for window, is_marked in level if is_marked)
        if marked and self._has_manager():
            return marked
        plain = []
        for window, question in [(window, core.GetWindowAttributes(window)) for window in tops]:
            with contextlib.suppress(XError):
                found = question.reply()
                is_shown = found.map_state == xcffib.xproto.MapState.Viewable
                if is_shown and not found.override_redirect:
                    plain.append(window)
        return tuple(plain)

    def _levels(self, tops: list[int], follow: bool) -> list[list[tuple[int, bool]]]:
        """Return the windows level by level, each with whether it has a WM_STATE; below one that has, nobody looks."""
        core = self._display.connection.core
        mark = self._display.atom("WM_STATE")
        levels: list[list[tuple[int, bool]]] = []
        windows = tops
        for _ in range(DEEPEST):
            for window in windows if follow else ():
                # Before the mark is looked for: it may come later than the window.
                core.ChangeWindowAttributes(window, xcffib.xproto.CW.EventMask, [FOLLOWED])
            level: list[tuple[int, bool]] = []
            for window, question in [(each, core.GetProperty(False, each, mark, 0, 0, 1)) for each in windows]:
                with contextlib.suppress(XError):
                    reply = question.reply()
                    marks = reply.value.to_atoms()[:1] if reply.format == 32 else ()
                    level.append((window, any(state != WITHDRAWN for state in marks)))
            levels.append(level)
            windows = self._children([window for window, is_marked in level if not is_marked])
        return levels

    def _children(self, windows: list[int]) -> list[int]:
        found: list[int] = []
        for question in [self._display.connection.core.QueryTree(window) for window in windows]:
            with contextlib.suppress(XError):
                found += (int(child) for child in question.reply().children)
        return found
