"""What a wall of many moving windows costs the server, against one of them watched at full size."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser

from tests.benchmarks.browser import chromium
from tests.benchmarks.counting import cpu_seconds
from tests.benchmarks.ours import Subject, page_path, serving
from tests.benchmarks.report import Row, percent, rate, times
from tests.benchmarks.running import showing

TILES = 9
SECONDS = 6.0
WARM_UP_SECONDS = 3.0
ALLOWED = 1.5


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page cost the server: percent of a core, bytes a second; and the pictures a second of each stream."""

    cpu: float
    rate: float
    fps: list[float]


def wall() -> Iterator[Row]:
    """Have one browser watch one window in motion, then nine on a wall."""
    with contextlib.ExitStack() as stack:
        contents = [stack.enter_context(showing("motion", 1280, 720)) for _ in range(TILES)]
        subject = stack.enter_context(serving())
        for content in contents:
            subject.wait_listed(content)
        browser = stack.enter_context(chromium())
        alone = _watched(browser, subject, page_path(contents[0]), 1)
        path = f"/watch/{'+'.join(content.handle for content in contents)}"
        together = _watched(browser, subject, path, TILES)
    yield Row(
        f"a wall of {TILES} windows, 720p motion, one viewer: CPU",
        f"one of them at full size {percent(alone.cpu)}, {alone.fps[0]:.1f} pictures/s",
        f"{percent(together.cpu)}, {times(together.cpu, alone.cpu)}",
        f"≤ {ALLOWED:g} ×",
    )
    fps = f"{min(together.fps):.1f} to {max(together.fps):.1f}, {statistics.mean(together.fps):.1f} on average"
    yield Row("the same: pictures/s of a tile, data", rate(alone.rate), f"{fps}; {rate(together.rate)}")


def _watched(browser: Browser, subject: Subject, path: str, streams: int) -> Cost:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    try:
        page.goto(f"http://127.0.0.1:{subject.port}{path}")
        for _ in range(200):
            told = subject.counters()
            if len(told["fps"]) == streams and min(told["fps"]) > 0:
                break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"{path} does not show all it should")
        time.sleep(WARM_UP_SECONDS)
        begin, cpu = time.monotonic(), cpu_seconds(subject.pid)
        time.sleep(SECONDS)
        end, cpu_after, told = time.monotonic(), cpu_seconds(subject.pid), subject.counters()
    finally:
        page.close()
    return Cost((cpu_after - cpu) / (end - begin) * 100, told["picture_rate"], told["fps"])
