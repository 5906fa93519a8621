"""Keeps the preview at the source that is selected, while the panel is seen."""

from __future__ import annotations

from concurrent.futures import Executor

from PySide6.QtGui import QImage

from capture.feed.hub import Hub
from capture.source import Condition, Source
from gui.panel.live_picture import LivePicture
from gui.panel.preview import Preview
from resources.translate import N_

PREVIEW_SECONDS = 0.2
"""Least time between two pictures."""


class Previewing:
    """Has ``stage`` show one source of ``hub`` at a time, scaled in ``workers``. Loop only."""

    def __init__(self, hub: Hub, workers: Executor, stage: Preview) -> None:
        self._hub = hub
        self._workers = workers
        self._stage = stage
        self._live: LivePicture | None = None
        stage.size_changed.connect(self._resize)

    def show(self, source: Source | None) -> None:
        """Look at ``source``, unless that is what is looked at already; None leaves everything as it is."""
        if source is None or (self._live is not None and self._live.source.identity == source.identity):
            return
        self.stop()
        self._stage.clear(N_("Waiting for the first picture…"))
        self._live = LivePicture(
            self._hub,
            source,
            self._workers,
            interval=PREVIEW_SECONDS,
            size=self._stage.target(),
            pointer=True,
            shown=self._show_picture,
        )

    def stop(self) -> None:
        """Look at nothing; the last picture stays. May be called twice."""
        live, self._live = self._live, None
        if live is not None:
            live.close()

    def _show_picture(self, image: QImage | None, condition: Condition) -> None:
        size = (0, 0) if self._live is None else self._live.taken_size
        self._stage.show_picture(image, condition, size)

    def _resize(self, width: int, height: int) -> None:
        if self._live is not None:
            self._live.set_size((width, height))
