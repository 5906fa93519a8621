"""One encode for everybody who wishes for the same thing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

from capture import reasons
from capture.encode.fair_queue import Party
from capture.encode.image import Encoded, Rendition, encode
from capture.encode.workers import NOBODY, Job, Workers
from capture.errors import EncodeError
from capture.picture.frame import Frame
from capture.source import Source

log = logging.getLogger(__name__)

T = TypeVar("T")
Key = tuple[Any, Hashable, Hashable]
"""Of which source, of which family, which version."""

HANG_SECONDS = 2.5
"""An encoding that takes longer than this is given up …"""
PIXELS_A_SECOND = 10_000_000
"""… but large pictures may take longer: as slow as this is a PNG of noise."""
RELIEF_SECONDS = 0.25
"""An encoding that takes longer than this gets a worker of its own, so that it does not keep the others waiting."""
MOST_HANGING = 2
"""So many encodings of one source may hang; after that no more are begun."""
MOST_SLOTS = 24
"""Finished results kept of one source; the oldest go first."""

STALE_PICTURES = 60
"""An outcome of a picture that is so many older than the newest is kept for nobody: its viewer has left."""


class EncodeRequest(Protocol):
    """Something that can be made of a picture. ``family`` and ``version`` are compared and hashed."""

    def family(self, frame: Frame) -> Hashable:
        """Return what is the same for this wish of other pictures; an older result of the family is dropped."""

    def version(self, frame: Frame) -> Hashable:
        """Return what tells the results of one family apart."""

    def make(self, frame: Frame) -> Any:
        """Make it; runs in a worker thread. Raises `EncodeError`."""


class PlannedRequest(EncodeRequest, Protocol):
    """A request that the feed's thread carries out as soon as it has the picture."""

    def supply(self, encoder: SharedEncoder, frame: Frame, made: Any) -> None:
        """Give those who will ask for it what was made of ``frame``, which the loop has accepted. Loop only."""


class EncodePlan(Protocol):
    """A viewer's request for each next picture; compared, to see whether all wish for the same.

    Attributes:
        follows_moves: it can use that a picture is the last one, moved.
    """

    @property
    def follows_moves(self) -> bool: ...

    def next_request(self, last: Frame, frame: Frame) -> PlannedRequest | None:
        """Return what who has been given ``last`` will wish to have made of ``frame``, None for nothing."""


def as_is(encoded: Encoded) -> Encoded:
    """Finish a picture by leaving it as it is."""
    return encoded


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """A whole picture as ``rendition``, handed to ``finish`` in the worker; the outcome is shared too.

    Viewers of the same rendition, finished otherwise, share the encoding.
    """

    rendition: Rendition
    finish: Callable[[Encoded], Any] = as_is
    follows_moves = False

    def family(self, frame: Frame) -> Hashable:
        rendition = self.rendition
        quality = 0 if rendition.format == "png" else rendition.quality
        size = rendition.size_for(frame.width, frame.height)
        return (rendition.format, quality, size, rendition.cursor, self.finish)

    def version(self, frame: Frame) -> Hashable:
        return frame.version(self.rendition.cursor)

    def make(self, frame: Frame) -> Any:
        return self.finish(encode(frame, self.rendition))

    def supply(self, encoder: SharedEncoder, frame: Frame, made: Any) -> None:
        encoder.supply(frame, self, made)

    def next_request(self, last: Frame, frame: Frame) -> PlannedRequest | None:
        # A format that is slow to make must not keep the feed waiting.
        is_new = self.version(frame) != self.version(last)
        return self if is_new and self.rendition.format == "jpeg" else None


@dataclass(slots=True)
class _Slot:
    """The outcome of a request for one picture, made or still to be made.

    ``job`` makes it, None where it is made of what others wished for. ``settled``: nobody need wait for it any longer.
    ``parties`` wish for it, ``waiting`` is how many wait.
    """

    sequence: int
    result: asyncio.Future[Any]
    job: Job[Any] | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    parties: set[Party] = field(default_factory=set)
    waiting: int = 0


class SharedEncoder:
    """Makes each wish of each picture once, in worker threads, however many have it. Loop only.

    Viewers always ask for the newest picture, so what was made of older ones is not kept. Parties take turns, and what
    nobody waits for any more is not begun.

    Attributes:
        encodes: how many pictures were encoded.
        asked: by source, the newest picture that anybody wanted encoded. Feeds read it from their threads.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._making: dict[Job[Any], Any] = {}
        self._hanging: dict[Job[Any], Any] = {}
        self._looking: asyncio.TimerHandle | None = None
        self._slots: dict[Key, _Slot] = {}
        self.encodes = 0
        self.asked: dict[Any, int] = {}

    async def encode(self, frame: Frame, request: EncodeRequest, party: Party = NOBODY) -> Any:
        """Return what ``request`` makes of ``frame``, made in that party's turn unless others wished for it sooner.

        Raises:
            EncodeError: the picture cannot be encoded this way, or not in a reasonable time.
        """
        self.note_asked(frame)
        return await self._outcome(*self._slot(frame, request, party))

    def ready(self, frame: Frame, request: EncodeRequest) -> Any | None:
        """Return what ``request`` makes of ``frame`` where that has been made already, else None."""
        self.note_asked(frame)
        slot = self._slots.get((frame.source.identity, request.family(frame), request.version(frame)))
        if slot is None or not slot.result.done() or slot.result.cancelled() or slot.result.exception() is not None:
            return None
        return slot.result.result()

    def note_asked(self, frame: Frame) -> None:
        """Note that somebody wants that picture encoded, here or elsewhere."""
        self.asked[frame.source.identity] = frame.sequence

    def close(self) -> None:
        """Encode nothing any more."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def supply(self, frame: Frame, request: EncodeRequest, made: Any) -> None:
        """Keep what the feed has made of ``frame`` already, for those who will ask."""
        self.encodes += 1
        result = asyncio.get_running_loop().create_future()
        result.set_result(made)
        key = (frame.source.identity, request.family(frame), request.version(frame))
        self._keep(key, _Slot(frame.sequence, result))

    async def run(self, parties: Collection[Party], function: Callable[..., T], *values: object) -> T:
        """Return ``function(*values)``, worked out in a worker thread in the turn of one of these."""
        first, *others = parties
        job = self._workers.submit_for(first, partial(function, *values))
        for party in others:
            self._workers.join(party, job)
        try:
            return await asyncio.wrap_future(job)
        finally:
            self._workers.drop(job)

    def forget(self, source: Source) -> None:
        """Drop what is kept of a source, once nobody watches it."""
        self.asked.pop(source.identity, None)
        self._slots = {key: slot for key, slot in self._slots.items() if key[0] != source.identity}

    def _slot(self, frame: Frame, request: EncodeRequest, party: Party) -> tuple[Key, _Slot]:
        """Return the place of what is wished for: where it is, is being made, or is begun to be made now."""
        key = (frame.source.identity, request.family(frame), request.version(frame))
        slot = self._slots.get(key)
        if slot is None or slot.result.cancelled():
            slot = self._open(key, frame, request, party)
        elif not slot.result.done():
            self._join(slot, party, frame, request)
        return key, slot

    async def _outcome(self, key: Key, slot: _Slot) -> Any:
        if not slot.result.done():
            await self._wait(key, slot)
        if not slot.result.done() or slot.result.cancelled():
            raise EncodeError(reasons.ENCODING_SLOW)
        return slot.result.result()

    def _open(self, key: Key, frame: Frame, request: EncodeRequest, party: Party) -> _Slot:
        """Begin to make something, and keep a place for it."""
        parties = {party}
        slot = _Slot(frame.sequence, *self._begin(frame, request, party, parties), parties=parties)
        seconds = HANG_SECONDS + frame.width * frame.height / PIXELS_A_SECOND
        timer = asyncio.get_running_loop().call_later(seconds, self._took_too_long, key, slot, seconds)

        def made(result: asyncio.Future[Any]) -> None:
            timer.cancel()
            slot.settled.set()
            _retrieve(result)

        slot.result.add_done_callback(made)
        self._keep(key, slot)
        return slot

    async def _wait(self, key: Key, slot: _Slot) -> None:
        # Not for the result itself: a viewer that leaves must not cancel what others wait for.
        slot.waiting += 1
        try:
            await slot.settled.wait()
        finally:
            slot.waiting -= 1
            if not slot.waiting and not slot.settled.is_set():
                self._abandon(key, slot)

    def _abandon(self, key: Key, slot: _Slot) -> None:
        """Leave undone what nobody waits for any more; what was begun goes on, for its thread cannot be stopped."""
        if slot.job is None:
            slot.result.cancel()
        elif not self._workers.drop(slot.job):
            return
        if self._slots.get(key) is slot:
            del self._slots[key]

    def _took_too_long(self, key: Key, slot: _Slot, seconds: float) -> None:
        slot.settled.set()
        if slot.job is not None:
            self._workers.drop(slot.job)
        if self._slots.get(key) is slot:
            del self._slots[key]
            log.warning("an encoder did not answer within %.1f s and is replaced", seconds)
            self._give_up(key[0], seconds)

    def _join(self, slot: _Slot, party: Party, frame: Frame, request: EncodeRequest) -> None:
        """Have what is being made already made in that party's turn too, if it comes first."""
        slot.parties.add(party)
        if slot.job is not None:
            self._workers.join(party, slot.job)
        elif isinstance(request, ImageRequest):
            basis = ImageRequest(request.rendition)
            found = self._slots.get((frame.source.identity, basis.family(frame), basis.version(frame)))
            if found is not None:
                self._join(found, party, frame, basis)

    def _begin(
        self, frame: Frame, request: EncodeRequest, party: Party, parties: set[Party]
    ) -> tuple[asyncio.Future[Any], Job[Any] | None]:
        """Have ``request`` made, from what others wished for where that will do."""
        if isinstance(request, ImageRequest) and request.finish is not as_is:
            return asyncio.ensure_future(self._finish(frame, request, parties)), None
        identity = frame.source.identity
        if sum(one == identity and not job.done() for job, one in self._hanging.items()) >= MOST_HANGING:
            raise EncodeError(reasons.ENCODING_SLOW)
        self.encodes += 1
        job = self._workers.submit_for(party, partial(request.make, frame))
        self._making[job] = identity
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(RELIEF_SECONDS, self._relieve)
        return asyncio.wrap_future(job), job

    def _relieve(self) -> None:
        """Give those that wait behind something slow another worker; looked at while anything is being made."""
        self._looking = None
        now = time.monotonic()
        self._making = {job: identity for job, identity in self._making.items() if not job.done()}
        for job in self._making:
            if job.begun is not None and now - job.begun >= RELIEF_SECONDS:
                self._workers.relieve(job)
        if self._making:
            self._looking = asyncio.get_running_loop().call_later(RELIEF_SECONDS, self._relieve)

    def _give_up(self, identity: Any, seconds: float) -> None:
        """Take what has been made of a source for so long to hang."""
        self._hanging = {job: one for job, one in self._hanging.items() if not job.done()}
        now = time.monotonic()
        for job, one in self._making.items():
            if one == identity and not job.done() and job.begun is not None and now - job.begun >= seconds * 0.9:
                self._hanging[job] = identity

    async def _finish(self, frame: Frame, request: ImageRequest, parties: set[Party]) -> Any:
        places = [self._slot(frame, ImageRequest(request.rendition), party) for party in parties]
        encoded = await self._outcome(*places[0])
        return await self.run(parties, request.finish, encoded)

    def _keep(self, key: Key, slot: _Slot) -> None:
        identity, family, _ = key
        for old, kept in tuple(self._slots.items()):
            if old[:2] == (identity, family) and kept.sequence < slot.sequence:
                del self._slots[old]
        self._slots[key] = slot
        # A still picture whose quality is dragged about would leave one result for every value it had.
        ours = [old for old in self._slots if old[0] == identity]
        stale = [old for old in ours if self._slots[old].sequence < slot.sequence - STALE_PICTURES]
        for old in {*ours[:-MOST_SLOTS], *stale}:
            del self._slots[old]


def _retrieve(result: asyncio.Future[Any]) -> None:
    """Mark a failure as seen: those that still wait get it, and nobody may be waiting any more."""
    if not result.cancelled():
        result.exception()
