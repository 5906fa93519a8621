"""Something on a message bus that talks like a desktop's session manager."""

from __future__ import annotations

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

NAME = "org.gnome.SessionManager"
PRIVATE = "org.gnome.SessionManager.ClientPrivate"
CLIENT_PATH = "/org/gnome/SessionManager/Client7"


class FakeSessionManager:
    """Asks one program that has registered.

    Attributes:
        registered: the ids of those that have.
        answers: what was answered to questions, in order.
    """

    def __init__(self, address: str) -> None:
        self.registered: list[str] = []
        self.answers: list[bool] = []
        self._client = ""
        self._bus = MessageBus(bus_address=address)

    async def open(self, name: str = NAME) -> None:
        await self._bus.connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(name)

    def close(self) -> None:
        self._bus.disconnect()

    def tell(self, member: str, *flags: int, client: str = "") -> None:
        """Send ``QueryEndSession``, ``EndSession`` or ``Stop``."""
        self._bus.send(
            Message(
                message_type=MessageType.SIGNAL,
                destination=client or self._client,
                path=CLIENT_PATH,
                interface=PRIVATE,
                member=member,
                signature="u" * len(flags),
                body=list(flags),
            )
        )

    @property
    def client(self) -> str:
        """Return the own name of the program that has registered."""
        return self._client

    async def settle(self) -> None:
        """Return when the bus has passed on what was sent."""
        await self._bus.introspect("org.freedesktop.DBus", "/org/freedesktop/DBus")

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        match message.member:
            case "RegisterClient":
                self.registered.append(message.body[0])
                self._client = str(message.sender)
                return Message.new_method_return(message, "o", [CLIENT_PATH])
            case "EndSessionResponse":
                self.answers.append(message.body[0])
                return Message.new_method_return(message)
        return None
