"""One socket that many sessions write to, each on a channel of its own (`panecast.many.v1` in `docs/wire.md`)."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable

from server.protocol import messages, wire
from server.protocol.framing import binary_frame, text_frame
from server.stream.socket import ViewerSocket, anything


class Multiplexer:
    """The sending side that channels share: one message at a time, in the order in which they were given. Loop only.

    Attributes:
        socket: what carries them all.
    """

    def __init__(self, socket: ViewerSocket) -> None:
        self.socket = socket
        self._turn = asyncio.Lock()
        self._selected = 0
        self._moved_at = time.monotonic()
        self._is_parted = False

    def stuck_for(self, now: float, owes_since: float | None) -> float:
        """Return for how many seconds the viewer has taken, or acknowledged, nothing that it should have.

        An answer owed on one channel may have to wait for the others, so it counts only while nothing moves on any.
        """
        return self.socket.stuck_for(now, None if owes_since is None else max(owes_since, self._moved_at))

    def note_answer(self) -> None:
        """Note that the viewer answered something, on whichever channel."""
        self._moved_at = time.monotonic()

    @property
    def is_free(self) -> bool:
        """Tell whether a message would be handed to the kernel at once, before all others."""
        return not self._turn.locked() and self.socket.is_free

    def send_now(self, channel: int, framed: bytes, may_go: Callable[[], bool]) -> bool:
        """Hand over a whole message on ``channel``, while `is_free`; False, and nothing sent, where it may not go."""
        went = self.socket.send_now(self._addressed(channel, framed), may_go)
        self._note(channel, went)
        return went

    async def taken(self) -> None:
        """Return when the kernel has taken all that was handed over. Raises `ConnectionError`."""
        async with self._turn:  # one at a time waits for a connection
            await self.socket.taken()

    async def send(self, channel: int, framed: bytes, may_go: Callable[[], bool] = anything) -> bool:
        """Send a whole message on ``channel``; returns when the kernel has taken it.

        ``may_go()`` is asked after others have had their turn; with False nothing is sent, and False returned.

        Raises:
            ConnectionError: the viewer is gone.
        """
        async with self._turn:
            went = await self.socket.send_ready(self._addressed(channel, framed), may_go)
            self._note(channel, went)
            return went

    def _addressed(self, channel: int, framed: bytes) -> bytes:
        # In one piece, for a write of its own would cost a packet of its own.
        return framed if channel == self._selected else binary_frame(wire.channel(channel)) + framed

    def _note(self, channel: int, went: bool) -> None:
        if went:
            self._selected = channel
            self._moved_at = time.monotonic()

    def part(self, text: bytes, code: int) -> None:
        """Put a last message and a close behind what is stuck, once, whoever asks for it; `abort` has to follow."""
        if not self._is_parted:
            self._is_parted = True
            self.socket.part(text, code, before=binary_frame(wire.channel(0)))


class Channel:
    """A `MessageSink` that is one of many on a `Multiplexer`; cutting one cuts all. Loop only."""

    # The line itself asks for signs of life.
    ping_seconds = math.inf

    def __init__(self, line: Multiplexer, number: int) -> None:
        self._line = line
        self._number = number

    @property
    def rtt(self) -> float | None:
        return self._line.socket.rtt

    @property
    def shortest_rtt(self) -> float | None:
        return self._line.socket.shortest_rtt

    def stuck_for(self, now: float, owes_since: float | None) -> float:
        return self._line.stuck_for(now, owes_since)

    @property
    def is_free(self) -> bool:
        return self._line.is_free

    def send_now(self, framed: bytes, may_go: Callable[[], bool]) -> bool:
        return self._line.send_now(self._number, framed, may_go)

    async def taken(self) -> None:
        await self._line.taken()

    async def send(self, text: bytes) -> None:
        await self._line.send(self._number, text_frame(text))

    async def send_ready(self, framed: bytes, may_go: Callable[[], bool] = anything) -> bool:
        return await self._line.send(self._number, framed, may_go)

    def recheck(self) -> None:
        self._line.socket.recheck()

    async def ping(self) -> None:
        """Ask for nothing: the line does."""

    async def close(self, code: int, reason: str) -> None:
        """Tell that the channel is closed; the socket stays."""
        await self.send(closed(self._number, code, reason))

    def part(self, text: bytes, code: int) -> None:
        """Part from the viewer: one that does not read one channel reads none."""
        self._line.part(text, code)

    def abort(self) -> None:
        self._line.socket.abort()


def closed(number: int, code: int, reason: str) -> bytes:
    """Return what tells that a channel is closed, and why: ``code`` is what a socket would have been closed with."""
    return messages.message("closed", {"channel": number, "code": code, "reason": reason})
