"""How late an event loop comes to what is due."""

from __future__ import annotations

import asyncio
import time

from tests.benchmarks.figures import quantile

BEAT_SECONDS = 0.01


class Lag:
    """Asks a loop to wake it a hundred times a second, and notes by how many seconds that was late. Loop only.

    Attributes:
        timer: its timer in the loop; None for the moment between two.
    """

    def __init__(self) -> None:
        self.timer: asyncio.TimerHandle | None = None
        self._late: list[float] = []
        self._task = asyncio.create_task(self._beat())

    def p99_ms(self) -> float:
        """Return what 99 of 100 beats since the last call did not exceed, in milliseconds."""
        late, self._late = self._late, []
        return round(quantile(late, 0.99) * 1000, 2)

    async def close(self) -> None:
        """Note no more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = time.monotonic() + BEAT_SECONDS
            woken = loop.create_future()
            self.timer = loop.call_later(BEAT_SECONDS, woken.set_result, None)
            try:
                await woken
            finally:
                self.timer.cancel()
                self.timer = None
            self._late.append(max(0.0, time.monotonic() - due))
