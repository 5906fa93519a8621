"""Whether a program on this display shows tray icons the old way (XEmbed): by who has the tray's selection.

See https://specifications.freedesktop.org/systemtray-spec/.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

import xcffib.xfixes

from capture.errors import CaptureError
from capture.platforms.threads import WakeableThread
from capture.platforms.x11.protocol.display import Display, speaks_to_display

log = logging.getLogger(__name__)

JOIN_SECONDS = 2.0
ANY_CHANGE = 7
"""Another owner, its window gone, its connection gone."""


class X11SystemTray:
    """Follows the selection from `start` to `stop`, by a thread that sleeps in between."""

    def __init__(self, changed: Callable[[bool], None]) -> None:
        """``changed(is_there)`` is called on the loop, the first time as soon as it is known."""
        self._changed = changed
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = WakeableThread("system tray", self._body)

    def start(self) -> None:
        """Begin to follow."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Follow it no longer; may be called twice."""
        self._thread.stop()
        if self._loop is not None:
            await self._loop.run_in_executor(None, self._thread.join, JOIN_SECONDS)

    def _body(self) -> None:
        try:
            self._follow()
        except CaptureError as fault:
            log.info("the system tray is not followed: %s", fault.message)
            self._tell(False)

    def _tell(self, is_there: bool) -> None:
        if self._loop is not None and not self._thread.is_stopping:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._changed, is_there)

    @speaks_to_display
    def _follow(self) -> None:
        display = Display()
        try:
            core = display.connection.core
            selection = display.atom(f"_NET_SYSTEM_TRAY_S{display.connection.pref_screen}")
            fixes = display.extension(xcffib.xfixes, 5, 0)
            fixes.SelectSelectionInput(display.root, selection, ANY_CHANGE, is_checked=True).check()
            told: bool | None = None
            while not self._thread.is_stopping:
                is_there = bool(core.GetSelectionOwner(selection).reply().owner)
                if is_there is not told:
                    told = is_there
                    self._tell(is_there)
                # What came along with the answer is here already, and the socket tells of it no more.
                if not list(display.events()):
                    display.wait(None, self._thread.descriptor)
        finally:
            display.close()
