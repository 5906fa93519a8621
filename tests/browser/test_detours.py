"""Pages that are come to otherwise than usual: through a proxy, under a path, without WebSockets, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser.browsers import chromium
from tests.browser.painted_server import PaintedServer, painted_server, window
from tests.browser.parts import colour_at, eventually, is_near
from tests.helpers.nginx import RIGHTLY, UPGRADES, proxy
from tests.helpers.ports import free_port

pytestmark = [pytest.mark.browser]

NAME = "screen.test"
SOURCE, OTHER = window(7, "build <log>"), window(8, "notes")


@pytest.fixture(scope="module")
def server() -> Iterator[PaintedServer]:
    with painted_server(SOURCE, OTHER) as running:
        yield running


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    with chromium(playwright, f"MAP {NAME} 127.0.0.1") as browser:
        yield browser.new_page()


@pytest.mark.parametrize("path", ["/", "/panecast/"])
def test_through_a_proxy_under_a_path_of_its_own_everything_works(
    server: PaintedServer, page: Page, tmp_path: Path, path: str
) -> None:
    server.go_by(NAME)
    port = free_port()
    with proxy(tmp_path, server.port, f"{RIGHTLY} {UPGRADES}", path, f"127.0.0.1:{port}"):
        base = f"http://{NAME}:{port}{path}"
        eventually(lambda: answers(page, base))
        page.goto(f"{base}#t={server.link()}")
        page.wait_for_selector(f'li[data-source="{SOURCE.id}"][data-state="live"]')
        page.click(f'li[data-source="{SOURCE.id}"] a')
        page.wait_for_url(f"{base}watch/{SOURCE.id}")
        eventually(lambda: is_near(colour_at(page, 0.5, 0.5), server.colour(SOURCE)))
        page.wait_for_selector("body.ready")
        page.click("#open-more")
        page.select_option("#source", OTHER.id)
        eventually(lambda: is_near(colour_at(page, 0.5, 0.5), server.colour(OTHER)))
        page.goto(f"{base}watch/{SOURCE.id}+{OTHER.id}")
        page.wait_for_selector(f'li[data-source="{OTHER.id}"][data-state="live"]')
        page.goto(f"{base}?plain=1")
        page.click("text=notes")
        eventually(lambda: page.evaluate("document.images[0].naturalWidth") == OTHER.width)
        page.goto("about:blank")
    page.context.clear_cookies()


def test_what_gets_no_picture_says_so_after_a_while_and_offers_single_ones(server: PaintedServer, page: Page) -> None:
    page.route_web_socket("**", lambda socket: None)  # it opens, and nothing ever comes
    page.goto(server.address(f"/watch/{SOURCE.id}"))
    page.wait_for_selector(".stuck", state="attached")
    assert not page.is_visible(".stuck a")
    # A browser that is too old for the page need not wait.
    assert page.evaluate("document.body.classList.toggle('old')")
    eventually(lambda: page.is_visible(".stuck a"), 5)
    page.evaluate("document.body.classList.toggle('old')")
    eventually(lambda: not page.is_visible(".stuck a"))
    # Ten seconds later, as far as the style sheet is concerned.
    eventually(lambda: page.evaluate("document.getAnimations().map((each) => (each.currentTime = 10000)).length"))
    eventually(lambda: page.is_visible(".stuck a"))
    assert "single pictures" in page.inner_text(".stuck")
    page.click(".stuck a")
    page.wait_for_url(f"**/plain/{SOURCE.id}")
    eventually(lambda: page.evaluate("document.images[0].naturalWidth") == SOURCE.width)
    page.unroute_all()


def test_with_a_picture_nothing_of_that_is_said(server: PaintedServer, playwright: Playwright) -> None:
    with chromium(playwright) as browser:
        page = browser.new_page()
        for path in (f"/watch/{SOURCE.id}", "/", f"/watch/{SOURCE.id}+{OTHER.id}"):
            page.goto(server.address(path))
            page.wait_for_selector("body.pictured")
            page.evaluate("document.body.dataset.state = 'reconnecting'")
            assert page.evaluate("getComputedStyle(document.querySelector('.stuck')).display") == "none"


def test_without_scripts_there_are_single_pictures(server: PaintedServer, playwright: Playwright) -> None:
    with chromium(playwright) as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        # At once: nothing else can come.
        page.set_default_timeout(8000)
        page.goto(server.address(f"/watch/{SOURCE.id}"))
        page.click(".stuck a")
        page.wait_for_url(f"**/plain/{SOURCE.id}")
        page.wait_for_selector("img")
        page.goto(server.address("/"))
        page.click(".stuck a")
        page.click("text=build <log>")
        page.wait_for_url(f"**/plain/{SOURCE.id}")


def answers(page: Page, address: str) -> bool:
    """Tell whether a proxy that is just starting answers yet."""
    try:
        found = page.goto(address)
    except Exception:  # noqa: BLE001  Playwright has a name of its own for each way in which it does not
        return False
    return found is not None and found.ok
