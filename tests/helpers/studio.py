"""A server that shares one of two windows which a test paints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import websockets

from capture.feed.catalog import Catalog
from capture.feed.hub import Hub
from capture.source import Source
from server.server import Server
from server.sharing import ShareList
from server.stream.registry import SessionRegistry
from tests.helpers.canvas import Canvas

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
