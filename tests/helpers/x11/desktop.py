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

PROJECT = Path(__file__).parents[3]


OPENBOX = ("openbox", "--sm-disable")
TRIES = 5
"""Numbers of displays that are tried."""


def _started(command: list[str]) -> tuple[subprocess.Popen[bytes], bool]:
    """Start an X server; return it, and whether it came up: one whose number is taken ends at once."""
    told, number = os.pipe()
    server = subprocess.Popen([*command, "-displayfd", str(number)], pass_fds=(number,), stderr=subprocess.DEVNULL)
    os.close(number)
    with os.fdopen(told) as ready:  # it writes its number, then a new line, when it is ready
        is_ready = ready.readline().endswith("\n")
    if not is_ready:
        server.wait()
    return server, is_ready


class XServer:
    """An X server on a display of its own, with a window manager, or without one where ``manager`` is empty.

    ``options`` are those of ``program``, Xvfb or Xtigervnc.
    """

    def __init__(
        self,
        name: str | None = None,
        size: str = "1600x1000",
        *,
        depth: int = 24,
        manager: tuple[str, ...] = OPENBOX,
        options: tuple[str, ...] = (),
        program: str = "Xvfb",
    ) -> None:
        screen = ["-screen", "0", f"{size}x{depth}"] if program == "Xvfb" else ["-geometry", size, "-depth", f"{depth}"]
        for _ in range(1 if name else TRIES):
            # A number of our own, far from others: of two servers that come and go with one number, the older one
            # removes the younger one's socket. One that somebody else has is left to them.
            self.name = name or f":{random.randint(1000, 30000)}"
            self._server, is_ready = _started([program, self.name, *screen, "-noreset", *options])
            if is_ready:
                break
        else:
            raise RuntimeError(f"{program} did not start on {self.name}")
        self.environment = os.environ | {"DISPLAY": self.name}
        self._manager: subprocess.Popen[bytes] | None = None
        if manager:
            self.begin_manager(*manager)

    def begin_manager(self, *command: str) -> None:
        """Start a window manager."""
        self._manager = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if command == OPENBOX:
            self._wait_for_manager()

    def end_manager(self) -> None:
        """Have the window manager vanish, as a crash would; what it wrote stays."""
        assert self._manager is not None
        self._manager.kill()
        self._manager.wait()
        self._manager = None

    def _wait_for_manager(self) -> None:
        self._wait_for_property("_NET_SUPPORTING_WM_CHECK", "_NET_SUPPORTING_WM_CHECK(WINDOW)")

    def wait_until_managed(self, handle: str) -> None:
        """Return when the window manager has taken a window over that was opened."""
        self._wait_for_property("_NET_CLIENT_LIST", f"{int(handle):#x}")

    def wait_until_let_go(self, handle: str) -> None:
        """Return when the window manager cares no more for a window that was withdrawn."""
        self._wait_for_property("_NET_CLIENT_LIST", f"{int(handle):#x}", is_there=False)

    def _wait_for_property(self, name: str, part: str, *, is_there: bool = True) -> None:
        deadline = time.monotonic() + 10
        while (part in self.run("xprop", "-root", name)) is not is_there:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{part} stays {'out of' if is_there else 'in'} {name} on {self.name}")
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
            if process is not None:
                process.terminate()
                process.wait(10)


class Windows:
    """Windows of another program, changed by name of the deed: see `tests.helpers.x11.painter`."""

    def __init__(self, server: XServer, program: str = "", module: str = "tests.helpers.x11.painter") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, program],
            env=server.environment,
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid

    def do(self, *words: object) -> str:
        """Have something done, and return the answer once the X server has seen it."""
        self.begin(*words)
        return self.done()

    def begin(self, *words: object) -> None:
        """Have something done while the test goes on; `done` has to follow."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()

    def done(self) -> str:
        """Return the answer to what was begun, once the X server has seen it."""
        assert self._process.stdout is not None
        answer = self._process.stdout.readline().strip()
        assert answer, "the painter failed"
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
def windows_of(server: XServer, program: str = "", module: str = "tests.helpers.x11.painter") -> Iterator[Windows]:
    """Have a program with windows while the block lasts; ``program`` is the name that the system knows it by."""
    windows = Windows(server, program, module)
    try:
        yield windows
    finally:
        windows.close_all()
