"""D-Bus as far as we use it: connecting, calling with an end to the waiting, following signals.

The library is imported with the first connection: most starts need none.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

BUS, BUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
PROPERTIES = "org.freedesktop.DBus.Properties"
ANSWER_SECONDS = 5.0


class NoAnswer(Exception):
    """The bus or the service said no."""


def session_bus() -> str | None:
    """Return the address of the session's bus, None where there is none: systemd has it in the session's folder."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    if address:
        return address
    folder = os.environ.get("XDG_RUNTIME_DIR")
    path = Path(folder, "bus") if folder else None
    return f"unix:path={path}" if path is not None and path.exists() else None


async def connect(address: str | None = None, *, system: bool = False, descriptors: bool = False) -> Any:
    """Return a connection to the bus at ``address``, else to the session's or the ``system``'s one.

    With ``descriptors`` answers may bring some.

    Raises:
        Exception: of many kinds; a missing bus shows in many ways.
    """
    from dbus_fast import BusType
    from dbus_fast.aio import MessageBus

    kind = BusType.SYSTEM if system else BusType.SESSION
    bus: Any = MessageBus(bus_address=address, bus_type=kind, negotiate_unix_fd=descriptors)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await bus.connect()
    except BaseException:
        bus.disconnect()
        raise
    return bus


async def call(
    bus: Any,
    destination: str,
    path: str,
    interface: str,
    member: str,
    signature: str = "",
    *body: Any,
    seconds: float = ANSWER_SECONDS,
) -> Any:
    """Call a method and return the whole answer: its ``body`` is a list, its ``sender`` the service's own name.

    Raises:
        NoAnswer: it is refused.
        TimeoutError: nobody answers.
    """
    from dbus_fast import Message, MessageType

    request = Message(
        destination=destination, path=path, interface=interface, member=member, signature=signature, body=list(body)
    )
    async with asyncio.timeout(seconds):
        reply = await bus.call(request)
    if reply is None or reply.message_type is MessageType.ERROR:
        raise NoAnswer(f"{member}: {reply.body[0] if reply is not None and reply.body else 'no answer'}")
    return reply


async def follow(bus: Any, rule: str) -> None:
    """Have signals delivered that match ``rule``."""
    await call(bus, BUS, BUS_PATH, BUS, "AddMatch", "s", rule)


async def owner(bus: Any, name: str) -> str:
    """Return the own name of the service that is called ``name``: signals come from that."""
    return str((await call(bus, BUS, BUS_PATH, BUS, "GetNameOwner", "s", name)).body[0])
