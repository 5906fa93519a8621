"""Viewers who come and go: nothing of them stays behind."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import threading
import time
from pathlib import Path

import pytest

from capture.feed.catalog import Catalog
from capture.feed.hub import Hub
from capture.platforms.choose import make_backend
from server.protocol.options import StreamOptions
from server.server import Server
from server.sharing import ShareList, ShareRule
from server.stream.registry import SessionRegistry
from tests.load.parts import LASTING, LONG, PATH, line, serving, viewers
from tests.load.server import SOURCE

pytestmark = [pytest.mark.timeout(500)]

COUNT = 5000 if LONG else 300
SOAK_SECONDS = 230


def test_who_comes_and_goes_leaves_nothing_behind() -> None:
    with serving() as server:
        before = server.settled()
        with viewers("churn", server.port, PATH, COUNT, 20) as crowd:
            line(crowd)
            done = json.loads(line(crowd))
        after = server.until(lambda counted: all(counted[name] <= before[name] for name in LASTING))
    print(f"\n{COUNT} connections in {done['seconds']:.1f} s; {before} became {after}")

    assert done["refused"] == 0
    assert after["faults"] == []


@pytest.mark.skipif(not LONG, reason="takes long: run installer/test.sh --long")
def test_hours_of_use_in_minutes_leave_everything_flat() -> None:
    """Twenty minutes of use in about four: five times as many viewers come and go, and sliders move."""
    chosen = random.Random(6)
    samples = []
    with serving() as server:
        before = server.settled()
        end = time.monotonic() + SOAK_SECONDS
        while time.monotonic() < end:
            with viewers("churn", server.port, PATH, 400, 8) as crowd:
                line(crowd)
                told: list[str] = []
                reading = threading.Thread(target=lambda told=told, crowd=crowd: told.append(line(crowd)))
                reading.start()
                while reading.is_alive():
                    moved = {"fps": chosen.randint(5, 30), "quality": chosen.randint(40, 90)}
                    server.tell("apply " + json.dumps(moved))
                    reading.join(0.05)
            samples.append(server.until(lambda counted: all(counted[name] <= before[name] for name in LASTING)))
    memory = [sample["memory"] for sample in samples]
    third = len(memory) // 3
    thirds = [statistics.median(memory[begin : begin + third]) for begin in (0, third, 2 * third)]
    print(f"\n{len(samples)} rounds; memory of the thirds in MB: {', '.join(f'{one:.1f}' for one in thirds)}")

    assert samples[-1]["faults"] == []
    # From the first third on, when everything has been used once. One round leaves a few more pieces than the next.
    assert max(thirds[1:]) <= thirds[0] + 3
    assert memory[-1] <= memory[third] + 10


async def test_two_hundred_starts_and_stops_leak_nothing() -> None:
    catalog = Catalog((SOURCE,), windows=False)
    catalog.start()
    hub = Hub(make_backend)
    shares = ShareList(catalog, (ShareRule("all"),))
    registry = SessionRegistry(hub, shares, StreamOptions())
    server = Server(hub, catalog, shares, registry)

    def held() -> tuple[int, int, int]:
        return (
            len(list(Path("/proc/self/fd").iterdir())),
            threading.active_count(),
            len(asyncio.all_tasks()),
        )

    async def once() -> None:
        await server.start(port=0)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"GET /api/windows HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        assert b" 200 " in await reader.readline()
        await server.stop()
        writer.close()
        await writer.wait_closed()

    await once()
    before = held()
    for _ in range(200):
        await once()
    registry.close()
    shares.close()
    catalog.stop()
    await hub.close()

    assert held() <= before
