"""Something on a message bus that talks like a desktop's notification service."""

from __future__ import annotations

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"


class FakeNotifications:
    """Keeps what is to be seen.

    Attributes:
        shown: title and words of each notice, by its number.
        urgent: the numbers of those that are not to go by themselves.
        count: how many were asked for in all.
    """

    def __init__(self, address: str, *abilities: str) -> None:
        self.shown: dict[int, tuple[str, str]] = {}
        self.urgent: set[int] = set()
        self.count = 0
        self._abilities = list(abilities)
        self._bus = MessageBus(bus_address=address)

    async def open(self, name: str = NAME) -> None:
        await self._bus.connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(name)

    def close(self) -> None:
        self._bus.disconnect()

    def press(self, number: int) -> None:
        """Do as if the person had pressed a notice."""
        self._bus.send(
            Message(
                message_type=MessageType.SIGNAL,
                path=PATH,
                interface=NAME,
                member="ActionInvoked",
                signature="us",
                body=[number, "default"],
            )
        )

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL or message.interface != NAME:
            return None
        match message.member:
            case "GetCapabilities":
                return Message.new_method_return(message, "as", [self._abilities])
            case "Notify":
                return Message.new_method_return(message, "u", [self._notify(message.body)])
            case "CloseNotification":
                self.shown.pop(message.body[0], None)
                return Message.new_method_return(message)
        return None

    def _notify(self, body: list[object]) -> int:
        self.count += 1
        number = int(str(body[1])) or self.count
        self.shown[number] = (str(body[3]), str(body[4]))
        hints = body[6]
        assert isinstance(hints, dict)
        if hints["urgency"].value == 2:
            self.urgent.add(number)
        return number
