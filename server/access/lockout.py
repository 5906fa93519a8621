"""Guessers have to wait: five failures, then 1, 2, 4 … 15 minutes; for each address and for all together."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from capture.events import Listeners
from capture.source import Unsubscribe
from server.net.peers import Peer

FIRST_WAIT_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 900.0
PEERS_KEPT = 4096
"""Addresses whose failures are remembered; somebody with many addresses must not fill the memory."""
FAILURES_LISTED = 50
NEWS_SECONDS = 120.0
"""For so long after the last try, or the wait for it, somebody who failed is listed as one who tries now."""
QUESTION = "question"
"""A try to which the person at this computer said no, or nothing. Counted apart from guesses: questions need a right
credential, so that who guesses must not keep the questions of others away."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures are borne, and how many seconds of quiet let one of them be forgotten."""

    failures: int
    forget_seconds: float


EACH = Limit(5, 720.0)
ALL = Limit(20, 180.0)
"""Higher than for one address, and forgotten sooner: one who guesses on and on cannot keep it closed to the others."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The failures of one address, or of all.

    Attributes:
        level: failures that count now, as of ``since``.
        since: from when on quiet lowers it; while a wait lasts, nothing is forgotten.
        waits: how many waits there have been in a row.
    """

    level: int = 0
    since: float = 0.0
    waits: int = 0

    def left(self, now: float, limit: Limit) -> int:
        """Return the failures that still count."""
        # Whole ones: a bit of each forgotten would make room for one more in the same minute.
        return max(0, self.level - int(max(0.0, now - self.since) // limit.forget_seconds))

    def after_failure(self, now: float, limit: Limit) -> Tally:
        """Return the tally with one more failure, that happened now."""
        left = self.left(now, limit)
        level, waits = left + 1, self.waits if left else 0
        if level < limit.failures:
            return Tally(level, now, waits)
        wait = min(FIRST_WAIT_SECONDS * 2**waits, LONGEST_WAIT_SECONDS)
        # Not above the limit: a long series is not to take longer to be forgotten. A wait that would no
        # longer grow is counted no further.
        grown = waits + 1 if wait < LONGEST_WAIT_SECONDS else waits
        return Tally(limit.failures, now + wait, grown)

    def wait_seconds(self, now: float) -> float:
        """Return how long nothing is tried, 0 when it may be."""
        return max(0.0, self.since - now)


@dataclass(frozen=True, slots=True)
class Failure:
    """The failures of one address, for the person at this computer.

    Attributes:
        address: the last one seen of it.
        what: what was tried last, in a word or two.
        count: how many there have been, without a pause in which they would have been forgotten.
        at: time of the last, seconds since the epoch.
        wait_seconds: how long it had to wait after that one.
    """

    address: str
    what: str
    count: int
    at: float
    wait_seconds: float

    @property
    def news_until(self) -> float:
        """Return until when it is worth telling; seconds since the epoch."""
        return self.at + self.wait_seconds + NEWS_SECONDS


class Lockout:
    """Counts failures and says who has to wait. The person at this computer never has to. Loop only.

    Memory is bounded: a fixed number of addresses is remembered, those that failed longest ago are forgotten first.
    That this gives nothing to somebody with very many addresses is what the count of all together is for.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, wall_clock: Callable[[], float] = time.time) -> None:
        """``now`` counts seconds steadily, ``wall_clock`` gives seconds since the epoch."""
        self._now = now
        self._wall_clock = wall_clock
        self._each: OrderedDict[tuple[str, bool], Tally] = OrderedDict()
        self._all = Tally()
        self._listed: OrderedDict[str, Failure] = OrderedDict()
        self._listeners = Listeners()

    def __len__(self) -> int:
        """Return how many addresses are remembered."""
        return len(self._each)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Return who failed, the latest first."""
        return tuple(reversed(self._listed.values()))

    def wait_seconds(self, peer: Peer) -> float:
        """Return how long ``peer`` has to wait for its own guesses, 0 when it may try."""
        return self._waits(peer, is_question=False)

    def question_wait_seconds(self, peer: Peer) -> float:
        """Return how long the person is not to be asked about ``peer``, 0 when it may ask."""
        return self._waits(peer, is_question=True)

    def common_wait_seconds(self, peer: Peer) -> float:
        """Return how long ``peer`` has to wait for the failures of all together, 0 when it may try."""
        return 0.0 if peer.is_host else self._all.wait_seconds(self._now())

    def failed(self, peer: Peer, what: str) -> None:
        """Count a failure of ``peer``, who tried ``what``."""
        now, is_question = self._now(), what == QUESTION
        if not peer.is_host:
            key = (peer.key, is_question)
            self._each[key] = self._each.get(key, Tally()).after_failure(now, EACH)
            self._each.move_to_end(key)
            if not is_question:
                self._all = self._all.after_failure(now, ALL)
            if len(self._each) > PEERS_KEPT:
                self._each.popitem(last=False)
        new = Failure(peer.address, what, 0, 0.0, 0.0)
        known = self._listed.pop(peer.key, new)
        if known.at + known.wait_seconds + EACH.forget_seconds < self._wall_clock():
            known = new
        self._listed[peer.key] = replace(
            known,
            address=peer.address,
            what=what,
            count=known.count + 1,
            at=self._wall_clock(),
            wait_seconds=self._waits(peer, is_question),
        )
        if len(self._listed) > FAILURES_LISTED:
            self._listed.popitem(last=False)
        self._listeners.tell()

    def came_in(self, peer: Peer, *what: str) -> None:
        """List ``peer`` no longer as somebody who failed, if it tried one of ``what`` last: it is in now.

        A try that has to wait is counted all the same, or a guest's link would make room for more guesses.
        """
        known = self._listed.get(peer.key)
        if known is not None and known.what in what:
            del self._listed[peer.key]
            self._listeners.tell()

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called after each change of `failures`; return what ends that."""
        return self._listeners.subscribe(changed)

    def _waits(self, peer: Peer, is_question: bool) -> float:
        if peer.is_host:
            return 0.0
        return self._each.get((peer.key, is_question), Tally()).wait_seconds(self._now())
