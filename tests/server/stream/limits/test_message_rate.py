"""Whatever somebody says too much of, it ends; what was asked for does not count, and others get their turn."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import struct
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import websockets

from server.protocol import wire
from server.stream.limits.message_rate import IN_A_ROW, MESSAGES_A_SECOND, MESSAGES_AT_ONCE, MessageRateLimit, Pace
from tests.helpers.binary_viewer import Watching, watch
from tests.helpers.channel_viewer import watching
from tests.helpers.studio import Studio
from tests.helpers.waiting import until

NUMBERS = itertools.count()
Say = Callable[[Any], Awaitable[Any]]


async def ping(viewer: Any) -> None:
    await viewer.ping(struct.pack("!Q", next(NUMBERS)))


async def pong(viewer: Any) -> None:
    await viewer.pong(b"unasked")


async def nothing(viewer: Any) -> None:
    await viewer.send("")


async def nothing_binary(viewer: Any) -> None:
    await viewer.send(b"")


async def acknowledge(viewer: Any) -> None:
    await viewer.send(wire.ack(999, 0.001))


async def select(viewer: Any) -> None:
    await viewer.send(struct.pack("<BxH", wire.CHANNEL, 9))


async def speak_to_nobody(viewer: Any) -> None:
    await select(viewer)
    await viewer.send("{}")


async def flood(viewer: Any, message: Say, count: int) -> tuple[int, str]:
    """Say something very often; return the close code and the last error."""
    with contextlib.suppress(websockets.ConnectionClosed):
        for _ in range(count):
            await message(viewer)
    last = ""
    async with asyncio.timeout(20):
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                told = await viewer.recv()
                last = told if isinstance(told, str) and '"error"' in told else last
    return viewer.close_code, last


@pytest.mark.parametrize("message", [ping, pong, nothing, nothing_binary, acknowledge])
async def test_whatever_floods_a_stream_ends_it(studio: Studio, message: Say) -> None:
    async with watch(studio) as viewer:
        code, error = await flood(viewer, message, 60)

    assert code == 1008
    assert "flooding" in error


@pytest.mark.parametrize("message", [ping, pong, nothing, nothing_binary, select, speak_to_nobody])
async def test_whatever_floods_a_connection_ends_it(studio: Studio, message: Say) -> None:
    async with watching(studio) as seen:
        code, error = await flood(seen.socket, message, 260)

    assert code == 1008
    assert "flooding" in error


async def test_who_floods_is_not_heard_any_more(studio: Studio) -> None:
    async with watch(studio) as viewer:
        with contextlib.suppress(websockets.ConnectionClosed):
            for _ in range(3_000):
                await ping(viewer)
        await until(lambda: not len(studio.registry))


async def test_signs_of_life_now_and_then_are_answered(studio: Studio) -> None:
    async with watching(studio) as seen:
        for _ in range(30):
            await (await seen.socket.ping(struct.pack("!Q", next(NUMBERS))))


async def test_what_was_asked_for_is_no_flood_on_channels(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.stream.multi_session.FLOOD_RATE", 1)
    monkeypatch.setattr("server.stream.multi_session.FLOOD_SECONDS", 10.0)
    async with watching(studio) as seen:
        for channel in (1, 2):
            await seen.open(channel)
        for shade in range(10):
            studio.canvas.fill(shade, shade, 9)
            await seen.until(lambda: all(seen.shows(channel, studio.canvas) for channel in (1, 2)))

        # Each picture was answered by two messages, and ten that nobody asked for would have been too many.
        assert sum(viewer.pictures for viewer in seen.viewers.values()) >= 20
        await seen.say(1, "get_status")
        await seen.answer(1, "status")


async def test_acknowledgements_are_read_at_any_pace(studio: Studio) -> None:
    async with watch(studio, "fps=60") as socket:
        seen = Watching(socket)
        (session,) = studio.registry.sessions()
        pace = studio.registry.allowance(session.viewer).pace
        for shade in range(30):
            studio.canvas.fill(shade, 4, 9)
            await seen.until(lambda: seen.shows(studio))
        left = pace._left  # noqa: SLF001  what is left shows in nothing else

    assert left > MESSAGES_AT_ONCE - 20


@pytest.mark.parametrize("count", [1, 39])
def test_a_gate_counts_what_comes_within_its_seconds(count: int) -> None:
    authorizer = MessageRateLimit(20, 2.0)

    assert not any(authorizer.is_flooded(at / 19) for at in range(200))
    assert not any(authorizer.is_flooded(20) for _ in range(count))
    assert any(authorizer.is_flooded(20) for _ in range(41 - count))


async def test_reading_lets_others_have_their_turn() -> None:
    pace, turns = Pace(), 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    task = asyncio.create_task(others())
    for _ in range(20 * IN_A_ROW):
        await pace.read_one()
    task.cancel()

    assert turns >= 18


async def test_one_device_is_not_read_faster_than_its_pace() -> None:
    begun = time.monotonic()
    pace = Pace()
    for _ in range(MESSAGES_AT_ONCE):
        await pace.read_one()
    for _ in range(40):
        await pace.read_one()
    took = time.monotonic() - begun
    pace.forgive(10 * MESSAGES_AT_ONCE)
    for _ in range(MESSAGES_AT_ONCE - 1):
        await asyncio.wait_for(pace.read_one(), 5)

    assert took >= 40 / MESSAGES_A_SECOND
