"""A hot key under Wayland: the desktop listens, asked by its portal (org.freedesktop.portal.GlobalShortcuts).

The person may give it other keys in the desktop's own settings; which ones, only the desktop knows.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from capture import reasons
from capture.platforms.keys import Keys
from capture.platforms.linux.dbus import NoAnswer, call, connect, follow, owner
from capture.reason import Reason
from resources import APPLICATION_ID
from resources.translate import N_, _

log = logging.getLogger(__name__)

PORTAL = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REGISTRY = "org.freedesktop.host.portal.Registry"
NAME = "blank-everything"
ABOUT = N_("Pause or blank what Panecast shows, and resume")
PERSON_SECONDS = 120.0
"""The desktop may ask the person first."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """The portal's answer to a request; a ``code`` other than 0 is a refusal."""

    code: int
    results: dict[str, Any]


class PortalHotKey:
    """Has the desktop listen for ``keys``, or what the person chose in their place, while started."""

    def __init__(
        self, keys: Keys, pressed: Callable[[], None], failed: Callable[[Reason], None], address: str | None = None
    ) -> None:
        """``address`` is the bus, else the session's."""
        self._keys = keys
        self._pressed = pressed
        self._failed = failed
        self._address = address
        self._session = ""
        self._owner = ""
        self._answers: dict[str, asyncio.Future[_Answer]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._listen(), name="hot key")

    async def stop(self) -> None:
        """Listen no longer."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _listen(self) -> None:
        try:
            await self._follow()
        except Exception as fault:  # noqa: BLE001  a missing portal shows in many ways
            log.info("the portal gives no hot key: %s", fault)
            self._failed(reasons.KEYS_NOT_OFFERED)

    async def _follow(self) -> None:
        """Follow until the bus goes away; the session ends with the connection."""
        from dbus_fast import Variant

        bus = await connect(self._address)
        try:
            bus.add_message_handler(self._receive)
            await follow(bus, f"type='signal',sender='{PORTAL}'")
            # Newer portals want to know who we are; older ones know no such thing.
            with contextlib.suppress(NoAnswer):
                await call(bus, PORTAL, PATH, REGISTRY, "Register", "sa{sv}", APPLICATION_ID, {})
            request = {"session_handle_token": Variant("s", f"panecast{secrets.token_hex(4)}")}
            made = await self._request(bus, "CreateSession", "a{sv}", request)
            self._owner = await owner(bus, PORTAL)
            self._session = str(made["session_handle"].value)
            about = {"description": Variant("s", _(ABOUT)), "preferred_trigger": Variant("s", self._keys.trigger)}
            await self._request(bus, "BindShortcuts", "oa(sa{sv})sa{sv}", self._session, [[NAME, about]], "", {})
            await bus.wait_for_disconnect()
        finally:
            bus.disconnect()

    async def _request(self, bus: Any, member: str, signature: str, *values: Any) -> dict[str, Any]:
        """Call a method of the portal that answers later, by a signal, and return what it then says.

        The last of ``values`` are its options.
        """
        from dbus_fast import Variant

        token = f"panecast{secrets.token_hex(8)}"
        sender = bus.unique_name.lstrip(":").replace(".", "_")
        path = f"{PATH}/request/{sender}/{token}"
        # Known before it is asked, so that no answer is missed.
        answer = self._answers[path] = asyncio.get_running_loop().create_future()
        options = values[-1] | {"handle_token": Variant("s", token)}
        try:
            await call(bus, PORTAL, PATH, SHORTCUTS, member, signature, *values[:-1], options)
            async with asyncio.timeout(PERSON_SECONDS):
                told: _Answer = await answer
        finally:
            del self._answers[path]
        if told.code:
            raise NoAnswer(f"{member}: refused ({told.code})")
        return told.results

    def _receive(self, message: Any) -> None:
        match message.interface, message.member:
            case "org.freedesktop.portal.Request", "Response":
                answer = self._answers.get(message.path)
                if answer is not None and not answer.done():
                    answer.set_result(_Answer(message.body[0], message.body[1]))
            # Anybody on the bus could send us such a message.
            case "org.freedesktop.portal.GlobalShortcuts", "Activated" if message.sender == self._owner:
                with contextlib.suppress(IndexError):
                    if message.body[:2] == [self._session, NAME]:
                        self._pressed()
