"""Whose a window is on X11, and whether it may be shown."""

from __future__ import annotations

import contextlib
from typing import Any

import xcffib
import xcffib.res
import xcffib.xproto
from xcffib import Error as XError

from capture.backends.x11 import Display
from capture.errors import CaptureError
from capture.never_shown import NeverShown
from capture.process import program_names

PID_MASK = 2
"""XRes: "the process, as the system told the X server" (LocalClientPID)."""
DEEPEST = 3
"""Window managers put a window into a frame, some with one more window between."""


class Owners:
    """Tells the processes and programs behind windows. Used, like its display, by one thread."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._client_mask = ~int(display.connection.get_setup().resource_id_mask)
        self._resources: Any = None
        # Without it only what a program says of itself is known.
        with contextlib.suppress(CaptureError):
            self._resources = display.extension(xcffib.res, 1, 2)

    def may_be_shown(self, top_level: int, rules: NeverShown) -> bool | None:
        """Tell whether nothing in this child of the root belongs to us or to a program that is never shown.

        None: it is the window manager's, and what it was made for may have left it already.

        Raises:
            XError: the window is gone.
        """
        self._display.connection.core.GetWindowAttributes(top_level).reply()
        guests = self._guests(top_level)
        if any(self._is_forbidden(window, rules) for window in (top_level, *guests)):
            return False
        return True if guests or not self._is_managers(top_level) else None

    def holds_one_of(self, top_level: int, windows: frozenset[int]) -> bool:
        """Tell whether a child of the root is one of ``windows``, or the frame of one."""
        return bool(windows) and any(window in windows for window in (top_level, *self._guests(top_level)))

    def came_with_one_of(self, window: int, windows: frozenset[int]) -> bool:
        """Tell whether a window was made over the same connection to the X server as one of ``windows``."""
        return any(self._client(window) == self._client(other) for other in windows)

    def names(self, window: int) -> tuple[str, ...]:
        """Return the names by which the program that made a window may be known."""
        return self._names(window, self._pid(window))

    def _pid(self, window: int) -> int | None:
        """Return the process that made a window, None where the X server does not know, as with remote ones.

        ``_NET_WM_PID`` would be what the program says of itself: menus lack it, and in a sandbox it is another number.
        """
        if self._resources is None:
            return None
        spec = xcffib.res.ClientIdSpec.synthetic(window, PID_MASK)
        try:
            found = self._resources.QueryClientIds(1, [spec]).reply().ids
        except XError:
            return None
        return next((int(number) for entry in found for number in entry.value if number), None)

    def _is_forbidden(self, window: int, rules: NeverShown) -> bool:
        pid = self._pid(window) or next(iter(self._display.numbers(window, "_NET_WM_PID")), None)
        if pid is not None and pid == rules.pid:
            return True
        names = self._names(window, pid)
        # A process without any name has just ended: too late to ask.
        return rules.names_one_of(names) or (pid is not None and not names)

    def _names(self, window: int, pid: int | None) -> tuple[str, ...]:
        reply = self._display.property(window, "WM_CLASS")
        classes = b"" if reply is None or reply.format != 8 else reply.value.buf()
        return tuple(filter(None, classes.decode("utf-8", "replace").split("\0"))) + program_names(pid)

    def _guests(self, top_level: int) -> list[int]:
        """Return the windows of other programs in a window: in a frame, the one that it was made for.

        A program's icon in a panel does not count (XEmbed): the panel is no window of that program. In a frame of the
        window manager it does, for programs made with Qt say of all their windows that they could be embedded.
        """
        core = self._display.connection.core
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
                        is_own = self._client(child) == self._client(top_level)
                        if is_own:
                            level.append(int(child))
                        elif self._is_managers(top_level) or not self._display.numbers(child, "_XEMBED_INFO"):
                            guests.append(int(child))
        return guests

    def _is_managers(self, window: int) -> bool:
        checks = self._display.numbers(self._display.root, "_NET_SUPPORTING_WM_CHECK")
        return any(self._client(check) == self._client(window) for check in checks)

    def _client(self, window: int) -> int:
        """Return what all windows of one connection to the X server have in common."""
        return int(window) & self._client_mask
