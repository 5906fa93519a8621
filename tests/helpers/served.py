"""A real server in a process of its own, as a person would start it, and what it holds."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from tests.helpers.x11.desktop import PROJECT


@dataclass(frozen=True)
class Served:
    """A running ``panecast serve``: its port, and its process to be looked at."""

    port: int
    process: psutil.Process

    def url(self, path: str = "/") -> str:
        """Return an address of it."""
        return f"http://127.0.0.1:{self.port}{path}"

    def connections(self) -> int:
        """Return how many connections of others it holds open."""
        return sum(found.status != psutil.CONN_LISTEN for found in self.process.net_connections("tcp"))

    def resident(self) -> int:
        """Return how much memory it has, in bytes."""
        return int(self.process.memory_info().rss)


@contextmanager
def serving(*arguments: str) -> Iterator[Served]:
    """Have a server that shows the test picture while the block lasts."""
    command = [sys.executable, "-m", "gui", "serve", "--share", "demo", "--port", "0", "--print-url", *arguments]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        address = re.search(r":(\d+)", server.stdout.readline())
        assert address is not None
        try:
            yield Served(int(address[1]), psutil.Process(server.pid))
        finally:
            server.terminate()
            assert server.wait(10) == 0


def seconds_until(true: Callable[[], bool], most: float) -> float:
    """Return how long it takes until ``true()`` holds; fail when that is longer than ``most``."""
    begin = time.monotonic()
    while not true():
        if time.monotonic() - begin > most:
            raise AssertionError(f"it did not happen within {most} s")
        time.sleep(0.02)
    return time.monotonic() - begin
