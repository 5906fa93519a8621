"""What raw readers, without a browser, show of the server: what sharing costs, the floor, narrow lines."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator

from tests.benchmarks.counting import memory_bytes
from tests.benchmarks.figures import ages, quantile, seen_between
from tests.benchmarks.json_parts import floor_of
from tests.benchmarks.ours import serving, stream_path
from tests.benchmarks.report import Row, percent, times
from tests.benchmarks.running import line, module, running, showing

BINARY = "--binary"


def shared() -> Iterator[Row]:
    """Measure sixteen readers of one rendition against one."""
    with showing("motion") as content, serving(content) as subject:
        one, _ = subject.watched(stream_path(content), 1, BINARY, seconds=4)
        many, seen = subject.watched(stream_path(content), 16, BINARY, seconds=4)
    yield Row(
        "720p motion, 16 readers: CPU against 1 reader",
        percent(one.percent),
        f"{percent(many.percent)}, {times(many.percent, one.percent)}, slowest {min(seen['rates']):.1f} fps",
        "≤ 1.25 ×",
    )
    yield Row("… encodes for a take", "", f"{many.encodes / max(1, many.takes):.2f}", "1")


def floor() -> Iterator[Row]:
    """Measure whole pictures in motion, as JPEG, against taking and encoding them and nothing else."""
    for width, height in ((1280, 720), (1920, 1080)):
        with showing("motion", width, height) as content, serving(content) as subject:
            before = floor_of(content)
            growth, seen = subject.watched(stream_path(content), 1, BINARY, seconds=4)
            floor_cpu = statistics.mean((before, floor_of(content)))
        each = growth.cpu / max(1, growth.encodes)
        yield Row(
            f"{height}p motion as JPEG, 1 reader: CPU for a picture against the floor",
            f"floor {floor_cpu * 1000:.2f} ms",
            f"{each * 1000:.2f} ms, {times(each, floor_cpu)}, {seen['rates'][0]:.1f} fps",
            "≤ 1.25 ×",
        )


def local() -> Iterator[Row]:
    """Measure the time from a change to its being decoded at a reader on the same computer."""
    for mode, rendition, aim in (("changes", "auto", "≤ 12 / 25 ms"), ("motion", "jpeg", "")):
        with showing(mode) as content, serving(content) as subject:
            begin = time.monotonic() + 1.5
            path = stream_path(content, 60, rendition)
            _, seen = subject.watched(path, 1, BINARY, "--numbers", mode, "1280", "720", seconds=4)
            sightings = [(0, count, decoded) for count, _, decoded in seen["numbers"]]
            found = seen_between(begin, begin + 4, content.painted, sightings, content.strips[0].bits)
        what = "change of 480×320" if mode == "changes" else "whole picture in motion"
        yield Row(
            f"720p, {what} → decoded at a local reader",
            "",
            f"{found.median_ms:.1f} / {found.p95_ms:.1f} ms, {len(found.delays)} of {found.painted}",
            aim,
        )


def slow() -> Iterator[Row]:
    """Measure a viewer behind 2 Mbit/s, and whether another one notices."""
    numbers = ("--numbers", "motion", "1280", "720")
    with showing("motion") as content, serving(content) as subject:
        bits = content.strips[0].bits
        with running(*module("proxy", subject.port, 2e6)) as proxy:
            behind = line(proxy)
            path = stream_path(content, rendition="auto", adaptive=1)
            begin = time.monotonic() + 1.5
            _, seen = subject.watched(path, 1, BINARY, *numbers, seconds=4)
            alone = seen_between(begin, begin + 4, content.painted, _sightings(seen), bits)
            with running(*module("readers", behind, path, 1, 11, BINARY, *numbers)) as readers:
                line(readers)
                time.sleep(4)  # until the server has found out
                begin = time.monotonic() + 1.5
                _, seen = subject.watched(path, 1, BINARY, *numbers, seconds=4)
                both = seen_between(begin, begin + 4, content.painted, _sightings(seen), bits)
                slowed = json.loads(line(readers))["numbers"]
        shown = [(count, decoded) for count, _, decoded in slowed if count in content.painted]
        found = ages(begin, begin + 4, content.painted, shown)
    arrived = sum(begin <= decoded < begin + 4 for _, decoded in shown) / 4
    yield Row(
        "behind 2 Mbit/s, 720p motion: how old its picture is, median / p95",
        "",
        f"{quantile(found, 0.5) * 1000:.0f} / {quantile(found, 0.95) * 1000:.0f} ms, {arrived:.1f} fps",
        "p95 ≤ 500 ms",
    )
    yield Row(
        "… another viewer meanwhile",
        f"alone {alone.fps:.1f} fps, {alone.median_ms:.1f} / {alone.p95_ms:.1f} ms",
        f"{both.fps:.1f} fps, {both.median_ms:.1f} / {both.p95_ms:.1f} ms",
        "unaffected",
    )


def memory() -> Iterator[Row]:
    """Measure the server's resident memory with one 1080p stream, and what each further viewer adds."""
    with showing("motion", 1920, 1080) as content, serving(content) as subject:
        path = stream_path(content)
        sizes = [memory_bytes(subject.pid)]
        for count in (1, 11):
            with running(*module("readers", subject.port, path, count, 5, BINARY)) as readers:
                line(readers)
                time.sleep(4)
                sizes.append(memory_bytes(subject.pid))
                line(readers)
    empty, one, eleven = sizes
    yield Row("memory with one 1080p stream", f"with none {empty / 1e6:.0f} MB", f"{one / 1e6:.0f} MB", "≤ 80 MB")
    yield Row("… for each of ten more viewers", "", f"{(eleven - one) / 10e6:.2f} MB", "≤ 1 MB")


def _sightings(seen: dict[str, list[tuple[int, float, float]]]) -> list[tuple[int, int, float]]:
    return [(0, count, decoded) for count, _, decoded in seen["numbers"]]
