"""Viewers that only count, many in one process: the WebSocket protocol by hand, so that they cost next to nothing.

``python -m tests.benchmarks.readers PORT PATH COUNT SECONDS [delay]`` prints one JSON line: per reader the pictures
a second and the longest gap; with ``delay`` the moment at which each shade of the ``changes`` window arrived.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import sys
import time

import simplejpeg

SETTLE_SECONDS = 1.5
"""Left out at the start, while everybody connects."""


class Reader:
    """One viewer."""

    def __init__(self, port: int, path: str, shades: list[tuple[int, float]] | None) -> None:
        self._port, self._path, self._shades = port, path, shades
        self.times: list[float] = []

    async def run(self, until: float) -> None:
        """Read pictures until the moment ``until``."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 22)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        try:
            async with asyncio.timeout(until - time.monotonic()):
                while True:
                    head = await reader.readexactly(2)
                    size = head[1]
                    if size == 126:
                        size = int.from_bytes(await reader.readexactly(2))
                    elif size == 127:
                        size = int.from_bytes(await reader.readexactly(8))
                    body = await reader.readexactly(size)
                    if body.startswith(b'{"type":"frame"'):
                        self._note(body)
        except TimeoutError:
            writer.close()

    def _note(self, body: bytes) -> None:
        now = time.monotonic()
        self.times.append(now)
        if self._shades is not None:
            data = base64.b64decode(body[body.index(b"base64,") + 7 : -3])
            self._shades.append((int(simplejpeg.decode_jpeg(data, "GRAY")[360, 640, 0]), now))


async def main(port: int, path: str, count: int, seconds: float, delay: bool) -> None:
    """Run ``count`` readers for ``seconds`` and print what they saw."""
    shades: list[tuple[int, float]] | None = [] if delay else None
    readers = [Reader(port, path, shades) for _ in range(count)]
    begun = time.monotonic()
    print("reading", flush=True)
    await asyncio.gather(*(reader.run(begun + seconds) for reader in readers))
    first = begun + SETTLE_SECONDS
    rates, gaps = [], []
    for reader in readers:
        times = [moment for moment in reader.times if moment >= first]
        rates.append(len(times) / (seconds - SETTLE_SECONDS))
        gaps.append(max((b - a for a, b in itertools.pairwise(times)), default=seconds))
    print(json.dumps({"rates": rates, "gaps": gaps, "shades": shades}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), "delay" in sys.argv))
