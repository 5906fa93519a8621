"""The binary form's messages, as `docs/wire.md` lays them out. Values in, bytes out; no socket in sight."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from capture.encode.parts import Update

PROTOCOL: Final = "panecast.v1"
MANY_PROTOCOL: Final = "panecast.many.v1"
PICTURE, POINTER, CHANNEL = 1, 2, 3
ACK, WHOLE_PLEASE = 1, 2
WHOLE, EXACT, REFINEMENT = 1, 2, 4
VISIBLE, NEW_SHAPE = 1, 2

_PICTURE = struct.Struct("<BBHIQQHHId")
_PART = struct.Struct("<HHHHBBHIHH")
_POINTER = struct.Struct("<BBhhHHH")
_ACK = struct.Struct("<B3xIQ")
_CHANNEL = struct.Struct("<BxH")
LONGEST_U32 = 0xFFFFFFFF


class BadBinary(ValueError):
    """A binary message from a viewer that is none of those there are."""


class Ack(NamedTuple):
    """A viewer drew the picture message of that sequence, ``seconds`` after it had arrived."""

    sequence: int
    seconds: float


def picture(parts: Update, exact: bool = False) -> bytes:
    """Return a picture message; ``exact``: with it the viewer's picture is identical to the source."""
    flags = (WHOLE if parts.whole else 0) | (EXACT if exact else 0) | (REFINEMENT if parts.sharpens else 0)
    head = _PICTURE.pack(
        PICTURE,
        flags,
        len(parts.parts),
        _microseconds(parts.encode_seconds),
        parts.sequence,
        0 if parts.whole else parts.base,
        parts.width,
        parts.height,
        _microseconds(parts.take_seconds),
        parts.captured_at * 1000,
    )
    table = []
    for part in parts.parts:
        place, (from_x, from_y) = part.rect, part.copied_from or (0, 0)
        table.append(
            _PART.pack(
                place.x, place.y, place.width, place.height, part.form, part.is_key, 0, len(part.data), from_x, from_y
            )
        )
    return b"".join((head, *table, *(part.data for part in parts.parts)))


def pointer(place: tuple[int, int], size: tuple[int, int], shape: bytes = b"") -> bytes:
    """Return a message that shows the pointer: ``shape`` is a PNG file, empty when it is the one sent last."""
    flags = VISIBLE | (NEW_SHAPE if shape else 0)
    x, y = (max(-32768, min(32767, value)) for value in place)
    return _POINTER.pack(POINTER, flags, x, y, *size, 0) + shape


def no_pointer() -> bytes:
    """Return a message that hides the pointer."""
    return _POINTER.pack(POINTER, 0, 0, 0, 0, 0, 0)


def read(message: bytes) -> Ack | None:
    """Return the acknowledgement in a viewer's message, None when it asks for a whole picture.

    Raises:
        BadBinary: it is neither.
    """
    if len(message) == _ACK.size and message[0] == ACK:
        _, microseconds, sequence = _ACK.unpack(message)
        return Ack(sequence, microseconds / 1e6)
    if message == bytes((WHOLE_PLEASE,)):
        return None
    raise BadBinary("A binary message here is an acknowledgement (16 bytes) or asks for a whole picture (1 byte).")


def channel(number: int) -> bytes:
    """Return what says that the messages which follow, from this side, belong to channel ``number``."""
    return _CHANNEL.pack(CHANNEL, number)


def read_channel(message: bytes) -> int | None:
    """Return the channel that a message selects, None when it is another kind of message."""
    if len(message) != _CHANNEL.size or message[0] != CHANNEL:
        return None
    number: int = _CHANNEL.unpack(message)[1]
    return number


def ack(sequence: int, seconds: float) -> bytes:
    """Return what a viewer sends after it drew a picture."""
    return _ACK.pack(ACK, _microseconds(seconds), sequence)


def _microseconds(seconds: float) -> int:
    return max(0, min(LONGEST_U32, round(seconds * 1e6)))
