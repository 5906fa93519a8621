"""Single pictures for who asks now and then, from memory where nothing has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

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
MayTake = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A source that stays open, and those who wait for a picture of it: by their right it is taken, by no other's."""

    subscription: Subscription
    asking: list[MayTake]
    timer: asyncio.TimerHandle


class Snapshots:
    """Fresh pictures, one at a time. Loop only; `close` ends what is kept open."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._kept: dict[Key, _Kept] = {}

    async def fresh(self, source: Source, pointer: bool, may_take: MayTake = lambda: True) -> Frame:
        """Return what ``source`` looks like now; the same frame again where that is what it looked like before.

        ``may_take`` is asked before a picture is taken, from the feed's thread.

        Raises:
            NoPicture: none could be had; the message says why.
        """
        key = (source.identity, pointer)
        kept = self._open(key, source)
        subscription = kept.subscription
        kept.asking.append(may_take)
        try:
            async with asyncio.timeout(FIRST_PICTURE_SECONDS):
                await subscription.refresh()
        except TimeoutError:
            self._drop(key)
            raise NoPicture(f"The source gave no picture within {FIRST_PICTURE_SECONDS:g} seconds.") from None
        finally:
            kept.asking.remove(may_take)
        frame, condition = subscription.newest, subscription.condition
        if frame is None or condition.state != "live":
            self._drop(key)
            raise NoPicture(condition.reason or "There is no picture of it at the moment.")
        return frame

    def close(self) -> None:
        """Keep nothing open any more."""
        for key in tuple(self._kept):
            self._drop(key)

    def _open(self, key: Key, source: Source) -> _Kept:
        """Return what is kept for ``key``, and keep it for longer."""
        timer = asyncio.get_running_loop().call_later(KEPT_SECONDS, self._drop, key)
        before = self._kept.get(key)
        if before is None:
            asking: list[MayTake] = []
            subscription = self._hub.subscribe(
                source,
                fps=SLOWEST_FPS,
                pointer=key[1],
                changed=lambda: None,
                may_take=lambda: any(may() for may in tuple(asking)),
            )
            kept = _Kept(subscription, asking, timer)
        else:
            before.timer.cancel()
            kept = replace(before, timer=timer)
        self._kept[key] = kept
        return kept

    def _drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            kept.timer.cancel()
            kept.subscription.close()
