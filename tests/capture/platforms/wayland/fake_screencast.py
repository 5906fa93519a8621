"""Something on a bus that talks like the desktop's portal for screen casts, and can be told to do it wrong."""

from __future__ import annotations

import os
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

PORTAL = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
CAST = "org.freedesktop.portal.ScreenCast"
SESSION = "org.freedesktop.portal.Session"
REQUEST = "org.freedesktop.portal.Request"


class FakeScreenCast:
    """Shows a dialog where no token that it gave is brought.

    Attributes:
        answers: what becomes of a dialog: ``yes``, ``no``, ``open`` until it is closed, or ``twice``.
        tokens: those that bring something back; gives: whether new ones are given.
        dialogs: how many were shown, and closed: how many were closed from outside.
        sessions: those that are open; remotes: how many connections were handed out.
        asked: the options of each SelectSources.
        sleeping: the types of sources that it offers once it was asked for a session.
    """

    def __init__(
        self, address: str, node: int, pipewire: str, *, version: int = 5, types: int = 3, cursors: int = 7
    ) -> None:
        self.answers = "yes"
        self.gives = True
        self.tokens: set[str] = set()
        self.dialogs = self.closed = self.remotes = 0
        self.sessions: list[str] = []
        self.asked: list[dict[str, Any]] = []
        self.node = node
        self.source_type = 1
        self.sleeping = 0
        self._pipewire = pipewire
        self._values = {"version": version, "AvailableSourceTypes": types, "AvailableCursorModes": cursors}
        self._count = 0
        self._open: list[tuple[str, str]] = []
        self._address = address
        self._bus = MessageBus(bus_address=address, negotiate_unix_fd=True)

    async def open(self) -> None:
        await self._bus.connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(PORTAL)

    def close(self) -> None:
        self._bus.disconnect()

    def stop_sharing(self) -> None:
        """End every session, as the desktop's own button does."""
        for session in self.sessions:
            self._signal(session, SESSION, "Closed", "", [])
        self.sessions.clear()

    def _answer(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        match message.interface, message.member:
            case "org.freedesktop.DBus.Properties", "Get":
                if message.body[0] != CAST or not self._values["version"]:
                    return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownInterface", "none")
                return Message.new_method_return(message, "v", [Variant("u", self._values[message.body[1]])])
            case "org.freedesktop.portal.Session", "Close":
                if message.path in self.sessions:
                    self.sessions.remove(message.path)
                return Message.new_method_return(message)
            case "org.freedesktop.portal.Request", "Close":
                self.closed += 1
                return Message.new_method_return(message)
            case "org.freedesktop.portal.ScreenCast", member:
                return self._cast(message, str(member))
        return None

    def _cast(self, message: Message, member: str) -> Message | bool:
        if member == "OpenPipeWireRemote":
            self.remotes += 1
            import socket

            with socket.socket(socket.AF_UNIX) as connection:
                try:
                    connection.connect(self._pipewire)
                except OSError:
                    return Message.new_error(message, "org.freedesktop.portal.Error.Failed", "no PipeWire")
                descriptor = os.dup(connection.fileno())
            return Message.new_method_return(message, "h", [0], [descriptor])
        sender = str(message.sender).lstrip(":").replace(".", "_")
        options = message.body[-1]
        request = f"{PATH}/request/{sender}/{options['handle_token'].value}"
        self._bus.send(Message.new_method_return(message, "o", [request]))
        if member == "CreateSession":
            session = f"{PATH}/session/{sender}/{options['session_handle_token'].value}"
            self.sessions.append(session)
            self._values["AvailableSourceTypes"] |= self.sleeping
            self._respond(request, 0, {"session_handle": Variant("s", session)})
        elif member == "SelectSources":
            self.asked.append({name: value.value for name, value in options.items()})
            self._respond(request, 0, {})
        else:
            self._start(request)
        return True

    def _start(self, request: str) -> None:
        token = self.asked[-1].get("restore_token", "")
        if token in self.tokens:
            self._yes(request)
            return
        self.dialogs += 1
        match self.answers:
            case "no":
                self._respond(request, 1, {})
            case "broken":
                self._respond(request, 2, {})
            case "twice":
                self._yes(request)
                self._yes(request)
                self._respond(request, 1, {})
            case "yes":
                self._yes(request)

    def _yes(self, request: str) -> None:
        self._count += 1
        about = {"size": Variant("(ii)", [64, 48]), "source_type": Variant("u", self.source_type)}
        results = {"streams": Variant("a(ua{sv})", [[self.node, about]])}
        if self.gives and self.asked[-1].get("persist_mode"):
            token = f"token-{self._count}"
            self.tokens = {token}
            results["restore_token"] = Variant("s", token)
        self._respond(request, 0, results)

    def _respond(self, request: str, code: int, results: dict[str, Variant]) -> None:
        self._signal(request, REQUEST, "Response", "ua{sv}", [code, results])

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[object]) -> None:
        kind = MessageType.SIGNAL
        self._bus.send(
            Message(message_type=kind, path=path, interface=interface, member=member, signature=signature, body=body)
        )
