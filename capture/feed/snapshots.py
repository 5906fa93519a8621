"""Single pictures for who asks now and then, from memory where nothing has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from capture import reasons
from capture.errors import NoPicture
from capture.feed.hub import Hub, Subscription
from capture.picture.frame import Frame
from capture.source import Identity, Source

FIRST_PICTURE_SECONDS = 3.0
"""How long a picture is waited for."""
KEPT_SECONDS = 15.0
"""How long a source stays open for the next request: a viewer that reloads a picture every few seconds then gets it
from memory, while nothing changes, and not through a new beginning each time."""
SLOWEST_FPS = 0.1
"""The rate between two requests: as good as nothing."""

Key = tuple[Identity, bool]
MayTake = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A source that stays open, and those who wait for a picture of it: by their right it is taken, by no other's.

    ``giving`` is called after each change, for those who are about to give a picture away.
    """

    subscription: Subscription
    asking: list[MayTake]
    timer: asyncio.TimerHandle
    giving: list[Callable[[], None]]


class Snapshots:
    """Fresh pictures, one at a time. Loop only; `close` ends what is kept open."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._kept: dict[Key, _Kept] = {}

    async def fresh(self, source: Source, pointer: bool, may_take: MayTake = lambda: True) -> Frame:
        """Return what ``source`` looks like now; the same frame again where that is what it looked like before.

        ``may_take`` is asked before a picture is taken, from the feed's thread.

        Raises:
            NoPicture: none could be had; the reason says why.
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
            raise NoPicture(reasons.NO_PICTURE_IN_TIME.of(seconds=FIRST_PICTURE_SECONDS)) from None
        finally:
            kept.asking.remove(may_take)
        return self._live(key, subscription)

    def newest(self, source: Source, pointer: bool) -> Frame:
        """Return the newest picture of a source that `fresh` gave one of.

        Raises:
            NoPicture: there is none any more; the reason says why.
        """
        key = (source.identity, pointer)
        kept = self._kept.get(key)
        if kept is None:
            raise NoPicture(reasons.NO_PICTURE_NOW)
        return self._live(key, kept.subscription)

    def _live(self, key: Key, subscription: Subscription) -> Frame:
        frame, condition = subscription.newest, subscription.condition
        if frame is None or condition.state != "live":
            self._drop(key)
            raise NoPicture(condition.reason or reasons.NO_PICTURE_NOW)
        return frame

    def shows(self, frame: Frame, pointer: bool) -> bool:
        """Tell whether a picture that `fresh` gave may still be seen: it was not withdrawn since."""
        kept = self._kept.get((frame.source.identity, pointer))
        return kept is not None and kept.subscription.shows(frame)

    @contextmanager
    def given(self, frame: Frame, pointer: bool, withdrawn: Callable[[], None]) -> Iterator[None]:
        """Have ``withdrawn()`` called if a picture that `fresh` gave may not be seen any more while the block lasts."""
        kept = self._kept.get((frame.source.identity, pointer))

        def look() -> None:
            if kept is None or not kept.subscription.shows(frame):
                withdrawn()

        look()
        if kept is not None:
            kept.giving.append(look)
        try:
            yield
        finally:
            if kept is not None:
                kept.giving.remove(look)

    def close(self) -> None:
        """Keep nothing open any more."""
        for key in tuple(self._kept):
            self._drop(key)

    def _open(self, key: Key, source: Source) -> _Kept:
        """Return what is kept for ``key``, and keep it for longer."""
        timer = asyncio.get_running_loop().call_later(KEPT_SECONDS, self._let_go, key)
        before = self._kept.get(key)
        if before is None:
            asking: list[MayTake] = []
            giving: list[Callable[[], None]] = []

            def changed() -> None:
                for look in tuple(giving):
                    look()

            subscription = self._hub.subscribe(
                source,
                fps=SLOWEST_FPS,
                pointer=key[1],
                changed=changed,
                may_take=lambda: any(may() for may in tuple(asking)),
            )
            kept = _Kept(subscription, asking, timer, giving)
        else:
            before.timer.cancel()
            kept = replace(before, timer=timer)
        self._kept[key] = kept
        return kept

    def _let_go(self, key: Key) -> None:
        """Keep it no longer, unless somebody is still waiting for a picture."""
        kept = self._kept[key]
        if kept.asking:
            timer = asyncio.get_running_loop().call_later(KEPT_SECONDS, self._let_go, key)
            self._kept[key] = replace(kept, timer=timer)
        else:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            kept.timer.cancel()
            kept.subscription.close()
