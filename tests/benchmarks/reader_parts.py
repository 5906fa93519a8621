"""What raw readers, without a browser, show of the server: what sharing costs, the floor, narrow lines."""

from __future__ import annotations

import itertools
import json
import statistics
import time
from collections.abc import Iterator

from tests.benchmarks.counting import memory_bytes
from tests.benchmarks.figures import Seen, ages, quantile, seen_between
from tests.benchmarks.json_parts import floor_of
from tests.benchmarks.ours import Growth, Subject, serving, stream_path
from tests.benchmarks.report import Row, delay, percent, rate, times
from tests.benchmarks.running import Content, Source, line, module, running, showing

BINARY = "--binary"
SECONDS, SETTLE_SECONDS = 4.0, 1.5
SOURCES: tuple[Source, ...] = ("window", "desktop", "monitor")


def shared() -> Iterator[Row]:
    """Measure sixteen readers of one rendition against one."""
    with showing("motion") as content, serving(content) as subject:
        for rendition in ("jpeg", "h264"):
            path = stream_path(content, rendition=rendition)
            one, _ = subject.watched(path, 1, BINARY, seconds=SECONDS)
            many, seen = subject.watched(path, 16, BINARY, seconds=SECONDS)
            each = many.encodes / max(1, many.takes)
            yield Row(
                f"720p motion as {rendition}, 16 readers: CPU against 1 reader",
                percent(one.percent),
                f"{percent(many.percent)}, {times(many.percent, one.percent)}, slowest {min(seen['rates']):.1f} fps, "
                f"{each:.2f} encodes for a take",
                "≤ 1.25 ×, 1 encode",
            )


def floor() -> Iterator[Row]:
    """Measure whole pictures in motion, as JPEG, against taking and encoding them and nothing else."""
    for width, height in ((1280, 720), (1920, 1080)):
        with showing("motion", width, height) as content, serving(content) as subject:
            before = floor_of(content)
            growth, seen = subject.watched(stream_path(content), 1, BINARY, seconds=SECONDS)
            floor_cpu = statistics.mean((before, floor_of(content)))
        each = growth.cpu / max(1, growth.encodes)
        yield Row(
            f"{height}p motion as JPEG, 1 reader: CPU for a picture against the floor",
            f"floor {floor_cpu * 1000:.2f} ms",
            f"{each * 1000:.2f} ms, {times(each, floor_cpu)}, {seen['rates'][0]:.1f} fps",
            "≤ 1.25 ×",
        )


def screens() -> Iterator[Row]:
    """Measure the desktop and a monitor that a window fills against that window by itself."""
    for mode, (width, height) in itertools.product(("typing", "scrolling", "motion"), ((1280, 720), (1920, 1080))):
        found = {}
        for source in SOURCES:
            with showing(mode, width, height, source) as content, serving(content) as subject:
                found[source] = _watched(subject, content, stream_path(content, rendition="auto"))
        beside, _ = found["window"]
        for source in SOURCES[1:]:
            growth, _ = found[source]
            cpu, sent = times(growth.cpu, beside.cpu), times(growth.sent, beside.sent)
            yield Row(
                f"{source}, {mode} {height}p: CPU and bytes against the same window",
                _words(*found["window"]),
                f"{_words(*found[source])}: {cpu}, {sent}",
                "≤ 1.15 ×, 1.15 ×, every picture",
            )


def local() -> Iterator[Row]:
    """Measure the time from a change to its being decoded at a reader on the same computer."""
    for mode, rendition, what, aim in (
        ("changes", "auto", "change of 480×320", "≤ 12 / 25 ms"),
        ("motion", "jpeg", "whole picture in motion", ""),
    ):
        with showing(mode) as content, serving(content) as subject:
            found = decoded(subject, content, stream_path(content, 60, rendition))
        yield Row(
            f"720p, {what} → decoded at a local reader",
            "",
            f"{delay(found.median_ms, found.p95_ms)}, {len(found.delays)} of {found.painted}",
            aim,
        )


def slow() -> Iterator[Row]:
    """Measure a viewer behind 2 Mbit/s, and whether another one notices."""
    with showing("motion") as content, serving(content) as subject:
        path = stream_path(content, rendition="auto", adaptive=1)
        alone = decoded(subject, content, path)
        with running(*module("proxy", subject.port, 2e6)) as proxy:
            behind = (line(proxy), path, 1, 12, BINARY, *_numbers(content))
            with running(*module("readers", *behind)) as readers:
                line(readers)
                time.sleep(4)  # until the server has found out
                begin = time.monotonic() + SETTLE_SECONDS
                both = decoded(subject, content, path)
                slowed = json.loads(line(readers))["numbers"]
        shown = [(count, decoded) for count, _, decoded in slowed if count in content.painted]
        found = ages(begin, begin + SECONDS, content.painted, shown)
    arrived = sum(begin <= decoded < begin + SECONDS for _, decoded in shown) / SECONDS
    yield Row(
        "behind 2 Mbit/s, 720p motion: how old its picture is, median / p95",
        "",
        f"{quantile(found, 0.5) * 1000:.0f} / {quantile(found, 0.95) * 1000:.0f} ms, {arrived:.1f} fps",
        "p95 ≤ 500 ms",
    )
    yield Row(
        "… another viewer meanwhile",
        f"alone {alone.fps:.1f} fps, {delay(alone.median_ms, alone.p95_ms)}",
        f"{both.fps:.1f} fps, {delay(both.median_ms, both.p95_ms)}",
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
    yield Row("… for each of ten more viewers", "", f"{(eleven - one) / 10e6:.2f} MB", "≤ 0.3 MB")


def _numbers(content: Content) -> tuple[str, ...]:
    _, _, width, height = content.box
    return ("--numbers", content.mode, str(width), str(height))


def decoded(subject: Subject, content: Content, path: str) -> Seen:
    """Return what one reader that decodes sees of the content in a steady stretch."""
    return _watched(subject, content, path)[1]


def _watched(subject: Subject, content: Content, path: str) -> tuple[Growth, Seen]:
    """Return what it takes to show the content in a steady stretch, and what one reader that decodes sees."""
    begin = time.monotonic() + SETTLE_SECONDS
    growth, seen = subject.watched(path, 1, BINARY, *_numbers(content), seconds=SECONDS)
    sightings = [(0, count, decoded) for count, _, decoded in seen["numbers"]]
    return growth, seen_between(begin, begin + SECONDS, content.painted, sightings, content.strips[0].bits)


def _words(growth: Growth, seen: Seen) -> str:
    """Return what a stream took, and how many of the painted pictures were seen."""
    return f"{percent(growth.percent)}, {rate(growth.sent / growth.span)}, {len(seen.delays)} of {seen.painted}"
