"""Python's garbage collector, kept on the thread of Qt.

It runs in whichever thread happens to make the object too many. When that is a worker, a widget or a timer that is part
of a circle is destroyed there: Qt cannot take it out of its lists from another thread, and later calls what is gone, or
waits for ever.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable

SECONDS = 1.0


class Collector:
    """Collects garbage now and then on the loop, in place of Python's own choice of thread. Loop only."""

    def __init__(self) -> None:
        self._next: asyncio.Handle | None = None

    def start(self) -> None:
        """Begin, and end the collecting elsewhere."""
        gc.disable()
        self._wait()

    def stop(self) -> None:
        """End. Nothing is collected from here on: other threads may outlive the loop, and Qt outlives both."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _wait(self) -> None:
        self._next = asyncio.get_running_loop().call_later(SECONDS, self._collect)

    def _collect(self) -> None:
        self._wait()
        generation = due(gc.get_count(), gc.get_threshold())
        if generation is not None:
            gc.collect(generation)


async def freeze_around(start: Awaitable[object]) -> None:
    """Have full collections be short, now and once ``start`` is done.

    A full collection would walk all that was loaded at the start, again and again, for 160 ms; so it is put out of its
    sight. And listing windows leaves tens of thousands of objects behind that only a full collection finds; so one
    comes early and is short.
    """
    gc.set_threshold(700, 10, 3)
    gc.freeze()
    await start
    gc.freeze()


def due(counts: tuple[int, int, int], thresholds: tuple[int, int, int]) -> int | None:
    """Return the oldest generation to be collected now, None while there is too little.

    Both are as the module ``gc`` has them. Many objects at once count for as many collections of the youngest as Python
    would have made of them in the meantime; a threshold of 0 means never.
    """
    if thresholds[0] <= 0 or counts[0] <= thresholds[0]:
        return None
    middle = counts[1] + counts[0] // thresholds[0]
    if middle <= thresholds[1]:
        return 0
    old = counts[2] + middle // max(1, thresholds[1])
    return 1 if old <= thresholds[2] else 2
