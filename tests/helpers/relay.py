"""A network between a viewer and the server that can be cut: nothing is refused, nothing closed, nothing arrives."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

PIECE = 1 << 16
SEGMENT = 1448
"""What one packet carries on most networks, in bytes."""
RESEND_SECONDS = 0.2
"""After how long TCP sends again what was lost, at the least; twice as long each further time."""


class Relay:
    """Forwards a port to another one, until it is cut and after it was mended. Runs on a thread of its own.

    What is sent while it is cut is lost with its connection, as with a router that was switched off and has
    forgotten everything when it is on again.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, target: int) -> None:
        self.port = 0
        self._loop = loop
        self._target = target
        self._is_cut = False
        self._loss = 0.0
        self._delay = 0.0
        self._chance = Random(4)
        self._tasks: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """Let nothing through from now on."""
        self._is_cut = True

    def mend(self) -> None:
        """Let new connections through; those from before the cut stay dead."""
        self._is_cut = False

    def be_far(self, seconds: float) -> None:
        """Have everything take so long from now on, each way, on connections that are made then."""
        self._delay = seconds

    def lose(self, part: float) -> None:
        """Have this part of all packets be lost from now on; as TCP sends them again, they come late.

        Of packets that are on their way together one may be lost or several: what comes after is held up once.
        """
        self._loss = part

    async def start(self) -> None:
        """Listen on a free port. Loop only."""
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End everything. Loop only."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # aborted connections are closed in the loop's next round

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        writers = [writer]
        try:
            if self._is_cut:
                await asyncio.Event().wait()
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            writers.append(back)
            await asyncio.gather(self._forward(reader, back), self._forward(there, writer))
        except ConnectionError:
            pass
        finally:
            for ended in writers:
                ended.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._delay:
            await self._forward_late(reader, writer, self._delay)
            return
        while data := await reader.read(PIECE):
            if self._is_cut:
                await asyncio.Event().wait()
            await asyncio.sleep(self._held_up(len(data)))
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _forward_late(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
        """Forward all of it, each piece so many seconds after it came."""
        loop = asyncio.get_running_loop()
        while data := await reader.read(PIECE):
            loop.call_later(delay, writer.write, data)
        await asyncio.sleep(delay)
        writer.close()

    def _held_up(self, size: int) -> float:
        """Return for how many seconds losses hold up so many bytes."""
        held_up, resend = 0.0, RESEND_SECONDS
        lost = sum(self._chance.random() < self._loss for _ in range(-(-size // SEGMENT)))
        while lost:
            held_up += resend
            resend *= 2
            lost = sum(self._chance.random() < self._loss for _ in range(lost))
        return held_up


@contextmanager
def relay_to(port: int) -> Iterator[Relay]:
    """Have a relay to a local port while the block lasts."""
    loop = asyncio.new_event_loop()
    relay = Relay(loop, port)
    thread = threading.Thread(target=loop.run_forever, name="relay")
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(relay.start(), loop).result(10)
        yield relay
        asyncio.run_coroutine_threadsafe(relay.stop(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
