"""A real server on a free port, with sources that tests paint, and a viewer that knows only the public protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from capture.feed.catalog import Catalog
from capture.feed.hub import Hub
from capture.platforms.contract import Backend
from capture.source import Source
from capture.video.encoder import video_encoders
from server.protocol.options import StreamOptions
from server.server import Server
from server.sharing import ShareList, ShareRule
from server.stream.registry import SessionRegistry
from tests.helpers.canvas import Canvas
from tests.helpers.studio import SECRET, SHARED, Studio


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
