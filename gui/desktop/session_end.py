"""The end of the session, as Windows tells it, or a session manager on the session's bus (GNOME, MATE, Cinnamon).

The Qt of the wheels speaks no XSMP, so no other word of it comes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from capture.platforms.choose import make_session_end
from capture.platforms.linux.dbus import BUS, NoAnswer, call, connect, follow, owner, session_bus
from resources import APPLICATION_ID

log = logging.getLogger(__name__)

MANAGER = "org.gnome.SessionManager"
PATH = "/org/gnome/SessionManager"
CLIENT = "org.gnome.SessionManager.ClientPrivate"


class SessionEnd:
    """Answers whoever ends the session from `start` to `close`; where nobody tells it costs nothing. Loop only."""

    def __init__(self, keep: Callable[[], object], end: Callable[[], None], address: str | None = None) -> None:
        """``keep()`` saves at once, for the session may end; ``end()`` begins the app's end; ``address`` is the bus,
        else the session's."""
        self._keep = keep
        self._end = end
        self._system = make_session_end(end)
        self._address = address
        self._bus: Any = None
        self._manager = ""
        self._path = ""
        self._is_ending = False
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin."""
        if self._system is not None:
            self._system.start()
        self._begin(self._open)

    async def close(self) -> None:
        """End; a session that waits for this may end as well. To be called when all else is done."""
        if self._system is not None:
            await self._system.stop()
        if self._is_ending:
            with contextlib.suppress(NoAnswer, TimeoutError):
                await self._answer()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.disconnect()
            with contextlib.suppress(Exception):  # however the connection ends, it has ended
                await bus.wait_for_disconnect()

    def _begin(self, work: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.get_running_loop().create_task(self._try(work), name="session end")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _try(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as fault:  # noqa: BLE001  a missing bus or service shows in many ways
            log.info("the session's end is not told: %s", fault)

    async def _open(self) -> None:
        address = self._address or session_bus()
        if address is None:
            raise NoAnswer("there is no session bus")
        self._bus = bus = await connect(address)
        bus.add_message_handler(self._receive)
        await follow(bus, f"type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{MANAGER}'")
        await follow(bus, f"type='signal',sender='{MANAGER}',interface='{CLIENT}'")
        await self._register()

    async def _register(self) -> None:
        self._path = ""
        self._manager = await owner(self._bus, MANAGER)  # it is not to be started for us
        startup = os.environ.get("DESKTOP_AUTOSTART_ID", "")
        reply = await call(self._bus, MANAGER, PATH, MANAGER, "RegisterClient", "ss", APPLICATION_ID, startup)
        self._path = str(reply.body[0])

    def _receive(self, message: Any) -> None:
        if message.sender == BUS and message.member == "NameOwnerChanged" and message.body[0] == MANAGER:
            if message.body[2]:
                self._begin(self._register)
            return
        # Anybody on the bus could send us such a message. The first one may come before we know our path.
        if message.interface != CLIENT or message.sender != self._manager or self._path not in ("", message.path):
            return
        self._path = message.path
        match message.member:
            case "QueryEndSession":
                self._keep()
                self._begin(self._answer)
            case "EndSession":
                # The answer comes last: the session then ends what is left of us.
                self._is_ending = True
                self._keep()
                self._end()
            case "Stop":
                self._end()

    async def _answer(self) -> None:
        await call(self._bus, MANAGER, self._path, CLIENT, "EndSessionResponse", "bs", True, "")
