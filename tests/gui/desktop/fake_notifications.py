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
        is_stuck: it answers nobody who wants something shown, until `go_on`.
        buttons: what stands on the buttons of each notice, by its number and what pressing it invokes.
        count: how many were asked for in all.
    """

    def __init__(self, address: str, *abilities: str) -> None:
        self.shown: dict[int, tuple[str, str]] = {}
        self.urgent: set[int] = set()
        self.buttons: dict[int, dict[str, str]] = {}
        self.count = 0
        self.is_stuck = False
        self._held: list[Message] = []
        self._abilities = list(abilities)
        self._bus = MessageBus(bus_address=address)

    async def open(self, name: str = NAME) -> None:
        await self._bus.connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(name)

    def close(self) -> None:
        self._bus.disconnect()

    def press(self, number: int, action: str = "default") -> None:
        """Do as if the person had pressed a notice, or the button of it that invokes ``action``."""
        self._bus.send(
            Message(
                message_type=MessageType.SIGNAL,
                path=PATH,
                interface=NAME,
                member="ActionInvoked",
                signature="us",
                body=[number, action],
            )
        )

    def press_button(self, number: int, label: str) -> None:
        """Do as if the person had pressed the button with this on it."""
        self.press(number, next(action for action, each in self.buttons[number].items() if each == label))

    async def settle(self) -> None:
        """Return when the bus has passed on what was sent."""
        await self._bus.introspect("org.freedesktop.DBus", "/org/freedesktop/DBus")

    def go_on(self) -> None:
        """Show what was held back."""
        self.is_stuck = False
        for message in self._held:
            self._bus.send(Message.new_method_return(message, "u", [self._notify(message.body)]))
        self._held.clear()

    def _answer(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL or message.interface != NAME:
            return None
        match message.member:
            case "GetCapabilities":
                return Message.new_method_return(message, "as", [self._abilities])
            case "Notify" if self.is_stuck:
                self._held.append(message)
                return True
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
        actions, hints = body[5], body[6]
        assert isinstance(actions, list)
        self.buttons[number] = dict(zip(actions[::2], actions[1::2], strict=True))
        assert isinstance(hints, dict)
        if hints["urgency"].value == 2:
            self.urgent.add(number)
        return number
