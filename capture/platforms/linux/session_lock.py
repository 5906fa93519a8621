"""Whether the session on this computer is locked or the computer asleep, as logind tells.

It tells and does nothing about it: what to show meanwhile is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from typing import Any

from capture.platforms.contract import SessionState
from capture.platforms.linux.dbus import BUS, PROPERTIES, NoAnswer, call, connect, follow, owner

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
LOGIN = "org.freedesktop.login1"
MANAGER_PATH, MANAGER = "/org/freedesktop/login1", "org.freedesktop.login1.Manager"
SESSION = "org.freedesktop.login1.Session"


class LogindLock:
    """Follows the session's lock from `start` to `stop`. Loop only.

    Screen lockers tell logind in one of two ways: most set the session's hint, some only obey its signals. Either
    locks; while the bus does not answer, what was known last holds.

    Attributes:
        state: ``unlocked``, ``locked`` or ``asleep`` (about to sleep, or just waking).
        is_known: False where nobody tells: without logind the state is always ``unlocked``.
    """

    def __init__(self, changed: Callable[[], None], address: str | None = None) -> None:
        """``changed()`` is called on the loop after each change of ``state``; ``address`` is the bus, else the
        system's."""
        self._changed = changed
        self._address = address
        self.state: SessionState = "unlocked"
        self.is_known = False
        self._is_locked = False
        self._is_asleep = False
        self._owner = ""
        self._session = ""
        self._told: dict[str, bool] = {}  # by signals, since logind was asked
        self._task: asyncio.Task[None] | None = None
        self._reading: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to follow; where nobody answers nothing happens."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._follow())

    async def stop(self) -> None:
        """Follow it no longer; may be called twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _follow(self) -> None:
        told = False
        while True:
            try:
                await self._watch()
            except Exception as fault:  # noqa: BLE001  a missing bus shows in many ways, and none of them matters
                if not told:
                    log.info("nobody tells whether the session is locked: %s", fault)
                told = True
            await asyncio.sleep(RETRY_SECONDS)

    async def _watch(self) -> None:
        """Follow until the bus goes away."""
        bus = await connect(self._address, system=True)
        try:
            bus.add_message_handler(lambda message: self._receive(bus, message))
            # Before anything is read, so that no change in between is missed.
            await follow(bus, f"type='signal',sender='{LOGIN}'")
            await follow(bus, f"type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{LOGIN}'")
            await self._read(bus)
            await bus.wait_for_disconnect()
        finally:
            self.is_known = False
            for task in self._reading:
                task.cancel()
            bus.disconnect()

    async def _read(self, bus: Any) -> None:
        """Ask logind how things are."""
        # Known before the questions, so that a signal counts that comes with the answers. It is newer than these.
        self._session = await _session(bus)
        self._owner = await owner(bus, LOGIN)
        self._told.clear()
        found = {
            "is_locked": await _property(bus, self._session, SESSION, "LockedHint"),
            "is_asleep": await _property(bus, MANAGER_PATH, MANAGER, "PreparingForSleep"),
        }
        self.is_known = True
        self._set(**(found | self._told))

    def _receive(self, bus: Any, message: Any) -> None:
        if message.sender == BUS and message.member == "NameOwnerChanged":
            if message.body[2]:  # it was started again, and has forgotten nothing; but we may have missed something
                self._read_again(bus)
            return
        # Anybody on the bus could send us such a message.
        if not self._owner or message.sender != self._owner:
            return
        match message.interface, message.member, message.path:
            case "org.freedesktop.login1.Manager", "PrepareForSleep", _:
                self._hear(is_asleep=bool(message.body[0]))
            case "org.freedesktop.login1.Session", "Lock", path if path == self._session:
                self._hear(is_locked=True)
            case "org.freedesktop.login1.Session", "Unlock", path if path == self._session:
                self._hear(is_locked=False)
            case "org.freedesktop.DBus.Properties", "PropertiesChanged", path if path == self._session:
                if "LockedHint" in message.body[1]:
                    self._hear(is_locked=bool(message.body[1]["LockedHint"].value))

    def _hear(self, **told: bool) -> None:
        self._told |= told
        self._set(**told)

    def _read_again(self, bus: Any) -> None:
        task = asyncio.get_running_loop().create_task(self._try_to_read(bus))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _try_to_read(self, bus: Any) -> None:
        try:
            await self._read(bus)
        except (NoAnswer, TimeoutError) as fault:
            log.info("logind came back and does not answer: %s", fault)

    def _set(self, *, is_locked: bool | None = None, is_asleep: bool | None = None) -> None:
        self._is_locked = self._is_locked if is_locked is None else is_locked
        self._is_asleep = self._is_asleep if is_asleep is None else is_asleep
        state: SessionState = "asleep" if self._is_asleep else "locked" if self._is_locked else "unlocked"
        if state != self.state:
            self.state = state
            self._changed()


async def _session(bus: Any) -> str:
    """Return the path of the session we run in."""
    ways: list[tuple[str, str, str | int]] = [("GetSession", "s", "auto"), ("GetSessionByPID", "u", os.getpid())]
    if os.environ.get("XDG_SESSION_ID"):
        ways.insert(0, ("GetSession", "s", os.environ["XDG_SESSION_ID"]))
    for member, signature, which in ways:
        with contextlib.suppress(NoAnswer):
            return str((await call(bus, LOGIN, MANAGER_PATH, MANAGER, member, signature, which)).body[0])
    raise NoAnswer("logind knows no session of ours.")


async def _property(bus: Any, path: str, interface: str, name: str) -> bool:
    return bool((await call(bus, LOGIN, path, PROPERTIES, "Get", "ss", interface, name)).body[0].value)
