"""A message bus of a desktop of its own, and questions to who is on it. Without a loop."""

from __future__ import annotations

import asyncio
from typing import Any

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from tests.helpers.waiting import wait_for

# It starts those programs alone of which there is a service file in the folder.
CONFIG = """
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <servicedir>{folder}</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""
SYSTEM = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


def ask(address: str, where: tuple[str, str, str], member: str, signature: str = "", *values: object) -> list[Any]:
    """Return the answer of ``where``, which is a name, a path and an interface."""
    return asyncio.run(_ask(address, where, member, signature, *values))


def wait_for_name(address: str, name: str) -> None:
    """Return once somebody has ``name``."""
    wait_for(lambda: bool(ask(address, SYSTEM, "NameHasOwner", "s", name)[0]))


async def _ask(address: str, where: tuple[str, str, str], member: str, signature: str, *values: object) -> list[Any]:
    bus = await MessageBus(bus_address=address).connect()
    try:
        answer = await bus.call(Message(*where, member, signature=signature, body=list(values)))
        assert answer is not None
        assert answer.message_type is MessageType.METHOD_RETURN, answer.body
        return answer.body
    finally:
        bus.disconnect()
