"""The real app, driven by the mouse, and a real browser, for end-to-end tests."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.x11.desktop import PROJECT, XServer

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def eventually(true: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Return the first true answer of ``true()``; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = true()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"it did not happen within {seconds} s")
        time.sleep(0.02)


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class App:
    """Panecast on a display, and a hand that moves the mouse there."""

    def __init__(self, server: XServer, config: Path, *arguments: str) -> None:
        self._server = server
        self.port = free_port()
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.end_to_end.driver",
                "--config-dir",
                str(config),
                "--port",
                str(self.port),
                *arguments,
            ],
            cwd=PROJECT,
            env=server.environment | {"QT_QPA_PLATFORM": "xcb"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.url = f"http://localhost:{self.port}"

    def ask(self, *words: object) -> str:
        """Return the app's answer to a question, see `tests.end_to_end.driver`."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("="):
                return line[1:].strip()
        raise AssertionError(f"the app ended: {self.process.stderr.read() if self.process.stderr else ''}")

    def find(self, *words: object) -> tuple[int, int]:
        """Return the middle of a part on the screen, once it is there."""
        x, y, width, height = map(int, eventually(lambda: self.ask(*words)).split())
        return x + width // 2, y + height // 2

    def click(self, *words: object) -> None:
        """Click a part with the mouse."""
        x, y = self.find(*words)
        self._server.run("xdotool", "mousemove", "--sync", str(x), str(y), "click", "1")

    def drag(self, slider: str, start: int, end: int) -> None:
        """Drag a slider from the value it has to another."""
        begin, target = self.find("at", slider, start), self.find("at", slider, end)
        self._server.run("xdotool", "mousemove", "--sync", str(begin[0]), str(begin[1]), "mousedown", "1")
        for step in range(1, 9):
            x = begin[0] + (target[0] - begin[0]) * step // 8
            self._server.run("xdotool", "mousemove", "--sync", str(x), str(target[1]))
        self._server.run("xdotool", "mouseup", "1")

    def close(self) -> str:
        """End the app as a session would; return what it complained about."""
        self.process.terminate()
        _, complaints = self.process.communicate(timeout=20)
        return complaints


@contextmanager
def running_app(server: XServer, config: Path, *arguments: str) -> Iterator[App]:
    """Have the app while the block lasts."""
    app = App(server, config, *arguments)
    try:
        yield app
    finally:
        if app.process.poll() is None:
            app.close()


@contextmanager
def browser_page() -> Iterator[Page]:
    """Have a page of a real browser while the block lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser.new_page()
        finally:
            browser.close()


def colour_at(page: Page, x: float = 0.5, y: float = 0.5) -> tuple[int, int, int]:
    """Return the page's picture at a place given in parts of its size."""
    red, green, blue = page.evaluate(
        """([x, y]) => {
            const canvas = document.getElementById("picture");
            const data = canvas.getContext("2d").getImageData(canvas.width * x, canvas.height * y, 1, 1).data;
            return [data[0], data[1], data[2]];
        }""",
        [x, y],
    )
    return red, green, blue


def is_near(colour: tuple[int, int, int], wanted: tuple[int, int, int]) -> bool:
    """Tell whether a colour that went through JPEG is the one that was painted."""
    return all(abs(a - b) <= 12 for a, b in zip(colour, wanted, strict=True))


def code_block(language: str) -> str:
    """Return the README's first block of that language."""
    found = re.search(rf"```{language}\n(.*?)```", (PROJECT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)
