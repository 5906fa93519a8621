"""Pages without scripts, and those that say that something cannot be had: a judge of accessibility looks at each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from server.net.plain_http import https_only
from tests.browser.many_pages import AXE
from tests.browser.painted_server import PaintedServer, painted_server, window

pytestmark = [pytest.mark.browser, pytest.mark.firefox_when_long]

JUDGE = "axe.run({ resultTypes: ['violations'], rules: { 'meta-refresh': { enabled: false } } })"
"""The page with a picture loads itself anew, for it has nothing else to show a new one; how often is asked for."""
PATHS = ("/?plain=1", "/plain/1", "/plain/999", "/watch/999?plain=1", "/snapshot/999.jpg", "/nowhere")


@pytest.fixture(scope="module")
def server() -> Iterator[PaintedServer]:
    with painted_server(window(1, "build log"), window(2, "notes")) as made:
        yield made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "de-DE"])
def test_everybody_can_use_what_is_shown_without_scripts(
    browser: Browser, server: PaintedServer, locale: str, scheme: str
) -> None:
    page = browser.new_page(locale=locale, color_scheme=scheme)
    found = []
    for path in PATHS:
        answer = page.goto(server.address(path))
        assert answer is not None
        assert answer.headers["content-type"].startswith("text/html"), path
        found += [f"{path}: {fault}" for fault in faults(page)]
    page.close()

    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_page_that_leads_to_the_encrypted_one(browser: Browser, scheme: str) -> None:
    answer = https_only(b"GET / HTTP/1.1\r\nHost: here.test:8080\r\n\r\n", lambda host: True)
    page = browser.new_page(color_scheme=scheme)
    page.set_content(answer.partition(b"\r\n\r\n")[2].decode())
    assert page.inner_text("main a").startswith("Open https://here.test:8080")

    assert faults(page) == []
    page.close()


def faults(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(JUDGE)["violations"]
    return [f"{fault['id']}: {[node['html'] for node in fault['nodes']]}" for fault in found]
