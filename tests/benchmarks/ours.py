"""Panecast's server under measurement, and how its pictures are asked for."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.counting import cpu_seconds, growth, sent_bytes
from tests.benchmarks.running import Content, line, module, running

SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Growth:
    """By how much the server's counters, and the bytes it sent, grew in a steady stretch of ``span`` seconds."""

    span: float
    cpu: float
    takes: int
    encodes: int
    sent: float = 0

    @property
    def percent(self) -> float:
        """Return the processor time in percent of one core."""
        return self.cpu / self.span * 100

    @property
    def rate(self) -> float:
        """Return encoded pictures a second."""
        return self.encodes / self.span


class Subject:
    """A running server."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(line(process))
        self.pid = process.pid

    def counters(self, order: str = "") -> dict[str, Any]:
        """Return takes, encodes, messages sent and seconds of processor time so far; the viewers, their traffic and
        their formats now. ``order`` is carried out before, see `tests.benchmarks.subject`."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        counted: dict[str, Any] = json.loads(line(self._process))
        return counted

    def watched(self, path: str, viewers: int, *more: str, seconds: float = SECONDS) -> tuple[Growth, Any]:
        """Return what a steady stretch took, and what ``viewers`` readers of ``path`` saw."""
        with running(*module("readers", self.port, path, viewers, seconds + 2.5, *more)) as readers:
            line(readers)
            time.sleep(1.5)
            before, sent = self.counters(), sent_bytes(self.port)
            cpu, begin = cpu_seconds(self.pid), time.monotonic()
            time.sleep(seconds)
            after, cpu_after, end = self.counters(), cpu_seconds(self.pid), time.monotonic()
            sent_now = growth(sent, sent_bytes(self.port))
            seen = json.loads(line(readers))
        takes, encodes = (round(after[name] - before[name]) for name in ("takes", "encodes"))
        return Growth(end - begin, cpu_after - cpu, takes, encodes, sent_now), seen

    def wait_listed(self, content: Content) -> None:
        """Return once the server shows the window."""
        self.wait_shown([content.handle])

    def wait_shown(self, handles: Iterable[str]) -> None:
        """Return once the server shows all these sources."""
        missing = set(handles)
        for _ in range(100):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/windows") as answer:
                missing -= {str(source["handle"]) for source in json.load(answer)["windows"]}
            if not missing:
                return
            time.sleep(0.1)
        raise RuntimeError(f"{len(missing)} sources are not listed")


@contextlib.contextmanager
def serving(content: Content | None = None, *more: str) -> Iterator[Subject]:
    """Have the server run, started with ``more``, while the block lasts, and know the window."""
    with running(*module("subject", *more), stdin=subprocess.PIPE) as process:
        subject = Subject(process)
        if content is not None:
            subject.wait_listed(content)
        yield subject


def page_path(content: Content) -> str:
    """Return the path of our page on the window; what it asks for by itself is 30 pictures a second, automatic."""
    return f"/watch/{content.handle}"


def stream_path(content: Content, fps: int = 30, rendition: str = "jpeg", adaptive: int = 0, quality: int = 80) -> str:
    """Return the path of a stream without the pointer, as readers of the binary form ask for it."""
    return f"/stream/{content.handle}?fps={fps}&quality={quality}&cursor=0&adaptive={adaptive}&format={rendition}"
