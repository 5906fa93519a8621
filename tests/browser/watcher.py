"""The page in a browser, before a server that a test scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.browsers import new_page
from tests.browser.parts import eventually, pixels_of
from tests.browser.scripted_server import ScriptedServer

NOT_OURS = (
    # Said of every page that came over plain HTTP from another computer.
    "Cross-Origin-Opener-Policy header has been ignored",
    # The style `body {}`, by which Playwright makes Firefox draw everything before it takes a picture of the page.
    "'sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA='",
)
"""What browsers complain about although the page did not do it."""


@dataclass
class Watcher:
    """A page that watches the server's source."""

    server: ScriptedServer
    page: Page

    def is_ready(self) -> None:
        """Wait until the page offers all that a person can do."""
        self.page.wait_for_selector("body.ready")

    def show(self, message: bytes) -> None:
        """Have a picture message shown."""
        count = len(self.server.answers)
        self.server.send(message)
        eventually(lambda: len(self.server.answers) > count)

    def drop(self) -> None:
        """Close the connection; the page does not try again before it is told to."""
        self.page.evaluate("window.setInterval = () => 0")  # by which it waits
        self.server.drop()

    def frame(self) -> str | None:
        """Return the sequence that the page says it shows."""
        return self.page.get_attribute("#picture", "data-frame")

    def expect(self, pixels: np.ndarray, within: int = 0) -> None:
        """Wait until the page shows ``pixels``, each channel of each to ``within``."""

        def differs() -> str:
            seen = pixels_of(self.page)
            if seen.shape != pixels.shape:
                return f"its size is {seen.shape}"
            worst = np.abs(seen.astype(int) - pixels.astype(int)).max()
            return f"it differs by {worst}" if worst > within else ""

        try:
            eventually(lambda: not differs())
        except AssertionError:
            asked = self.server.requests()
            raise AssertionError(f"{differs()}; {asked} times the page asked for a whole picture") from None


@contextmanager
def watching(
    browser: Browser | BrowserContext,
    server: ScriptedServer,
    host: str = "127.0.0.1",
    before: str = "",
    query: str = "",
    clock: bool = False,
) -> Iterator[Watcher]:
    """Have a page that watches while the block lasts; its console has to stay empty.

    ``before`` is run in it first; with ``clock`` its timers do not run by themselves.
    """
    has_own_time = clock or isinstance(browser, BrowserContext)
    page = browser.new_page() if has_own_time else new_page(browser)
    complaints: list[str] = []

    def note(words: str) -> None:
        if not any(known in words for known in NOT_OURS):
            complaints.append(words)

    page.on("console", lambda message: note(message.text))
    page.on("pageerror", lambda error: note(str(error)))
    if before:
        page.add_init_script(before)
    if clock:
        page.clock.install()
    try:
        page.goto(server.address(host=host) + query)
        eventually(lambda: server.queries)
        yield Watcher(server, page)
    finally:
        page.close()
    assert complaints == []
