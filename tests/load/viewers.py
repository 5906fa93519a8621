"""Many viewers in one process that cost next to nothing: they count, acknowledge, and decode nothing.

``watch PORT PATH COUNT SECONDS [--rate BYTES]`` watches; with a rate each reads so many bytes a second and no more.
``churn PORT PATH COUNT TOGETHER`` comes and goes COUNT times. Both print a line when they begin and JSON at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import itertools
import json
import os
import random
import socket
import struct
import time

from server.protocol.wire import PICTURE, PROTOCOL, ack
from tests.benchmarks.figures import quantile

HEADER = 40
"""The part of a message that is looked at, in bytes."""
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def request(port: int, path: str) -> bytes:
    """Return what asks for a stream in the binary form."""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Protocol: {PROTOCOL}\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


class Viewer(asyncio.BufferedProtocol):
    """One viewer.

    Attributes:
        pictures: (when it had arrived, when it was taken; both in seconds since the epoch) of each.
        first: set when the first picture has come, or the connection has ended.
        is_refused: the server did not let it in.
    """

    def __init__(self, port: int, path: str, rate: float | None = None) -> None:
        self.pictures: list[tuple[float, float]] = []
        self.first = asyncio.Event()
        self.ended = asyncio.Event()
        self.is_refused = False
        self._request = request(port, path)
        self._rate = rate
        self._buffer = memoryview(bytearray(1 << 18 if rate is None else 4096))
        self._answer: bytearray | None = bytearray()
        self._head, self._start = bytearray(), bytearray()
        self._left = 0
        self._due = time.monotonic()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def connection_lost(self, reason: Exception | None) -> None:
        self.first.set()
        self.ended.set()

    def get_buffer(self, size: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, size: int) -> None:
        received = self._buffer[:size]
        if self._answer is not None:
            received = self._read_answer(received)
        while received:
            received = self._read(received)
        if self._rate is not None:
            loop, now = asyncio.get_running_loop(), time.monotonic()
            self._due = max(self._due, now - 0.05) + size / self._rate
            if self._due > now and not self.transport.is_closing():
                self.transport.pause_reading()
                loop.call_later(self._due - now, self._go_on)

    def _go_on(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def _read_answer(self, received: memoryview) -> memoryview:
        assert self._answer is not None
        before = len(self._answer)
        self._answer += received
        end = self._answer.find(b"\r\n\r\n")
        if end < 0:
            return received[:0]
        self.is_refused = b" 101 " not in self._answer[:20]
        self._answer = None
        return received[end + 4 - before :]

    def _read(self, received: memoryview) -> memoryview:
        """Take the next piece of a message; return the rest."""
        if self._left:
            piece = received[: self._left]
            self._start += piece[: max(0, HEADER - len(self._start))]
            self._left -= len(piece)
            if not self._left:
                self._hear()
            return received[len(piece) :]
        self._head.append(received[0])
        code = self._head[1] if len(self._head) > 1 else 0
        if len(self._head) == 2 + {126: 2, 127: 8}.get(code, 0) and len(self._head) > 1:
            self._left = code if code < 126 else int.from_bytes(self._head[2:])
            self._kind = self._head[0] & 15
            self._head.clear()
            self._start.clear()
            if not self._left:
                self._hear()
        return received[1:]

    def _hear(self) -> None:
        if self._kind == BINARY and self._start[0] == PICTURE:
            now = time.time()
            (sequence,) = struct.unpack_from("<Q", self._start, 8)
            (taken,) = struct.unpack_from("<d", self._start, 32)
            self.pictures.append((now, taken / 1000))
            self._say(BINARY, ack(sequence, 0.001))
            self.first.set()
        elif self._kind == PING:
            self._say(PONG, bytes(self._start))
        elif self._kind == CLOSE:
            self.transport.close()

    def _say(self, kind: int, body: bytes) -> None:
        # A viewer's messages are masked; a mask of zeros changes nothing.
        self.transport.write(bytes((0x80 | kind, 0x80 | len(body), 0, 0, 0, 0)) + body)


async def connected(port: int, path: str, rate: float | None = None) -> Viewer:
    """Return a viewer that has asked."""
    raw = socket.socket()
    raw.setblocking(False)
    if rate is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", port))
    _, viewer = await loop.create_connection(lambda: Viewer(port, path, rate), sock=raw)
    return viewer


async def watch(told: argparse.Namespace) -> dict[str, object]:
    """Watch for a while, and tell what was seen after everybody had come."""
    viewers = []
    for number in range(told.count):
        viewers.append(await connected(told.port, told.path, told.rate))
        if number % 20 == 19:
            await viewers[-1].first.wait()
    await asyncio.gather(*(viewer.first.wait() for viewer in viewers))
    begin = time.time() + told.settle
    print("reading", flush=True)
    await asyncio.sleep(told.settle + told.seconds)
    end = time.time()
    rates, gaps, ages = [], [], []
    for viewer in viewers:
        seen = [picture for picture in viewer.pictures if picture[0] >= begin]
        rates.append(len(seen) / (end - begin))
        gaps += [b - a for (a, _), (b, _) in itertools.pairwise(seen)]
        # A picture is shown until the next one comes, and is oldest then.
        ages += [until - taken for (_, taken), (until, _) in itertools.pairwise(seen)]
    ended = sum(viewer.ended.is_set() for viewer in viewers)
    for viewer in viewers:
        viewer.transport.abort()
    await asyncio.gather(*(viewer.ended.wait() for viewer in viewers))
    figures = {"gap": gaps, "age": ages}
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    found = {f"{name}_{at}": quantile(figures[name], share) for name in figures for at, share in shares.items()}
    return {"rates": rates, "pictures": [len(viewer.pictures) for viewer in viewers], "ended": ended, **found}


async def churn(told: argparse.Namespace) -> dict[str, object]:
    """Come and go in every way there is, and tell how often each."""
    chosen, ways = random.Random(told.count), dict.fromkeys(("watched", "cut", "silent", "refused"), 0)
    numbers = iter(range(told.count))
    print("reading", flush=True)
    begun = time.monotonic()

    async def come_and_go() -> None:
        for _ in numbers:
            way = chosen.choice(("watched", "cut", "silent"))
            if way == "silent":  # connects and goes without a word
                _, writer = await asyncio.open_connection("127.0.0.1", told.port)
                writer.close()
            else:
                viewer = await connected(told.port, told.path)
                if way == "watched":
                    await viewer.first.wait()
                if viewer.is_refused:
                    way = "refused"
                chosen.choice((viewer.transport.abort, viewer.transport.close))()
                await viewer.ended.wait()
            ways[way] += 1

    await asyncio.gather(*(come_and_go() for _ in range(told.together)))
    return {"seconds": time.monotonic() - begun, **ways}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    deeds = parser.add_subparsers(required=True)
    for deed in (watch, churn):
        one = deeds.add_parser(deed.__name__)
        one.set_defaults(deed=deed)
        one.add_argument("port", type=int)
        one.add_argument("path")
        one.add_argument("count", type=int)
        if deed is watch:
            one.add_argument("seconds", type=float)
            one.add_argument("--rate", type=float)
            one.add_argument("--settle", type=float, default=1.5)
        else:
            one.add_argument("together", type=int)
    arguments = parser.parse_args()
    print(json.dumps(asyncio.run(arguments.deed(arguments))), flush=True)
