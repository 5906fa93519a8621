"""Viewers that only count, many in one process: the WebSocket protocol by hand, so that they cost next to nothing.

``python -m tests.benchmarks.readers PORT PATH COUNT SECONDS`` prints one line when it begins and one of JSON at the
end: per reader the pictures a second and the longest gap. PATH may be several, which readers take in turn. ``--late``
counts the last `LATE_SECONDS` only, when a crowd has come in. ``--binary`` asks for the binary form and acknowledges
what comes, undecoded, in one of the `MANNERS`; ``--foreign`` reads another server's binary messages, which nobody
acknowledges. ``--record FILE`` writes down every message, to be decoded later: when it had arrived (f64), its length
(u32), the message. ``--numbers MODE WIDTH HEIGHT`` decodes every picture of a content window and tells of each the
count that it carries, when the message had arrived, and when it had been decoded.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import itertools
import json
import os
import struct
import time
from pathlib import Path
from typing import BinaryIO

from server.protocol.wire import PICTURE, PROTOCOL, ack
from tests.benchmarks.barcode import Strip
from tests.benchmarks.content import strips

SETTLE_SECONDS = 1.5
"""Left out at the start, while everybody connects."""
LATE_SECONDS = 4.0
MANNERS = ("prompt", "late", "lying", "still")
"""At once; after `LATE_BY_SECONDS`; of pictures that were never sent; not at all, for nothing is read."""
LATE_BY_SECONDS = 2.0
LIE = 1000
TEXT, BINARY = 1, 2
LARGEST = 1 << 24
RECORD = struct.Struct("<dI")
"""Before each message that is written down: when it had arrived, and its length."""


class Numbers:
    """Finds which picture each message brings.

    Attributes:
        seen: (count, when the message had arrived, when it had been decoded).
    """

    def __init__(self, places: tuple[Strip, ...], width: int) -> None:
        from tests.benchmarks.decoding import Picture  # most readers decode nothing

        self._strips, self._width = places, width
        self._picture = Picture()
        self.seen: list[tuple[int, float, float]] = []

    def note(self, kind: int, body: bytes, arrived: float) -> None:
        """Decode a message and read its number."""
        (self._picture.text if kind == TEXT else self._picture.binary)(body)
        decoded = time.monotonic()
        pixels = self._picture.pixels
        if pixels is not None:
            scale = pixels.shape[1] / self._width
            found = {strip.read(pixels[:, :, 1], scale) for strip in self._strips}
            if len(found) == 1 and (number := found.pop()) is not None:
                self.seen.append((number, arrived, decoded))


class Reader:
    """One viewer.

    Attributes:
        times: when each picture had arrived.
    """

    def __init__(self, told: argparse.Namespace, path: str, numbers: Numbers | None, record: BinaryIO | None) -> None:
        self._port, self._path, self._is_binary, self._is_foreign = told.port, path, told.binary, told.foreign
        self._manner = told.manner
        self._numbers, self._record = numbers, record
        self.times: list[float] = []

    async def run(self, until: float) -> None:
        """Read pictures until the moment ``until``."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 22)
        key = base64.b64encode(os.urandom(16)).decode()
        protocol = f"Sec-WebSocket-Protocol: {PROTOCOL}\r\n" if self._is_binary else ""
        writer.write(
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\n{protocol}"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer:
            raise RuntimeError(f"{self._path}: {answer.decode(errors='replace')}")
        try:
            async with asyncio.timeout(until - time.monotonic()):
                if self._manner == "still":
                    await asyncio.Event().wait()  # what comes is left in the sockets
                while True:
                    kind, body = await _message(reader)
                    self._hear(kind, body, writer)
        except TimeoutError:
            writer.close()

    def _hear(self, kind: int, body: bytes, writer: asyncio.StreamWriter) -> None:
        is_picture = body[:1] == bytes((PICTURE,)) if kind == BINARY else b'"frame"' in body[:24]
        if not is_picture and not (self._is_foreign and kind == BINARY):
            return
        now = time.monotonic()
        self.times.append(now)
        if self._record is not None:
            self._record.write(RECORD.pack(now, len(body)) + body)
        if self._numbers is not None:
            self._numbers.note(kind, body, now)
        if kind == BINARY and not self._is_foreign:
            (sequence,) = struct.unpack_from("<Q", body, 8)
            if self._manner == "lying":
                sequence += LIE
            answer = ack(sequence, time.monotonic() - now)
            # A viewer's messages are masked; a mask of zeros changes nothing.
            message = bytes((0x82, 0x80 | len(answer), 0, 0, 0, 0)) + answer
            if self._manner == "late":
                asyncio.get_running_loop().call_later(LATE_BY_SECONDS, writer.write, message)
            else:
                writer.write(message)


async def _message(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readexactly(2)
    size = head[1]
    if size == 126:
        size = int.from_bytes(await reader.readexactly(2))
    elif size == 127:
        size = int.from_bytes(await reader.readexactly(8))
    if size > LARGEST:
        raise RuntimeError(f"a message of {size} bytes")
    return head[0] & 15, await reader.readexactly(size)


async def main(told: argparse.Namespace, record: BinaryIO | None) -> None:
    """Run the readers and print what they saw."""
    numbers = None
    if told.numbers:
        mode, width, height = told.numbers
        numbers = Numbers(strips(mode, int(height)), int(width))
    paths = itertools.cycle(told.path.split())
    readers = [Reader(told, next(paths), numbers, record) for _ in range(told.count)]
    begun = time.monotonic()
    print("reading", flush=True)
    await asyncio.gather(*(reader.run(begun + told.seconds) for reader in readers))
    settle = told.seconds - LATE_SECONDS if told.late else SETTLE_SECONDS
    first = begun + settle
    rates, gaps = [], []
    for reader in readers:
        times = [moment for moment in reader.times if moment >= first]
        rates.append(len(times) / (told.seconds - settle))
        gaps.append(max((b - a for a, b in itertools.pairwise(times)), default=told.seconds))
    print(json.dumps({"rates": rates, "gaps": gaps, "numbers": numbers.seen if numbers else []}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("count", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--binary", action="store_true")
    parser.add_argument("--manner", choices=MANNERS, default="prompt")
    parser.add_argument("--late", action="store_true")
    parser.add_argument("--foreign", action="store_true")
    parser.add_argument("--record")
    parser.add_argument("--numbers", nargs=3)
    wishes = parser.parse_args()
    with Path(wishes.record).open("wb") if wishes.record else contextlib.nullcontext() as file:
        asyncio.run(main(wishes, file))
