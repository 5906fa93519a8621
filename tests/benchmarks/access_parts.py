"""What it costs to ask who may see what, before each take and each picture that is sent."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.benchmarks.ours import serving
from tests.benchmarks.report import Row, times
from tests.benchmarks.running import showing

PAIRS = 4
VIEWERS = 8
QUERY = "fps=30&unchanged=skip&cursor=0&format=jpeg"


def access() -> Iterator[Row]:
    """Measure eight viewers who came by a link, in turn with the question asked and not asked."""
    costs: dict[bool, list[float]] = {False: [], True: []}
    with showing("motion") as content:
        for _ in range(PAIRS):
            for unguarded in (False, True):
                with serving(content, *(["--unguarded"] if unguarded else [])) as subject:
                    path = f"/stream/{content.handle}?{QUERY}&token={subject.counters()['token']}"
                    growth, seen = subject.watched(path, VIEWERS)
                costs[unguarded].append(growth.cpu / growth.span / sum(seen["rates"]))
    asked, not_asked = (statistics.median(costs[unguarded]) for unguarded in (False, True))
    pairs = ", ".join(times(one, other) for one, other in zip(costs[False], costs[True], strict=True))
    yield Row(
        "JSON, 720p motion, 8 readers by a link: CPU per picture, access asked against not asked",
        f"{not_asked * 1000:.2f} ms",
        f"{asked * 1000:.2f} ms, {times(asked, not_asked)} (pairs {pairs})",
        "≤ 1.03 ×",
    )
