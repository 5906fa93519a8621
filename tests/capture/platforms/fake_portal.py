"""Something on a bus that talks like the desktop's portal for shortcuts."""

from __future__ import annotations

from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

PATH = "/org/freedesktop/portal/desktop"
SESSION_PATH = "/org/freedesktop/portal/desktop/session/1_1/panecast"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"


class FakePortal:
    """Binds shortcuts, and has them pressed.

    Attributes:
        bound: name and options of every shortcut.
        refuses: whether the person says no when asked.
    """

    def __init__(self, address: str) -> None:
        self.bound: list[tuple[str, dict[str, Any]]] = []
        self.refuses = False
        self._bus = MessageBus(bus_address=address)

    async def open(self) -> None:
        await self._bus.connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name("org.freedesktop.portal.Desktop")

    async def settle(self) -> None:
        """Return when the bus has passed on what was sent."""
        await self._bus.introspect("org.freedesktop.DBus", "/org/freedesktop/DBus")

    def close(self) -> None:
        self._bus.disconnect()

    def press(self, name: str, session: str = SESSION_PATH) -> None:
        """Tell that the keys of a shortcut were pressed."""
        self._send(PATH, SHORTCUTS, "Activated", "osta{sv}", [session, name, 1, {}])

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL or message.interface != SHORTCUTS:
            return None
        sender = str(message.sender).lstrip(":").replace(".", "_")
        request = f"{PATH}/request/{sender}/{message.body[-1]['handle_token'].value}"
        results: dict[str, Variant] = {}
        if message.member == "CreateSession":
            results["session_handle"] = Variant("s", SESSION_PATH)
        elif not self.refuses:
            self.bound += [(name, options) for name, options in message.body[1]]
        code = int(self.refuses and message.member == "BindShortcuts")
        self._bus.send(Message.new_method_return(message, "o", [request]))
        self._send(request, "org.freedesktop.portal.Request", "Response", "ua{sv}", [code, results])
        return None

    def _send(self, path: str, interface: str, member: str, signature: str, body: list[object]) -> None:
        kind = MessageType.SIGNAL
        self._bus.send(
            Message(message_type=kind, path=path, interface=interface, member=member, signature=signature, body=body)
        )
