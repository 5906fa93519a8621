"""A narrow line: a TCP proxy on loopback that passes on a given number of bits a second, each way.

``python -m tests.benchmarks.proxy PORT BITS`` leads to a local port and prints its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import time

BUFFER = 16 * 1024
"""What the sockets hold back, in bytes; the system gives about twice as much."""
CHUNK = 2048
CATCH_UP_SECONDS = 0.01
"""A pause that lasted too long is made up for, to this extent."""
MOST_CONNECTIONS = 16


def narrow() -> socket.socket:
    """Return a socket with small buffers."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        made.setsockopt(socket.SOL_SOCKET, option, BUFFER)
    made.setblocking(False)
    return made


class Way:
    """One direction of the line, shared by all connections.

    ``called`` is what viewers call the server, ``itself`` what it calls itself: it answers to that name only.
    """

    def __init__(self, bytes_a_second: float, called: bytes = b"", itself: bytes = b"") -> None:
        self._rate = bytes_a_second
        self._called, self._itself = called, itself
        self._due = time.monotonic()

    async def pass_on(self, origin: socket.socket, target: socket.socket) -> None:
        """Pass on what comes until there is no more; nothing is kept but one chunk."""
        loop = asyncio.get_running_loop()
        while chunk := await loop.sock_recv(origin, CHUNK):
            if self._called:
                chunk = chunk.replace(self._called, self._itself)
            await loop.sock_sendall(target, chunk)
            self._due = max(self._due, time.monotonic() - CATCH_UP_SECONDS) + len(chunk) / self._rate
            await asyncio.sleep(max(0.0, self._due - time.monotonic()))


async def connect(viewer: socket.socket, port: int, up: Way, down: Way) -> None:
    """Connect one viewer with the server until either side ends it."""
    with viewer, narrow() as server:
        viewer.setblocking(False)
        with contextlib.suppress(ConnectionError):
            await asyncio.get_running_loop().sock_connect(server, ("127.0.0.1", port))
            ways = [
                asyncio.create_task(way.pass_on(origin, target))
                for way, origin, target in ((up, viewer, server), (down, server, viewer))
            ]
            done, open_ways = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in open_ways:
                way.cancel()
            await asyncio.gather(*done, *open_ways, return_exceptions=True)


async def main(port: int, bits_a_second: float) -> None:
    """Pass on until killed."""
    connections: set[asyncio.Task[None]] = set()
    with narrow() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(MOST_CONNECTIONS)
        own = listening.getsockname()[1]
        up = Way(bits_a_second / 8, f"127.0.0.1:{own}".encode(), f"127.0.0.1:{port}".encode())
        down = Way(bits_a_second / 8)
        print(own, flush=True)
        async with asyncio.TaskGroup() as group:
            while True:
                viewer, _ = await asyncio.get_running_loop().sock_accept(listening)
                if len(connections) >= MOST_CONNECTIONS:
                    viewer.close()
                    continue
                task = group.create_task(connect(viewer, port, up, down))
                connections.add(task)
                task.add_done_callback(connections.discard)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
