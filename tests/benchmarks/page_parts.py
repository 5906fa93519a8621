"""What one viewer in a real browser costs and sees: ours and its peers, on the same content, one after the other."""

from __future__ import annotations

import contextlib
import importlib.util
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
from tests.benchmarks.ours import RENDITIONS, page_path, serving
from tests.benchmarks.report import Row, Watched, delay, likeness, percent, rate, times
from tests.benchmarks.running import Content, line, module, running, showing

WARM_UP_SECONDS = 1.0
REST_SECONDS = (1.0, 3.0)
PIXELFLUX = ("pixelflux jpeg", "pixelflux h264", "pixelflux h264-full")
MISSING = "pixelflux is not installed; to have it measured too: pip install -e '.[test,peers]'"


@dataclass(frozen=True, slots=True)
class Scene:
    """A content to be watched, for how long, and what is aimed at (None: nothing)."""

    name: str
    mode: str
    width: int
    height: int
    seconds: float
    cpu: float | None = None
    rate: float | None = None
    delay: tuple[float, float] | None = None
    fps: float | None = None


SCENES = (
    Scene("still 720p", "still", 1280, 720, 4, cpu=0.3, rate=0),
    Scene("typing 720p", "typing", 1280, 720, 5, cpu=1.2, rate=4000, delay=(15, 30)),
    Scene("scrolling 720p", "scrolling", 1280, 720, 4, cpu=14, rate=274_000, delay=(15, 24), fps=29),
    Scene("motion 720p", "motion", 1280, 720, 4, cpu=16, rate=322_000, delay=(16, 26), fps=29),
    Scene("scrolling 1080p", "scrolling", 1920, 1080, 4, cpu=27, delay=(25, 40), fps=29),
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server shows the window: its process, its port, the page's path.

    ``picture_rate`` returns the bytes of pictures that it sends in a second, nan when it does not tell.
    """

    subject: str
    pid: int
    port: int
    path: str
    picture_rate: Callable[[], float] = lambda: math.nan


def has_pixelflux() -> bool:
    """Tell whether the peer can be run here."""
    return importlib.util.find_spec("pixelflux") is not None


@contextlib.contextmanager
def peer(name: str, content: Content) -> Iterator[Address]:
    """Have one of the peers' servers run while the block lasts."""
    if name == "naive":
        command = module("peers.naive", *content.box)
    else:
        command = module("peers.pixelflux_server", *content.box, name.rpartition(" ")[2])
    with running(*command) as process:
        _, _, width, height = content.box
        yield Address(name, process.pid, int(line(process)), f"/?fps=30&width={width}&height={height}")


def addresses(content: Content) -> Iterator[Address]:
    """Yield each server in turn, running."""
    for name in ("naive", *(PIXELFLUX if has_pixelflux() else ())):
        with peer(name, content) as address:
            yield address
    with serving(content) as subject:
        for rendition in RENDITIONS:
            path = page_path(content, rendition)
            yield Address(f"panecast {rendition}", subject.pid, subject.port, path, subject.picture_rate)


def watch(scene: Scene) -> Iterator[Row | Watched]:
    """Have every server show the scene to one browser."""
    with showing(scene.mode, scene.width, scene.height) as content, chromium() as browser:
        found = [_watched(browser, scene, content, address) for address in addresses(content)]
    yield from _rows(scene, found)
    yield from found


def first() -> Iterator[Row]:
    """Measure how soon after the navigation the first picture is there: the middle one of three."""
    with showing("still") as content, chromium() as browser:
        found = {}
        for address in addresses(content):
            moments = []
            for _ in range(3):
                with watching(browser, _url(address, address.port), content) as viewer:
                    moments.append(viewer.first_picture)
            found[address.subject] = statistics.median(moments) * 1000
    own = f"panecast {RENDITIONS[0]}"
    others = ", ".join(f"{name} {value:.0f} ms" for name, value in found.items() if not name.startswith("panecast"))
    yield Row("first picture after navigation, 720p", others, f"{found[own]:.0f} ms", "≤ 300 ms")


def settle() -> Iterator[Row]:
    """Measure how true a changed page is behind 10 Mbit/s, one second and three after the change."""
    found = {}
    with showing("still") as content, chromium() as browser:
        for address in addresses(content):
            if address.subject not in ("pixelflux jpeg", "pixelflux h264-full", f"panecast {RENDITIONS[0]}"):
                continue
            with (
                running(*module("proxy", address.port, 10e6)) as proxy,
                watching(browser, _url(address, int(line(proxy))), content) as viewer,
            ):
                time.sleep(2)
                found[address.subject] = _at_rest(viewer, content)
    own = found.pop(f"panecast {RENDITIONS[0]}")
    yield Row(
        "720p page behind 10 Mbit/s, 1 s and 3 s after it changed",
        "; ".join(f"{name} {_likenesses(values)}" for name, values in found.items()),
        _likenesses(own),
        "≥ 40 dB, identical",
    )


def _watched(browser: Browser, scene: Scene, content: Content, address: Address) -> Watched:
    with watching(browser, _url(address, address.port), content) as viewer:
        time.sleep(WARM_UP_SECONDS + (2 if scene.mode == "still" else 0))
        begin, cpu, sent = time.monotonic(), cpu_seconds(address.pid), sent_bytes(address.port)
        time.sleep(scene.seconds)
        end, cpu_after, sent_after = time.monotonic(), cpu_seconds(address.pid), sent_bytes(address.port)
        time.sleep(0.3)  # what was painted last is still on its way
        seen = seen_between(begin, end, content.painted, viewer.sightings(), content.strips[0].bits)
        return Watched(
            scene.name,
            address.subject,
            (cpu_after - cpu) / (end - begin) * 100,
            growth(sent, sent_after) / (end - begin),
            seen.fps,
            seen.median_ms,
            seen.p95_ms,
            viewer.first_picture * 1000,
            address.picture_rate(),
            _at_rest(viewer, content) if scene.mode == "still" else (),
        )


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


def _url(address: Address, port: int) -> str:
    return f"http://127.0.0.1:{port}{address.path}"


def _rows(scene: Scene, found: list[Watched]) -> Iterator[Row]:
    own = next(one for one in found if one.subject == f"panecast {RENDITIONS[0]}")
    others = [one for one in found if not one.subject.startswith("panecast")]
    best = min((one for one in others if one.subject != "naive"), key=lambda one: one.cpu, default=others[0])
    name = f"{scene.name}, {own.subject}"

    def beside(write: Callable[[Watched], str]) -> str:
        return ", ".join(f"{one.subject} {write(one)}" for one in others)

    if scene.cpu is not None:
        ratio = f"{times(own.cpu, best.cpu)} {best.subject}"
        aim = f"≤ {scene.cpu:g} %"
        yield Row(f"{name}: CPU", beside(lambda one: percent(one.cpu)), f"{percent(own.cpu)}, {ratio}", aim)
    if scene.rate is not None:
        aim = f"≤ {rate(scene.rate)}" if scene.rate else "0 B/s"
        sent = f"{rate(own.rate)}, pictures {rate(own.picture_rate)}"
        yield Row(f"{name}: sent", beside(lambda one: rate(one.rate)), sent, aim)
    if scene.delay is not None:
        aim = f"≤ {scene.delay[0]:g} / {scene.delay[1]:g} ms"
        yield Row(
            f"{name}: delay",
            beside(lambda one: delay(one.median_ms, one.p95_ms)),
            delay(own.median_ms, own.p95_ms),
            aim,
        )
    if scene.fps is not None:
        yield Row(
            f"{name}: shown", beside(lambda one: f"{one.fps:.1f} fps"), f"{own.fps:.1f} fps", f"{scene.fps:g} fps"
        )
    if own.likeness:
        yield Row(
            f"{name}: at rest, 1 s and 3 s after a change",
            beside(lambda one: _likenesses(one.likeness)),
            _likenesses(own.likeness),
            "identical within 3 s",
        )


def _likenesses(values: tuple[tuple[float, float], ...]) -> str:
    return ", ".join(likeness(value) for _, value in values) if values else likeness(math.nan)
