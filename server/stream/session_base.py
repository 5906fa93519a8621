"""A viewer's connection while it lives, whatever goes over it: it is read at its device's pace, and left when it is
silent, stuck or says too much."""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from aiohttp import WSMessage, web

from capture.reason import Reason
from server import reasons
from server.access.control import Viewer
from server.errors import CLOSE_CODES, ProtocolError
from server.protocol import messages
from server.protocol.commands import Command, parse
from server.protocol.framing import TEXT
from server.stream.limits.device_limits import Allowance
from server.stream.limits.message_rate import MessageRateLimit
from server.stream.socket import LARGEST_MESSAGE, MessageSink, ViewerSocket
from server.stream.stats import Totals

log = logging.getLogger(__name__)

SILENT_SECONDS = 40.0
"""A viewer from which nothing came for so long, not even the answer to a ping, is gone."""
STALL_SECONDS = 4.2
"""A viewer that took nothing for so long is dropped; with what follows it is gone within five seconds."""
PARTING_SECONDS = 0.3
"""How long a last word has before the connection of a viewer that took nothing is cut."""


class SessionBase(ABC):
    """One viewer's connection, over which one source is watched, or several. Loop only.

    Attributes:
        id: what `SessionRegistry.disconnect` takes.
        viewer: who watches.
    """

    def __init__(
        self, session_id: str, viewer: Viewer, allowance: Allowance, flood: MessageRateLimit, flooded: Reason
    ) -> None:
        """``flooded`` says that the viewer said more than ``flood`` allows."""
        self.id = session_id
        self.viewer = viewer
        self._allowance = allowance
        self._flood = flood
        self._flooded = flooded
        self._is_flooding = False
        self._socket: MessageSink | None = None
        self._heard_at: float | None = None
        self._is_dropped = False

    @property
    @abstractmethod
    def totals(self) -> Totals:
        """Return what was sent and left out so far, and whether the viewer was dropped."""

    @abstractmethod
    def _say(self, text: bytes) -> None:
        """Send a message as soon as possible."""

    @abstractmethod
    def end(self, code: str, reason: Reason) -> None:
        """Tell the viewer why, where it can be told, then close with the code that belongs to ``code``."""

    def check(self, now: float) -> None:
        """Drop a viewer that reads nothing, or that is silent; called by the registry a few times a second."""
        if self._socket is None:
            return
        if self._heard_at is not None and now - self._heard_at > SILENT_SECONDS:
            log.info("%s fell silent", self.id)
            self._socket.abort()
        elif self._stuck_for(now) > STALL_SECONDS and not self._is_dropped:
            self._is_dropped = True
            log.info("%s took nothing for %.1f s and is dropped", self.id, STALL_SECONDS)
            self._drop(self._socket)

    def abort(self) -> None:
        """Cut the connection without a word."""
        if self._socket is not None:
            self._socket.abort()

    def _stuck_for(self, now: float) -> float:
        """Return for how many seconds the viewer has taken, or acknowledged, nothing that it should have."""
        return 0.0 if self._socket is None else self._socket.stuck_for(now, None)

    def _drop(self, socket: MessageSink) -> None:
        """Part from a viewer that takes nothing: a word behind what is stuck, then cut."""
        socket.part(messages.error("too_slow", reasons.VIEWER_SLOW), CLOSE_CODES["too_slow"])
        asyncio.get_running_loop().call_later(PARTING_SECONDS, socket.abort)

    # Listening.

    async def _listen(
        self, response: web.WebSocketResponse, socket: ViewerSocket, take: Callable[[WSMessage], bool]
    ) -> None:
        """Read until the connection ends; ``take`` returns whether a message is a ping, or the answer to one, that
        the socket is to take."""
        self._heard_at = time.monotonic()
        async for received in response:
            self._heard_at = time.monotonic()
            if take(received):
                await socket.takes_sign_of_life(received)
            if self._is_flooding:
                socket.stop_reading()
            await self._allowance.pace.read_one()

    def _obey(self, received: WSMessage, commands: Mapping[str, Callable[[Command], None]], understood: Reason) -> None:
        """Carry out a command, one of ``commands``, by its name; say what is wrong with it, or with the message."""
        if received.type is not TEXT:
            self._say(messages.error("bad_message", understood))
        elif len(received.data) > LARGEST_MESSAGE or len(received.data.encode()) > LARGEST_MESSAGE:
            self.end("message_too_large", reasons.MESSAGE_TOO_LARGE.of(most=LARGEST_MESSAGE))
        else:
            try:
                command = parse(received.data, commands)
                commands[command.name](command)
            except ProtocolError as bad:
                self._say(messages.protocol_error(bad))

    def _floods(self) -> bool:
        """Note one more message that nobody asked for, and end the session where they are too many."""
        self._is_flooding = self._flood.is_flooded(time.monotonic())
        if self._is_flooding:
            self.end("flooding", self._flooded)
        return self._is_flooding
