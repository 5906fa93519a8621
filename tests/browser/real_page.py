"""The page in a browser, before the real program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.browser.browsers import new_page
from tests.browser.parts import eventually
from tests.helpers.x11.desktop import PROJECT

FRAME = "document.getElementById('picture').dataset.frame"


@contextmanager
def serving(port: int) -> Iterator[subprocess.Popen[str]]:
    """Have ``panecast serve`` at a port while the block lasts."""
    command = [sys.executable, "-m", "gui", "serve", "--share", "demo", "--port", str(port), "--print-url"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def watching(browser: Browser, address: str) -> Iterator[Page]:
    """Have a page that watches while the block lasts; nothing may go wrong in it."""
    page = new_page(browser)
    faults: list[str] = []

    def note(words: str) -> None:
        # Firefox itself counts every connection that falls, or cannot be made, as an error of the page.
        if not words.startswith(("The connection to ws://", "Firefox can\u2019t establish a connection")):
            faults.append(words)

    page.on("pageerror", lambda error: note(str(error)))
    page.goto(address)
    page.wait_for_selector('body[data-state="live"]')
    eventually(lambda: has_picture(page))
    yield page
    page.close()
    assert faults == []


def has_picture(page: Page) -> bool:
    """Tell whether the picture that was shown last is still there."""
    return bool(
        page.evaluate(
            """() => {
                const canvas = document.getElementById("picture");
                return canvas.width === 1280 && canvas.getContext("2d").getImageData(5, 5, 1, 1).data[0] > 200;
            }"""
        )
    )
