"""Measures how long the event loop is held: it carries the streams, so a held loop is a picture that stutters."""

from __future__ import annotations

import asyncio
import logging
import time

log = logging.getLogger(__name__)

STALL_SECONDS = 0.1
BUSY_INTERVAL = 0.05
IDLE_INTERVAL = 1.0


class Watchdog:
    """Wakes again and again and notes how late it was woken. Loop only.

    Attributes:
        worst: the longest delay seen, in seconds; tests set it back to 0.
        stalls: how many delays were longer than `STALL_SECONDS`.
        interval: seconds between two looks; long while nothing is shown, so that idling costs nothing.
    """

    def __init__(self) -> None:
        self.worst = 0.0
        self.stalls = 0
        self.interval = BUSY_INTERVAL
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to measure."""
        self._task = asyncio.get_running_loop().create_task(self._watch(), name="watchdog")

    def stop(self) -> None:
        """End the measuring."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _watch(self) -> None:
        while True:
            interval = self.interval
            due = time.monotonic() + interval
            await asyncio.sleep(interval)
            # Qt moves coarse timers by up to 5 %, which is no stall.
            late = time.monotonic() - due - 0.05 * interval
            self.worst = max(self.worst, late)
            if late > STALL_SECONDS:
                self.stalls += 1
                # On a busy machine that is the machine's doing: for the log, not for the terminal, which has warnings.
                log.info("the event loop was held for %.0f ms", late * 1000)
