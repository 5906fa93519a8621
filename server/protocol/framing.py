"""Whole, unmasked WebSocket frames, made once for all who get them. Pure."""

from __future__ import annotations

import struct

from aiohttp import WSMsgType

# Looked up in the class each time they would cost more than what is done with them.
TEXT, BINARY, PING, PONG = WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.PONG


def text_frame(text: bytes) -> bytes:
    """Return a whole text message as it goes over the wire; the same for every viewer, so it is made once."""
    return frame(TEXT, text)


def binary_frame(message: bytes) -> bytes:
    """Return a whole binary message as it goes over the wire."""
    return frame(BINARY, message)


def frame(kind: WSMsgType, payload: bytes) -> bytes:
    """Return one whole, unmasked WebSocket frame (RFC 6455 5.2)."""
    first, size = 0x80 | int(kind), len(payload)
    if size < 126:
        head = struct.pack("!BB", first, size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, 126, size)
    else:
        head = struct.pack("!BBQ", first, 127, size)
    return head + payload
