"""The values that PipeWire's parties negotiate with (SPA pods): packed and read. Pure.

A pod is its size and kind, 32 bits each in the machine's order, and a body that is padded to eight bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

ID, INT, LONG, RECTANGLE, FRACTION, OBJECT, CHOICE = 3, 4, 5, 10, 11, 15, 19
RANGE, ENUM, FLAGS = 1, 3, 4
"""Kinds of choices: a default, the least and the most; a default and those possible; a set of bits."""
FORMAT_OBJECT, BUFFERS_OBJECT, META_OBJECT = 0x40003, 0x40004, 0x40005
ENUM_FORMAT, FORMAT, BUFFERS, META = 3, 4, 5, 6
"""Which of a stream's parameters an object is."""
MEDIA_TYPE, MEDIA_SUBTYPE, VIDEO_FORMAT, SIZE, FRAMERATE, MAX_FRAMERATE = 1, 2, 0x20001, 0x20003, 0x20004, 0x20005
"""Keys of a format."""
VIDEO, RAW = 2, 1
BUFFER_COUNT, BUFFER_KINDS = 1, 6
META_KIND, META_SIZE = 1, 2

Pair = tuple[int, int]
DEEPEST = 8
"""Pods within pods that are read; formats need three."""


def number(value: int) -> bytes:
    """Return an integer."""
    return _pod(INT, struct.pack("=i", value))


def identifier(value: int) -> bytes:
    """Return one of a list of things that have numbers."""
    return _pod(ID, struct.pack("=I", value))


def choice_of_ids(values: Sequence[int]) -> bytes:
    """Return a choice of identifiers, the one that is liked best first."""
    return _choice(ENUM, ID, "=I", [(values[0],), *((value,) for value in values)])


def choice_of_numbers(liked: int, least: int, most: int) -> bytes:
    """Return a choice of integers."""
    return _choice(RANGE, INT, "=i", [(liked,), (least,), (most,)])


def flags(bits: int) -> bytes:
    """Return a set of bits of which some are to be taken."""
    return _choice(FLAGS, INT, "=i", [(bits,)])


def choice_of_rectangles(liked: Pair, least: Pair, most: Pair) -> bytes:
    """Return a choice of widths and heights."""
    return _choice(RANGE, RECTANGLE, "=II", [liked, least, most])


def choice_of_fractions(liked: Pair, least: Pair, most: Pair) -> bytes:
    """Return a choice of fractions."""
    return _choice(RANGE, FRACTION, "=II", [liked, least, most])


def record(kind: int, parameter: int, properties: Mapping[int, bytes]) -> bytes:
    """Return an object with its ``properties``, pods by their keys."""
    body = b"".join(struct.pack("=II", key, 0) + pod for key, pod in properties.items())
    return _pod(OBJECT, struct.pack("=II", kind, parameter) + body)


def size_of(head: bytes) -> int:
    """Return how many bytes the pod has that begins with ``head``, eight bytes."""
    (size,) = struct.unpack_from("=I", head)
    return 8 + int(size)


def read(pod: bytes, depth: int = DEEPEST) -> Any:
    """Return the value of a pod: a number, a pair, an object as its values by key; of a choice the first.

    None for what is of another kind, cut short, or nested too deep.
    """
    if len(pod) < 8 or not depth:
        return None
    size, kind = struct.unpack_from("=II", pod)
    body = pod[8 : 8 + size]
    try:
        match kind:
            case 3:
                return struct.unpack_from("=I", body)[0]
            case 4:
                return struct.unpack_from("=i", body)[0]
            case 5:
                return struct.unpack_from("=q", body)[0]
            case 10 | 11:
                return struct.unpack_from("=II", body)
            case 19:
                _, _, child_size, child_kind = struct.unpack_from("=IIII", body)
                return read(struct.pack("=II", child_size, child_kind) + body[16 : 16 + child_size], depth - 1)
            case 15:
                return _properties(body, depth)
    except struct.error:
        pass
    return None


def _properties(body: bytes, depth: int) -> dict[int, Any]:
    found, at = {}, 8
    while at + 16 <= len(body):
        (key,) = struct.unpack_from("=I", body, at)
        size = size_of(body[at + 8 : at + 16])
        found[key] = read(body[at + 8 : at + 8 + size], depth - 1)
        at += 8 + size + (-size % 8)
    return found


def _pod(kind: int, body: bytes) -> bytes:
    return struct.pack("=II", len(body), kind) + body + bytes(-len(body) % 8)


def _choice(kind: int, child: int, layout: str, values: Sequence[tuple[int, ...]]) -> bytes:
    head = struct.pack("=IIII", kind, 0, struct.calcsize(layout), child)
    return _pod(CHOICE, head + b"".join(struct.pack(layout, *value) for value in values))
