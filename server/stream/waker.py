"""Sleeping until something is to be done, or its time has come."""

from __future__ import annotations

import asyncio
import math
import time


class Waker:
    """Wakes the one task that sleeps here. Loop only.

    A call of `wake` while the task works is not lost: it has to be forgotten, by `clear`, before the task looks again.
    """

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = math.inf

    def wake(self) -> None:
        """Have the task look what there is to do."""
        self._event.set()

    def clear(self) -> None:
        """Forget that there was something to do; the task looks now."""
        self._event.clear()

    def wake_at(self, moment: float) -> None:
        """Have the task look at that moment (monotonic seconds), or earlier."""
        # One that is set for later than wished is set anew; one that is early wakes us once for nothing, which happens
        # less often than it costs to set one for each picture.
        if moment < math.inf and (self._timer is None or self._rings_at > moment):
            self._set_timer(moment)

    async def sleep(self, until: float | None = None) -> None:
        """Return when there is something to do; at ``until`` (monotonic seconds, None: never) at the latest.

        Now and then that is earlier than it need be.
        """
        if until is not None:
            self.wake_at(until)
        await self._event.wait()

    def close(self) -> None:
        """Wake nobody any more because time has come."""
        self._drop_timer()

    def _set_timer(self, until: float) -> None:
        self._drop_timer()
        self._rings_at = until
        self._timer = asyncio.get_running_loop().call_later(max(0.0, until - time.monotonic()), self._ring)

    def _drop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._timer = None
        self._event.set()
