"""Every server that can be watched in a browser: ours in each rendition, and its peers."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.ours import page_path, serving
from tests.benchmarks.running import Content, line, module, running

OWN = "panecast auto"
"""What our page takes by itself; the targets are for it."""
OURS = (OWN, "panecast jpeg", "panecast h264")
NAIVE = "naive"
PIXELFLUX = ("pixelflux jpeg", "pixelflux h264", "pixelflux h264-full")
MISSING = "pixelflux is not installed; to have it measured too: pip install -e '.[test,peers]'"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server shows the window.

    Attributes:
        subject: the server's name in the table.
        pid: its process.
        port, path: where its page is.
        format: what a person chooses in the page, None to leave it as it comes.
        counters: what the server tells of itself, None when it does not.
    """

    subject: str
    pid: int
    port: int
    path: str
    format: str | None = None
    counters: Callable[[], dict[str, Any]] | None = None

    def url(self, port: int | None = None) -> str:
        """Return the page's address, by way of another port where one is given."""
        return f"http://127.0.0.1:{port or self.port}{self.path}"


def has_pixelflux() -> bool:
    """Tell whether that peer can be run here."""
    return importlib.util.find_spec("pixelflux") is not None


def addresses(content: Content, names: Iterable[str]) -> Iterator[Address]:
    """Yield each named server in turn, running; those of ours come last and are one process."""
    renditions = []
    for name in names:
        if name in OURS:
            renditions.append(name.removeprefix("panecast "))
        elif name == NAIVE or has_pixelflux():
            with _peer(name, content) as address:
                yield address
    with serving(content) as subject:
        for rendition in renditions:
            name = f"panecast {rendition}"
            chosen = None if name == OWN else rendition
            yield Address(name, subject.pid, subject.port, page_path(content), chosen, subject.counters)


@contextlib.contextmanager
def _peer(name: str, content: Content) -> Iterator[Address]:
    if name == NAIVE:
        command = module("peers.naive", *content.box)
    else:
        command = module("peers.pixelflux_server", *content.box, name.removeprefix("pixelflux "))
    with running(*command) as process:
        _, _, width, height = content.box
        yield Address(name, process.pid, int(line(process)), f"/?fps=30&width={width}&height={height}")
