"""A bad network for long: a fifth of all packets is lost, then the line is down for ten seconds.

The losses are made by the relay, because not every kernel can: what TCP would send again comes as late as it would.
"""

from __future__ import annotations

import os
import time
import urllib.request

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser.browsers import chromium
from tests.browser.parts import eventually
from tests.browser.real_page import FRAME, serving, watching
from tests.helpers.ports import free_port
from tests.helpers.relay import relay_to

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(os.environ.get("PANECAST_LONG") != "1", reason="takes long: run installer/test.sh --long"),
]

LOSS = 0.2
DOWN_SECONDS = 10
PICTURES = 10


def sessions(port: int) -> int:
    """Return how many sessions the server has."""
    with urllib.request.urlopen(f"http://localhost:{port}/metrics") as answer:
        figures = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line[:1] != "#")
    return int(float(figures["panecast_viewers"]))


def has_some_picture(page: Page) -> bool:
    """Tell whether the picture that was shown last is still there; on such a line it may be a smaller one."""
    return bool(
        page.evaluate(
            """() => {
                const canvas = document.getElementById("picture");
                return canvas.width > 0 && canvas.getContext("2d").getImageData(5, 5, 1, 1).data[0] > 200;
            }"""
        )
    )


# Firefox cannot be told to look for a port elsewhere.
def test_losses_and_ten_seconds_without_a_network_are_got_over(playwright: Playwright) -> None:
    port = free_port()
    with serving(port), relay_to(port) as relay:
        elsewhere = f"MAP localhost:{port} 127.0.0.1:{relay.port}"
        with chromium(playwright, elsewhere) as own, watching(own, f"http://localhost:{port}/watch/demo") as page:
            relay.lose(LOSS)
            for _ in range(PICTURES):
                before = page.evaluate(FRAME)
                eventually(lambda before=before: page.evaluate(FRAME) != before)
            relay.cut()
            down = time.monotonic()
            page.wait_for_selector('body[data-state="reconnecting"]')
            assert has_some_picture(page)
            # As long as the line is down, however long it took to notice.
            page.wait_for_timeout(max(0.0, DOWN_SECONDS - (time.monotonic() - down)) * 1000)
            assert has_some_picture(page)
            relay.mend()
            page.wait_for_selector('body[data-state="live"]', timeout=60_000)
            before = page.evaluate(FRAME)
            eventually(lambda: page.evaluate(FRAME) != before)
            eventually(lambda: sessions(port) == 1)
            assert page.evaluate("document.body.dataset.state") == "live"
    print(f"\nlive again {time.monotonic() - down - DOWN_SECONDS:.1f} s after the line was back")
