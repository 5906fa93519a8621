"""What a screen reader is told: the tree of the app as it stands on the bus of at-spi2-core, and not as Qt has it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NamedTuple

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
ACCESSIBLE = "org.a11y.atspi.Accessible"
SHOWING = 1 << 25
LABELLED_BY = 2
SAID = re.compile(r"\w")
NO_ROLE = ("", "invalid", "unknown")
NAMED = {
    *("frame", "dialog", "alert", "popup menu", "menu item", "check menu item"),
    *("push button", "button menu", "toggle button", "check box", "radio button", "link"),
    *("combo box", "text", "slider", "spin box", "progress bar", "graphic", "image"),
    *("list", "list item", "table", "tree", "tree item", "column header", "page tab", "document frame"),
}
"""What is announced by its name; all else is read, or only holds others."""


class Part(NamedTuple):
    """One part of a window: what it is called, what it is, and where it is asked."""

    name: str
    role: str
    is_showing: bool
    labels: tuple[str, ...]
    where: tuple[str, str]
    parts: tuple[Part, ...]

    def all(self) -> Iterator[Part]:
        """Yield it and all that is in it."""
        yield self
        for part in self.parts:
            yield from part.all()

    def faults(self, path: str = "") -> Iterator[str]:
        """Yield a sentence for each part that is on the screen and has no name or no role."""
        here = f"{path} › {self.role} {self.name!r}"
        if self.is_showing:
            name = self.name
            if self.role == "combo box":
                # Qt tells what is chosen in place of a name; its label names it, or the field that is typed into.
                fields = [part.name for part in self.parts if part.role == "text"]
                name = " ".join((*self.labels, *fields))
            if self.role in NO_ROLE:
                yield f"{here}: no role"
            elif self.role in NAMED and not SAID.search(name):
                yield f"{here}: no name"
        for part in self.parts:
            yield from part.faults(here)


class ScreenReader:
    """Asks the programs on the bus of assistive programs."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus

    async def windows(self, program: str) -> tuple[Part, ...]:
        """Return the windows of a program; none before it has come."""
        root = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
        for where in (await self._ask(root, "GetChildren"))[0]:
            found = await self._part(where)
            if found is not None and found.name == program:
                return found.parts
        return ()

    async def press(self, part: Part) -> None:
        """Do what a part does when it is pressed."""
        await self._ask(part.where, "DoAction", "i", 0, interface="org.a11y.atspi.Action")

    async def _part(self, where: Sequence[str]) -> Part | None:
        """Return what is there; None where it went meanwhile."""
        at = (where[0], where[1])
        try:
            name, role = await self._name(at), (await self._ask(at, "GetRoleName"))[0]
            states = (await self._ask(at, "GetState"))[0]
            relations = (await self._ask(at, "GetRelationSet"))[0] if role in NAMED else []
            labels = [await self._name(other) for kind, others in relations if kind == LABELLED_BY for other in others]
            children = (await self._ask(at, "GetChildren"))[0]
        except LookupError:
            return None
        parts = [await self._part(child) for child in children]
        there = tuple(part for part in parts if part is not None)
        return Part(name, role, bool(states[0] & SHOWING), tuple(labels), at, there)

    async def _name(self, where: Sequence[str]) -> str:
        told = await self._ask(where, "Get", "ss", ACCESSIBLE, "Name", interface="org.freedesktop.DBus.Properties")
        return str(told[0].value)

    async def _ask(
        self, where: Sequence[str], member: str, signature: str = "", *values: object, interface: str = ACCESSIBLE
    ) -> list[Any]:
        """Return the answer. Raises LookupError where there is nothing any more."""
        reply = await self._bus.call(
            Message(
                destination=where[0],
                path=where[1],
                interface=interface,
                member=member,
                signature=signature,
                body=list(values),
            )
        )
        if reply is None or reply.message_type is not MessageType.METHOD_RETURN:
            raise LookupError(where)
        return reply.body


@contextmanager
def at_spi(environment: dict[str, str]) -> Iterator[None]:
    """Have at-spi2-core on the session's bus of ``environment`` while the block lasts."""
    with subprocess.Popen([LAUNCHER, "--launch-immediately"], env=environment, stderr=subprocess.DEVNULL) as launcher:
        try:
            yield
        finally:
            launcher.terminate()


@asynccontextmanager
async def screen_reader(address: str) -> AsyncIterator[ScreenReader]:
    """Read what is on the bus of assistive programs, which that of the session at ``address`` names."""
    session = await MessageBus(bus_address=address).connect()
    there = Message(destination="org.a11y.Bus", path="/org/a11y/bus", interface="org.a11y.Bus", member="GetAddress")
    reply = await session.call(there)
    session.disconnect()
    assert reply is not None
    bus = await MessageBus(bus_address=reply.body[0]).connect()
    try:
        yield ScreenReader(bus)
    finally:
        bus.disconnect()
