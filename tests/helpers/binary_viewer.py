"""A viewer of the binary form, which keeps what it was sent."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import websockets

from server.protocol import wire
from tests.helpers.reference_viewer import Viewer
from tests.helpers.studio import Studio


class Watching:
    """A reference viewer on a real socket.

    Attributes:
        told: the text messages so far.
        pictures: the picture messages so far.
    """

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.viewer = Viewer()
        self.told: list[dict[str, Any]] = []
        self.pictures: list[bytes] = []
        self.answers = True

    async def step(self) -> None:
        message = await self.socket.recv()
        if isinstance(message, str):
            self.told.append(json.loads(message))
            return
        if message[0] == wire.PICTURE:
            self.pictures.append(message)
        answer = self.viewer.receive(message)
        if answer is not None and self.answers:
            with contextlib.suppress(websockets.ConnectionClosed):  # what was on its way is still to be read
                await self.socket.send(answer)

    async def until(self, true: Any, seconds: float = 20.0) -> None:
        """Receive until ``true()``."""
        async with asyncio.timeout(seconds):
            while not true():
                await self.step()

    def shows(self, studio: Studio) -> bool:
        pixels = self.viewer.pixels
        source = studio.canvas.pixels[:, :, 2::-1]
        return pixels is not None and pixels.shape == source.shape and bool((pixels == source).all())


def watch(studio: Studio, query: str = "fps=60") -> websockets.connect:
    return studio.connect(f"/stream/4711?{query}", subprotocols=[wire.PROTOCOL])
