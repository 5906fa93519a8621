"""Small live pictures for the rows in sight, and for no others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

from PySide6.QtGui import QImage

from capture.feed.hub import Hub
from capture.source import Condition, Identity, Source
from gui.panel.live_picture import LivePicture
from gui.widgets.demo_thumbnail import demo_thumbnail

INTERVAL_SECONDS = 2.0
CALM_SECONDS = 0.12
"""How long rows have to stay in sight before their sources are looked at: scrolling past costs nothing."""
STAGGER_SECONDS = 0.02
"""Pause between two beginnings; each starts a thread that connects to the display."""


class Thumbnails:
    """Keeps the thumbnails of the sources in sight up to date. Loop only; `close` ends everything."""

    def __init__(self, hub: Hub, workers: Executor, shown: Callable[[Source, QImage], None]) -> None:
        self._hub = hub
        self._workers = workers
        self._shown = shown
        self._size = (144, 90)
        self._demo_size: tuple[int, int] | None = None  # of the demo's, which never changes
        self._wanted: dict[Identity, Source] = {}
        self._live: dict[Identity, LivePicture] = {}
        self._begin: asyncio.TimerHandle | None = None

    def set_size(self, size: tuple[int, int]) -> None:
        """Make thumbnails of at most ``size`` device pixels."""
        self._size = size
        for live in self._live.values():
            live.set_size(size)

    def set_in_sight(self, sources: tuple[Source, ...]) -> None:
        """Look at just these sources from now on."""
        self._wanted = {source.identity: source for source in sources if source.kind != "demo"}
        for source in sources:
            if source.kind == "demo" and self._size != self._demo_size:
                self._demo_size = self._size
                self._shown(source, demo_thumbnail(self._size))
        for identity in tuple(self._live):
            if identity not in self._wanted:
                self._live.pop(identity).close()
        if self._begin is None and self._wanted.keys() - self._live.keys():
            self._begin = asyncio.get_running_loop().call_later(CALM_SECONDS, self._begin_next)

    def close(self) -> None:
        """Look at nothing any more."""
        self.set_in_sight(())

    def _begin_next(self) -> None:
        self._begin = None
        for identity, source in self._wanted.items():
            if identity not in self._live:
                self._live[identity] = LivePicture(
                    self._hub,
                    source,
                    self._workers,
                    interval=INTERVAL_SECONDS,
                    size=self._size,
                    pointer=False,
                    shown=partial(self._picture, source),
                )
                self._begin = asyncio.get_running_loop().call_later(STAGGER_SECONDS, self._begin_next)
                return

    def _picture(self, source: Source, image: QImage | None, condition: Condition) -> None:
        if image is not None:
            self._shown(source, image)
