"""Notices that the desktop shows, by its notification service (``org.freedesktop.Notifications`` on the session's bus).

What is said there and may be asked is described at https://specifications.freedesktop.org/notification-spec/.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import logging
from collections.abc import Callable
from typing import Any

from capture.platforms.linux.dbus import NoAnswer, call, connect, follow, session_bus
from capture.platforms.system import family
from resources import APPLICATION_ID
from resources.translate import _

log = logging.getLogger(__name__)

SERVICE = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
ANSWER_SECONDS = 25.0
"""As is usual on the bus: the service may have to be started first."""
URGENT = 2
NORMAL = 1


class DesktopNotices:
    """Shows one notice of each kind at a time: a newer one takes the older one's place. Loop only.

    Where no service answers nothing is shown, and it is asked again the next time.
    """

    def __init__(self, pressed: Callable[[str], None], address: str | None = None) -> None:
        """``pressed`` gets the kind of a notice that the person pressed; ``address`` is the bus, else the session's."""
        self._pressed = pressed
        self._address = address
        self._bus: Any = None
        self._abilities: frozenset[str] = frozenset()
        self._service = ""
        self._shown: dict[str, int] = {}
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def say(self, kind: str, title: str, words: str, *, urgent: bool = False) -> None:
        """Show a notice; ``words`` are plain text, whatever is in them."""
        self._begin(self._say(kind, title, words, urgent))

    def withdraw(self, kind: str) -> None:
        """Take the notice of ``kind`` away, if there is one."""
        if kind in self._shown:
            self._begin(self._withdraw(kind))

    async def close(self) -> None:
        """Say nothing any more; what is shown stays until it goes by itself."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        bus, self._bus = self._bus, None
        if bus is not None and bus.connected:
            bus.disconnect()
            with contextlib.suppress(Exception):  # however the connection ends, it has ended
                await bus.wait_for_disconnect()

    def _begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(self._try(work), name="desktop notice")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _try(self, work: Any) -> None:
        try:
            async with self._turn:  # the number of the one before is known when the next one takes its place
                await work
        except asyncio.CancelledError:
            raise
        except Exception as fault:  # noqa: BLE001  a missing bus or service shows in many ways
            log.info("the desktop shows no notices: %s", fault)
        finally:
            work.close()

    async def _say(self, kind: str, title: str, words: str, urgent: bool) -> None:
        from dbus_fast import Variant

        await self._connect()
        body = html.escape(words, quote=False) if "body-markup" in self._abilities else words
        actions = ["default", _("Open Panecast")] if "actions" in self._abilities else []
        hints = {
            "urgency": Variant("y", URGENT if urgent else NORMAL),
            "desktop-entry": Variant("s", APPLICATION_ID),
        }
        reply = await self._call(
            "Notify",
            "susssasa{sv}i",
            "Panecast",
            self._shown.get(kind, 0),
            APPLICATION_ID,  # its icon's name too
            title,
            body,
            actions,
            hints,
            -1,
        )
        self._service = reply.sender
        self._shown[kind] = int(reply.body[0])

    async def _withdraw(self, kind: str) -> None:
        number = self._shown.pop(kind, 0)
        if number and self._bus is not None and self._bus.connected:
            await self._call("CloseNotification", "u", number)

    async def _connect(self) -> None:
        """Connect to the bus, unless that is done, and learn what the service can do."""
        if self._bus is not None and self._bus.connected:
            return
        address = self._address or session_bus()
        if family() != "linux" or address is None:
            raise NoAnswer("there is no session bus")
        bus = await connect(address)
        try:
            self._bus = bus
            self._shown.clear()
            self._abilities = frozenset((await self._call("GetCapabilities", "")).body[0])
            bus.add_message_handler(self._receive)
            await follow(bus, f"type='signal',sender='{SERVICE}',interface='{SERVICE}',member='ActionInvoked'")
        except BaseException:
            self._bus = None
            bus.disconnect()
            raise

    async def _call(self, member: str, signature: str = "", *body: Any) -> Any:
        return await call(self._bus, SERVICE, PATH, SERVICE, member, signature, *body, seconds=ANSWER_SECONDS)

    def _receive(self, message: Any) -> None:
        # Anybody on the bus could send us such a message.
        if message.member != "ActionInvoked" or message.interface != SERVICE or message.sender != self._service:
            return
        number = message.body[0] if message.body else 0
        for kind, shown in tuple(self._shown.items()):
            if shown == number:
                self._pressed(kind)
