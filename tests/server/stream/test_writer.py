"""A picture that is ready goes the moment the viewer's side hears of it; all else waits for its turn."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Callable
from typing import cast

import pytest

from server.stream.consumer import Consumer, Outgoing
from server.stream.limits.device_limits import Place
from server.stream.socket import anything
from server.stream.writer import Ending, Writer
from tests.helpers.waiting import until


class RecordingSink:
    """A `MessageSink` that keeps what it is given; the test says when it is full.

    Attributes:
        pictures, words: what was handed over.
        emptied: set while nothing waits in it.
    """

    ping_seconds = math.inf
    rtt = shortest_rtt = None

    def __init__(self) -> None:
        self.pictures: list[bytes] = []
        self.words: list[bytes] = []
        self.emptied = asyncio.Event()
        self.emptied.set()
        self.is_cut = False

    @property
    def is_free(self) -> bool:
        return self.emptied.is_set()

    def stuck_for(self, now: float, owes_since: float | None) -> float:
        return 0.0

    def send_now(self, framed: bytes, may_go: Callable[[], bool]) -> bool:
        assert self.is_free
        if may_go():
            self.pictures.append(framed)
            return True
        return False

    async def taken(self) -> None:
        await self.emptied.wait()

    async def send(self, text: bytes) -> None:
        self.words.append(text)

    async def send_ready(self, framed: bytes, may_go: Callable[[], bool] = anything) -> bool:
        await self.taken()
        return self.send_now(framed, may_go)

    def recheck(self) -> None:
        """Nothing is ever half sent."""

    async def ping(self) -> None:
        """It is always alive."""

    async def close(self, code: int, reason: str) -> None:
        """It stays open."""

    def part(self, text: bytes, code: int) -> None:
        self.words.append(text)

    def abort(self) -> None:
        self.is_cut = True


class ScriptedConsumer:
    """What a viewer is due, as the test says.

    Attributes:
        ready: messages that have been made already.
        making: messages that are made when they are asked for.
        due_at: when the next one is due, None for at once.
        may_go: what is said when one is about to go.
        withdrawn: how many were not sent in the end.
    """

    def __init__(self) -> None:
        self.place = Place()
        self.ready: list[bytes] = []
        self.making: list[bytes] = []
        self.due_at: float | None = None
        self.may_go = True
        self.withdrawn = 0

    def due(self, now: float) -> float | None:
        if not self.ready and not self.making:
            return None
        return now if self.due_at is None else self.due_at

    def ready_message(self, now: float) -> Outgoing | None:
        return Outgoing(self.ready.pop(0), lambda: self.may_go) if self.ready else None

    async def next_message(self, now: float) -> Outgoing | None:
        await asyncio.sleep(0)
        return Outgoing((self.ready or self.making).pop(0), lambda: self.may_go)

    def withheld(self) -> None:
        self.withdrawn += 1


class Scene:
    """A writer at work, with nothing to do."""

    def __init__(self) -> None:
        self.sink, self.consumer = RecordingSink(), ScriptedConsumer()
        self.waits: list[float] = []
        self.writer = Writer(
            cast("Consumer", self.consumer), lambda now: {}, lambda now, seconds: self.waits.append(seconds), False
        )


@contextlib.asynccontextmanager
async def writing() -> AsyncIterator[Scene]:
    scene = Scene()
    task = asyncio.create_task(scene.writer.run(scene.sink))
    await asyncio.sleep(0)
    try:
        yield scene
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_picture_that_is_ready_goes_at_once() -> None:
    async with writing() as scene:
        scene.consumer.ready.append(b"picture")
        scene.writer.wake()

        assert scene.sink.pictures == [b"picture"]  # the task has not had a turn
        assert scene.writer.traffic.frames == 1
        assert len(scene.waits) == 1


async def test_one_that_has_to_be_made_comes_in_its_turn() -> None:
    async with writing() as scene:
        scene.consumer.making.append(b"picture")
        scene.writer.wake()

        assert scene.sink.pictures == []
        await until(lambda: scene.sink.pictures == [b"picture"])


async def test_one_that_is_due_later_goes_then() -> None:
    async with writing() as scene:
        scene.consumer.ready.append(b"picture")
        scene.consumer.due_at = time.monotonic() + 0.05
        scene.writer.wake()

        assert scene.sink.pictures == []
        await until(lambda: scene.sink.pictures == [b"picture"])
        assert time.monotonic() >= scene.consumer.due_at


async def test_words_that_wait_go_before_it() -> None:
    async with writing() as scene:
        scene.writer.say(b"words")
        scene.consumer.ready.append(b"picture")
        scene.writer.wake()

        assert scene.sink.pictures == []
        await until(lambda: scene.sink.pictures == [b"picture"])
        assert scene.sink.words == [b"words"]


async def test_nothing_goes_behind_something_that_is_stuck() -> None:
    async with writing() as scene:
        scene.sink.emptied.clear()
        scene.consumer.ready.append(b"picture")
        scene.writer.wake()
        await asyncio.sleep(0)

        assert scene.sink.pictures == []
        scene.sink.emptied.set()
        await until(lambda: scene.sink.pictures == [b"picture"])


async def test_a_wait_for_the_kernel_is_told() -> None:
    async with writing() as scene:

        def fills() -> bool:
            scene.sink.emptied.clear()
            return True

        scene.consumer.ready.append(b"large")
        scene.consumer.ready_message = lambda now: Outgoing(scene.consumer.ready.pop(), fills)  # type: ignore[method-assign]
        scene.writer.wake()
        assert scene.sink.pictures == [b"large"]
        assert scene.waits == []
        await asyncio.sleep(0.02)
        scene.sink.emptied.set()

        await until(lambda: len(scene.waits) == 1)
        assert scene.waits[0] >= 0.02


async def test_one_that_was_withdrawn_stays_here() -> None:
    async with writing() as scene:
        scene.consumer.ready.append(b"secret")
        scene.consumer.may_go = False
        scene.writer.wake()
        await asyncio.sleep(0)

        assert scene.sink.pictures == []
        assert scene.consumer.withdrawn == 1


async def test_after_the_end_nothing_is_sent() -> None:
    async with writing() as scene:
        scene.writer.end(Ending(1000, "over"))
        scene.consumer.ready.append(b"late")
        scene.writer.wake()
        await asyncio.sleep(0.01)

        assert scene.sink.pictures == []


async def test_a_fault_with_one_viewer_is_not_the_others(caplog: pytest.LogCaptureFixture) -> None:
    async with writing() as scene:
        scene.consumer.ready.append(b"picture")
        scene.consumer.ready_message = None  # type: ignore[assignment, method-assign]

        scene.writer.wake()  # returns

        assert scene.sink.is_cut
        assert "cannot be sent" in caplog.text
