"""Pictures in other people's pages, and in pages without scripts, in a real browser."""

from __future__ import annotations

import http.server
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Error, Locator, Page

from tests.browser.browsers import new_page
from tests.browser.painted_server import PaintedServer, painted_server, window
from tests.browser.parts import eventually, is_near
from tests.helpers.ports import free_port

pytestmark = [pytest.mark.browser]

SOURCE = window(4711, "build <log>")
Colour = tuple[int, int, int]
RED, GREEN, BLUE = (250, 0, 0), (0, 250, 0), (0, 0, 250)


@pytest.fixture(scope="module")
def friend() -> int:
    """The port of another's web server, whose pages (at 127.0.0.1) are allowed."""
    return free_port()


@pytest.fixture(scope="module")
def server(friend: int) -> Iterator[PaintedServer]:
    """A server that repeats nothing, so that what is seen is what came when it changed."""
    allowed = frozenset({f"http://127.0.0.1:{friend}"})
    with pytest.MonkeyPatch.context() as patch, painted_server(SOURCE, allow_origins=allowed) as running:
        patch.setattr("server.stream.mjpeg.REPEAT_SECONDS", 3600.0)
        yield running


@pytest.fixture
def page(browser: Browser, server: PaintedServer) -> Iterator[Page]:
    """A page of a browser, 800 × 600, after which nobody watches any more."""
    opened = new_page(browser)
    opened.set_viewport_size({"width": 800, "height": 600})
    yield opened
    opened.close()
    eventually(lambda: server.viewers() == 0)


class Friend(http.server.ThreadingHTTPServer):
    """Another's web server, with one page and as strict a policy as it can have.

    Attributes:
        html: the page.
    """

    def __init__(self, server: PaintedServer, port: int, html: str) -> None:
        ours = server.address("")
        self.html = html.replace("SERVER", ours)
        self.policy = f"default-src 'none'; script-src {ours}; frame-src {ours}; img-src {ours}"
        super().__init__(("127.0.0.1", port), FriendsAnswer)


class FriendsAnswer(http.server.BaseHTTPRequestHandler):
    """Gives the page to whoever asks."""

    server: Friend

    def do_GET(self) -> None:
        body = f"<!doctype html><html lang='en'><title>Friend</title>{self.server.html}</html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.server.policy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def friends_page(server: PaintedServer, port: int, html: str) -> Iterator[str]:
    """Have a page of the friend; gives its address, at a name that the owner allowed."""
    with Friend(server, port, html) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            running.shutdown()
            thread.join()


def shows(part: Locator, colour: Colour) -> bool:
    """Tell whether the middle of a part of the page has that colour on the screen."""
    pixels = np.asarray(Image.open(io.BytesIO(part.screenshot())).convert("RGB"))
    red, green, blue = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2].tolist()
    return is_near((red, green, blue), colour)


def has(page: Page, colour: Colour) -> bool:
    """Tell whether a page that may be loaded anew at any moment has that colour where its picture is."""
    try:
        pixels = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    except Error:
        return False
    red, green, blue = pixels[150, 150].tolist()
    return is_near((red, green, blue), colour)


def test_an_image_shows_what_changed_at_once_and_keeps_it(browser: Browser) -> None:
    with pytest.MonkeyPatch.context() as patch, painted_server(SOURCE) as server:
        patch.setattr("server.stream.mjpeg.REPEAT_SECONDS", 3600.0)
        server.paint(SOURCE, *RED)
        page = browser.new_page()
        page.goto(server.address("/health"))
        page.evaluate("document.body.append(Object.assign(new Image(), { src: '/mjpeg/4711' }))")
        for colour in (RED, GREEN, BLUE):
            server.paint(SOURCE, *colour)
            eventually(lambda: shows(page.locator("img"), colour))  # noqa: B023  awaited at once
        server.stop_serving()
        eventually(lambda: server.viewers() == 0)
        assert shows(page.locator("img"), BLUE)
        page.close()


def test_a_page_without_scripts_reloads_the_picture(browser: Browser, server: PaintedServer) -> None:
    server.paint(SOURCE, *RED)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 600, "height": 800}, locale="de-DE")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(server.address("/plain/4711?every=1"))
    assert page.locator("h1").text_content() == "build <log>"
    assert page.locator("p").last.text_content() == "Wird jede Sekunde neu geladen."
    for colour in (RED, GREEN):
        server.paint(SOURCE, *colour)
        eventually(lambda: has(page, colour))  # noqa: B023  awaited at once
    server.share_only()
    page.get_by_text("Unter dieser Adresse ist nichts freigegeben.").wait_for()
    server.share_only(SOURCE)
    page.locator("img").wait_for()
    context.close()

    assert [text for text in said if "404" not in text] == []


def test_the_element_shows_the_live_picture_in_anothers_page(page: Page, server: PaintedServer, friend: int) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    html = """<script type="module" src="SERVER/embed.js"></script>
              <panecast-view src="SERVER/watch/4711" fps="20" title="The build"></panecast-view>"""
    with friends_page(server, friend, html) as address:
        page.goto(address)
        view = page.locator("panecast-view")
        for colour in (RED, BLUE):
            server.paint(SOURCE, *colour)
            eventually(lambda: shows(view, colour))  # noqa: B023  awaited at once
        box = view.bounding_box()
        assert box is not None
        assert (box["width"], round(box["height"] * 16 / 9)) == (784, 784)
        frame = view.locator("iframe")
        assert frame.get_attribute("title") == "The build"
        assert frame.get_attribute("src") == server.address("/watch/4711?clean=1&fps=20")
        assert [view.options.fps for view in server.sessions()] == [20]
        steps = page.evaluate("history.length")
        page.evaluate("document.querySelector('panecast-view').setAttribute('fps', '7')")
        eventually(lambda: [view.options.fps for view in server.sessions()] == [7])
        server.paint(SOURCE, *GREEN)
        eventually(lambda: shows(view, GREEN))
        assert page.evaluate("history.length") == steps
        page.evaluate("document.querySelector('panecast-view').remove()")
        eventually(lambda: server.viewers() == 0)

    assert said == []


@pytest.mark.parametrize(
    ("src", "words"),
    [
        ("", "The address of a source is missing here"),
        ("javascript:alert(1)", "has to begin with http:// or https://"),
        ("data:text/html,<p>hello", "has to begin with http:// or https://"),
        ("http://", "has to begin with http:// or https://"),
    ],
)
def test_the_element_says_what_is_wrong_with_its_address(
    page: Page, server: PaintedServer, friend: int, src: str, words: str
) -> None:
    html = f'<script type="module" src="SERVER/embed.js"></script><panecast-view src="{src}"></panecast-view>'
    with friends_page(server, friend, html) as address:
        page.goto(address)
        assert words in (page.locator("panecast-view [role=alert]").text_content() or "")
        assert page.locator("panecast-view iframe").count() == 0
        page.evaluate(
            "src => document.querySelector('panecast-view').setAttribute('src', src)", server.address("/watch/4711")
        )
        eventually(lambda: server.viewers() == 1)
        assert page.locator("panecast-view [role=alert]").count() == 0


@pytest.mark.firefox_lacks("an end to images that never end: when its page is closed it goes on to read them")
def test_an_image_of_anothers_page_has_to_say_whose_page_it_is(page: Page, server: PaintedServer, friend: int) -> None:
    server.paint(SOURCE, *RED)
    html = """<img id="named" crossorigin src="SERVER/mjpeg/4711"><img id="silent" src="SERVER/mjpeg/4711">
              <img id="still" crossorigin src="SERVER/snapshot/4711.png">"""
    with friends_page(server, friend, html) as address:
        page.goto(address, wait_until="commit")
        for name in ("#named", "#still"):
            eventually(lambda: shows(page.locator(name), RED))  # noqa: B023  awaited at once
        server.paint(SOURCE, *BLUE)
        eventually(lambda: shows(page.locator("#named"), BLUE))
        eventually(lambda: page.evaluate("document.getElementById('silent').complete"))
        assert page.evaluate("document.getElementById('silent').naturalWidth") == 0
        assert server.viewers() == 1


@pytest.mark.firefox_lacks("words of a refused frame that the page can hear")
@pytest.mark.parametrize(
    ("host", "query"), [("127.0.0.1", ""), ("localhost", "?clean=1")], ids=["not the bare picture", "not allowed"]
)
def test_a_frame_is_refused(page: Page, server: PaintedServer, friend: int, host: str, query: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    with friends_page(server, friend, f'<iframe src="SERVER/watch/4711{query}"></iframe>') as address:
        page.goto(address.replace("127.0.0.1", host))
        eventually(lambda: any("frame-ancestors" in text for text in said))
        assert not page.frames[1].url.startswith("http")
        assert server.viewers() == 0


def test_a_page_that_is_not_allowed_does_not_even_get_the_element(
    page: Page, server: PaintedServer, friend: int
) -> None:
    page.add_init_script("addEventListener('error', () => { window.hasFailed = true; }, true)")
    html = """<script type="module" src="SERVER/embed.js"></script>
              <panecast-view src="SERVER/watch/4711"></panecast-view>"""
    with friends_page(server, friend, html) as address:
        page.goto(address.replace("127.0.0.1", "localhost"))
        eventually(lambda: page.evaluate("window.hasFailed === true"))

        assert page.evaluate("customElements.get('panecast-view') === undefined")
        eventually(lambda: server.viewers() == 0)  # those of the test before may still be leaving
