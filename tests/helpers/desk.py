"""Everything below the widgets, over a list that a test feeds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from capture.feed.catalog import Catalog
from capture.platforms.choose import make_backend
from capture.platforms.contract import Backend
from capture.platforms.demo import demo_source
from capture.source import Source
from gui.core.controller import Controller
from gui.core.settings import Settings
from server.host import Host


class HandFedCatalog(Catalog):
    """Lists what a test says."""

    def __init__(self) -> None:
        super().__init__(fixed=(demo_source(),), windows=False)

    def begin(self) -> None:
        """Have no list yet, as when the program has just started."""
        self.is_ready = self.is_listed = False

    def feed(self, *sources: Source) -> None:
        self.is_ready = self.is_listed = True
        self._ready.set()
        self.sources = (demo_source(), *sources)
        self._listeners.tell()


class Desk:
    """Everything below the widgets."""

    def __init__(
        self, settings: Settings, make: Callable[[Source], Backend] = make_backend, gone_seconds: float = 0.2
    ) -> None:
        self.catalog = HandFedCatalog()
        self.host = Host(catalog=self.catalog, backend=make, has_video=False, gone_seconds=0.2)
        self.hub, self.shares = self.host.hub, self.host.shares
        self.registry, self.server = self.host.registry, self.host.server
        self.controller = Controller(self.catalog, self.shares, self.registry, self.server, settings)

    async def close(self) -> None:
        await self.controller.close()
        await self.host.close()

    async def until(self, fact: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not fact():  # noqa: ASYNC110 (a test asks about facts of any kind)
                await asyncio.sleep(0.01)
