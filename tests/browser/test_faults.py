"""What happens to those who watch when something breaks: the page says it, keeps the last picture, and goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.browsers import chromium
from tests.browser.parts import eventually
from tests.browser.real_page import FRAME, has_picture, serving, watching
from tests.helpers.ports import free_port
from tests.helpers.relay import relay_to

pytestmark = [pytest.mark.browser]


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
