"""What one viewer in a real browser costs and sees: ours and its peers, on the same content, one after the other."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from playwright.sync_api import Browser

from tests.benchmarks import sheets
from tests.benchmarks.browser import Viewer, chromium, watching
from tests.benchmarks.counting import cpu_seconds, growth, sent_bytes
from tests.benchmarks.figures import psnr, seen_between
from tests.benchmarks.report import Row, Watched, delay, likeness, percent, rate, times
from tests.benchmarks.running import Content, Source, line, module, running, showing
from tests.benchmarks.servers import NAIVE, OURS, OWN, PIXELFLUX, Address, addresses

WARM_UP_SECONDS = 1.0
REST_SECONDS = (1.0, 3.0)
NAVIGATIONS = 3
LEANEST = "pixelflux h264-full"
"""The peer's way that costs least with whole windows in motion."""
ALL = (NAIVE, *PIXELFLUX, *OURS)
STILL = (NAIVE, "pixelflux jpeg", LEANEST, OWN)
LARGE = ("pixelflux jpeg", LEANEST, OWN, "panecast h264")
SCREENS = (LEANEST, OWN)
NARROW = ("pixelflux jpeg", LEANEST, OWN)


@dataclass(frozen=True, slots=True)
class Scene:
    """A content to be watched, which servers show it, for how long, and what is aimed at (None: nothing)."""

    name: str
    mode: str
    size: tuple[int, int]
    subjects: tuple[str, ...]
    seconds: float
    cpu: float
    rate: float | None = None
    delay: tuple[float, float] | None = None
    fps: float | None = None
    source: Source = "window"


SCENES = (
    Scene("still 720p", "still", (1280, 720), STILL, 4, 0.3, rate=0),
    Scene("typing 720p", "typing", (1280, 720), (NAIVE, *PIXELFLUX, OWN), 4, 1.2, rate=4000, delay=(15, 30)),
    Scene("scrolling 720p", "scrolling", (1280, 720), ALL, 3, 14, rate=274_000, delay=(15, 24), fps=29),
    Scene("motion 720p", "motion", (1280, 720), ALL, 3, 16, rate=322_000, delay=(16, 26), fps=29),
    Scene("scrolling 1080p", "scrolling", (1920, 1080), LARGE, 4, 27, delay=(25, 40), fps=29),
    Scene("motion 1080p", "motion", (1920, 1080), SCREENS, 3, 34, delay=(25, 40), fps=29),
    Scene("desktop still 720p", "still", (1280, 720), SCREENS, 3, 0.3, rate=0, source="desktop"),
    Scene("desktop typing 720p", "typing", (1280, 720), SCREENS, 3, 1.2, rate=4000, delay=(15, 30), source="desktop"),
    Scene("desktop scrolling 720p", "scrolling", (1280, 720), SCREENS, 3, 14, 274_000, (15, 24), 29, "desktop"),
    Scene("desktop motion 720p", "motion", (1280, 720), SCREENS, 3, 16, 322_000, (16, 26), 29, "desktop"),
    Scene("desktop scrolling 1080p", "scrolling", (1920, 1080), SCREENS, 3, 27, None, (25, 40), 29, "desktop"),
    Scene("desktop motion 1080p", "motion", (1920, 1080), SCREENS, 3, 34, None, (25, 40), 29, "desktop"),
    Scene("monitor still 720p", "still", (1280, 720), (OWN,), 3, 0.3, rate=0, source="monitor"),
    Scene("monitor scrolling 720p", "scrolling", (1280, 720), (OWN,), 3, 14, 274_000, (15, 24), 29, "monitor"),
    Scene("monitor motion 1080p", "motion", (1920, 1080), (OWN,), 3, 34, None, (25, 40), 29, "monitor"),
)


def watch(scene: Scene) -> Iterator[Row | Watched]:
    """Have every server show the scene to one browser."""
    found = []
    with showing(scene.mode, *scene.size, scene.source) as content, chromium() as browser:
        for address in addresses(content, scene.subjects):
            with watching(browser, address.url(), content) as viewer:
                found.append(_watched(scene, content, address, viewer))
            if scene.mode == "still" and scene.source == "window":
                again = [_first_picture(browser, address, content) for _ in range(NAVIGATIONS - 1)]
                yield from _first_rows(address, [found[-1].first_ms, *again])
    yield from _rows(scene, found)
    yield from found


def settle() -> Iterator[Row]:
    """Measure how true a changed page is behind 10 Mbit/s, one second and three after the change."""
    found = {}
    with showing("still") as content, chromium() as browser:
        for address in addresses(content, NARROW):
            with (
                running(*module("proxy", address.port, 10e6)) as proxy,
                watching(browser, address.url(int(line(proxy))), content) as viewer,
            ):
                time.sleep(2)
                found[address.subject] = _at_rest(viewer, content)
    own = found.pop(OWN)
    yield Row(
        "720p page behind 10 Mbit/s, 1 s and 3 s after it changed",
        "; ".join(f"{name} {_likenesses(values)}" for name, values in found.items()),
        _likenesses(own),
        "≥ 40 dB, identical",
    )


def _watched(scene: Scene, content: Content, address: Address, viewer: Viewer) -> Watched:
    if address.format is not None:
        viewer.choose(address.format)
    time.sleep(WARM_UP_SECONDS + (2 if scene.mode == "still" else 0))
    begin, cpu, sent = time.monotonic(), cpu_seconds(address.pid), sent_bytes(address.port)
    time.sleep(scene.seconds)
    end, cpu_after, sent_after = time.monotonic(), cpu_seconds(address.pid), sent_bytes(address.port)
    told = address.counters() if address.counters else {}
    # A page that could not do what was chosen shows something else, and that is then what was measured.
    requested = address.subject.removeprefix("panecast ")
    other = [name for name in told.get("formats", ()) if name != requested]
    time.sleep(0.3)  # what was painted last is still on its way
    seen = seen_between(begin, end, content.painted, viewer.sightings(), content.strips[0].bits)
    return Watched(
        scene.name,
        f"{address.subject} (in fact {other[0]})" if other else address.subject,
        (cpu_after - cpu) / (end - begin) * 100,
        growth(sent, sent_after) / (end - begin),
        seen.fps,
        seen.median_ms,
        seen.p95_ms,
        viewer.first_picture * 1000,
        told.get("picture_rate", math.nan),
        _at_rest(viewer, content) if scene.mode == "still" else (),
    )


def _first_picture(browser: Browser, address: Address, content: Content) -> float:
    with watching(browser, address.url(), content) as viewer:
        return viewer.first_picture * 1000


def _first_rows(address: Address, found: list[float]) -> Iterator[Row]:
    aim = "≤ 300 ms" if address.subject == OWN else ""
    what = f"first picture after navigation, 720p, {address.subject}: the middle of {len(found)}"
    yield Row(what, "", f"{statistics.median(found):.0f} ms", aim)


def _at_rest(viewer: Viewer, content: Content) -> tuple[tuple[float, float], ...]:
    """Have the page changed; return how like its source it is, by the seconds since then."""
    count = content.next()
    for seconds in REST_SECONDS:
        time.sleep(max(0.0, content.painted[count] + seconds - time.monotonic()))
        viewer.keep(f"{seconds}")
    source = _page(content, count)
    return tuple((seconds, psnr(viewer.kept(f"{seconds}"), source)) for seconds in REST_SECONDS)


def _page(content: Content, count: int) -> np.ndarray:
    """Return what the still window shows: height × width × 3, RGB."""
    _, _, width, height = content.box
    pixels = sheets.page(width, height, count)
    for strip in content.strips:
        pixels[strip.y : strip.y + strip.block, strip.x : strip.x + strip.width] = strip.drawn(count)
    return pixels[:, :, 2::-1]


def _rows(scene: Scene, found: list[Watched]) -> Iterator[Row]:
    own = next(one for one in found if one.subject.startswith(OWN))
    others = [one for one in found if not one.subject.startswith("panecast")]
    best = min((one for one in others if one.subject != NAIVE), key=lambda one: one.cpu, default=None)
    name = f"{scene.name}, {own.subject}"

    def beside(write: Callable[[Watched], str]) -> str:
        return "; ".join(f"{one.subject} {write(one)}" for one in others)

    ratio = f", {times(own.cpu, best.cpu)} {best.subject}" if best else ""
    yield Row(f"{name}: CPU", beside(lambda one: percent(one.cpu)), f"{percent(own.cpu)}{ratio}", f"≤ {scene.cpu:g} %")
    if scene.rate is not None:
        sent = f"{rate(own.rate)}, pictures {rate(own.picture_rate)}"
        aim = f"≤ {rate(scene.rate)}" if scene.rate else "0 B/s"
        yield Row(f"{name}: sent", beside(lambda one: rate(one.rate)), sent, aim)
    if scene.delay is not None:
        aim = f"≤ {scene.delay[0]:g} / {scene.delay[1]:g} ms"
        others_delay = beside(lambda one: delay(one.median_ms, one.p95_ms))
        yield Row(f"{name}: delay", others_delay, delay(own.median_ms, own.p95_ms), aim)
    if scene.fps is not None:
        others_fps = beside(lambda one: f"{one.fps:.1f}")
        yield Row(f"{name}: fps", others_fps, f"{own.fps:.1f}", f"{scene.fps:g}")
    if own.likeness:
        what = f"{name}: at rest, 1 s and 3 s after a change"
        others_likeness = beside(lambda one: _likenesses(one.likeness))
        yield Row(what, others_likeness, _likenesses(own.likeness), "identical within 3 s")


def _likenesses(values: tuple[tuple[float, float], ...]) -> str:
    return ", ".join(likeness(value) for _, value in values)
