"""The real app, driven by the mouse, and a page's picture, for end-to-end tests."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from gui.settings.schema import SCHEMA
from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import PROJECT, XServer

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


class App:
    """Panecast on a display, and a hand that moves the mouse there."""

    def __init__(
        self, server: XServer, config: Path, *arguments: str, first_start: bool = False, **environment: str
    ) -> None:
        self._server = server
        self.port = free_port()
        settings = config / "settings.toml"
        if not first_start and not settings.exists():
            config.mkdir(parents=True, exist_ok=True)
            settings.write_text(f"schema = {SCHEMA}\nknows_first_steps = true\n", encoding="utf-8")
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.browser.driver",
                "--config-dir",
                str(config),
                "--port",
                str(self.port),
                *arguments,
            ],
            cwd=PROJECT,
            env=server.environment | {"QT_QPA_PLATFORM": "xcb"} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.url = f"http://localhost:{self.port}"

    def ask(self, *words: object) -> str:
        """Return the app's answer to a question, see `tests.browser.driver`."""
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
        # Parts make room for others that come, and the window itself is put somewhere: until it stays where it was.
        while True:
            # Not with --sync, which waits for a movement, for 15 s when the pointer is there already.
            self._server.run("xdotool", "mousemove", str(x), str(y))
            last, (x, y) = (x, y), self.find(*words)
            if (x, y) == last:
                break
        self._server.run("xdotool", "click", "1")

    def press_key(self, key: str, name: str) -> None:
        """Press a key once keys come to the window of the part ``name``: that takes a while after a click."""
        self.find("typed", name)
        self._server.run("xdotool", "key", key)

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
def running_app(
    server: XServer, config: Path, *arguments: str, first_start: bool = False, **environment: str
) -> Iterator[App]:
    """Have the app while the block lasts; with ``first_start`` it helps with the first steps, as it does once."""
    app = App(server, config, *arguments, first_start=first_start, **environment)
    try:
        yield app
    finally:
        if app.process.poll() is None:
            app.close()


def pixels_of(page: Page) -> np.ndarray:
    """Return the page's picture (height × width × 3, RGB)."""
    width, height, data = page.evaluate(
        """() => {
            const canvas = document.getElementById("picture");
            const copy = new OffscreenCanvas(canvas.width, canvas.height);
            const context = copy.getContext("2d", { alpha: false });
            context.drawImage(canvas, 0, 0);
            const bytes = context.getImageData(0, 0, copy.width, copy.height).data;
            let text = "";
            for (let at = 0; at < bytes.length; at += 8192) {
                text += String.fromCharCode(...bytes.subarray(at, at + 8192));
            }
            return [copy.width, copy.height, btoa(text)];
        }"""
    )
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)[..., :3]


def colour_at(page: Page, x: float = 0.5, y: float = 0.5) -> tuple[int, int, int]:
    """Return the page's picture at a place given in parts of its size."""
    pixels = pixels_of(page)
    red, green, blue = pixels[int(pixels.shape[0] * y), int(pixels.shape[1] * x)].tolist()
    return red, green, blue


def is_near(colour: tuple[int, int, int], wanted: tuple[int, int, int]) -> bool:
    """Tell whether a colour that went through JPEG is the one that was painted."""
    return all(abs(a - b) <= 12 for a, b in zip(colour, wanted, strict=True))


def code_block(language: str) -> str:
    """Return the README's first block of that language."""
    found = re.search(rf"```{language}\n(.*?)```", (PROJECT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)
