"""What happens to those who watch when something breaks: the page says it, keeps the last picture, and goes on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.end_to_end.browsers import chromium, new_page
from tests.end_to_end.parts import eventually, free_port
from tests.end_to_end.relay import relay_to
from tests.x11.desktop import PROJECT

pytestmark = [pytest.mark.browser]

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


def test_a_server_that_was_killed_and_returns_is_found_again(browser: Browser) -> None:
    port = free_port()
    with serving(port) as server, watching(browser, f"http://localhost:{port}/watch/demo") as page:
        server.kill()
        page.wait_for_selector('body[data-state="reconnecting"]')
        assert "The connection was lost — last picture" in page.inner_text("#message")
        assert "Trying again in" in page.inner_text("#detail")
        assert has_picture(page)
        server.wait()
        with serving(port):
            page.wait_for_selector('body[data-state="live"]')
            before = page.evaluate(FRAME)
            eventually(lambda: page.evaluate(FRAME) != before)


# Firefox cannot be told to look for a port elsewhere.
def test_a_network_that_is_cut_is_noticed_and_watching_goes_on_when_it_is_back(playwright: Playwright) -> None:
    port = free_port()
    with serving(port), relay_to(port) as relay:
        elsewhere = f"MAP localhost:{port} 127.0.0.1:{relay.port}"
        with chromium(playwright, elsewhere) as own, watching(own, f"http://localhost:{port}/watch/demo") as page:
            relay.cut()
            page.wait_for_selector('body[data-state="reconnecting"]')
            assert has_picture(page)
            relay.mend()
            page.wait_for_selector('body[data-state="live"]')
            before = page.evaluate(FRAME)
            eventually(lambda: page.evaluate(FRAME) != before)
