"""Single pictures for who asks now and then, from memory where nothing has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from capture.errors import NoPicture
from capture.frame import Frame
from capture.hub import Hub, Subscription
from capture.source import Source

FIRST_PICTURE_SECONDS = 3.0
"""How long a picture is waited for."""
KEPT_SECONDS = 15.0
"""How long a source stays open for the next request: whoever reloads a picture every few seconds then gets it from
memory, while nothing changes, and not through a new beginning each time."""
SLOWEST_FPS = 0.1
"""What is wished for between two requests: as good as nothing."""

Key = tuple[tuple[str, int | None, int | None], bool]


class Snapshots:
    """Fresh pictures, one at a time. Loop only; `close` ends what is kept open."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._kept: dict[Key, tuple[Subscription, asyncio.TimerHandle]] = {}

    async def fresh(self, source: Source, pointer: bool, may_take: Callable[[], bool] = lambda: True) -> Frame:
        """Return what ``source`` looks like now; the same frame again where that is what it looked like before.

        Raises:
            NoPicture: none could be had; the message says why.
        """
        key = (source.identity, pointer)
        subscription = self._open(key, source, may_take)
        try:
            async with asyncio.timeout(FIRST_PICTURE_SECONDS):
                await subscription.refresh()
        except TimeoutError:
            self._drop(key)
            raise NoPicture(f"The source gave no picture within {FIRST_PICTURE_SECONDS:g} seconds.") from None
        frame, condition = subscription.newest, subscription.condition
        if frame is None or condition.state != "live":
            self._drop(key)
            raise NoPicture(condition.reason or "There is no picture of it at the moment.")
        return frame

    def close(self) -> None:
        """Keep nothing open any more."""
        for key in tuple(self._kept):
            self._drop(key)

    def _open(self, key: Key, source: Source, may_take: Callable[[], bool]) -> Subscription:
        """Return the subscription that is kept for ``key``, and keep it for longer."""
        kept = self._kept.get(key)
        if kept is None:
            subscription = self._hub.subscribe(
                source, fps=SLOWEST_FPS, pointer=key[1], changed=lambda: None, may_take=may_take
            )
        else:
            subscription, timer = kept
            timer.cancel()
        timer = asyncio.get_running_loop().call_later(KEPT_SECONDS, self._drop, key)
        self._kept[key] = (subscription, timer)
        return subscription

    def _drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            kept[1].cancel()
            kept[0].close()
