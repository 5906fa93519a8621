"""A real server on a free port, with sources that tests paint, and a viewer that knows only the public protocol."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import websockets

from capture.feed.catalog import Catalog
from capture.feed.hub import Hub
from capture.platforms.contract import Backend
from capture.source import Source
from capture.video.encoder import video_encoders
from server.protocol.options import StreamOptions
from server.server import Server
from server.sharing import ShareList, ShareRule
from server.stream.registry import SessionRegistry
from tests.server.canvas import Canvas

SHARED = Source("4711", "window", "build <log>", "xterm", 320, 240, pid=99, started=1)
SECRET = Source("4712", "window", "passwords", "vault", 320, 240, pid=98, started=1)


@dataclass
class Studio:
    """Everything a test of the server needs to hold."""

    server: Server
    hub: Hub
    catalog: Catalog
    shares: ShareList
    registry: SessionRegistry
    canvases: dict[str, Canvas] = field(default_factory=dict)

    @property
    def canvas(self) -> Canvas:
        return self.canvases[SHARED.id]

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.server.port}"

    def set_sources(self, *sources: Source) -> None:
        """Change what exists, as the window list would."""
        self.catalog.set_fixed(sources)

    def connect(self, path: str = "/stream/4711", **options: Any) -> websockets.connect:
        return websockets.connect(self.ws_url + path, max_size=None, compression=None, **options)


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    """A server that shares one of two windows."""
    canvases = {SHARED.id: Canvas(), SECRET.id: Canvas()}

    def make_backend(source: Source) -> Backend:
        return canvases[source.id].backend(source)

    catalog = Catalog((SHARED, SECRET), windows=False)
    catalog.start()
    hub = Hub(make_backend, video_encoders())
    shares = ShareList(catalog, (ShareRule.for_source(SHARED),))
    registry = SessionRegistry(hub, shares, StreamOptions())
    server = Server(hub, catalog, shares, registry, allow_origins=frozenset({"http://friend.example"}))
    await server.start(port=0)
    yield Studio(server, hub, catalog, shares, registry, canvases)
    await server.stop()
    registry.close()
    shares.close()
    await hub.close()


async def receive(viewer: Any, kind: str, seconds: float = 20.0) -> dict[str, Any]:
    """Return the next message of that type, passing over others."""
    async with asyncio.timeout(seconds):
        while True:
            message = json.loads(await viewer.recv())
            if message["type"] == kind:
                return message


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Return once ``true()`` holds; fail when it does not in time."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  what is waited for has no event of its own
            await asyncio.sleep(0.005)


async def say(viewer: Any, command: str, **options: Any) -> None:
    """Send a command."""
    await viewer.send(json.dumps({"command": command, "options": options}))


async def closed(viewer: Any, seconds: float = 6.0) -> tuple[int, list[dict[str, Any]]]:
    """Return the close code, and the messages that came before it."""
    messages = []
    async with asyncio.timeout(seconds):
        while True:
            try:
                messages.append(json.loads(await viewer.recv()))
            except websockets.ConnectionClosed:
                break
    return viewer.close_code, messages
