"""How somebody gets in by the page: with a link, or with a PIN; and how he is told that he does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Literal
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.browsers import new_page
from tests.browser.guarded_server import PIN, TOKEN, WAIT_SECONDS, GuardedServer
from tests.browser.many_pages import AXE, LEFT
from tests.browser.pages import FOREIGN
from tests.browser.parts import eventually
from tests.browser.scripted_server import on_a_thread

pytestmark = [pytest.mark.browser]

NOTED = (
    "Failed to load resource: the server responded with a status of 4",
    "WebSocket connection to",
    "establish a connection",
    "has been rejected because it is in a cross-site context",
    LEFT,
)
"""What browsers themselves note of a request that is refused."""
PAGES = ["/", "/watch/demo", "/watch/demo+other"]
FIELD = ".entrance input"
WRONG = "".join(sorted(PIN))


@pytest.fixture
def server() -> Iterator[GuardedServer]:
    """A server that asks who is there."""
    with on_a_thread(GuardedServer) as running:
        yield running


@dataclass
class Stranger:
    """Somebody with a browser."""

    page: Page
    server: GuardedServer
    console: list[str] = field(default_factory=list)

    def is_in(self) -> None:
        """Wait until the page is connected."""
        self.page.wait_for_selector("body:not(.shut)[data-state='live']")

    def is_told(self, words: str) -> None:
        """Wait until the entrance says this."""
        self.page.locator(".entrance", has_text=words).wait_for()

    def is_asked(self) -> None:
        """Wait until a PIN can be typed; nothing else takes keys then."""
        self.page.wait_for_selector(f"{FIELD}:enabled:focus")

    def types(self, text: str) -> None:
        """Type into whatever has the focus."""
        self.is_asked()
        self.page.keyboard.type(text)


@contextmanager
def stranger(
    browser: Browser,
    server: GuardedServer,
    path: str = "/watch/demo",
    *,
    clock: bool = False,
    width: int = 1000,
    scheme: Literal["light", "dark"] = "light",
    locale: str = "en-GB",
) -> Iterator[Stranger]:
    """Have somebody open a page who never was here; scripts must not fail meanwhile.

    ``clock``: time goes by only when the test says so.
    """
    size: ViewportSize = {"width": width, "height": 740}
    has_own_time = clock or scheme != "light"
    page = browser.new_page(color_scheme=scheme, locale=locale) if has_own_time else new_page(browser, locale)
    page.set_viewport_size(size)
    found = Stranger(page, server)
    page.on("console", lambda message: found.console.append(message.text))
    page.on("pageerror", lambda error: found.console.append(str(error)))
    if clock:
        page.clock.install()
    page.goto(server.address(path))
    try:
        yield found
    finally:
        page.context.clear_cookies()
        page.close()
    assert [words for words in found.console if not any(known in words for known in NOTED)] == []


# By a link.


@pytest.mark.parametrize("path", PAGES)
def test_a_link_lets_in_and_its_secret_is_nowhere(browser: Browser, server: GuardedServer, path: str) -> None:
    with stranger(browser, server, f"{path}?lang=en#t={TOKEN}&more=1") as seen:
        seen.is_in()
        page = seen.page

        assert server.entering == [{"token": TOKEN}]
        assert server.refused == 0
        assert page.url == server.address(f"{path}?lang=en#more=1")
        stored = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
        places = f"[document.documentElement.outerHTML, document.cookie, {stored}]"
        assert TOKEN not in "".join([*page.evaluate(places), *seen.console])
        assert not page.evaluate("performance.getEntriesByType('resource').some(({ name }) => /enter.css/.test(name))")
        # Whoever was let in once comes in without the link.
        page.goto(server.address(path))
        seen.is_in()
        assert len(server.entering) == 1


def test_a_link_that_is_opened_in_the_same_tab_is_used(browser: Browser, server: GuardedServer) -> None:
    with stranger(browser, server) as seen:
        seen.is_asked()
        seen.page.evaluate(f"location.hash = 't={TOKEN}'")
        seen.is_in()

        assert "#" not in seen.page.url
        # One that is not known any more, too.
        seen.page.evaluate("location.hash = 't=another'")
        seen.is_told("That is not it. Ask for another")
        assert seen.page.is_visible(FIELD)
        assert "another" not in seen.page.url


def test_a_link_waits_for_the_person_who_may_be_asked_again(browser: Browser, server: GuardedServer) -> None:
    server.asks = True
    with stranger(browser, server, f"/#t={TOKEN}") as seen:
        seen.is_told("Waiting for the person at the other computer to let you in…")
        server.answer(may_come=False)
        seen.is_told("The person at the other computer did not allow it")
        assert not seen.page.is_visible(FIELD)
        seen.page.click("text=Ask again")
        seen.is_told("Waiting")
        server.answer(may_come=True)
        seen.is_in()

        assert server.entering == [{"token": TOKEN}] * 2
        assert server.refused == 0  # meanwhile the page did not try


def test_a_connection_that_breaks_while_entering_can_be_tried_again(browser: Browser, server: GuardedServer) -> None:
    with stranger(browser, server) as seen:
        seen.is_asked()
        seen.page.route("**/api/enter", lambda route: route.abort(), times=1)
        seen.types(PIN)
        seen.is_told("The connection was lost")
        seen.console.clear()
        seen.page.click("text=Try now >> visible=true")
        seen.is_in()


def test_a_link_can_be_tried_again_when_the_time_is_over(browser: Browser, server: GuardedServer) -> None:
    with stranger(browser, server, clock=True) as seen:
        for _ in range(3):
            seen.types(WRONG)
            seen.page.wait_for_selector("[aria-invalid='true']")
        seen.page.clock.pause_at("2050-01-01")
        seen.page.evaluate(f"location.hash = 't={TOKEN}'")
        seen.is_told("Try again in 1:30")
        assert not seen.page.is_visible("text=Try now")
        seen.page.clock.run_for(WAIT_SECONDS * 1000)
        server.forgive()
        seen.page.click("text=Try now >> visible=true")
        seen.is_in()

        assert server.entering[-2:] == [{"token": TOKEN}] * 2


# By a PIN.


@pytest.mark.parametrize("path", PAGES)
def test_a_pin_lets_in(browser: Browser, server: GuardedServer, path: str) -> None:
    with stranger(browser, server, path) as seen:
        seen.is_told("The person at the other computer can show you a PIN")
        seen.types(PIN)
        seen.is_in()

        assert server.entering == [{"pin": PIN} | ({"id": "demo"} if path == "/watch/demo" else {})]
        assert seen.page.title().startswith({"/": "Panecast", "/watch/demo": "Demo"}.get(path, "Side by side"))
        assert not seen.page.is_visible(FIELD)


def test_a_pin_may_be_pasted_with_anything_between(browser: Browser, server: GuardedServer) -> None:
    with stranger(browser, server) as seen:
        seen.is_asked()
        seen.page.fill(FIELD, f"PIN: {PIN[:3]} {PIN[3:]}\n")
        seen.is_in()


def test_a_wrong_pin_is_said_and_the_next_can_be_typed(browser: Browser, server: GuardedServer) -> None:
    with stranger(browser, server) as seen:
        seen.types(WRONG)
        seen.page.locator("#enter-wrong", has_text="That PIN is wrong or has expired").wait_for()
        seen.is_asked()
        assert seen.page.input_value(FIELD) == ""
        assert seen.page.get_attribute(FIELD, "aria-invalid") == "true"
        seen.types(PIN[:4])
        seen.page.keyboard.press("Enter")
        seen.page.locator("#enter-wrong", has_text="The PIN has six digits").wait_for()
        assert len(server.entering) == 1
        seen.types(PIN[4:])
        seen.is_in()


def test_after_too_many_the_page_counts_down(browser: Browser, server: GuardedServer) -> None:
    with stranger(browser, server, clock=True) as seen:
        for count in range(1, 4):
            seen.types(WRONG)
            seen.page.wait_for_selector("[aria-invalid='true']")
            assert len(server.entering) == count
        seen.page.clock.pause_at("2050-01-01")
        seen.types(PIN)
        seen.is_told("There were too many wrong tries")
        seen.is_told("Try again in 1:30")
        assert seen.page.is_disabled(FIELD)
        seen.page.clock.run_for(WAIT_SECONDS * 1000 - 500)
        seen.is_told("Try again in 0:01")
        assert seen.page.is_disabled(FIELD)
        seen.page.clock.run_for(1000)
        seen.is_asked()
        assert "again" not in seen.page.inner_text(".entrance")


def test_while_the_person_is_asked_one_can_give_up(browser: Browser, server: GuardedServer) -> None:
    server.asks = True
    with stranger(browser, server) as seen:
        seen.types(PIN)
        seen.is_told("Waiting for the person at the other computer to let you in…")
        assert not seen.page.is_visible(FIELD)
        assert seen.page.evaluate("document.activeElement.textContent") == "Cancel"
        seen.page.keyboard.press("Enter")
        seen.is_asked()
        seen.types(PIN)
        seen.is_told("Waiting")
        server.answer(may_come=False)
        seen.is_told("did not allow it")
        seen.page.click("text=Ask again")
        seen.types(PIN)
        seen.is_told("Waiting")
        server.answer(may_come=True)
        seen.is_in()


# Put out.


@pytest.mark.parametrize("path", PAGES)
def test_who_is_removed_sees_why_and_does_not_try_again(browser: Browser, server: GuardedServer, path: str) -> None:
    with stranger(browser, server, f"{path}#t={TOKEN}", clock=True) as seen:
        seen.is_in()
        server.forget()
        seen.is_told("The person at the other computer removed this device")
        shown = "[...document.body.children].filter((part) => part.checkVisibility()).length"
        eventually(lambda: seen.page.evaluate(shown) == 1)
        refused = server.refused
        seen.page.clock.run_for(120_000)
        seen.page.evaluate("window.dispatchEvent(new Event('online'))")
        seen.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        seen.page.evaluate("window.dispatchEvent(new PopStateEvent('popstate'))")
        seen.page.evaluate("fetch('/viewer/mark.svg')")
        assert server.refused == refused
        seen.types(PIN)
        seen.is_in()


def test_who_is_disconnected_is_told_so_and_comes_back_once_that_is_allowed(
    browser: Browser, server: GuardedServer
) -> None:
    with stranger(browser, server, f"/watch/demo#t={TOKEN}") as seen:
        seen.is_in()
        server.refusal = (403, "disconnected", "The person at the other computer disconnected you.")
        server.drop(4403, "disconnected")
        seen.is_told("The person at the other computer disconnected you")
        assert seen.page.inner_text(".entrance h1") == "Disconnected"
        assert not seen.page.is_visible(FIELD)
        refused = server.refused
        seen.page.click("text=Try now >> visible=true")
        eventually(lambda: server.refused > refused)
        seen.is_told("disconnected you")
        server.refusal = None
        seen.page.click("text=Try now >> visible=true")
        seen.is_in()


def test_an_address_that_may_never_come_is_only_told_so(browser: Browser, server: GuardedServer) -> None:
    server.refusal = (403, "refused", "Panecast is open to this computer only.")
    with stranger(browser, server) as seen:
        seen.is_told("Panecast is open to this computer only")
        assert not seen.page.is_visible(FIELD)
        refused = server.refused
        seen.page.click("text=Try now >> visible=true")
        eventually(lambda: server.refused > refused)
        seen.is_told("Panecast is open to this computer only")


# In a frame.


class FramingPage(BaseHTTPRequestHandler):
    """A page of somebody else with ours in a frame."""

    ours = ""

    def do_GET(self) -> None:
        body = f"<!doctype html><title>Friend</title><iframe src='{self.ours}' width=600 height=400></iframe>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def framing_page(address: str) -> Iterator[str]:
    """Have such a page while the block lasts; gives its address, at a name of another site."""
    kind = type("FramingPageOf", (FramingPage,), {"ours": address})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as running:
        Thread(target=running.serve_forever).start()
        try:
            yield f"http://localhost:{running.server_port}/"
        finally:
            running.shutdown()


@pytest.mark.parametrize("fragment", ["", f"#t={TOKEN}"])
def test_in_a_frame_of_another_site_nobody_is_asked_for_a_pin(
    browser: Browser, server: GuardedServer, fragment: str
) -> None:
    server.framed = "*"
    with framing_page(server.address(f"/watch/demo?clean=1{fragment}")) as address, stranger(browser, server) as seen:
        seen.is_asked()
        seen.page.goto(address)
        frame = seen.page.frame_locator("iframe")
        frame.locator("text=Open this in a tab of its own").wait_for()

        assert not frame.locator(FIELD).is_visible()
        assert server.entering == []  # a cookie that is not kept would be one device more each time
        assert frame.locator(".entrance a").get_attribute("target") == "_blank"
        if browser.browser_type.name == "firefox":
            return  # Playwright is not told of the new tab there
        with seen.page.context.expect_page() as opened:
            frame.locator("text=Open this in a tab of its own").click()
        opened.value.wait_for_selector(FIELD)
        assert opened.value.url == server.address("/watch/demo")


# For everybody.


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_everybody_can_use_the_entrance(
    browser: Browser, server: GuardedServer, scheme: Literal["light", "dark"], width: int
) -> None:
    server.asks = True
    with stranger(browser, server, scheme=scheme, width=width) as seen:

        def faults() -> list[str]:
            seen.page.evaluate(AXE.read_text(encoding="utf-8"))
            found = seen.page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
            small = seen.page.evaluate(
                """() => [...document.querySelectorAll(".entrance :is(input, button, a)")].filter((part) => {
                    const { width, height } = part.getBoundingClientRect();
                    return width && (width < 44 || height < 44);
                }).map((part) => part.outerHTML)"""
            )
            return [f"{fault['id']}: {[node['html'] for node in fault['nodes']]}" for fault in found] + small

        seen.is_asked()
        assert faults() == []
        seen.types(WRONG)
        seen.page.locator("#enter-wrong", has_text="is wrong or has expired").wait_for()
        assert faults() == []
        seen.types(PIN)
        seen.is_told("Waiting")
        assert faults() == []
        server.answer(may_come=False)
        seen.is_told("did not allow it")
        assert faults() == []


@pytest.mark.parametrize("language", ["qps", "qps-rtl"])
def test_the_entrance_is_translated_and_has_room(browser: Browser, server: GuardedServer, language: str) -> None:
    server.asks = True
    wide, width = [], "document.querySelector('.entrance').scrollWidth"
    with stranger(browser, server, f"/?lang={language}", width=360) as seen:
        seen.types(PIN)
        seen.page.wait_for_selector(".waits button")
        wide.append(seen.page.evaluate(width))
        seen.page.click(".waits button")
        for _ in range(3):
            seen.types(WRONG)
            seen.page.wait_for_selector("[aria-invalid='true']")
        seen.types(WRONG)
        seen.page.wait_for_selector(f"{FIELD}:disabled")
        seen.page.wait_for_selector(".left:not(:empty)")
        wide.append(seen.page.evaluate(width))

        assert [
            words for words in seen.page.evaluate(FOREIGN) if not words.startswith(("state", "cards", "H1: Pane"))
        ] == []
        assert wide == [360, 360]


def test_germans_are_answered_in_german(browser: Browser, server: GuardedServer) -> None:
    with stranger(browser, server, "/#t=wrong", locale="de-DE") as seen:
        seen.is_told("Diese PIN oder dieser Link ist falsch oder abgelaufen.")
        seen.is_told("PIN eingeben oder Link öffnen")


# The server that these tests are about knows whom it let in.


def test_the_guarded_server_guards(server: GuardedServer) -> None:
    def ask(path: str, shown: dict[str, str] | None = None, cookie: str = "") -> tuple[int, str, Message]:
        body = None if shown is None else json.dumps(shown).encode()
        headers = {"Content-Type": "application/json", "Cookie": cookie}
        try:
            with urlopen(Request(server.address(path), body, headers), timeout=10) as answer:
                return answer.status, "", answer.headers
        except HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)["error"]["code"], refused.headers

    status, _, headers = ask("/api/enter", {"pin": PIN})
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert status == 204
    assert {"HttpOnly", "SameSite=Strict"} <= set(headers["Set-Cookie"].split("; "))
    assert [ask("/api/windows", cookie=shown)[0] for shown in (cookie, "", f"{cookie}x")] == [200, 401, 401]
    assert [ask("/api/enter", {"token": shown})[:2] for shown in (TOKEN, "x")] == [(204, ""), (401, "credential_wrong")]
    assert [ask("/api/enter", {"pin": WRONG})[0] for _ in range(3)] == [401, 401, 429]
    status, code, headers = ask("/api/enter", {"pin": PIN})
    assert (status, code, headers["Retry-After"]) == (429, "locked_out", str(WAIT_SECONDS))
    assert ask("/viewer/watch.js")[0] == 200
