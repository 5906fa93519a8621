"""The server under load, in a process of its own: thirty pictures a second of about 30 kB each; with ``large``, of a
screen of 1920 × 1080 of which a tenth is in motion.

It prints its port. A line ``count`` on standard input is answered with its counters as JSON, which takes the loop a
while; ``dropped`` with that one alone, which does not. ``link NAME`` makes a link and is answered with its ``token``.
``apply {…}`` moves the host's sliders, ``stop`` stops serving and is answered with the counters and the ``seconds``
that took.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import simplejpeg

from capture.feed.catalog import Catalog
from capture.feed.hub import Hub
from capture.picture.frame import Take
from capture.platforms.contract import Wake
from capture.platforms.waiting import wait_readable
from capture.source import Condition, Source
from capture.video.encoder import video_encoders
from server.protocol.options import StreamOptions
from server.server import Server
from server.sharing import ShareList, ShareRule
from server.stream.registry import SessionRegistry
from tests.load.lag import Lag

SOURCE = Source("demo", "demo", "Noise", "loads", 640, 360)
RATE = 30
BYTES = 30_000
PICTURES = 12


def pictures() -> list[np.ndarray]:
    """Return pictures that are noise from the top down to where a JPEG of quality 80 has about 30 kB."""
    draw = np.random.default_rng(1)
    made = [draw.integers(0, 255, (SOURCE.height, SOURCE.width, 4), dtype=np.uint8) for _ in range(PICTURES)]
    rows = next(
        rows
        for rows in range(16, SOURCE.height, 8)
        if len(simplejpeg.encode_jpeg(made[0][:rows].copy(), 80, "BGRX", "420")) >= BYTES
    )
    for picture in made:
        picture[rows:] = 40
    return made


def large_pictures() -> list[np.ndarray]:
    """Return pictures of a whole screen, of which something like a photograph moves in the middle."""
    draw = np.random.default_rng(1)
    ground = np.kron(draw.integers(0, 255, (68, 120, 4), dtype=np.uint8), np.ones((16, 16, 1), dtype=np.uint8))[:1080]
    made = []
    for number in range(PICTURES):
        picture = ground.copy()
        picture[300:700, 600:1200] = draw.integers(0, 255, (400, 600, 4), dtype=np.uint8)
        picture[:, number * 20 : number * 20 + 20] = 90
        made.append(picture)
    return made


class Ticking:
    """A backend that shows one picture after the other."""

    def __init__(self, shown: list[np.ndarray]) -> None:
        self._shown = shown
        self._count = 0
        self._due = time.monotonic()

    def open(self) -> None:
        """Nothing to connect to."""

    def wait(self, seconds: float | None, call: int) -> Wake:
        left = max(0.0, self._due - time.monotonic())
        called = wait_readable((call,), left if seconds is None else max(left, seconds))
        return Wake.NOTHING if called else Wake.CHANGED

    def take(self, pointer: bool) -> Take:
        now = time.monotonic()
        self._due = max(self._due + 1 / RATE, now)
        self._count += 1
        return Take(Condition("live"), self._shown[self._count % len(self._shown)])

    def close(self) -> None:
        """Nothing to give back."""


class Faults(logging.Handler):
    """Keeps what was logged as an error; what nobody awaited is among it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


async def main() -> None:
    """Serve until standard input ends."""
    faults = Faults()
    logging.getLogger().addHandler(faults)
    is_large = sys.argv[1:] == ["large"]
    shown = large_pictures() if is_large else pictures()
    source = replace(SOURCE, width=1920, height=1080) if is_large else SOURCE
    catalog = Catalog((source,), windows=False)
    hub = Hub(lambda source: Ticking(shown), video_encoders() if is_large else None)
    shares = ShareList(catalog, (ShareRule("all"),))
    registry = SessionRegistry(hub, shares, StreamOptions(fps=RATE))
    server = Server(hub, catalog, shares, registry)
    catalog.start()
    await server.start(port=0)
    lag = Lag()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    process = psutil.Process()

    def counters(**more: Any) -> str:
        gc.collect()  # what nobody awaited is told when it goes
        scheduled = loop._scheduled  # noqa: SLF001  there is no public way
        timers = [timer for timer in scheduled if timer is not lag.timer and not timer.cancelled()]
        counted = {
            "memory": process.memory_info().rss / 1e6,
            "descriptors": len(list(Path("/proc/self/fd").iterdir())),
            "threads": threading.active_count(),
            "tasks": len(asyncio.all_tasks()),
            "timers": len(timers),
            "viewers": len(registry),
            "slow": sum(view.state == "slow" for view in registry.sessions()),
            "feeds": hub.running + hub.ending,
            "dropped": registry.totals.dropped,
            "lag_p99_ms": lag.p99_ms(),
            "faults": faults.said,
        }
        return json.dumps(counted | more)

    gc.freeze()  # as the program does
    print(server.port, flush=True)
    while line := (await reader.readline()).decode().strip():
        command, _, rest = line.partition(" ")
        if command == "apply":
            registry.apply(json.loads(rest))
            continue
        if command == "link":
            link = registry.access.links.make(rest, (ShareRule("all"),))
            print(json.dumps({"token": link.token}), flush=True)
            continue
        if command == "dropped":
            print(json.dumps({"dropped": registry.totals.dropped}), flush=True)
            continue
        more = {}
        if command == "stop":
            begun = time.monotonic()
            await server.stop()
            more = {"seconds": time.monotonic() - begun}
        print(counters(**more), flush=True)
    await server.stop()
    await lag.close()
    registry.close()
    shares.close()
    catalog.stop()
    await hub.close()


if __name__ == "__main__":
    asyncio.run(main())
