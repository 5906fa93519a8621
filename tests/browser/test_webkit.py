"""The first page in WebKit, which lays some things out otherwise than Chromium and Firefox do."""

from __future__ import annotations

import os

import pytest

from tests.browser.painted_server import painted_server, window
from tests.browser.parts import eventually
from tests.browser.webkit import webkit
from tests.helpers.x11.desktop import XServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not os.environ.get("PANECAST_LONG"), reason="WebKit is installed for long runs only"),
    pytest.mark.timeout(240),
]
CUT = """[...document.querySelectorAll(".cards strong, .cards span")]
    .filter(part => part.scrollHeight > part.clientHeight + 1 || part.clientHeight < 14)
    .map(part => [part.textContent, part.clientHeight, part.scrollHeight])"""


def test_letters_on_cards_are_whole(xserver: XServer) -> None:
    with painted_server(window(1, "Qgjpqy"), window(2, "Qgjpqy")) as server, webkit(xserver) as page:
        page.open(server.address("/"))
        eventually(lambda: page.evaluate("document.querySelectorAll('.cards a').length") == 2, 60)
        eventually(lambda: "Live" in page.evaluate("document.querySelector('.cards .state').textContent"), 60)

        assert page.evaluate(CUT) == []
