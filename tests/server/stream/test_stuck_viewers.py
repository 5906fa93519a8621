"""Viewers that do not read: dropped themselves, and nobody else notices."""

from __future__ import annotations

import asyncio

import pytest

from tests.helpers.stuck_viewer import paint, stuck_viewer
from tests.helpers.studio import Studio
from tests.helpers.waiting import receive, until


async def test_a_viewer_that_never_reads_is_dropped_while_another_goes_on(studio: Studio) -> None:
    painting = asyncio.create_task(paint(studio))
    async with studio.connect("/stream/4711?fps=20") as good:
        await receive(good, "frame")
        stuck = stuck_viewer(studio)
        await until(lambda: len(studio.registry) == 2)
        numbers = []
        async with asyncio.timeout(20):
            while len(studio.registry) == 2:
                numbers.append((await receive(good, "frame"))["data"]["frame_number"])
        stuck.close()
    painting.cancel()

    assert len(numbers) > 20
    assert numbers == sorted(numbers)


async def test_who_reads_again_in_time_learns_why_it_was_dropped(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.stream.session_base.STALL_SECONDS", 0.5)
    monkeypatch.setattr("server.stream.session_base.PARTING_SECONDS", 5.0)
    painting = asyncio.create_task(paint(studio))
    stuck = stuck_viewer(studio)
    await until(lambda: studio.hub.running == 1)
    await until(lambda: studio.hub.running == 0, seconds=15)
    stuck.setblocking(False)
    received = b""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(20):
        while b"\x88\x02\x11\x38" not in received[-64:]:
            chunk = await loop.sock_recv(stuck, 1 << 16)
            assert chunk
            received += chunk
    painting.cancel()
    stuck.close()

    assert b'"code":"too_slow"' in received[-400:]


async def test_stopping_does_not_wait_for_stuck_viewers(studio: Studio) -> None:
    painting = asyncio.create_task(paint(studio))
    stuck = [stuck_viewer(studio) for _ in range(5)]
    await until(lambda: len(studio.registry) == 5)
    await until(lambda: all(view.state == "slow" for view in studio.registry.sessions()), seconds=15)
    async with asyncio.timeout(2.0):
        await studio.server.stop()
    painting.cancel()
    for raw in stuck:
        raw.close()

    assert len(studio.registry) == 0
