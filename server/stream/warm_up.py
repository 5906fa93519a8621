"""The first picture of a source, taken while the page that is going to show it is still on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from capture.feed.hub import Hub, Subscription
from capture.source import Identity, Source

WARM_SECONDS = 3.0
"""So long after its page was asked for, a source that nobody watches rests again."""
WARM_FPS = 4.0
"""How often it is looked at meanwhile: a picture is to be fresh when it is asked for."""


class WarmUps:
    """Sources whose page has just been asked for. Loop only."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._warm: dict[Identity, tuple[Subscription, asyncio.TimerHandle]] = {}

    def begin(self, source: Source, may_see: Callable[[Source], bool]) -> None:
        """Have pictures of ``source`` taken, if somebody may see it: ``may_see(source)`` is asked before each."""
        found = self._warm.pop(source.identity, None)
        if found is None:
            subscription = self._hub.subscribe(
                source, fps=WARM_FPS, pointer=True, changed=_nothing, may_take=partial(may_see, source)
            )
        else:
            subscription, timer = found
            timer.cancel()
        ends = asyncio.get_running_loop().call_later(WARM_SECONDS, self._end, source.identity)
        self._warm[source.identity] = (subscription, ends)

    def close(self) -> None:
        """Let all of them rest."""
        for identity in tuple(self._warm):
            self._end(identity)

    def _end(self, identity: Identity) -> None:
        subscription, timer = self._warm.pop(identity)
        timer.cancel()
        subscription.close()


def _nothing() -> None:
    """There is nothing to do when a picture comes: it is there for whoever asks."""
