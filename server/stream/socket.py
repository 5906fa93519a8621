"""One viewer's socket: whole messages out, and whether the viewer takes them."""

from __future__ import annotations

import contextlib
import struct
import time
from collections.abc import Callable
from typing import Final, Protocol

from aiohttp import WSMessage, WSMsgType, web

from server.net.connection import CONNECTION
from server.protocol.framing import PING, PONG, TEXT, frame, text_frame
from server.stream.transport import ViewerTransport, anything

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


class MessageSink(Protocol):
    """Where a session's messages go: a socket of its own, or a channel of one that several share. Loop only."""

    @property
    def rtt(self) -> float | None:
        """Return how long a sign of life took there and back, in seconds; None before the first."""

    @property
    def ping_seconds(self) -> float:
        """Return how often `ping` is to be called."""

    def stuck_for(self, now: float, owes_since: float | None) -> float:
        """Return for how many seconds the viewer has taken, or acknowledged, nothing that it should have.

        ``owes_since``: since when it owes an acknowledgement, None while it owes none.
        """

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
    """The sending side of a prepared WebSocket. Loop only; one send at a time.

    Attributes:
        rtt: how long the last sign of life took there and back, in seconds; None before the first.
    """

    ping_seconds = PING_SECONDS

    def __init__(self, response: web.WebSocketResponse, request: web.Request) -> None:
        super().__init__(request)
        self.rtt: float | None = None
        self._response = response
        self._connection = request.get(CONNECTION)

    async def send(self, text: bytes) -> None:
        """Send one text message; returns when the kernel has taken it.

        Raises:
            ConnectionError: the viewer is gone.
        """
        await self._timed(self._response.send_frame(text, TEXT))

    async def send_ready(self, framed: bytes, may_go: Callable[[], bool] = anything) -> bool:
        """Send what `text_frame` or `binary_frame` made, as one piece; returns when the kernel has taken it.

        Returns False, and sends nothing, where ``may_go()`` says so.

        aiohttp would write the few bytes in front of a picture by themselves, which costs a packet of their own.

        Raises:
            ConnectionError: the viewer is gone.
        """
        return await self._put((framed,), may_go)

    async def ping(self) -> None:
        """Ask for a sign of life."""
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

    async def close(self, code: int, reason: str) -> None:
        """Close in good order, one second at most."""
        await self._response.close(code=code, message=reason.encode()[:120])

    def part(self, text: bytes, code: int, before: bytes = b"") -> None:
        """Put a last message and a close behind what is stuck, without waiting; `abort` has to follow.

        ``before`` is a ready-made message that goes first. A viewer that begins to read again in the meantime learns
        why it was dropped.
        """
        self._transport.write(before + text_frame(text) + frame(WSMsgType.CLOSE, struct.pack("!H", code)))

    def stop_reading(self) -> None:
        """Hear nothing more of a viewer that says too much; what ends the connection is still sent."""
        if self._connection is not None:
            self._connection.stop_reading()
        elif not self._transport.is_closing():
            self._transport.pause_reading()
