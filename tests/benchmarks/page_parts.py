"""What one viewer in a real browser costs and sees: ours and its peers, on the same content, one after the other."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

from playwright.sync_api import Browser

from tests.benchmarks.barcode import newest_before
from tests.benchmarks.browser import Viewer, chromium, watching
from tests.benchmarks.counting import cpu_seconds, growth, sent_bytes
from tests.benchmarks.figures import psnr, seen_between
from tests.benchmarks.page_rows import first_picture_row, rows, settled_row
from tests.benchmarks.quality.equal import CRF, QUALITY, Knob, equal_value
from tests.benchmarks.quality.measures import Quality, quality, ssim_decibels
from tests.benchmarks.quality.originals import Originals
from tests.benchmarks.report import Row, Watched
from tests.benchmarks.running import Content, line, module, running, showing
from tests.benchmarks.scenes import LEANEST, Scene
from tests.benchmarks.servers import OWN, Address, addresses

WARM_UP_SECONDS = 1.0
REST_SECONDS = (1.0, 3.0)
NAVIGATIONS, NAVIGATIONS_OF_PEERS = 9, 3
CAUGHT, CAUGHT_LARGE, CAUGHT_TRYING = 6, 4, 4
"""Pictures that are judged: of each server, of one whose pictures are large, while a setting is looked for."""
LARGE = 3_000_000
"""Pixels."""
NARROW = ("pixelflux jpeg", LEANEST, OWN)


def watch(scene: Scene) -> Iterator[Row | Watched]:
    """Have every server show the scene to one browser."""
    found: dict[str, Watched] = {}
    with showing(scene.mode, *scene.size, scene.source, scene.fps) as content, chromium() as browser:
        eye = Eye(scene, content, browser)
        for address in addresses(content, scene.subjects, scene.asked, scene.on_phone):
            found[address.subject] = eye.watched(address)
            if scene.mode == "still" and scene.source == "window":
                navigations = NAVIGATIONS if address.subject == OWN else NAVIGATIONS_OF_PEERS
                again = [eye.first_picture(address) for _ in range(navigations - 1)]
                yield first_picture_row(address.subject, [found[address.subject].first_ms, *again])
        if scene.equal:
            found |= {one.subject: one for one in eye.equals(found)}
    yield from rows(scene, list(found.values()))
    yield from found.values()


def settle() -> Iterator[Row]:
    """Measure how true a changed page is behind 10 Mbit/s, one second and three after the change."""
    found = {}
    with showing("still") as content, chromium() as browser:
        originals = Originals("still", *content.box[2:])
        for address in addresses(content, NARROW):
            with (
                running(*module("proxy", address.port, 10e6)) as proxy,
                watching(browser, address.url(int(line(proxy))), content) as viewer,
            ):
                time.sleep(2)
                found[address.subject] = _at_rest(viewer, content, originals)
    yield settled_row(found)


class Eye:
    """One browser that looks at one scene, by way of one server after the other."""

    def __init__(self, scene: Scene, content: Content, browser: Browser) -> None:
        self._scene, self._content, self._browser = scene, content, browser
        self._originals = Originals(scene.mode, *scene.size)

    def watched(self, address: Address) -> Watched:
        """Return what showing it costs and what is seen."""
        scene, content = self._scene, self._content
        with watching(self._browser, address.url(), content, scene.on_phone) as viewer:
            if address.format is not None:
                viewer.choose(address.format)
            time.sleep(WARM_UP_SECONDS + (2 if scene.mode == "still" else 0))
            begin, cpu, sent = time.monotonic(), cpu_seconds(address.pid), sent_bytes(address.port)
            time.sleep(scene.seconds)
            end, cpu_after, sent_after = time.monotonic(), cpu_seconds(address.pid), sent_bytes(address.port)
            told = address.counters() if address.counters else {}
            time.sleep(0.3)  # what was painted last is still on its way
            seen = seen_between(begin, end, content.painted, viewer.sightings(), content.strips[0].bits)
            return Watched(
                scene.name,
                _name(address, told.get("formats", ())),
                (cpu_after - cpu) / (end - begin) * 100,
                growth(sent, sent_after) / (end - begin),
                seen.fps,
                seen.median_ms,
                seen.p95_ms,
                viewer.first_picture * 1000,
                told.get("picture_rate", math.nan),
                _at_rest(viewer, content, self._originals) if scene.mode == "still" else (),
                self._quality(viewer) if scene.is_moving else None,
            )

    def first_picture(self, address: Address) -> float:
        """Return how long it takes from a navigation to a picture, in milliseconds."""
        with watching(self._browser, address.url(), self._content, self._scene.on_phone) as viewer:
            return viewer.first_picture * 1000

    def equals(self, found: dict[str, Watched]) -> Iterator[Watched]:
        """Yield a peer at our quality, and ours at its."""
        if LEANEST not in found:
            return
        theirs, own = found[LEANEST].quality, found[OWN].quality
        if theirs is None or own is None:
            return
        for subject, knob, known, wanted in ((LEANEST, CRF, theirs, own), (OWN, QUALITY, own, theirs)):
            value = self._equal(subject, knob, known, wanted)
            if value != knob.usual:
                yield from map(self.watched, self._addresses(f"{subject} {knob.name} {value}"))

    def _equal(self, subject: str, knob: Knob, known: Quality, wanted: Quality) -> int:
        def tried(value: int) -> float | None:
            for address in self._addresses(f"{subject} {knob.name} {value}"):
                with watching(self._browser, address.url(), self._content, self._scene.on_phone) as viewer:
                    time.sleep(WARM_UP_SECONDS)
                    judged = self._quality(viewer, CAUGHT_TRYING)
                    return ssim_decibels(judged.ssim) if judged else None
            return None

        return equal_value(knob, ssim_decibels(known.ssim), ssim_decibels(wanted.ssim), tried)

    def _addresses(self, subject: str) -> Iterator[Address]:
        return addresses(self._content, (subject,), self._scene.asked, self._scene.on_phone)

    def _quality(self, viewer: Viewer, pictures: int = CAUGHT) -> Quality | None:
        """Return how good pictures are that are caught while they move, None when none was whole."""
        width, height = self._scene.size
        pictures = min(pictures, CAUGHT_LARGE) if width * height > LARGE else pictures
        newest, bits = max(self._content.painted), self._content.strips[0].bits
        caught = viewer.caught(pictures, self._scene.on_phone)
        # Those that were painted meanwhile are far fewer than a number has values.
        latest = newest + (1 << bits) // 2
        return quality(
            (picture, self._originals.picture(newest_before(number, latest, bits))) for number, picture in caught
        )


def _name(address: Address, formats: tuple[str, ...]) -> str:
    """Return the server's name; a page that could not do what was chosen shows something else, which is told."""
    other = [name for name in formats if name not in address.subject.split()]
    return f"{address.subject} (in fact {other[0]})" if other else address.subject


def _at_rest(viewer: Viewer, content: Content, originals: Originals) -> tuple[tuple[float, float], ...]:
    """Have the page changed; return how like its source it is, by the seconds since then."""
    count = content.next()
    for seconds in REST_SECONDS:
        time.sleep(max(0.0, content.painted[count] + seconds - time.monotonic()))
        viewer.keep(f"{seconds}")
    source = originals.picture(count)
    return tuple((seconds, psnr(viewer.kept(f"{seconds}"), source)) for seconds in REST_SECONDS)
