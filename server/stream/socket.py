"""The connection of one viewer: whole messages out, what waits in it, how long, and whether it may still go."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from aiohttp import WSMessage, WSMsgType, web

from server.net.aiohttp_private import drained
from server.net.connection import CONNECTION
from server.protocol.framing import PING, PONG, TEXT, frame, text_frame

NOTSENT_LOWAT: Final = getattr(socket, "TCP_NOTSENT_LOWAT", 25)
UNSENT_BYTES: Final = 128 * 1024
"""How much may wait in the kernel unsent: about a picture. More would be delay that nobody can take back, less would
cut every picture into pieces."""
CLOSING: Final = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})
"""After these there is nothing more to read."""
CLOSE_SECONDS: Final = 1.0
"""How long a viewer may take to answer our close."""
LARGEST_MESSAGE: Final = 4096
"""Bytes a viewer may send in one message."""
LARGEST_READ: Final = 16 * 1024
"""Where reading itself ends. Between the two the viewer is told in words before the close."""
PING_SECONDS: Final = 10.0
LONGEST_RTT: Final = 40.0
"""Seconds; an answer that comes later than this is not one."""


def anything() -> bool:
    """Let go what holds no picture."""
    return True


class MessageSink(Protocol):
    """Where a session's messages go: a socket of its own, or a channel of one that several share. Loop only."""

    @property
    def rtt(self) -> float | None:
        """Return how long a sign of life took there and back, in seconds; None before the first."""

    @property
    def shortest_rtt(self) -> float | None:
        """Return the shortest of all, which waited behind nothing."""

    @property
    def ping_seconds(self) -> float:
        """Return how often `ping` is to be called."""

    def stuck_for(self, now: float, owes_since: float | None) -> float:
        """Return for how many seconds the viewer has taken, or acknowledged, nothing that it should have.

        ``owes_since``: since when it owes an acknowledgement, None while it owes none.
        """

    @property
    def is_free(self) -> bool:
        """Tell whether nothing waits to be taken by the kernel, and the viewer is there."""

    def send_now(self, framed: bytes, may_go: Callable[[], bool]) -> bool:
        """Hand over what `text_frame` or `binary_frame` made, while `is_free`; what the kernel does not take waits.

        With ``may_go()`` False nothing is sent, and False returned.
        """

    async def taken(self) -> None:
        """Return when the kernel has taken all that `send_now` was given. Raises `ConnectionError`."""

    async def send(self, text: bytes) -> None:
        """Send one text message; returns when the kernel has taken it. Raises `ConnectionError`."""

    async def send_ready(self, framed: bytes, may_go: Callable[[], bool] = anything) -> bool:
        """Send what `text_frame` or `binary_frame` made; returns when the kernel has taken it.

        ``may_go()`` is asked when its turn has come; with False nothing is sent, and False returned. Raises
        `ConnectionError`.
        """

    def recheck(self) -> None:
        """Cut the connection where the rest of what is being sent may not go any more."""

    async def ping(self) -> None:
        """Ask for a sign of life."""

    async def close(self, code: int, reason: str) -> None:
        """Close in good order, one second at most."""

    def part(self, text: bytes, code: int) -> None:
        """Put a last message and a close behind what is stuck, without waiting; `abort` has to follow."""

    def abort(self) -> None:
        """Cut the connection at once."""


class ViewerTransport:
    """The sending side of a connection. Loop only; one send at a time."""

    def __init__(self, request: web.Request) -> None:
        """Raises `ConnectionResetError` where the viewer has left already."""
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the viewer left before it was answered")
        self._protocol = request.protocol
        self._transport = transport
        self._sending_since: float | None = None
        self._unsent = 0
        self._may_go: Callable[[], bool] = anything
        keep_little_unsent(transport)

    def stuck_for(self, now: float, owes_since: float | None = None) -> float:
        """Return for how many seconds the viewer has taken, or acknowledged, nothing that it should have.

        ``owes_since``: since when it owes an acknowledgement, None while it owes none.
        """
        unsent = self._transport.get_write_buffer_size()
        if not unsent:
            self._sending_since = None
        elif unsent < self._unsent and self._sending_since is not None:
            self._sending_since = now
        self._unsent = unsent
        since = [moment for moment in (owes_since, self._sending_since) if moment is not None]
        return max((now - moment for moment in since), default=0.0)

    def recheck(self) -> None:
        """Cut the connection where the rest of what is being sent may not go any more."""
        if not self._may_go() and self._transport.get_write_buffer_size():
            cut(self._transport)

    @property
    def is_free(self) -> bool:
        """Tell whether nothing waits to be taken by the kernel, and the viewer is there."""
        transport = self._transport
        return not transport.get_write_buffer_size() and not transport.is_closing()

    async def taken(self) -> None:
        """Return when the kernel has taken all that was handed over. Raises `ConnectionError`."""
        if self._transport.get_write_buffer_size():
            await drained(self._protocol)
        self._sending_since, self._may_go = None, anything

    def _put_now(self, pieces: tuple[bytes, ...], may_go: Callable[[], bool]) -> bool:
        """Hand ``pieces`` over as one, while `is_free`; return False, and send nothing, where ``may_go()`` says no."""
        if not may_go():
            return False
        if len(pieces) == 1:
            self._transport.write(pieces[0])
        else:
            self._transport.writelines(pieces)
        if self._transport.get_write_buffer_size():
            self._sending_since, self._may_go = time.monotonic(), may_go
        return True

    def abort(self) -> None:
        """Cut the connection at once."""
        self._transport.abort()

    async def _put(self, pieces: tuple[bytes, ...], may_go: Callable[[], bool]) -> bool:
        """Send ``pieces`` as one; returns when the kernel has taken them, or False where ``may_go()`` says no.

        Raises:
            ConnectionError: the viewer is gone.
        """
        if self._transport.is_closing():
            raise ConnectionResetError("the viewer is gone")
        await self.taken()  # of each message by itself it is asked whether the rest of it may go
        if not self._put_now(pieces, may_go):
            return False
        await self.taken()
        return True

    async def _timed(self, sending: Awaitable[None]) -> None:
        self._sending_since = time.monotonic()
        try:
            await sending
        finally:
            self._sending_since = None


def web_socket(protocol: str, largest: int = LARGEST_READ) -> web.WebSocketResponse:
    """Return an upgrade answer that reads messages of up to ``largest`` bytes.

    Pictures are compressed already, so compressing again only costs time.
    """
    return web.WebSocketResponse(
        protocols=(protocol,),
        compress=False,
        max_msg_size=largest,
        autoping=False,
        timeout=CLOSE_SECONDS,
        writer_limit=1,  # sending returns when the kernel has it all, not while it piles up here
    )


class ViewerSocket(ViewerTransport):
    """The sending side of a prepared WebSocket, a `MessageSink`. Loop only; one send at a time.

    Attributes:
        rtt, shortest_rtt: how long the last sign of life took there and back, and the quickest one, in seconds; None
            before the first.
    """

    ping_seconds = PING_SECONDS

    def __init__(self, response: web.WebSocketResponse, request: web.Request) -> None:
        super().__init__(request)
        self.rtt: float | None = None
        self.shortest_rtt: float | None = None
        self._response = response
        self._connection = request.get(CONNECTION)

    async def send(self, text: bytes) -> None:
        await self.taken()
        await self._timed(self._response.send_frame(text, TEXT))

    def send_now(self, framed: bytes, may_go: Callable[[], bool]) -> bool:
        return self._put_now((framed,), may_go)

    async def send_ready(self, framed: bytes, may_go: Callable[[], bool] = anything) -> bool:
        # aiohttp would write the few bytes in front of a picture by themselves, which costs a packet of their own.
        return await self._put((framed,), may_go)

    async def ping(self) -> None:
        await self._response.ping(struct.pack("!d", time.monotonic()))

    async def takes_sign_of_life(self, received: WSMessage) -> bool:
        """Answer a ping, or note the answer to ours; return whether it was one of these."""
        if received.type is PING:
            with contextlib.suppress(ConnectionError):  # a viewer that reads on learns of it
                await self._response.pong(bytes(received.data))
        elif received.type is PONG:
            self._note_pong(bytes(received.data))
        else:
            return False
        return True

    def _note_pong(self, payload: bytes) -> None:
        if len(payload) == 8:  # else it is no answer of ours
            (sent,) = struct.unpack("!d", payload)
            rtt = time.monotonic() - sent
            if 0 <= rtt < LONGEST_RTT:
                self.rtt = rtt
                self.shortest_rtt = rtt if self.shortest_rtt is None else min(self.shortest_rtt, rtt)

    async def close(self, code: int, reason: str) -> None:
        await self._response.close(code=code, message=reason.encode()[:120])

    def part(self, text: bytes, code: int, before: bytes = b"") -> None:
        """Put a last message and a close behind what is stuck, without waiting; `abort` has to follow.

        ``before`` is a ready-made message that goes first. A viewer that begins to read again in the meantime learns
        why it was dropped.
        """
        self._transport.write(before + text_frame(text) + frame(WSMsgType.CLOSE, struct.pack("!H", code)))

    def stop_reading(self) -> None:
        """Hear nothing more of a viewer that says too much; the words that end the connection are still sent."""
        if self._connection is not None:
            self._connection.stop_reading()
        elif not self._transport.is_closing():
            self._transport.pause_reading()


def keep_little_unsent(transport: asyncio.WriteTransport) -> None:
    """Have sending wait until the kernel has all but `UNSENT_BYTES` on the way: pictures that wait unsent get old."""
    transport.set_write_buffer_limits(high=0)
    raw: socket.socket | None = transport.get_extra_info("socket")
    if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "SO_REUSEPORT"):
        raw.setsockopt(socket.IPPROTO_TCP, NOTSENT_LOWAT, UNSENT_BYTES)


def cut(transport: asyncio.Transport) -> None:
    """End a connection at once, together with what the system holds of it and has not sent yet."""
    raw: socket.socket | None = transport.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):  # it is gone already
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
