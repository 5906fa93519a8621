"""What the JSON form costs and how quick it is, held against the floor and against a server of the usual kind."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.counting import cpu_seconds
from tests.benchmarks.figures import quantile, seen_between
from tests.benchmarks.ours import SECONDS, Growth, serving
from tests.benchmarks.report import Row, percent, times
from tests.benchmarks.running import Content, line, line_of, module, running, showing

SKIP = "quality=80&unchanged=skip&cursor=0"


def floor_of(content: Content, seconds: float = 3.0) -> float:
    """Return the processor seconds that taking and encoding one picture of a moving window takes, and nothing else."""
    taken, cpu = line_of(*module("floor", content.handle, seconds)).split()
    return float(cpu) / float(taken)


def motion() -> Iterator[Row]:
    """Measure 720p in full motion against take and encode alone."""
    with showing("motion") as content, serving(content) as subject:
        path = f"/stream/{content.handle}?fps=30&{SKIP}"
        before = floor_of(content)
        one, _ = subject.watched(path, 1)
        eight, seen = subject.watched(path, 8)
        floor = statistics.mean((before, floor_of(content)))
    each = one.cpu / max(1, one.encodes)
    yield Row(
        "JSON, 720p motion, 1 reader: CPU against take + encode",
        f"floor {percent(floor * one.rate * 100)}",
        f"{percent(one.percent)}, {times(each, floor)}, {one.rate:.1f} fps",
        "≤ 1.6 ×",
    )
    yield Row(
        "JSON, 720p motion, 8 readers: CPU against 1 reader",
        percent(one.percent),
        f"{percent(eight.percent)}, {times(eight.percent, one.percent)}, slowest {min(seen['rates']):.1f} fps",
        "≤ 2 ×",
    )
    yield Row("JSON, 8 readers: encodes − takes", "0", f"{eight.encodes - eight.takes}", "within ± 1")


def still() -> Iterator[Row]:
    """Measure what eight viewers of a still window cost."""
    with showing("still") as content, serving(content) as subject:
        growth, _ = subject.watched(f"/stream/{content.handle}?fps=30&unchanged=skip", 8)
    yield Row("JSON, still, 8 readers: takes, encodes", "", f"{growth.takes}, {growth.encodes}", "0, 0")
    yield Row("JSON, still, 8 readers: CPU", "", percent(growth.percent), "≤ 1 %")


def delay() -> Iterator[Row]:
    """Measure the time from the paint to the message in the reader's hands."""
    with showing("changes") as content, serving(content) as subject:
        path = f"/stream/{content.handle}?fps=30&{SKIP}"
        begin = time.monotonic() + 1.5
        _, seen = subject.watched(path, 1, "--numbers", "changes", "1280", "720")
        sightings = [(0, count, arrived) for count, arrived, _ in seen["numbers"]]
        found = seen_between(begin, begin + SECONDS, content.painted, sightings, content.strips[0].bits)
    yield Row(
        "JSON, 720p, 30 fps: paint → message at the reader",
        "",
        f"{found.median_ms:.1f} / {found.p95_ms:.1f} ms, {len(found.delays)} of {found.painted} changes",
        "≤ 20 ms",
    )


def crowd() -> Iterator[Row]:
    """Measure two hundred viewers, and then the same with one that never reads."""
    path = "/stream/demo?fps=10"
    with serving() as subject:
        growth, seen = subject.watched(path, 200)
        calm = statistics.quantiles(seen["gaps"], n=100)[-1]
        with running(*module("readers", subject.port, path, 199, 12.0)) as readers:
            line(readers)
            time.sleep(2)
            before = subject.counters()["viewers"]
            stuck = subprocess.Popen(
                module("stuck", subject.port, "/stream/demo?fps=60&quality=100"), stdout=subprocess.PIPE, text=True
            )
            begun = float(line(stuck))
            while subject.counters()["viewers"] <= before and time.monotonic() - begun < 3:
                time.sleep(0.05)
            while subject.counters()["viewers"] > before and time.monotonic() - begun < 9:
                time.sleep(0.05)
            gone = time.monotonic() - begun
            again = json.loads(line(readers))
            stuck.kill()
            stuck.wait()
    worst = statistics.quantiles(again["gaps"], n=100)[-1]
    yield Row(
        "JSON, 200 viewers of demo, 320×240, 10 fps: the slowest",
        "",
        f"{min(seen['rates']):.2f} fps, CPU {percent(growth.percent)}",
        "≥ 9.5 fps",
    )
    yield Row("JSON, 1 of 200 never reads: gone after", "", f"{gone:.1f} s", "≤ 5 s after it took its last byte")
    yield Row(
        "… the others' longest gap (p99), without and with it",
        f"{calm * 1000:.0f} ms",
        f"{worst * 1000:.0f} ms, {times(worst, calm)}, slowest {min(again['rates']):.2f} fps",
    )


def usual() -> Iterator[Row]:
    """Measure one reader and eight of a window in motion, 20 pictures a second each, ours and a usual server's."""
    with showing("motion") as content:
        for readers, aim in ((1, "≤ 0.6 ×"), (8, "≤ 0.3 ×")):
            with serving(content) as subject:
                ours, seen = subject.watched(f"/stream/{content.handle}?fps=20&{SKIP}", readers, seconds=4)
            theirs, others = _naive(content, readers, 4)
            # A server that cannot keep up saves processor time by it: so the time is counted for each picture sent.
            each = ours.cpu / ours.span / sum(seen["rates"])
            their_each = theirs.cpu / theirs.span / sum(others["rates"])
            yield Row(
                f"JSON, 720p motion at 20 fps, {readers} reader{'s' * (readers > 1)}: CPU for a picture sent",
                f"naive {their_each * 1000:.2f} ms, in all {percent(theirs.percent)}, slowest {_slowest(others)}",
                f"{each * 1000:.2f} ms, {times(each, their_each)}, in all {percent(ours.percent)}, "
                f"slowest {_slowest(seen)}",
                aim,
            )


def _naive(content: Content, count: int, seconds: float) -> tuple[Growth, Any]:
    with running(*module("peers.naive", *content.box)) as naive:
        port = line(naive)
        with running(*module("readers", port, "/stream?fps=20", count, seconds + 2.5)) as readers:
            line(readers)
            time.sleep(1.5)
            before, begin = cpu_seconds(naive.pid), time.monotonic()
            time.sleep(seconds)
            after, end = cpu_seconds(naive.pid), time.monotonic()
            seen = json.loads(line(readers))
    return Growth(end - begin, after - before, 0, 0), seen


def _slowest(seen: Any) -> str:
    return f"{quantile(seen['rates'], 0):.1f} fps"
