"""One viewer's socket: whole messages out, and whether the viewer takes them."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Final

from aiohttp import WSMsgType, web

from server.wire import PROTOCOL

NOTSENT_LOWAT: Final = getattr(socket, "TCP_NOTSENT_LOWAT", 25)
UNSENT_BYTES: Final = 128 * 1024
"""How much may wait in the kernel unsent: about a picture. More would be delay that nobody can take back, less would
cut every picture into pieces."""
CLOSE_SECONDS: Final = 1.0
"""How long a viewer may take to answer our close."""
LARGEST_MESSAGE: Final = 4096
"""Bytes a viewer may send in one message."""
LARGEST_READ: Final = 16 * 1024
"""Where reading itself ends. Between the two the viewer is told in words before the close."""


def web_socket() -> web.WebSocketResponse:
    """Return an upgrade answer. Pictures are compressed already, so compressing again only costs time."""
    return web.WebSocketResponse(
        protocols=(PROTOCOL,),
        compress=False,
        max_msg_size=LARGEST_READ,
        autoping=False,
        timeout=CLOSE_SECONDS,
        writer_limit=1,  # sending returns when the kernel has it all, not while it piles up here
    )


class ViewerSocket:
    """The sending side of a prepared WebSocket. Loop only; one send at a time."""

    def __init__(self, response: web.WebSocketResponse, request: web.Request) -> None:
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the viewer left before it was answered")
        self._response = response
        self._protocol = request.protocol
        self._transport = transport
        keep_little_unsent(transport)

    @property
    def unsent(self) -> int:
        """Return the bytes that wait here because the kernel takes no more."""
        return self._transport.get_write_buffer_size()

    async def send(self, text: bytes) -> None:
        """Send one text message; returns when the kernel has taken it.

        Raises:
            ConnectionError: the viewer is gone.
        """
        await self._response.send_frame(text, WSMsgType.TEXT)

    async def send_ready(self, framed: bytes) -> None:
        """Send what `text_frame` or `binary_frame` made, as one piece; returns when the kernel has taken it.

        aiohttp would write the few bytes in front of a picture by themselves, which costs a packet of their own.

        Raises:
            ConnectionError: the viewer is gone.
        """
        if self._transport.is_closing():
            raise ConnectionResetError("the viewer is gone")
        self._transport.write(framed)
        await self._protocol._drain_helper()  # noqa: SLF001  what aiohttp's own writers wait for

    async def ping(self, payload: bytes) -> None:
        """Ask for a sign of life."""
        await self._response.ping(payload)

    async def pong(self, payload: bytes) -> None:
        """Answer a sign of life."""
        await self._response.pong(payload)

    async def close(self, code: int, reason: str) -> None:
        """Close in good order, one second at most."""
        await self._response.close(code=code, message=reason.encode()[:120])

    def part(self, text: bytes, code: int) -> None:
        """Put a last message and a close behind what is stuck, without waiting; `abort` has to follow.

        A viewer that begins to read again in the meantime learns why it was dropped.
        """
        self._transport.write(text_frame(text) + _frame(WSMsgType.CLOSE, struct.pack("!H", code)))

    def abort(self) -> None:
        """Cut the connection at once."""
        self._transport.abort()


def keep_little_unsent(transport: asyncio.WriteTransport) -> None:
    """Have sending wait until the kernel has all but `UNSENT_BYTES` on the way: what waits unsent gets old."""
    transport.set_write_buffer_limits(high=0)
    raw: socket.socket | None = transport.get_extra_info("socket")
    if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "SO_REUSEPORT"):
        raw.setsockopt(socket.IPPROTO_TCP, NOTSENT_LOWAT, UNSENT_BYTES)


def text_frame(text: bytes) -> bytes:
    """Return a whole text message as it goes over the wire; the same for every viewer, so it is made once."""
    return _frame(WSMsgType.TEXT, text)


def binary_frame(message: bytes) -> bytes:
    """Return a whole binary message as it goes over the wire."""
    return _frame(WSMsgType.BINARY, message)


def _frame(kind: WSMsgType, payload: bytes) -> bytes:
    """Return one whole, unmasked WebSocket frame (RFC 6455 5.2)."""
    first, size = 0x80 | int(kind), len(payload)
    if size < 126:
        head = struct.pack("!BB", first, size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, 126, size)
    else:
        head = struct.pack("!BBQ", first, 127, size)
    return head + payload
