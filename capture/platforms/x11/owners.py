"""Whose a window is on X11, and whether it may be shown."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

import xcffib
import xcffib.res
import xcffib.xproto
from xcffib import Error as XError

from capture.errors import CaptureError
from capture.platforms.linux.process import program_names
from capture.platforms.x11.protocol.display import Display
from capture.platforms.x11.protocol.text import class_names
from capture.privacy.exclusions import ExclusionRules

PID_MASK = 2
"""XRes: "the process, as the system told the X server" (LocalClientPID)."""
DEEPEST = 3
"""Window managers put a window into a frame, some with one more window between."""
MOST_WORDS = 65536


class WindowOwners:
    """Tells the processes and programs behind windows. Used, like its display, by one thread."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._client_mask = ~int(display.connection.get_setup().resource_id_mask)
        self._resources: Any = None
        # Without it only what a program says of itself is known.
        with contextlib.suppress(CaptureError):
            self._resources = display.extension(xcffib.res, 1, 2)

    def may_be_shown(self, top_level: int, rules: ExclusionRules) -> bool | None:
        """Tell whether nothing in this child of the root belongs to us or to a program that is never shown.

        None: it is the window manager's, and what it was made for may have left it already, or is just going.

        Raises:
            XError: the window is gone.
        """
        self._display.connection.core.GetWindowAttributes(top_level).reply()
        guests = self._guests(top_level)
        judged = self.judge((top_level, *guests), rules)
        if True in judged.values() or judged[top_level] is None:
            return False  # gone in the meantime: whose it was nobody can tell any more
        if None in judged.values():
            return None
        return True if guests or not self._is_managers(top_level) else None

    def judge(self, windows: Iterable[int], rules: ExclusionRules) -> dict[int, bool | None]:
        """Tell of each window whether it belongs to us or to a program that is never shown; None: it is gone.

        All are asked about at once, and each program once.
        """
        core = self._display.connection.core
        asked = tuple(windows)
        makers = {client: self._ask_maker(client) for client in dict.fromkeys(map(self.client, asked))}
        made_by = {client: _process(question) for client, question in makers.items()}
        name, number = self._display.atom("WM_CLASS"), self._display.atom("_NET_WM_PID")
        classes = [core.GetProperty(False, window, name, 0, 0, MOST_WORDS) for window in asked]
        # A window's own word on its process counts only where the X server does not know it.
        said = {
            window: core.GetProperty(False, window, number, 0, 0, 1)
            for window in asked
            if made_by[self.client(window)] is None
        }
        known: dict[int, tuple[str, ...]] = {}
        judged: dict[int, bool | None] = {}
        for window, question in zip(asked, classes, strict=True):
            try:
                names = _words(question.reply())
                claims = _numbers(said[window].reply()) if window in said else ()
            except XError:
                judged[window] = None
                continue
            pid = made_by[self.client(window)] or next(iter(claims), None) or None
            if pid is not None and pid not in known:
                known[pid] = program_names(pid)
            programs = () if pid is None else known[pid]
            # A process without any name has just ended: too late to ask.
            is_over = pid is not None and not programs
            is_ours = pid is not None and pid == rules.pid
            judged[window] = is_over or is_ours or rules.names_one_of(names + programs)
        return judged

    def holds_one_of(self, top_level: int, windows: frozenset[int]) -> bool:
        """Tell whether a child of the root is one of ``windows``, or the frame of one."""
        return bool(windows) and any(window in windows for window in (top_level, *self._guests(top_level)))

    def came_with_one_of(self, window: int, windows: frozenset[int]) -> bool:
        """Tell whether a window was made over the same connection to the X server as one of ``windows``."""
        return any(self.client(window) == self.client(other) for other in windows)

    def names(self, window: int) -> tuple[str, ...]:
        """Return the names by which the program that made a window may be known."""
        return self._names(window, self._made_by(window))

    def pid(self, window: int) -> int | None:
        """Return the process that made a window; what the window says of itself only where the X server does not know.

        ``_NET_WM_PID`` is what the program says: many lack it, and in a sandbox it is another number.
        """
        return self._made_by(window) or next(iter(self._display.numbers(window, "_NET_WM_PID")), None) or None

    def _made_by(self, window: int) -> int | None:
        """Return the process at the other end of the window's connection, None as with remote ones."""
        return _process(self._ask_maker(window))

    def _ask_maker(self, window: int) -> Any:
        if self._resources is None:
            return None
        return self._resources.QueryClientIds(1, [xcffib.res.ClientIdSpec.synthetic(window, PID_MASK)])

    def _names(self, window: int, pid: int | None) -> tuple[str, ...]:
        return _words(self._display.property(window, "WM_CLASS")) + program_names(pid)

    def _guests(self, top_level: int) -> list[int]:
        """Return the windows that a frame was made for, none where it is no frame.

        A frame is the window manager's, or it holds another program's window that a window manager has marked as one
        it cares for (WM_STATE), as those do that say nothing of themselves. An embedded window is not marked.
        """
        core = self._display.connection.core
        is_managers = self._is_managers(top_level)
        guests: list[int] = []
        level = [top_level]
        for _ in range(DEEPEST):
            if guests:
                break
            questions = [core.QueryTree(window) for window in level]
            level = []
            for question in questions:
                with contextlib.suppress(XError):
                    for child in question.reply().children:
                        if self.client(child) == self.client(top_level):
                            level.append(int(child))
                        elif is_managers or self._display.numbers(child, "WM_STATE"):
                            guests.append(int(child))
        return guests

    def _is_managers(self, window: int) -> bool:
        checks = self._display.numbers(self._display.root, "_NET_SUPPORTING_WM_CHECK")
        return any(self.client(check) == self.client(window) for check in checks)

    def client(self, window: int) -> int:
        """Return what all windows of one connection to the X server have in common."""
        return int(window) & self._client_mask


def _process(question: Any) -> int | None:
    """Return the process that the X server names in its answer, None when it knows none."""
    if question is None:
        return None
    try:
        found = question.reply().ids
    except XError:
        return None
    return next((int(number) for entry in found for number in entry.value if number), None)


def _words(reply: Any) -> tuple[str, ...]:
    """Return the texts of a property like WM_CLASS."""
    # Whatever the type says: in old encodings, and in UTF-8 against the rules, names are found too.
    return () if reply is None or reply.format != 8 else class_names(reply.value.buf(), "")


def _numbers(reply: Any) -> tuple[int, ...]:
    return () if reply.format != 32 else tuple(reply.value.to_atoms())
