"""Who watches what: one feed per source, started by the first subscription and stopped by the last."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace

from capture.backends import Backend
from capture.curtain import Curtain, strictest
from capture.encoder import Order, SharedEncoder
from capture.feed import Feed
from capture.feed_thread import Demand, joined
from capture.film import Films, MakeCodec
from capture.frame import Frame
from capture.masks import Mask
from capture.source import DESKTOP_ID, Condition, Source
from capture.workers import Workers

ENCODE_WORKERS = 2


class Subscription:
    """One party's interest in a source. Loop only; `close` ends it, and may be called twice."""

    def __init__(self, hub: Hub, feed: Feed, number: int) -> None:
        self._hub = hub
        self._feed = feed
        self._number = number

    @property
    def newest(self) -> Frame | None:
        """Return the newest picture, None before the first."""
        return self._feed.newest

    @property
    def condition(self) -> Condition:
        """Return how the source is."""
        return self._feed.condition

    @property
    def takes(self) -> int:
        """Return how many pictures were taken of the source so far, for whomever."""
        return self._feed.takes

    @property
    def source(self) -> Source:
        """Return the source as it was when the feed was made."""
        return self._feed.source

    def set_wish(self, fps: float, pointer: bool, order: Order | None = None) -> None:
        """Change how often pictures are wished for, whether with the mouse pointer, and what will be made of them."""
        self._hub.set_wish(self._number, fps, pointer, order)

    async def refresh(self) -> None:
        """Have the source looked at once more; `newest` is then from after this call."""
        await self._feed.refresh()

    def close(self) -> None:
        """End the interest; the feed stops when nobody is left."""
        self._hub.unsubscribe(self._number)


class Hub:
    """Every feed and the encoder they share. Loop only.

    Attributes:
        encoder: encodes each wished rendition once.
        films: likewise for video; None where there is none.
        curtain: what everybody gets instead of new pictures, None while pictures are taken.
    """

    def __init__(self, make_backend: Callable[[Source], Backend], make_codec: MakeCodec | None = None) -> None:
        self._make_backend = make_backend
        self._feeds: dict[tuple[str, int | None, int | None], Feed] = {}
        self._wishes: dict[int, tuple[Feed, Demand]] = {}
        self._numbers = itertools.count(1)
        self._masks: dict[tuple[str, int | None, int | None], tuple[Mask, ...]] = {}
        self._curtains: dict[str, Curtain] = {}
        self.curtain: Curtain | None = None
        self.encoder = SharedEncoder(Workers(ENCODE_WORKERS, "encode"))
        self.films = None if make_codec is None else Films(make_codec)

    @property
    def takes(self) -> int:
        """Return how many pictures were taken in all."""
        return sum(feed.takes for feed in self._feeds.values())

    @property
    def running(self) -> int:
        """Return how many feeds run."""
        return sum(feed.is_running for feed in self._feeds.values())

    @property
    def ending(self) -> int:
        """Return how many threads of stopped feeds have not ended yet."""
        return sum(feed.ending for feed in self._feeds.values())

    def subscribe(
        self,
        source: Source,
        *,
        fps: float,
        pointer: bool,
        changed: Callable[[], None],
        may_take: Callable[[], bool] = lambda: True,
        order: Order | None = None,
    ) -> Subscription:
        """Begin to watch ``source``; ``changed()`` is called on the loop after each new picture or condition.

        ``may_take`` is asked before every take, from the feed's thread. ``order`` says what this party will have made
        of each picture; it may then be made already when it is asked for.
        """
        feed = self._feeds.get(source.identity)
        if feed is None:
            feed = self._feeds[source.identity] = Feed(source, self._make_backend, self.encoder)
            feed.set_curtain(self.curtain)
        number = next(self._numbers)
        self._wishes[number] = (feed, _demand(fps, pointer, may_take, order))
        feed.listen(number, changed)
        self._adjust(feed)
        return Subscription(self, feed, number)

    def set_wish(self, number: int, fps: float, pointer: bool, order: Order | None) -> None:
        """Change a subscription's wish; one that has ended is ignored."""
        if number in self._wishes:
            feed, demand = self._wishes[number]
            self._wishes[number] = (feed, _demand(fps, pointer, demand.may_take[0], order))
            self._adjust(feed)

    def unsubscribe(self, number: int) -> None:
        """End a subscription; one that has ended is ignored."""
        if number in self._wishes:
            feed, _ = self._wishes.pop(number)
            feed.unlisten(number)
            self._adjust(feed)

    def set_masks(self, source: Source, masks: tuple[Mask, ...]) -> None:
        """Have ``masks`` lie over all pictures of ``source`` that anybody gets after this call."""
        if masks:
            self._masks[source.identity] = masks
        else:
            self._masks.pop(source.identity, None)
        feed = self._feeds.get(source.identity)
        if feed is not None:
            self._adjust(feed)

    def masks(self, source: Source) -> tuple[Mask, ...]:
        """Return what lies over the pictures of ``source``."""
        return self._masks.get(source.identity, ())

    @property
    def masked(self) -> frozenset[int]:
        """Return the numbers of the windows that have masks."""
        return frozenset(int(number) for number, _, _ in self._masks if number.isdecimal() and number != DESKTOP_ID)

    def set_curtain(self, owner: str, curtain: Curtain | None) -> None:
        """Draw a curtain before everything, or open it (None). While any owner's is drawn nothing is taken.

        The owners do not know of each other: that the session is unlocked opens nothing that a person has closed.
        """
        if curtain is None:
            self._curtains.pop(owner, None)
        else:
            self._curtains[owner] = curtain
        self.curtain = strictest(self._curtains.values())
        for feed in tuple(self._feeds.values()):
            feed.set_curtain(self.curtain)

    def look_again(self) -> None:
        """Show no picture any more that was taken before this call: other things are never shown now."""
        for feed in tuple(self._feeds.values()):
            feed.distrust()

    def forget(self, source: Source) -> None:
        """Drop what is kept of a source that is gone."""
        feed = self._feeds.get(source.identity)
        if feed is not None and not feed.is_watched:
            del self._feeds[source.identity]
            self._masks.pop(source.identity, None)

    async def close(self) -> None:
        """Stop every feed and the encoder, and wait for their threads, two seconds at most."""
        for number in tuple(self._wishes):
            self.unsubscribe(number)
        endings = [asyncio.ensure_future(feed.ended()) for feed in self._feeds.values()]
        if endings:
            await asyncio.wait(endings, timeout=2.0)
            for ending in endings:
                ending.cancel()
        self._feeds.clear()
        self.encoder.close()

    def _adjust(self, feed: Feed) -> None:
        demand = joined(demand for watched, demand in self._wishes.values() if watched is feed)
        feed.set_demand(None if demand is None else replace(demand, masks=self.masks(feed.source)))
        if not feed.is_watched:
            self.encoder.forget(feed.source)


def _demand(fps: float, pointer: bool, may_take: Callable[[], bool], order: Order | None) -> Demand:
    return Demand(fps, pointer, (may_take,), order, order is not None and order.follows_moves)
