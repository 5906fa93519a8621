"""One encode for everybody who wishes for the same thing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, TypeVar

from capture.encode import Encoded, Rendition, encode
from capture.frame import Frame
from capture.source import Source

T = TypeVar("T")

MOST_SLOTS = 24
"""Finished results kept in all; the oldest go first."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """The newest encode of one rendition of one source."""

    version: int
    result: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class Order:
    """What a viewer will ask to have made of the next picture."""

    rendition: Rendition
    finish: Callable[[Encoded], Any]


class SharedEncoder:
    """Encodes each (source, picture, rendition) once, in worker threads, however many ask. Loop only.

    Viewers always ask for the newest picture, so one finished result per rendition is all that is kept.

    Attributes:
        encodes: how many encodes there were.
        asked: by source, the newest picture that anybody wanted encoded. Feeds read it from their threads.
    """

    def __init__(self, workers: Executor) -> None:
        self._workers = workers
        self._slots: dict[tuple[Any, ...], _Slot] = {}
        self.encodes = 0
        self.asked: dict[Any, int] = {}

    async def encode(self, frame: Frame, rendition: Rendition, finish: Callable[[Encoded], T]) -> T:
        """Return ``finish(encoded)`` of ``frame`` as ``rendition``; ``finish`` runs in the worker and is shared too.

        Raises:
            EncodeError: the picture cannot be encoded this way.
        """
        key, version = _key(frame, rendition, finish), frame.version(rendition.cursor)
        self.asked[frame.source.identity] = frame.sequence
        slot = self._slots.get(key)
        if slot is None or slot.version != version or slot.result.cancelled():
            self.encodes += 1
            loop = asyncio.get_running_loop()
            result = asyncio.ensure_future(loop.run_in_executor(self._workers, _work, frame, rendition, finish))
            result.add_done_callback(_retrieve)
            slot = _Slot(version, result)
            self._keep(key, slot)
        # A viewer that leaves must not cancel what others wait for.
        value: T = await asyncio.shield(slot.result)
        return value

    def supply(self, frame: Frame, order: Order, finished: Any) -> None:
        """Keep what the feed has made of ``frame`` already, for those who will ask."""
        self.encodes += 1
        result = asyncio.get_running_loop().create_future()
        result.set_result(finished)
        key = _key(frame, order.rendition, order.finish)
        self._keep(key, _Slot(frame.version(order.rendition.cursor), result))

    async def run(self, function: Callable[..., T], *values: object) -> T:
        """Return ``function(*values)``, worked out in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, function, *values)

    def forget(self, source: Source) -> None:
        """Drop what is kept of a source, once nobody watches it."""
        self.asked.pop(source.identity, None)
        self._slots = {key: slot for key, slot in self._slots.items() if key[0] != source.identity}

    def _keep(self, key: tuple[Any, ...], slot: _Slot) -> None:
        self._slots.pop(key, None)
        self._slots[key] = slot
        # A still picture whose quality is dragged about would leave one result for every value it had.
        while len(self._slots) > MOST_SLOTS:
            del self._slots[next(iter(self._slots))]


def _key(frame: Frame, rendition: Rendition, finish: Callable[[Encoded], Any]) -> tuple[Any, ...]:
    quality = 0 if rendition.format == "png" else rendition.quality
    size = rendition.size_for(frame.width, frame.height)
    return (frame.source.identity, rendition.format, quality, size, rendition.cursor, finish)


def _work(frame: Frame, rendition: Rendition, finish: Callable[[Encoded], T]) -> T:
    return finish(encode(frame, rendition))


def _retrieve(result: asyncio.Future[Any]) -> None:
    """Mark a failure as seen: whoever still waits gets it, and nobody may be waiting any more."""
    if not result.cancelled():
        result.exception()
