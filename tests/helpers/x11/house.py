"""All that stands between windows and screens and somebody who asks for pictures of them, and what was given away."""

from __future__ import annotations

from functools import partial

import numpy as np

from capture.errors import NoPicture
from capture.feed.catalog import Catalog
from capture.feed.hub import Hub, Subscription
from capture.feed.snapshots import Snapshots
from capture.picture.pixels import Pixels
from capture.platforms.choose import make_backend
from capture.platforms.generations import Generations
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.source import Source
from server.sharing import ShareList

Colour = tuple[int, int, int]


class House:
    """A list, feeds and a share list, as a program has them.

    Attributes:
        served: colours (blue, green, red) of every picture that was given to somebody.
        served_of: the same, by the id of the source that was asked for.
    """

    def __init__(self) -> None:
        generations, exclusions = Generations(), Exclusions(ExclusionRules((), None))
        self.catalog = Catalog(exclusions=exclusions, generations=generations)
        self.hub = Hub(partial(make_backend, exclusions=exclusions, generations=generations))
        self.hub.follow(self.catalog)
        self.shares = ShareList(self.catalog)
        self.snapshots = Snapshots(self.hub)
        self.served: set[Colour] = set()
        self.served_of: dict[str, set[Colour]] = {}

    def watch(self, source: Source) -> Subscription:
        """Have pictures of ``source`` for as long as it is shared, and note what colours they have."""

        def changed() -> None:
            if watching.newest is not None and self.shares.is_shared(source):
                self.note(source, watching.newest.pixels)

        watching = self.hub.subscribe(
            source, fps=60, pointer=False, changed=changed, may_take=lambda: self.shares.is_shared(source)
        )
        return watching

    async def look(self, source: Source) -> bool:
        """Ask for one picture, as ``/snapshot`` does; tell whether there was one."""
        try:
            frame = await self.snapshots.fresh(source, False, may_take=lambda: self.shares.is_shared(source))
        except NoPicture:
            return False
        if self.shares.is_shared(source):
            self.note(source, frame.pixels)
        return True

    def note(self, source: Source, pixels: Pixels) -> None:
        words = np.unique(pixels.view(np.uint32)[:, :, 0] & 0xFFFFFF)
        found = {(word & 255, word >> 8 & 255, word >> 16) for word in words.tolist()}
        self.served |= found
        self.served_of.setdefault(source.id, set()).update(found)

    def named(self, title: str) -> Source | None:
        return next((source for source in self.catalog.sources if source.title == title), None)

    async def close(self) -> None:
        self.snapshots.close()
        self.shares.close()
        self.catalog.stop()
        await self.catalog.ended()
        await self.hub.close()


def bgr(colour: str) -> Colour:
    """Return a colour RRGGBB as pictures have it."""
    blue, green, red = bytes.fromhex(colour)[::-1]
    return blue, green, red
