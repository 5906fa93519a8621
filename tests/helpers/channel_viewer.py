"""A viewer of several sources over one connection."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets

from server.protocol import wire
from server.sharing import ShareRule
from tests.helpers.canvas import Canvas
from tests.helpers.reference_viewer import Viewer
from tests.helpers.studio import SECRET, SHARED, Studio


class Watching:
    """A reader of one connection, with a reference viewer for each channel.

    Attributes:
        told: the text messages so far, by channel.
        viewers: what each channel shows.
        answers: channels whose pictures are acknowledged; None for all.
    """

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.told: dict[int, list[dict[str, Any]]] = {}
        self.viewers: dict[int, Viewer] = {}
        self.received = 0
        self.answers: set[int] | None = None
        self._from = self._to = 0

    async def step(self) -> None:
        message = await self.socket.recv()
        if isinstance(message, str):
            self.told.setdefault(self._from, []).append(json.loads(message))
        elif message[0] == wire.CHANNEL:
            self._from = struct.unpack("<BxH", message)[1]
        else:
            self.received += 1
            answer = self.viewers.setdefault(self._from, Viewer()).receive(message)
            if answer is not None and (self.answers is None or self._from in self.answers):
                with contextlib.suppress(websockets.ConnectionClosed):  # what was on its way is still to be read
                    await self.send(self._from, answer)

    async def send(self, channel: int, message: str | bytes) -> None:
        """Send a message on a channel."""
        if channel != self._to:
            self._to = channel
            await self.socket.send(struct.pack("<BxH", 3, channel))
        await self.socket.send(message)

    async def say(self, channel: int, command: str, /, **options: Any) -> None:
        """Send a command on a channel."""
        await self.send(channel, json.dumps({"command": command, "options": options}))

    async def open(self, channel: int, source: Any = "4711", **options: Any) -> None:
        """Open a channel, and forget what was on it before."""
        self.viewers.pop(channel, None)
        self.told.pop(channel, None)
        await self.say(0, "open", channel=channel, id=source, **options)

    async def until(self, true: Any, seconds: float = 20.0) -> None:
        """Receive until ``true()``."""
        async with asyncio.timeout(seconds):
            while not true():
                await self.step()

    async def answer(self, channel: int, kind: str) -> dict[str, Any]:
        """Return the next message of that type on a channel, from those that nobody asked for yet."""
        while True:
            for message in self.told.get(channel, []):
                if message["type"] == kind:
                    self.told[channel].remove(message)
                    return message
            async with asyncio.timeout(20):
                await self.step()

    async def ending(self) -> int:
        """Receive until the connection is closed; return the code."""
        async with asyncio.timeout(20):
            while True:
                try:
                    await self.step()
                except websockets.ConnectionClosed:
                    return int(self.socket.close_code)

    def shows(self, channel: int, canvas: Canvas) -> bool:
        pixels = self.viewers[channel].pixels if channel in self.viewers else None
        source = canvas.pixels[:, :, 2::-1]
        return pixels is not None and pixels.shape == source.shape and bool((pixels == source).all())


@asynccontextmanager
async def watching(studio: Studio) -> AsyncIterator[Watching]:
    """Have a connection to watch many sources while the block lasts."""
    # With a limit to its queue this client would not see the close behind what a test does not read.
    async with studio.connect("/streams", subprotocols=[wire.MANY_PROTOCOL], max_queue=None) as opened:
        yield Watching(opened)


def share_both(studio: Studio) -> None:
    studio.shares.set_rules((ShareRule.for_source(SHARED), ShareRule.for_source(SECRET)))
