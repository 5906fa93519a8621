"""The least that sending pictures to many can cost: ready-made messages, thirty times a second, and nothing else.

It prints its port; a line on standard input is answered with how late its loop was.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
import time

from tests.load.lag import Lag

RATE = 30
BYTES = 30_000
ANSWER = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


class Sending(asyncio.Protocol):
    """One viewer; what it says is not listened to."""

    def __init__(self, viewers: set[asyncio.Transport]) -> None:
        self._viewers = viewers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(ANSWER)
        self._viewers.add(transport)

    def connection_lost(self, reason: Exception | None) -> None:
        self._viewers.discard(self._transport)


async def main() -> None:
    """Send until standard input ends."""
    viewers: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sending(viewers), "127.0.0.1", 0)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    lag = Lag()

    async def send() -> None:
        number, due = 0, time.monotonic()
        while True:
            due = max(due + 1 / RATE, time.monotonic())
            await asyncio.sleep(due - time.monotonic())
            number += 1
            head = struct.pack("<BBHIQQHHId", 1, 1, 0, 0, number, 0, 640, 360, 0, time.time() * 1000)
            body = head + bytes(BYTES - len(head))
            message = struct.pack("!BBH", 0x82, 126, len(body)) + body
            for transport in tuple(viewers):
                if not transport.get_write_buffer_size():
                    transport.write(message)

    sending = asyncio.create_task(send())
    print(server.sockets[0].getsockname()[1], flush=True)
    while (await reader.readline()).strip():
        print(json.dumps({"lag_p99_ms": lag.p99_ms()}), flush=True)
    sending.cancel()
    server.close()
    await lag.close()


if __name__ == "__main__":
    asyncio.run(main())
