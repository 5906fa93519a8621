"""Processes of a load test: the server, and viewers of several kinds."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from capture.feed.hub import ENCODE_WORKERS
from server.protocol.wire import PROTOCOL
from tests.benchmarks.counting import cpu_seconds
from tests.helpers.x11.desktop import PROJECT
from tests.load.viewers import request

LONG = os.environ.get("PANECAST_LONG") == "1"
PATH = "/stream/demo?fps=30&quality=80&format=jpeg&cursor=0&adaptive=0"
NARROW_PATH = "/stream/demo?fps=30&quality=80&format=jpeg&cursor=0&adaptive=1"
LASTING = ("descriptors", "threads", "tasks", "timers", "viewers", "feeds")
"""The counters that have to be the same again when everybody has left."""


@contextlib.contextmanager
def running(name: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run a part while the block lasts."""
    command = [sys.executable, "-m", f"tests.load.{name}", *map(str, arguments)]
    process = subprocess.Popen(command, cwd=PROJECT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    """Return the next line that a part prints."""
    assert process.stdout is not None
    text = process.stdout.readline().strip()
    assert text, f"{process.args} ended early"
    return text


class Loaded:
    """The server (or the floor) in its process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(line(process))

    @property
    def cpu(self) -> float:
        """Return the processor time it has used, in seconds."""
        return cpu_seconds(self._process.pid)

    def tell(self, command: str) -> None:
        """Give an order that is not answered."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def ask(self, command: str = "count") -> dict[str, Any]:
        """Give an order and return the counters."""
        self.tell(command)
        counted: dict[str, Any] = json.loads(line(self._process))
        return counted

    def until(self, true: Callable[[dict[str, Any]], object], seconds: float = 30) -> dict[str, Any]:
        """Return the counters as soon as ``true`` holds of them."""
        deadline = time.monotonic() + seconds
        while not true(counted := self.ask()):
            if time.monotonic() > deadline:
                raise AssertionError(str(counted)[:2000])
            time.sleep(0.05)
        return counted

    def settled(self) -> dict[str, Any]:
        """Return the counters once two viewers have come and gone: threads and caches are there then."""
        for _ in range(2):
            with viewers("watch", self.port, PATH, 1, 0.2, "--settle", 0.1) as one:
                line(one)
                line(one)
        counted = self.until(lambda counted: not counted["viewers"] and not counted["feeds"] and not counted["timers"])
        # A worker begins when there is something for it and stays; for two viewers the second may not have.
        counted["threads"] = max(counted["threads"], 1 + ENCODE_WORKERS)
        return counted


@contextlib.contextmanager
def serving(name: str = "server", *arguments: object) -> Iterator[Loaded]:
    """Have the server while the block lasts."""
    with running(name, *arguments) as process:
        yield Loaded(process)


@contextlib.contextmanager
def viewers(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Have viewers while the block lasts."""
    with running("viewers", *arguments) as process:
        yield process


def watched(port: int, path: str, count: int, seconds: float, *more: object) -> dict[str, Any]:
    """Return what ``count`` viewers saw in ``seconds``."""
    with viewers("watch", port, path, count, seconds, *more) as process:
        line(process)
        seen: dict[str, Any] = json.loads(line(process))
    return seen


def stuck_viewer(port: int, blocks: bool = False) -> socket.socket:
    """Return a viewer that has asked for pictures and will never read one.

    Of the binary form it gets two, which it does not acknowledge; of the other, when it ``blocks``, as many as fit into
    what the system holds for it.
    """
    raw = socket.create_connection(("127.0.0.1", port))
    asked = request(port, "/stream/demo?fps=60&quality=100&format=jpeg" if blocks else PATH)
    raw.sendall(asked.replace(PROTOCOL.encode(), b"other") if blocks else asked)
    return raw
