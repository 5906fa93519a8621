"""Figures of the server's work, as Prometheus reads them (text format 0.0.4). No titles, no handles."""

from __future__ import annotations

from collections.abc import Iterator

from server import __version__
from server.stream.registry import SessionRegistry

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(registry: SessionRegistry, uptime: float) -> str:
    """Return the figures; ``uptime`` is in seconds."""
    return "".join(_lines(registry, uptime))


def _lines(registry: SessionRegistry, uptime: float) -> Iterator[str]:
    hub, totals = registry.hub, registry.totals
    yield _gauge("build_info", "What runs here.", 1, f'{{version="{__version__}"}}')
    yield _gauge("uptime_seconds", "For how long it has been serving.", round(uptime, 3))
    yield _gauge("viewers", "Viewers that watch now.", len(registry))
    yield _gauge("sources", "Sources that are shared now.", len(registry.shares.shared))
    yield _counter("pictures_taken", "Times that a source was looked at.", hub.takes)
    yield _counter("pictures_encoded", "Pictures, or parts of pictures, encoded.", hub.encoder.encodes)
    yield _counter("pictures_sent", "Picture messages sent to viewers, repeated ones too.", totals.pictures)
    yield _counter("pictures_skipped", "Pictures that viewers were not sent, for they were busy.", totals.skipped)
    yield _counter("sent_bytes", "Bytes of the picture messages sent to viewers.", totals.bytes)
    yield _counter("viewers_dropped", "Viewers dropped because they took nothing for five seconds.", totals.dropped)


def _counter(name: str, words: str, value: int) -> str:
    return _metric("counter", f"{name}_total", words, value, "")


def _gauge(name: str, words: str, value: float, labels: str = "") -> str:
    return _metric("gauge", name, words, value, labels)


def _metric(kind: str, name: str, words: str, value: float, labels: str) -> str:
    full = f"panecast_{name}"
    return f"# HELP {full} {words}\n# TYPE {full} {kind}\n{full}{labels} {value}\n"
