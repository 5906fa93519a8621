"""What the server costs as there is more: at most linear in what changed, nothing in what is still."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.content import FPS
from tests.benchmarks.counting import cpu_seconds, memory_bytes
from tests.benchmarks.growth.curves import Curve
from tests.benchmarks.growth.windows import FPS as WINDOW_FPS
from tests.benchmarks.ours import Subject, serving, stream_path
from tests.benchmarks.report import Row, percent
from tests.benchmarks.running import line, module, running, showing

SOURCES = (1, 4, 16, 64)
SMALL = (256, 144)
"""Sixty-four of these are as many pixels of video as one device may have, and no more."""
VIEWERS = (1, 4, 16, 64, 250, 500)
CROWD_FPS = 10
SIZES = ((640, 360), (960, 540), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160))
SECONDS, SETTLE_SECONDS, STILL_SECONDS = 3.0, 2.0, 4.0
"""How long it is measured, after how long, and after how long what does not move has been made exact."""
A_PROCESS = 125
"""Readers that one process carries."""
KEPT_UP = 0.95
LINEAR = "exponent ≤ 1.05"
STILL = "≤ 0.3 % each"
SLOWEST, MICROSECONDS, MEGABYTES = 9.5, 60, 0.3


@dataclass(frozen=True, slots=True)
class Cost:
    """What it took: percent of a core, encoded pictures a second, bytes of memory, each reader's pictures a second,
    and the share of the pictures that there should have been."""

    cpu: float
    encodes: float
    memory: int
    rates: tuple[float, ...]
    reached: float = 1.0


def sources() -> Iterator[Row | Curve]:
    """Measure many small windows, each with one viewer: all of them moving, none."""
    for how in ("moving", "still"):
        points = []
        for count in SOURCES:
            with running(*module("growth.windows", count, *SMALL, how)) as painter, serving(None, "crowd") as subject:
                handles = line(painter).split()
                subject.wait_shown(handles)
                paths = [f"/stream/{handle}?fps=30&cursor=0&adaptive=0&format=auto" for handle in handles]
                wanted = count * WINDOW_FPS if how == "moving" else 0
                points.append((count, cost(subject, paths, count, wanted)))
        yield from _grown("sources", f"windows {SMALL[0]} × {SMALL[1]}, {how}", points, how == "still")


def viewers() -> Iterator[Row | Curve]:
    """Measure one window in motion with ever more viewers of one rendition."""
    with showing("motion") as content, serving(content, "crowd") as subject:
        path = stream_path(content, CROWD_FPS, "h264")
        points = [(count, cost(subject, [path], count, count * CROWD_FPS)) for count in VIEWERS]
    (_, one), (most, many) = points[0], points[-1]
    yield from _grown("viewers", f"720p H.264 at {CROWD_FPS} fps", points)
    sent = (most - 1) * CROWD_FPS
    yield Row(
        f"{most} viewers of 720p H.264 at {CROWD_FPS} fps: a viewer and picture, the slowest, memory a viewer",
        f"one viewer {percent(one.cpu)}",
        f"{(many.cpu - one.cpu) / 100 / sent * 1e6:.0f} µs, {min(many.rates):.1f} fps, "
        f"{(many.memory - one.memory) / 1e6 / (most - 1):.2f} MB",
        f"≤ {MICROSECONDS} µs, ≥ {SLOWEST:g} fps, ≤ {MEGABYTES:g} MB",
    )


def pixels() -> Iterator[Row | Curve]:
    """Measure ever larger windows with one viewer: in motion, of text that scrolls, still."""
    for mode, sizes in (("motion", SIZES), ("scrolling", SIZES), ("still", SIZES[::5])):
        points = []
        for width, height in sizes:
            with showing(mode, width, height) as content, serving(content) as subject:
                wanted = FPS if mode != "still" else 0
                found = cost(subject, [stream_path(content, rendition="auto")], 1, wanted)
                points.append((width * height, found))
        yield from _grown("pixels", f"{mode}, 29 fps" if mode != "still" else mode, points, mode == "still")


def cost(subject: Subject, paths: Sequence[str], count: int, wanted: float = 0) -> Cost:
    """Return what ``count`` readers of some paths, in turn, take in a steady stretch.

    A machine that is too slow for all pictures would make many, or large ones, look cheap: where so many pictures a
    second, of all readers together, are ``wanted``, the processor time is that of as many.
    """
    with contextlib.ExitStack() as stack:
        groups = [min(A_PROCESS, count - at) for at in range(0, count, A_PROCESS)]
        wait = 2.0 + count / 30
        crowd = [
            stack.enter_context(
                running(
                    *module("readers", subject.port, " ".join(paths), size, wait + SECONDS + 1, "--binary", "--late")
                )
            )
            for size in groups
        ]
        for readers in crowd:
            line(readers)
        begun = time.monotonic()
        while subject.counters()["viewers"] < count and time.monotonic() < begun + wait - 1:
            time.sleep(0.1)
        time.sleep(max(0.0, begun + wait - 0.2 - time.monotonic()))
        before, cpu, begin = subject.counters(), cpu_seconds(subject.pid), time.monotonic()
        time.sleep(SECONDS)
        after, cpu_after, end = subject.counters(), cpu_seconds(subject.pid), time.monotonic()
        if after["viewers"] < count:
            raise RuntimeError(f"{after['viewers']} of {count} viewers are there")
        memory = memory_bytes(subject.pid)
        rates = tuple(rate for readers in crowd for rate in json.loads(line(readers))["rates"])
    span = end - begin
    encodes = (after["encodes"] - before["encodes"]) / span
    read = sum(rates)
    reached = min(1.0, read / wanted) if wanted and read else 1.0
    return Cost((cpu_after - cpu) / span * 100 / reached, encodes, memory, rates, reached)


def _grown(panel: str, name: str, points: Sequence[tuple[int, Cost]], is_still: bool = False) -> Iterator[Row | Curve]:
    curve = Curve(panel, name, tuple((size, found.cpu) for size, found in points))
    yield curve
    told = ", ".join(f"{size} {percent(found.cpu)}{_short_of(found)}" for size, found in points)
    yield Row(
        f"CPU by number of {panel}: {name}",
        told,
        f"exponent {curve.exponent:.2f}, at the end {curve.last_exponent:.2f}",
        STILL if is_still else LINEAR,
    )


def _short_of(found: Cost) -> str:
    return f" ({found.reached:.0%} of the pictures)" if found.reached < KEPT_UP else ""
