"""What it costs to fetch a picture and to find what changed: of a window, and of the screens that it fills.

Only the processor time of the thread that does it is counted, in turn for each, so that the figures hold beside other
work.
"""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections.abc import Iterator

import numpy as np

from capture.picture.damage import changed_tiles
from capture.platforms.choose import make_backend
from capture.platforms.contract import Backend, Wake
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.source import Source as Shown
from tests.benchmarks.content import painter
from tests.benchmarks.report import Row, times
from tests.benchmarks.running import Source, display
from tests.benchmarks.window import Window

PICTURES, FIRST = 120, 20
"""Of each; the first ones, for which memory is made, are left out."""
STILL_SECONDS = 2.5
"""Until a window that has just opened is known to hold nothing that is never shown."""


def takes() -> Iterator[Row]:
    """Measure desktop and monitor against the window that fills them."""
    for mode, size in itertools.product(("typing", "scrolling", "motion"), ((1280, 720), (1920, 1080))):
        costs = _costs(mode, *size)
        beside = costs.pop("window")
        for source, cost in costs.items():
            yield Row(
                f"{source}, {mode} {size[1]}p: CPU to fetch and compare a picture, against the same window",
                f"{beside * 1000:.2f} ms",
                f"{cost * 1000:.2f} ms, {times(cost, beside)}",
                "≤ 1.15 ×",
            )


def _costs(mode: str, width: int, height: int) -> dict[Source, float]:
    """Return the seconds of processor time that a picture of each source takes, in the middle."""
    with display(width, height):
        window = Window("content", width, height, fills=True)
        paint = painter(window, mode, width, height)
        sources: dict[Source, Shown] = {
            "window": Shown(str(window.id), "window", "", "", width, height),
            "desktop": Shown("0", "desktop", "", "", width, height),
            "monitor": Shown("monitor-1", "monitor", "", "", width, height, output="screen"),
        }
        eyes = {
            source: _Eye(make_backend(shown, Exclusions(ExclusionRules((), None)))) for source, shown in sources.items()
        }
        time.sleep(STILL_SECONDS)
        for count in range(PICTURES):
            paint(count)
            for eye in eyes.values():
                eye.look()
        for eye in eyes.values():
            eye.close()
        window.close()
    return {source: statistics.median(eye.costs[FIRST:]) for source, eye in eyes.items()}


class _Eye:
    """Does what a feed's thread does for each picture before anybody encodes it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._call, self._end = os.pipe()
        self._last: np.ndarray | None = None
        self.costs: list[float] = []
        backend.open()
        backend.take(pointer=False)

    def look(self) -> None:
        begun = time.thread_time()
        take = None
        while take is None or take.pixels is None:
            if self._backend.wait(1.0, self._call) is Wake.NOTHING:
                raise RuntimeError("what was painted is not told")
            take = self._backend.take(pointer=False)
        if self._last is not None:
            changed_tiles(self._last, take.pixels, take.damage)
        self._last = take.pixels
        self.costs.append(time.thread_time() - begun)

    def close(self) -> None:
        self._backend.close()
        os.close(self._call)
        os.close(self._end)
