"""A real server on a free port, with sources that tests paint, and a viewer that knows only the public protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from capture.feed.catalog import Catalog
from capture.platforms.contract import Backend
from capture.source import Source
from server.host import Host
from server.sharing import ShareRule
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
    host = Host(
        (ShareRule.for_source(SHARED),), catalog=catalog, backend=make_backend, allow_origins={"http://friend.example"}
    )
    await host.server.start(port=0)
    yield Studio(host.server, host.hub, catalog, host.shares, host.registry, canvases)
    await host.close()
