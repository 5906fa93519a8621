"""Measure and print the table. Everything runs in processes of its own under a virtual display."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

SECONDS = 8.0
SKIP = "unchanged=skip&cursor=0"


@contextlib.contextmanager
def running(*command: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a process while the block lasts."""
    process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def module(name: str, *arguments: object) -> tuple[str, ...]:
    """Return the command that runs a part of the benchmark."""
    return (sys.executable, "-m", f"tests.benchmarks.{name}", *map(str, arguments))


def line(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process prints."""
    assert process.stdout is not None
    text = process.stdout.readline().strip()
    if not text:
        raise RuntimeError(f"{process.args} ended early")
    return text


class Subject:
    """The server under measurement."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(line(process))

    def counters(self) -> dict[str, float]:
        """Return takes, encodes, viewers and processor seconds so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        counted: dict[str, float] = json.loads(line(self._process))
        return counted

    def watched(self, path: str, viewers: int, seconds: float = SECONDS, *more: str) -> tuple[dict[str, float], Any]:
        """Return the counters' growth per second of a steady stretch, and what ``viewers`` readers saw."""
        with running(*module("readers", self.port, path, viewers, seconds + 2.5, *more)) as readers:
            line(readers)
            time.sleep(1.5)
            before = self.counters()
            time.sleep(seconds)
            after = self.counters()
            seen = json.loads(line(readers))
        span = after["at"] - before["at"]
        growth = {name: (after[name] - before[name]) / span for name in ("cpu", "takes", "encodes")}
        growth["takes_in_all"], growth["encodes_in_all"] = (after[n] - before[n] for n in ("takes", "encodes"))
        return growth, seen


def motion(subject: Subject) -> Iterator[tuple[str, str, str, str]]:
    """Measure 720p in full motion against take and encode alone."""
    with running(*module("content", "motion")) as content:
        handle = line(content)
        floors, ones, eights = [], [], []
        wait_listed(subject, handle)
        for _ in range(2):
            taken, cpu = line_of(*module("floor", handle, SECONDS)).split()
            floors.append(float(cpu) / float(taken))
            one, _ = subject.watched(f"/stream/{handle}?fps=30&quality=80&{SKIP}", 1)
            ones.append(one)
            eight, seen = subject.watched(f"/stream/{handle}?fps=30&quality=80&{SKIP}", 8)
            eights.append(eight)
        floor = statistics.mean(floors)
        each = statistics.mean(o["cpu"] / o["encodes"] for o in ones)
        rate = statistics.mean(o["encodes"] for o in ones)
        eight_cpu, one_cpu = (statistics.mean(o["cpu"] for o in group) for group in (eights, ones))
        off = max(abs(e["takes_in_all"] - e["encodes_in_all"]) for e in eights)
        yield (
            "720p motion, 1 viewer: CPU against take + encode",
            f"{floor * rate * 100:.1f} %",
            f"{each * rate * 100:.1f} %",
            f"{each / floor:.2f} × (≤ 1.6), {rate:.1f} fps",
        )
        yield (
            "720p motion, 8 viewers: CPU against 1 viewer",
            f"{one_cpu * 100:.1f} %",
            f"{eight_cpu * 100:.1f} %",
            f"{eight_cpu / one_cpu:.2f} × (≤ 2), slowest {min(seen['rates']):.1f} fps",
        )
        yield ("8 viewers: encodes − takes", "0", f"{off:.0f}", "(within ± 1)")


def still(subject: Subject) -> Iterator[tuple[str, str, str, str]]:
    """Measure what eight viewers of a still window cost."""
    with running(*module("content", "still")) as content:
        handle = line(content)
        wait_listed(subject, handle)
        growth, _ = subject.watched(f"/stream/{handle}?fps=30&unchanged=skip", 8)
        yield (
            "still, 8 viewers: takes, encodes",
            "0, 0",
            f"{growth['takes_in_all']:.0f}, {growth['encodes_in_all']:.0f}",
            "",
        )
        yield ("still, 8 viewers: CPU of one core", "0 %", f"{growth['cpu'] * 100:.2f} %", "(≤ 1 %)")


def delay(subject: Subject) -> Iterator[tuple[str, str, str, str]]:
    """Measure the time from the paint to the message in the reader's hands."""
    with running(*module("content", "changes")) as content:
        handle = line(content)
        wait_listed(subject, handle)
        _, seen = subject.watched(f"/stream/{handle}?fps=30&quality=80&{SKIP}", 1, SECONDS, "delay")
        content.terminate()
        assert content.stdout is not None
        painted = [(int(shade), float(at)) for shade, at in (text.split() for text in content.stdout if " " in text)]
    delays = []
    for shade, at in painted:
        arrived = [when for found, when in seen["shades"] if 0 <= when - at < 1 and abs(found - shade) <= 4]
        if arrived:
            delays.append(min(arrived) - at)
    middle, worst = statistics.median(delays) * 1000, statistics.quantiles(delays, n=20)[-1] * 1000
    yield (
        "720p, 30 fps: paint → message at the reader",
        "–",
        f"{middle:.1f} ms median, {worst:.1f} ms p95",
        f"(≤ 20 ms), {len(delays)} of {len(painted)} changes",
    )


def crowd(subject: Subject) -> Iterator[tuple[str, str, str, str]]:
    """Measure two hundred viewers, and then the same with one that never reads."""
    path = "/stream/demo?fps=10"
    growth, seen = subject.watched(path, 200)
    yield (
        "200 viewers of demo, 320×240, 10 fps: the slowest",
        "10 fps",
        f"{min(seen['rates']):.2f} fps",
        f"(≥ 9.5), CPU {growth['cpu'] * 100:.0f} %",
    )
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
    yield ("1 of 200 never reads: gone after", "–", f"{gone:.1f} s", "(≤ 5 s after it took its last byte)")
    yield (
        "… the others' longest gap (p99), without and with it",
        f"{calm * 1000:.0f} ms",
        f"{worst * 1000:.0f} ms",
        f"{worst / calm:.2f} ×, slowest {min(again['rates']):.2f} fps",
    )


def wait_listed(subject: Subject, handle: str) -> None:
    """Return once the server shows a window."""
    import urllib.request

    for _ in range(100):
        with urllib.request.urlopen(f"http://127.0.0.1:{subject.port}/api/windows") as answer:
            if f'"handle": {handle},' in answer.read().decode():
                return
        time.sleep(0.1)
    raise RuntimeError(f"window {handle} is not listed")


def line_of(*command: str) -> str:
    """Return what a short process prints."""
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


def main() -> None:
    """Print the table."""
    rows: list[tuple[str, str, str, str]] = [("what", "floor", "measured", "")]
    with contextlib.ExitStack() as stack:
        number, told = os.pipe()
        display = subprocess.Popen(
            ("Xvfb", "-displayfd", str(told), "-screen", "0", "1920x1080x24"),
            pass_fds=(told,),
            stderr=subprocess.DEVNULL,
        )
        stack.callback(display.wait, 10)
        stack.callback(display.terminate)
        os.environ["DISPLAY"] = f":{os.read(number, 16).decode().strip()}"
        stack.enter_context(running("openbox", stderr=subprocess.DEVNULL))
        time.sleep(1)
        for part in (motion, still, delay, crowd):
            if len(sys.argv) > 1 and part.__name__ not in sys.argv[1:]:
                continue
            with running(*module("subject"), stdin=subprocess.PIPE) as process:
                rows += list(part(Subject(process)))
    print(
        f"{datetime.now(UTC):%Y-%m-%d} · {platform.machine()}, {os.cpu_count()} cores"
        f" · Python {platform.python_version()}\n"
    )
    for at, row in enumerate(rows):
        print("| " + " | ".join(row) + " |")
        if at == 0:
            print("|" + "---|" * len(row))


if __name__ == "__main__":
    main()
