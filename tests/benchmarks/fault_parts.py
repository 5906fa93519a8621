"""Whether others notice odd sources, and viewers that do not do as they should: their pictures and delays stay."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator

from tests.benchmarks.figures import Seen
from tests.benchmarks.ours import Subject, serving, stream_path
from tests.benchmarks.reader_parts import decoded
from tests.benchmarks.report import Row, delay, percent
from tests.benchmarks.running import Content, line, module, running, showing

BAD_VIEWERS = 4
SECONDS = 30
"""Longer than anything that is measured while somebody is bad."""
ODD_SOURCES = (
    ("a window of 1 × 1", ("1", "1", "1", "moving", "30")),
    ("a window of 7680 × 4320, twice a second", ("1", "7680", "4320", "moving", "2")),
    ("a window that changes 120 times a second", ("1", "320", "240", "moving", "120")),
    ("a thousand small rectangles in each picture", ("1", "1280", "720", "rectangles", "10")),
    ("two windows of odd sides", ("2", "333", "241", "moving", "15")),
)
BAD_MANNERS = (
    ("acknowledge two seconds late", "late"),
    ("acknowledge what was never sent", "lying"),
    ("stand still", "still"),
)
AIM = "fps ≥ 0.95 ×, median ≤ 1.5 ×"


def faults() -> Iterator[Row]:
    """Measure one viewer of a 720p window in motion beside each of them."""
    with showing("motion") as content, serving(content, "crowd") as subject:
        path = stream_path(content, rendition="auto")
        alone = decoded(subject, content, path)
        for what, how in ODD_SOURCES:
            with running(*module("growth.windows", *how)) as painter:
                handles = line(painter).split()
                subject.wait_shown(handles)
                paths = " ".join(f"/stream/{handle}?fps=60&cursor=0&format=auto" for handle in handles)
                with bad(subject, paths, len(handles), "prompt"):
                    yield _row(f"somebody watches {what}", alone, *_meanwhile(subject, content, path))
        for what, manner in BAD_MANNERS:
            with bad(subject, path, BAD_VIEWERS, manner):
                yield _row(f"{BAD_VIEWERS} others {what}", alone, *_meanwhile(subject, content, path))


@contextlib.contextmanager
def bad(subject: Subject, paths: str, count: int, manner: str) -> Iterator[None]:
    """Have viewers while the block lasts that the server may part from."""
    command = module("readers", subject.port, paths, count, SECONDS, "--binary", "--manner", manner)
    with running(*command, stderr=subprocess.DEVNULL):
        time.sleep(1)
        yield


def _meanwhile(subject: Subject, content: Content, path: str) -> tuple[Seen, float]:
    begin, before = time.monotonic(), subject.counters()["cpu"]
    seen = decoded(subject, content, path)
    return seen, (subject.counters()["cpu"] - before) / (time.monotonic() - begin) * 100


def _row(what: str, alone: Seen, seen: Seen, cpu: float) -> Row:
    return Row(
        f"720p motion, one viewer, while {what}",
        f"alone {alone.fps:.1f} fps, {delay(alone.median_ms, alone.p95_ms)}",
        f"{seen.fps:.1f} fps, {delay(seen.median_ms, seen.p95_ms)}; CPU of all {percent(cpu)}",
        AIM,
    )
