"""A message bus of our own, and something on it that talks like logind."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

PATH = "/org/freedesktop/login1"
SESSION_PATH = "/org/freedesktop/login1/session/_37"
OTHER_PATH = "/org/freedesktop/login1/session/_38"


@contextmanager
def message_bus(folder: Path) -> Iterator[str]:
    """Have a bus while the block lasts; yields its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address=1", f"--address=unix:path={folder}/bus"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.terminate()


class FakeLogind:
    """Answers for one session, and tells of it what a test wants to be told.

    Attributes:
        locked: the session's LockedHint; asleep: the manager's PreparingForSleep.
        known: what may be asked for to get the session.
        asked: set once somebody has asked whether the computer is asleep, the last of the questions.
    """

    def __init__(self, address: str) -> None:
        self.locked = False
        self.asleep = False
        self.known: tuple[object, ...] = ("auto",)
        self.asked = asyncio.Event()
        self._bus = MessageBus(bus_address=address)

    async def open(self, name: str = "org.freedesktop.login1") -> None:
        await self._bus.connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(name)

    async def settle(self) -> None:
        """Return when the bus has passed on what was sent."""
        await self._bus.introspect("org.freedesktop.DBus", "/org/freedesktop/DBus")

    def close(self) -> None:
        self._bus.disconnect()

    def tell(self, member: str, *, path: str = SESSION_PATH) -> None:
        """Send the session's signal ``Lock`` or ``Unlock``."""
        self._send(path, "org.freedesktop.login1.Session", member, "", [])

    def hint(self, locked: bool, *, path: str = SESSION_PATH) -> None:
        """Have the session's hint say so."""
        if path == SESSION_PATH:
            self.locked = locked
        changed = {"LockedHint": Variant("b", locked)}
        body = ["org.freedesktop.login1.Session", changed, []]
        self._send(path, "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as", body)

    def sleep(self, begins: bool) -> None:
        """Announce that the computer falls asleep, or that it woke."""
        self.asleep = begins
        self._send(PATH, "org.freedesktop.login1.Manager", "PrepareForSleep", "b", [begins])

    def _send(self, path: str, interface: str, member: str, signature: str, body: list[object]) -> None:
        message = Message(
            message_type=MessageType.SIGNAL,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=body,
        )
        self._bus.send(message)

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        if message.member in ("GetSession", "GetSessionByPID"):
            if message.body[0] in self.known:
                return Message.new_method_return(message, "o", [SESSION_PATH])
            return Message.new_error(message, "org.freedesktop.login1.NoSuchSession", "No such session.")
        if message.member == "Get":
            is_lock = message.body[1] == "LockedHint"
            value = self.locked if is_lock else self.asleep
            if not is_lock:
                self.asked.set()
            return Message.new_method_return(message, "v", [Variant("b", value)])
        return None
