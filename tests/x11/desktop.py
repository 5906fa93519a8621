"""An X server with a window manager, and a program that opens windows in it, for as long as a test needs them."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parents[2]


class XServer:
    """Xvfb and openbox on a display of their own."""

    def __init__(self, name: str | None = None, size: str = "1600x1000") -> None:
        # A number of our own, far from others: of two servers that come and go with one number, the older one
        # removes the younger one's socket.
        self.name = name or f":{random.randint(1000, 30000)}"
        told, number = os.pipe()
        command = ["Xvfb", self.name, "-displayfd", str(number), "-screen", "0", f"{size}x24", "-noreset"]
        self._server = subprocess.Popen(command, pass_fds=(number,), stderr=subprocess.DEVNULL)
        os.close(number)
        with os.fdopen(told) as ready:  # it writes its number, then a new line, when it is ready
            if not ready.readline().endswith("\n"):
                raise RuntimeError(f"Xvfb did not start on {self.name}")
        self.environment = os.environ | {"DISPLAY": self.name}
        self._manager = subprocess.Popen(
            ["openbox", "--sm-disable"], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait_for_manager()

    def _wait_for_manager(self) -> None:
        deadline = time.monotonic() + 10
        while "_NET_SUPPORTING_WM_CHECK(WINDOW)" not in self.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"openbox did not start on {self.name}: {self._manager.poll()}")
            time.sleep(0.05)

    def run(self, *command: str) -> str:
        """Run a program on this display and return what it prints."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=20)
        return done.stdout

    def kill(self) -> None:
        """Have the display vanish, as a crash would."""
        self._server.kill()
        self._server.wait()

    def freeze(self) -> None:
        """Have the display answer nothing any more, without its connections being lost."""
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """End what `freeze` began."""
        self._server.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """End both, by their own process ids."""
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(10)


class Windows:
    """Windows of another program, changed by name of the deed: see `tests.x11.painter`."""

    def __init__(self, server: XServer, program: str = "") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.x11.painter", program],
            env=server.environment,
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid

    def do(self, *words: object) -> str:
        """Have something done, and return the answer once the X server has seen it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        assert answer, f"the painter failed at {words}"
        return answer

    def open(self, title: str, x: int, y: int, width: int, height: int, colour: str, kind: str = "") -> str:
        """Open a window, of the class ``kind``, and return its handle."""
        return self.do("open", title, x, y, width, height, colour, kind)

    def close_all(self) -> None:
        """End the program; its windows go with it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def windows_of(server: XServer, program: str = "") -> Iterator[Windows]:
    """Have a program with windows while the block lasts; ``program`` is the name that the system knows it by."""
    windows = Windows(server, program)
    try:
        yield windows
    finally:
        windows.close_all()
