"""The real browsers that end-to-end tests drive, both Debian's own: Chromium, and Firefox over WebDriver BiDi."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.browser.parts import ARGUMENTS, CHROMIUM, eventually

FIREFOX = "/usr/bin/firefox-esr"
BROWSERS = ("chromium", "firefox")
INSECURE = "viewer.test"
"""A name for this computer that browsers do not trust."""


@contextmanager
def chromium(playwright: Playwright, resolver: str = f"MAP {INSECURE} 127.0.0.1") -> Iterator[Browser]:
    """Have Chromium while the block lasts; ``resolver`` tells it where hosts are."""
    rule = f"--host-resolver-rules={resolver}"
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, rule])
    try:
        yield browser
    finally:
        _KEPT.pop(browser, None)
        browser.close()


@contextmanager
def firefox(playwright: Playwright, downloads: Path) -> Iterator[Browser]:
    """Have Firefox while the block lasts; it saves files in ``downloads``."""
    # The channel makes Playwright speak BiDi; without it, it wants a Firefox that was built for it.
    browser = playwright.firefox.launch(
        executable_path=FIREFOX,
        channel="moz-firefox",
        downloads_path=downloads,
        # Media features cannot be set for one page: it is calm for all.
        firefox_user_prefs={"network.dns.localDomains": INSECURE, "ui.prefersReducedMotion": 1},
    )
    try:
        yield browser
    finally:
        _KEPT.pop(browser, None)
        browser.close()


def new_page(browser: Browser, locale: str = "en-US", **options: Any) -> Page:
    """Return an empty page in a context that is kept as long as the browser; ``options`` need one of their own.

    A context costs Chromium a process, and as much time again as the page. What pages keep is apart all the same where
    each has a server, and so a port, of its own; cookies are not, nor is a clock that a test has installed.
    """
    if options:
        return browser.new_page(locale=locale, **options)
    kept = _KEPT.setdefault(browser, {})
    if locale not in kept:
        kept[locale] = browser.new_context(locale=locale)
        kept[locale].new_page()  # while there is one, the process stays
    return kept[locale].new_page()


_KEPT: dict[Browser, dict[str, BrowserContext]] = {}


@dataclass
class Download:
    """A file that a page gave to the person.

    Attributes:
        name: what the page called it; known when the block of `Downloads.awaited` is over, like its content.
    """

    name: str = ""
    content: bytes = b""


class Downloads:
    """Catches what pages give to be saved.

    Playwright does not hear of a download in Firefox that comes from the page itself (``blob:``), so there it is looked
    for in the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def awaited(self, page: Page) -> Iterator[Download]:
        """Have something done that leads to a download, and wait for it."""
        found = Download()
        if _is_firefox(page):
            yield found
            file = eventually(self._arrived)
            found.name, found.content = file.name, file.read_bytes()
            file.unlink()
            return
        with page.expect_download() as caught:
            yield found
        found.name, found.content = caught.value.suggested_filename, Path(caught.value.path()).read_bytes()

    def _arrived(self) -> Path | None:
        files = list(self.folder.iterdir())
        # While it is written it has a second name, and the first one is empty, and gone for a moment at the end.
        with contextlib.suppress(FileNotFoundError):
            if len(files) == 1 and files[0].suffix != ".part" and files[0].stat().st_size:
                return files[0]
        return None


def _is_firefox(page: Page) -> bool:
    browser = page.context.browser
    return browser is not None and browser.browser_type.name == "firefox"
