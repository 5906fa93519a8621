"""What the list of windows costs while nothing changes, with few windows and with many."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

from tests.benchmarks.counting import cpu_seconds
from tests.benchmarks.ours import Subject, serving
from tests.benchmarks.report import Row, percent
from tests.benchmarks.running import display, line, running

WINDOWS = 300
SECONDS, WARM_UP_SECONDS = 20.0, 3.0
LIST_SECONDS = 60.0


def listed() -> Iterator[Row]:
    """Have a server list small windows of one process, nobody watch, and nothing happen."""
    with display():
        with serving() as subject:
            alone = _still(subject)
        with _windows(WINDOWS):
            begun = time.monotonic()
            with serving() as subject:
                _wait_for(subject, WINDOWS)
                took = time.monotonic() - begun
                many = _still(subject)
    yield Row(
        f"a list of {WINDOWS} windows while nothing changes: CPU of the server",
        f"without windows {percent(alone)}",
        f"{percent(many)}; all listed {took:.1f} s after its start",
        "≤ 1 % of a core",
    )


def _still(subject: Subject) -> float:
    """Return the percent of a core that a server takes with which nothing happens."""
    time.sleep(WARM_UP_SECONDS)
    before, begun = cpu_seconds(subject.pid), time.monotonic()
    time.sleep(SECONDS)
    return (cpu_seconds(subject.pid) - before) / (time.monotonic() - begun) * 100


def _wait_for(subject: Subject, count: int) -> None:
    """Return once so many windows are listed."""
    deadline = time.monotonic() + LIST_SECONDS
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"http://127.0.0.1:{subject.port}/api/windows") as answer:
            sources = json.load(answer)["windows"]
        if sum(source["kind"] == "window" for source in sources) >= count:
            return
        time.sleep(0.05)
    raise RuntimeError(f"{count} windows are not listed")


@contextlib.contextmanager
def _windows(count: int) -> Iterator[None]:
    """Have small windows of another program while the block lasts."""
    command = (sys.executable, "-m", "tests.helpers.x11.painter", "")
    with running(*command, stdin=subprocess.PIPE) as painter:
        assert painter.stdin is not None
        for number in range(count):
            place = f"{number % 30 * 80} {number // 30 * 130}"
            painter.stdin.write(f"open small-{number} {place} 60 40 20c040\n")
            painter.stdin.flush()
            line(painter)
        yield
