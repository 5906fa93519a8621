"""The table that a run prints."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.benchmarks.quality.measures import Quality

DETAILS = (
    "content", "server", "CPU", "a picture", "sent", "fps", "delay median / p95", "SSIM, PSNR-HVS", "first picture",
    "at rest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what it is, what it is held against (a peer, a floor), what was measured, what was aimed at."""

    what: str
    beside: str
    measured: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """What it took to show one content in one browser, and what was seen there.

    Attributes:
        content, subject: which window, which server.
        cpu: percent of one core that the server used.
        rate: bytes a second that the server sent.
        fps: different pictures a second that the page showed whole.
        median_ms, p95_ms: from the paint to the picture's being readable in the page; nan when nothing moved.
        first_ms: from the navigation's start to the first picture; nan where no browser looks.
        picture_rate: bytes a second of pictures alone, where the server tells; nan where it does not.
        likeness: of the still picture with its source, in dB, by the seconds after the change; inf: identical.
        quality: of pictures caught in motion; None where nothing moved, or nothing was caught whole.
    """

    content: str
    subject: str
    cpu: float
    rate: float
    fps: float
    median_ms: float
    p95_ms: float
    first_ms: float = math.nan
    picture_rate: float = math.nan
    likeness: tuple[tuple[float, float], ...] = ()
    quality: Quality | None = None

    @property
    def cost_ms(self) -> float:
        """Return the server's processor time for a picture that was seen, in milliseconds; nan when there was none."""
        return self.cpu * 10 / self.fps if self.fps else math.nan


def percent(value: float) -> str:
    """Return a share of a core as the table writes it."""
    return f"{value:.2f} %" if value < 2 else f"{value:.1f} %"


def rate(value: float) -> str:
    """Return bytes a second as the table writes them."""
    if value < 1000:
        return f"{value:.0f} B/s"
    return f"{value / 1000:.1f} kB/s" if value < 100_000 else f"{value / 1000:.0f} kB/s"


def delay(median_ms: float, p95_ms: float) -> str:
    """Return a delay's median and 95th percentile as the table writes them."""
    return "–" if math.isnan(median_ms) else f"{median_ms:.1f} / {p95_ms:.1f} ms"


def likeness(value: float) -> str:
    """Return a picture's likeness to its source as the table writes it."""
    return "identical" if math.isinf(value) else f"{value:.1f} dB"


def goodness(value: Quality | None) -> str:
    """Return how good pictures in motion are as the table writes it."""
    if value is None:
        return "–"
    if value.identical == value.pictures:
        return "identical"
    hvs = "∞" if math.isinf(value.hvs) else f"{value.hvs:.1f} dB"
    some = f", {value.identical} of {value.pictures} identical" if value.identical else ""
    size = f" at {value.width} × {value.height}" if value.is_scaled else ""
    return f"{value.ssim:.4f}, {hvs}{some}{size}"


def milliseconds(value: float) -> str:
    """Return a time as the table writes it."""
    return "–" if math.isnan(value) else f"{value:.1f} ms"


def times(value: float, other: float) -> str:
    """Return how many times ``other`` a value is."""
    return f"{value / other:.2f} ×" if other > 0 else "–"


def printed(rows: Iterable[Row], watched: Iterable[Watched], busy: float) -> str:
    """Return the whole report in Markdown; ``busy`` is what others used of all cores meanwhile, in percent."""
    blocks = [heading(busy)]
    found = [(row.what, row.beside, row.measured, row.target) for row in rows]
    if found:
        blocks.append(table(("what", "peer or floor", "measured", "target"), found))
    details = [
        (
            one.content,
            one.subject,
            percent(one.cpu),
            milliseconds(one.cost_ms),
            rate(one.rate),
            f"{one.fps:.1f}",
            delay(one.median_ms, one.p95_ms),
            goodness(one.quality),
            "–" if math.isnan(one.first_ms) else f"{one.first_ms:.0f} ms",
            ", ".join(f"{likeness(value)} after {seconds:g} s" for seconds, value in one.likeness) or "–",
        )
        for one in watched
    ]
    if details:
        blocks.append(table(DETAILS, details))
    return "\n\n".join(blocks)


def heading(busy: float) -> str:
    """Return when and on which machine; ``busy`` is what others used of all cores meanwhile, in percent."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {busy:.0f} % of them busy with other things"
    return f"{datetime.now(UTC):%Y-%m-%d} · {machine} · Python {platform.python_version()}"


def table(names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = ["| " + " | ".join(cells) + " |" for cells in (names, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(names), *lines[1:]])
