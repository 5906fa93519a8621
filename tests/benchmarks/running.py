"""The processes of a run: a display, a window with content, servers, short programs."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, Literal

from tests.benchmarks.barcode import Strip
from tests.benchmarks.content import FPS, strips

SCREEN = (2560, 1440)
"""Larger than most windows with their frames."""
FRAME = 160
"""What a window needs beside its pixels, in pixels: where it stands, and its frame."""
Source = Literal["window", "desktop", "monitor"]


@contextlib.contextmanager
def running(*command: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a process while the block lasts."""
    process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def module(name: str, *arguments: object) -> tuple[str, ...]:
    """Return the command that runs a part of the benchmark."""
    return (sys.executable, "-m", f"tests.benchmarks.{name}", *map(str, arguments))


def line(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process prints."""
    assert process.stdout is not None
    text = process.stdout.readline().strip()
    if not text:
        raise RuntimeError(f"{process.args!r} ended early")
    return text


def line_of(*command: str) -> str:
    """Return what a short process prints."""
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


@contextlib.contextmanager
def display(width: int = SCREEN[0], height: int = SCREEN[1]) -> Iterator[None]:
    """Have an X server and a window manager while the block lasts; DISPLAY names it."""
    before = os.environ.get("DISPLAY", "")
    with contextlib.ExitStack() as stack:
        stack.callback(os.environ.__setitem__, "DISPLAY", before)
        told, number = os.pipe()
        # A number of our own, far from others: of two servers that come and go with one number, the older one
        # removes the younger one's socket.
        name = f":{random.randint(1000, 30000)}"
        server = subprocess.Popen(
            ("Xvfb", name, "-displayfd", str(number), "-screen", "0", f"{width}x{height}x24", "-noreset"),
            pass_fds=(number,),
            stderr=subprocess.DEVNULL,
        )
        stack.callback(server.wait, 10)
        stack.callback(server.terminate)
        os.close(number)
        with os.fdopen(told) as ready:
            os.environ["DISPLAY"] = f":{ready.readline().strip()}"
        stack.enter_context(running("openbox", stderr=subprocess.DEVNULL))
        time.sleep(1)
        yield


def adopt_orphans() -> None:
    """Have processes whose parent ends become our children: a browser leaves many, and their work is ours."""
    set_child_subreaper = 36  # linux/prctl.h
    ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def reap_orphans() -> None:
    """Take notice of those that have ended, so that the kernel counts their work as that of our children."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


class Content:
    """The window with known content.

    Attributes:
        mode: what it shows.
        handle: what it is watched by: the window's number, or the id of the screen that it fills.
        box: where it is on the screen: x, y, width, height.
        strips: where the counts of its pictures stand in it.
        painted: when each picture had been painted, on the monotonic clock, by its count.
    """

    def __init__(
        self, process: subprocess.Popen[str], mode: str, width: int, height: int, source: Source = "window"
    ) -> None:
        self._process = process
        self.mode = mode
        number, x, y = line(process).split()
        self.handle = {"window": number, "desktop": "0", "monitor": "monitor-1"}[source]
        self.box = (int(x), int(y), width, height)
        self.strips: tuple[Strip, ...] = strips(mode, height)
        self.painted: dict[int, float] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def next(self) -> int:
        """Have a ``still`` window's next page painted; return its count once that is done."""
        assert self._process.stdin is not None
        count = max(self.painted) + 1
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        while count not in self.painted:
            time.sleep(0.001)
        return count

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            count, moment = text.split()
            self.painted[int(count)] = float(moment)


@contextlib.contextmanager
def showing(
    mode: str, width: int = 1280, height: int = 720, source: Source = "window", fps: float = FPS
) -> Iterator[Content]:
    """Have a window with content while the block lasts; a screen that is watched has nothing else.

    A window that does not fit on the screen has a larger one made for it.
    """
    with contextlib.ExitStack() as stack:
        filling = "framed" if source == "window" else "fills"
        if source != "window":
            stack.enter_context(display(width, height))
        elif width > SCREEN[0] - FRAME or height > SCREEN[1] - FRAME:
            stack.enter_context(display(width + FRAME, height + FRAME))
        command = module("content", mode, width, height, filling, fps)
        process = stack.enter_context(running(*command, stdin=subprocess.PIPE))
        yield Content(process, mode, width, height, source)
