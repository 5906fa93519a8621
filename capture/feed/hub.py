"""All feeds: one per source that is watched, started by the first subscription and stopped by the last."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace

from capture.encode.shared import EncodePlan, SharedEncoder
from capture.encode.workers import Workers
from capture.events import Listeners
from capture.feed.catalog import Catalog
from capture.feed.feed import Feed
from capture.feed.thread import Demand, joined
from capture.picture.frame import Frame
from capture.platforms.contract import Backend
from capture.privacy.blanking import Blanking, strictest
from capture.privacy.masking import Size
from capture.privacy.masks import Mask
from capture.source import DESKTOP_ID, Condition, Identity, Source, Unsubscribe
from capture.video.shared import MakeCodec, SharedVideos

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

    def shows(self, frame: Frame) -> bool:
        """Tell whether ``frame``, which was the newest once, may still be seen: it was not withdrawn since."""
        return self._feed.shows(frame)

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

    def set_demand(self, fps: float, pointer: bool, order: EncodePlan | None = None) -> None:
        """Change how often pictures are wished for, whether with the mouse pointer, and what will be made of them."""
        self._hub.set_demand(self._number, fps, pointer, order)

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
        shared_videos: likewise for video; None where there is none.
        blanking: what everybody gets instead of new pictures, None while pictures are taken.
    """

    def __init__(self, make_backend: Callable[[Source], Backend], make_codec: MakeCodec | None = None) -> None:
        self._make_backend = make_backend
        self._feeds: dict[Identity, Feed] = {}
        self._requests: dict[int, tuple[Feed, Demand]] = {}
        self._numbers = itertools.count(1)
        self._masks: dict[Identity, tuple[Mask, ...]] = {}
        # The sources of the last list; None before the first.
        self._there: frozenset[Identity] | None = None
        self._size_listeners = Listeners()
        self._blankings: dict[str, Blanking] = {}
        self.blanking: Blanking | None = None
        self.encoder = SharedEncoder(Workers(ENCODE_WORKERS, "encode"))
        self.shared_videos = None if make_codec is None else SharedVideos(make_codec, self.withdrawn)

    @property
    def takes(self) -> int:
        """Return how many pictures were taken in all."""
        return sum(feed.takes for feed in self._feeds.values())

    @property
    def running(self) -> int:
        """Return how many feeds run."""
        return sum(feed.is_running for feed in self._feeds.values())

    @property
    def kept(self) -> int:
        """Return of how many sources something is kept, watched or not."""
        return len(self._feeds.keys() | self._masks.keys())

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
        order: EncodePlan | None = None,
    ) -> Subscription:
        """Begin to watch ``source``; ``changed()`` is called on the loop after each new picture or condition.

        It is called soon as well when there is a picture, or a condition, that others know already.
        ``may_take`` is asked before every take, from the feed's thread. ``order`` says what this party will have made
        of each picture; it may then be made already when it is asked for.
        """
        feed = self._feeds.get(source.identity)
        if feed is None:
            feed = Feed(source, self._make_backend, self.encoder, self._size_listeners.tell, self._drop_gone)
            self._feeds[source.identity] = feed
            feed.set_blanking(self.blanking)
        number = next(self._numbers)
        self._requests[number] = (feed, _demand(fps, pointer, may_take, order))
        feed.listen(number, changed)
        self._adjust(feed)
        feed.tell_later(number)
        return Subscription(self, feed, number)

    def set_demand(self, number: int, fps: float, pointer: bool, order: EncodePlan | None) -> None:
        """Change a subscription's wish; one that has ended is ignored."""
        if number in self._requests:
            feed, demand = self._requests[number]
            self._requests[number] = (feed, _demand(fps, pointer, demand.may_take[0], order))
            self._adjust(feed)

    def unsubscribe(self, number: int) -> None:
        """End a subscription; one that has ended is ignored."""
        if number in self._requests:
            feed, _ = self._requests.pop(number)
            feed.unlisten(number)
            self._adjust(feed)

    def set_masks(self, source: Source, masks: tuple[Mask, ...]) -> None:
        """Have ``masks`` lie over all pictures of ``source`` that anybody gets after this call."""
        before = self.masks(source)
        if masks:
            self._masks[source.identity] = masks
        else:
            self._masks.pop(source.identity, None)
        feed = self._feeds.get(source.identity)
        if feed is not None and masks != before:
            self._adjust(feed)
            feed.invalidate(keeps=True)

    def masks(self, source: Source) -> tuple[Mask, ...]:
        """Return what lies over the pictures of ``source``."""
        return self._masks.get(source.identity, ())

    @property
    def doubtful(self) -> frozenset[Identity]:
        """Return the sources that have another size than when their masks were laid: more is covered than need be."""
        return frozenset(
            identity
            for identity, masks in self._masks.items()
            if (size := self._size_of(identity)) is not None and not all(mask.is_sure(*size) for mask in masks)
        )

    def picture_size(self, source: Source) -> Size | None:
        """Return width and height of the last picture that was taken of ``source``, None for none."""
        return self._size_of(source.identity)

    def subscribe_sizes(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called when pictures of a source come in another size; return what ends that."""
        return self._size_listeners.subscribe(changed)

    @property
    def masked(self) -> frozenset[int]:
        """Return the numbers of the windows that have masks."""
        return frozenset(int(number) for number, *_ in self._masks if number.isdecimal() and number != DESKTOP_ID)

    def set_blanking(self, owner: str, blanking: Blanking | None) -> None:
        """Blank or pause everything, or end it (None). While any owner's blanking lasts nothing is taken.

        The owners do not know of each other: that the session is unlocked opens nothing that a person has closed.
        """
        if blanking is None:
            self._blankings.pop(owner, None)
        else:
            self._blankings[owner] = blanking
        self.blanking = strictest(self._blankings.values())
        for feed in tuple(self._feeds.values()):
            feed.set_blanking(self.blanking)

    def look_again(self) -> None:
        """Show no picture any more that was taken before this call: other things are never shown now."""
        for feed in tuple(self._feeds.values()):
            feed.invalidate(keeps=False)

    def follow(self, catalog: Catalog) -> Unsubscribe:
        """Keep nothing of sources that are gone, until the returned function is called."""
        return catalog.subscribe(lambda: self.keep_only(catalog.sources))

    def keep_only(self, sources: Iterable[Source]) -> None:
        """Drop what is kept of all others: feeds that nobody watches, and masks."""
        there = {source.identity: source for source in sources}
        self._there = frozenset(there)
        for each in there.keys() & self._feeds.keys():
            self._feeds[each].list_says((there[each].width, there[each].height))
        self._drop_gone()
        self._masks = {each: masks for each, masks in self._masks.items() if each in there or each in self._feeds}

    def _drop_gone(self) -> None:
        """Drop the feeds of sources that are gone, once nobody watches them and their threads have ended."""
        for each, feed in tuple(self._feeds.items()):
            if self._there is not None and each not in self._there and not feed.is_watched and not feed.ending:
                feed.withdraw()
                del self._feeds[each]
                self._masks.pop(each, None)

    async def close(self) -> None:
        """Stop every feed and the encoder, and wait for their threads, two seconds at most."""
        for number in tuple(self._requests):
            self.unsubscribe(number)
        endings = [asyncio.ensure_future(feed.ended()) for feed in self._feeds.values()]
        if endings:
            await asyncio.wait(endings, timeout=2.0)
            for ending in endings:
                ending.cancel()
        self._feeds.clear()
        self.encoder.close()

    def _size_of(self, identity: Identity) -> Size | None:
        feed = self._feeds.get(identity)
        return None if feed is None else feed.size

    def withdrawn(self, identity: Identity) -> int:
        """Return the number of the last picture of a source that is not shown any more."""
        feed = self._feeds.get(identity)
        return 0 if feed is None else feed.withdrawn

    def _adjust(self, feed: Feed) -> None:
        demand = joined(demand for watched, demand in self._requests.values() if watched is feed)
        feed.set_demand(None if demand is None else replace(demand, masks=self.masks(feed.source)))
        if not feed.is_watched:
            self.encoder.forget(feed.source)
            self._drop_gone()


def _demand(fps: float, pointer: bool, may_take: Callable[[], bool], order: EncodePlan | None) -> Demand:
    return Demand(fps, pointer, (may_take,), order, order is not None and order.follows_moves)
