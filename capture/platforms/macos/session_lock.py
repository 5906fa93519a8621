"""Whether the session on this computer is locked or the computer asleep, as macOS tells it.

It is asked once a second, which works in programs without windows too. Where the main thread takes in what the system
sends, as Qt's does, notifications tell at once. Written by the documentation; that of the lock is known by use alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable
from typing import Any

from capture.platforms.contract import SessionState
from capture.platforms.macos.frameworks import frameworks, pool
from capture.platforms.threads import WakeableThread
from capture.platforms.waiting import wait_readable

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
JOIN_SECONDS = 2.0
LOCKED, UNLOCKED = "com.apple.screenIsLocked", "com.apple.screenIsUnlocked"
IS_LOCKED, IS_ON_CONSOLE = "CGSSessionScreenIsLocked", "kCGSSessionOnConsoleKey"
"""Keys of CGSessionCopyCurrentDictionary. A session behind another person's (fast user switching) counts as locked."""


class MacSessionLock:
    """Follows the session's lock from `start` to `stop`, like logind's (`capture.platforms.linux`). Loop only.

    Attributes:
        state: ``unlocked`` where nobody tells.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        """``changed()`` is called on the loop after each change of ``state``."""
        self._changed = changed
        self.state: SessionState = "unlocked"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_locked = False
        self._is_asleep = False
        self._undo: list[Callable[[], Any]] = []
        self._thread = WakeableThread("session lock", self._body)

    def start(self) -> None:
        """Begin to follow."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._subscribe()
            self._thread.start()

    async def stop(self) -> None:
        """Follow it no longer; may be called twice."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        while self._undo:
            self._undo.pop()()
        self._thread.stop()
        await loop.run_in_executor(None, self._thread.join, JOIN_SECONDS)

    def _subscribe(self) -> None:
        try:
            appkit, foundation = frameworks().appkit, frameworks().foundation
            session = foundation.NSDistributedNotificationCenter.defaultCenter()
            computer = appkit.NSWorkspace.sharedWorkspace().notificationCenter()
            self._hear(session, LOCKED, is_locked=True)
            self._hear(session, UNLOCKED, is_locked=False)
            self._hear(computer, appkit.NSWorkspaceWillSleepNotification, is_asleep=True)
            self._hear(computer, appkit.NSWorkspaceDidWakeNotification, is_asleep=False)
        except ImportError as missing:
            log.info("nobody tells of the session's lock at once: %s", missing)

    def _hear(self, center: Any, name: str, **told: bool) -> None:
        def heard(_notification: Any) -> None:
            self._on_loop(told)

        token = center.addObserverForName_object_queue_usingBlock_(name, None, None, heard)
        self._undo.append(lambda: center.removeObserver_(token))

    def _take_over(self, *, is_locked: bool | None = None, is_asleep: bool | None = None) -> None:
        self._is_locked = self._is_locked if is_locked is None else is_locked
        self._is_asleep = self._is_asleep if is_asleep is None else is_asleep
        state: SessionState = "asleep" if self._is_asleep else "locked" if self._is_locked else "unlocked"
        if state != self.state and self._loop is not None:
            self.state = state
            self._changed()

    def _on_loop(self, told: dict[str, bool]) -> None:
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(functools.partial(self._take_over, **told))

    # The thread from here on.

    def _body(self) -> None:
        told = False
        while not self._thread.is_stopping:
            try:
                with pool():
                    is_locked = _is_locked()
            except Exception:
                # The thread's border: as where nobody tells of locks.
                log.exception("asking for the session's lock failed")
                return
            if is_locked != told:
                told = is_locked
                self._on_loop({"is_locked": is_locked})
            wait_readable((self._thread.descriptor,), LOOK_SECONDS)


def _is_locked() -> bool:
    session = frameworks().quartz.CGSessionCopyCurrentDictionary()
    # None: there is no session with a screen, and nobody tells of one.
    return session is not None and (bool(session.get(IS_LOCKED, False)) or not session.get(IS_ON_CONSOLE, True))
