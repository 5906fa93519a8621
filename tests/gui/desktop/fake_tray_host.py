"""Something on a message bus that talks like the tray of a desktop: a StatusNotifierWatcher with a host."""

from __future__ import annotations

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

NAME = "org.kde.StatusNotifierWatcher"
PATH = "/StatusNotifierWatcher"


class FakeTrayHost:
    """Keeps which icons were brought to it.

    Attributes:
        items: their names, as they came.
        has_host: whether there is a panel that shows what is brought.
    """

    def __init__(self, address: str, *, has_host: bool = True) -> None:
        self.items: list[str] = []
        self.has_host = has_host
        self._bus = MessageBus(bus_address=address)

    async def open(self) -> None:
        await self._bus.connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(NAME)

    async def close(self) -> None:
        """Vanish, as a desktop's panel does that crashes."""
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()

    def tell_host(self) -> None:
        """Have the panel come that shows the icons."""
        self.has_host = True
        self._bus.send(
            Message(message_type=MessageType.SIGNAL, path=PATH, interface=NAME, member="StatusNotifierHostRegistered")
        )

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL or message.path != PATH:
            return None
        match message.member:
            case "RegisterStatusNotifierItem":
                self.items.append(str(message.sender) + str(message.body[0]))
                return Message.new_method_return(message)
            case "Get":
                return Message.new_method_return(message, "v", [self._property(message.body[1])])
            case "GetAll":
                names = ("RegisteredStatusNotifierItems", "IsStatusNotifierHostRegistered", "ProtocolVersion")
                return Message.new_method_return(message, "a{sv}", [{each: self._property(each) for each in names}])
        return None

    def _property(self, name: str) -> Variant:
        match name:
            case "IsStatusNotifierHostRegistered":
                return Variant("b", self.has_host)
            case "ProtocolVersion":
                return Variant("i", 0)
        return Variant("as", self.items)
