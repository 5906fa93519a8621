"""What large pictures cost the server, and how good they are: the very bytes that it sends, decoded afterwards.

Two cores cannot paint, encode, decode and show pictures of 2160p as often as they change, so nobody decodes them while
it is measured; what a browser would show is made of the bytes when there is time. The delay is until they have arrived.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.benchmarks.barcode import newest_before
from tests.benchmarks.counting import cpu_seconds, growth, sent_bytes
from tests.benchmarks.decoding import Picture
from tests.benchmarks.figures import seen_between
from tests.benchmarks.ours import stream_path
from tests.benchmarks.page_rows import rows
from tests.benchmarks.quality.equal import CRF, QUALITY, Knob, equal_value
from tests.benchmarks.quality.measures import Quality, quality, ssim_decibels
from tests.benchmarks.quality.originals import Originals
from tests.benchmarks.readers import RECORD
from tests.benchmarks.report import Row, Watched
from tests.benchmarks.running import Content, line, module, running, showing
from tests.benchmarks.scenes import LEANEST, Scene
from tests.benchmarks.servers import OWN, Address, addresses, is_ours

WARM_UP_SECONDS = 1.5
JUDGED = 4


def watch(scene: Scene) -> Iterator[Row | Watched]:
    """Have every server send the scene to one reader."""
    with showing(scene.mode, *scene.size, scene.source, scene.fps) as content:
        reader = WireReader(scene, content)
        found = {subject: reader.watched(subject, scene.seconds) for subject in scene.subjects}
        known = {subject: one.quality for subject, one in found.items() if one is not None}
        theirs, own = known.get(LEANEST), known.get(OWN)
        if scene.equal and theirs is not None and own is not None:
            for subject, knob, here, there in ((LEANEST, CRF, theirs, own), (OWN, QUALITY, own, theirs)):
                name = reader.equal(subject, knob, here, there)
                found[name] = found.get(name) or reader.watched(name, scene.seconds)
    kept = [one for one in found.values() if one is not None]
    yield from rows(scene, kept)
    yield from kept


class WireReader:
    """Reads what one server after the other sends of one scene."""

    def __init__(self, scene: Scene, content: Content) -> None:
        self._scene, self._content = scene, content
        self._originals = Originals(scene.mode, *scene.size)

    def watched(self, subject: str, seconds: float, judged: int = JUDGED) -> Watched | None:
        """Return what it costs to send it, and how good it is; None where that server cannot be run."""
        for address in addresses(self._content, (subject,), self._scene.asked):
            with tempfile.TemporaryDirectory() as folder:
                return self._read(address, seconds, judged, Path(folder) / "messages")
        return None

    def equal(self, subject: str, knob: Knob, known: Quality, wanted: Quality) -> str:
        """Return the server's name with the setting at which its pictures are as good as is wanted."""

        def tried(value: int) -> float | None:
            one = self.watched(f"{subject} {knob.name} {value}", 1)
            return ssim_decibels(one.quality.ssim) if one is not None and one.quality is not None else None

        value = equal_value(knob, ssim_decibels(known.ssim), ssim_decibels(wanted.ssim), tried)
        return subject if value == knob.usual else f"{subject} {knob.name} {value}"

    def _read(self, address: Address, seconds: float, judged: int, record: Path) -> Watched:
        fps = self._scene.asked
        if is_ours(address.subject):
            _, _, setting = address.subject.partition(" quality ")
            path, kind = stream_path(self._content, fps, "auto", quality=int(setting or 80)), "--binary"
        else:
            path, kind = "/stream", "--foreign"
        whole = WARM_UP_SECONDS + seconds + 0.5
        with running(*module("readers", address.port, path, 1, whole, kind, "--record", record)) as readers:
            line(readers)
            time.sleep(WARM_UP_SECONDS)
            begin, cpu, sent = time.monotonic(), cpu_seconds(address.pid), sent_bytes(address.port)
            time.sleep(seconds)
            end, cpu_after, sent_after = time.monotonic(), cpu_seconds(address.pid), sent_bytes(address.port)
            line(readers)
        sightings, alike = self._decoded(record, begin, end, judged, is_ours(address.subject))
        seen = seen_between(begin, end, self._content.painted, sightings, self._content.strips[0].bits)
        return Watched(
            self._scene.name,
            address.subject,
            (cpu_after - cpu) / (end - begin) * 100,
            growth(sent, sent_after) / (end - begin),
            seen.fps,
            seen.median_ms,
            seen.p95_ms,
            quality=alike,
        )

    def _decoded(
        self, record: Path, begin: float, end: float, judged: int, is_own: bool
    ) -> tuple[list[tuple[int, int, float]], Quality | None]:
        """Return (strip, number, when) of every message, and how good some of those from ``begin`` to ``end`` are."""
        strips, bits = self._content.strips, self._content.strips[0].bits
        latest = max(self._content.painted)
        picture = Picture()
        sightings: list[tuple[int, int, float]] = []
        pairs: list[tuple[np.ndarray, np.ndarray]] = []
        for arrived, message in recorded(record):
            (picture.binary if is_own else picture.stripe)(message)
            if picture.pixels is None:
                continue
            numbers = [strip.read(picture.pixels[:, :, 1]) for strip in strips]
            sightings += [(at, number, arrived) for at, number in enumerate(numbers) if number is not None]
            due = begin + (end - begin) * len(pairs) / judged
            if len(pairs) < judged and arrived >= due and numbers[0] is not None and len(set(numbers)) == 1:
                original = self._originals.picture(newest_before(numbers[0], latest, bits))
                pairs.append((picture.pixels.copy(), original))
        return sightings, quality(pairs)


def recorded(record: Path) -> Iterator[tuple[float, bytes]]:
    """Yield every message that was written down, with the moment at which it had arrived."""
    with record.open("rb") as file:
        while head := file.read(RECORD.size):
            arrived, size = RECORD.unpack(head)
            yield arrived, file.read(size)
