"""What it costs to ask who may see what, before each take and each picture that is sent."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from tests.benchmarks.ours import Subject, serving
from tests.benchmarks.report import Row, times
from tests.benchmarks.running import line, module, running, showing

RUNS, PAIRS = 3, 8
"""Readers that never say a word are parted from after 45 s."""
STRETCH_SECONDS = 1.5
VIEWERS = 8
QUERY = "fps=30&unchanged=skip&cursor=0&format=jpeg"


def access() -> Iterator[Row]:
    """Measure eight viewers who came by a link, in one process, with the question asked and not asked in turn.

    Many short stretches: what else goes on in the machine changes more from one second to the next than the question
    costs, and two processes differ by more than that as well.
    """
    costs: dict[str, list[float]] = {"guarded": [], "unguarded": []}
    with showing("motion") as content, serving(content) as subject:
        path = f"/stream/{content.handle}?{QUERY}&token={subject.counters()['token']}"
        for _ in range(RUNS):
            _watch(subject, path, costs)
    asked, not_asked = costs["guarded"], costs["unguarded"]
    ratios = sorted(one / other for one, other in zip(asked, not_asked, strict=True))
    quarter = len(ratios) // 4
    half = f"half of the pairs {ratios[quarter]:.2f} to {ratios[-quarter - 1]:.2f} ×"
    yield Row(
        "JSON, 720p motion, 8 readers by a link: CPU per picture, access asked against not asked",
        f"{statistics.median(not_asked) * 1000:.3f} ms",
        f"{statistics.median(asked) * 1000:.3f} ms, {times(statistics.median(ratios), 1)} ({half})",
        "≤ 1.03 ×",
    )


def _watch(subject: Subject, path: str, costs: dict[str, list[float]]) -> None:
    with running(*module("readers", subject.port, path, VIEWERS, 3 + 2 * PAIRS * (STRETCH_SECONDS + 0.1))) as readers:
        line(readers)
        time.sleep(1.5)
        for number in range(2 * PAIRS):
            # A B B A: what grows or shrinks in the meantime is in both.
            order = ("guarded", "unguarded")[(number + 1) // 2 % 2]
            costs[order].append(_stretch(subject, order))


def _stretch(subject: Subject, order: str) -> float:
    """Return the seconds of processor time that a picture for a viewer takes."""
    before = subject.counters(order)
    time.sleep(STRETCH_SECONDS)
    after = subject.counters()
    cost: float = (after["cpu"] - before["cpu"]) / (after["sent"] - before["sent"])
    return cost
