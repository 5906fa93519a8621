"""The first page: what is shared, live and small, over one connection, and only what is in sight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from playwright.sync_api import Browser

from capture import reasons
from capture.source import Condition, clean_text
from tests.browser.many_pages import HIDE, many_page
from tests.browser.painted_server import PaintedServer, painted_server, window
from tests.browser.parts import eventually

pytestmark = [pytest.mark.browser]

ONE, TWO, THREE = window(1, "build log"), window(2, "Inbox", "Thunderbird"), window(3, "Plan", "Draw", 640, 300)
MANY = tuple(window(number) for number in range(1, 201))


@pytest.fixture
def server() -> Iterator[PaintedServer]:
    """A server with three windows."""
    with painted_server(ONE, TWO, THREE) as running:
        yield running


def test_every_source_is_shown_live_over_one_connection(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server) as seen:
        seen.until_shows(ONE, TWO, THREE)
        server.paint(TWO, 250, 20, 20)
        server.paint(THREE, 20, 20, 250)
        seen.until_shows(ONE, TWO, THREE)
        seen.until_says(TWO, ".state", "Live · updated")
        views = server.sessions()

        assert seen.order() == ["1", "2", "3"]
        assert [seen.text(ONE, part) for part in ("strong", "span:not(.state)")] == ["build log", "xterm · 320 × 240"]
        assert seen.text(THREE, "span:not(.state)") == "Draw · 640 × 300"
        assert seen.text(ONE, ".state") == "Live"
        assert seen.page.inner_text("#state") == "3 sources are shared"
        assert seen.opened() == 1
        assert len({view.group for view in views}) == 1
        assert {(view.options.format, view.options.fps, view.options.quality) for view in views} == {("jpeg", 2, 60)}
        assert {view.options.cursor for view in views} == {False}


def test_a_card_leads_to_its_source_by_click_and_by_key(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server) as seen:
        seen.page.click("li[data-source='2'] a")
        seen.page.wait_for_url("**/watch/2")
        seen.page.go_back()
        seen.page.focus("li[data-source='3'] a")
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_url("**/watch/3")


def test_sources_come_change_and_go_while_focus_and_place_stay(browser: Browser) -> None:
    with painted_server(*MANY[:40]) as server, many_page(browser, server) as seen:
        eventually(lambda: len(seen.order()) == 40)
        seen.page.evaluate("window.stayed = true; document.querySelector(\"li[data-source='20'] a\").focus()")
        eventually(lambda: seen.page.evaluate("scrollY") > 0)
        place = "document.activeElement.getBoundingClientRect().top"
        before = seen.page.evaluate(place)
        renamed = replace(MANY[19], title="Another title", state="minimised")
        server.have(*MANY[:19], renamed, *MANY[20:50])
        eventually(lambda: len(seen.order()) == 50)
        seen.until_says(renamed, "strong", "Another title")

        assert seen.page.evaluate("document.activeElement.closest('li').dataset.source") == "20"
        assert abs(seen.page.evaluate(place) - before) < 40  # a line of its own words may come or go
        server.have(*MANY[20:50])
        eventually(lambda: len(seen.order()) == 30)
        assert seen.page.evaluate("document.activeElement.closest('li').dataset.source") == "21"
        assert seen.page.evaluate("window.stayed")
        assert not [path for path in seen.requests if "/api/" in path]


def test_a_source_that_is_not_live_says_so_over_its_last_picture(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server) as seen:
        seen.until_shows(ONE)
        server.canvases[ONE.id].become(Condition("minimised", reasons.WINDOW_MINIMISED))
        seen.until_says(ONE, ".picture p", "The window is minimised on the other computer — last picture ")

        assert seen.text(ONE, ".state") == "Minimised"
        assert re.search(r"last picture \d\d:\d\d:\d\d$", seen.text(ONE, ".picture p"))
        grey = "getComputedStyle(document.querySelector(\"li[data-source='1'] canvas\")).filter"
        eventually(lambda: seen.page.evaluate(grey) == "grayscale(1)")
        assert seen.shows(ONE)
        server.canvases[ONE.id].become(Condition("live"))
        server.paint(ONE, 200, 10, 10)
        seen.until_shows(ONE)
        assert seen.text(ONE, ".picture p") == ""


def test_what_is_unshared_goes_at_once(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server) as seen:
        seen.until_shows(ONE, TWO, THREE)
        server.share_only(TWO, THREE)
        eventually(lambda: seen.order() == ["2", "3"])
        server.share_only()
        seen.page.wait_for_selector("#message:visible")

        assert seen.page.inner_text("#heading") == "Nothing is shared at the moment"
        server.share_only(ONE, THREE)
        eventually(lambda: seen.order() == ["1", "3"])
        seen.until_shows(ONE, THREE)
        assert not seen.page.is_visible("#message")


def test_of_two_hundred_sources_only_those_in_sight_are_paid_for(browser: Browser) -> None:
    with painted_server(*MANY) as server, many_page(browser, server) as seen:
        eventually(lambda: len(seen.order()) == 200)
        seen.until_shows(*MANY[:6])
        first = server.watched()
        assert len(first) < 20

        # Scrolled through quickly, nothing on the way is begun.
        opened = sum(canvas.opens for canvas in server.canvases.values())
        seen.page.evaluate("""async () => {
            const end = document.documentElement.scrollHeight;
            for (let step = 1; step <= 25; step += 1) {
                scrollTo(0, end * step / 25);
                await new Promise((done) => requestAnimationFrame(done));
            }
        }""")
        seen.until_shows(*MANY[-3:])
        eventually(lambda: not set(first) & set(server.watched()))

        eventually(lambda: len(server.watched()) < 20)
        assert sum(canvas.opens for canvas in server.canvases.values()) - opened < 100
        assert seen.opened() == 1
        server.paint(MANY[-1], 10, 240, 10)
        seen.until_shows(MANY[-1])


def test_a_hidden_tab_costs_nothing_and_goes_on_when_it_is_shown(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server) as seen:
        seen.until_shows(ONE, TWO, THREE)
        seen.page.evaluate(HIDE, True)
        eventually(lambda: server.sessions() == () and server.run(lambda: server.hub.running) == 0)
        server.paint(ONE, 9, 200, 9)
        seen.page.evaluate(HIDE, False)
        seen.until_shows(ONE, TWO, THREE)
        assert seen.opened() == 2


def test_the_page_says_that_the_server_is_gone_and_comes_back_with_it(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, may_fall=True) as seen:
        seen.until_shows(ONE, TWO, THREE)
        server.stop_serving()
        seen.page.wait_for_selector("body[data-state='stopped'], body[data-state='reconnecting']")
        eventually(lambda: "Trying again in" in seen.page.inner_text("#state"))
        seen.until_says(ONE, ".picture p", "last picture ")
        assert seen.shows(ONE, TWO, THREE)

        server.paint(TWO, 1, 2, 230)
        server.serve()
        seen.page.evaluate("window.dispatchEvent(new Event('online'))")
        seen.until_shows(ONE, TWO, THREE)
        seen.until_says(TWO, ".state", "Live")
        assert seen.page.inner_text("#state") == "3 sources are shared"


TITLES = (
    "<img src=x onerror=alert(1)><b>bold</b>",
    "\u0645\u0631\u062d\u0628\u0627 \u202e rtl",
    "\U0001f389 party \U0001f469\u200d\U0001f469\u200d\U0001f467",
    "x" * 65536,
    "a\ud800b\x00c\nd",
)


@pytest.mark.parametrize("query", ["", "?lang=qps-rtl"])
def test_titles_are_only_text_and_never_too_wide(browser: Browser, query: str) -> None:
    sources = [window(number + 1, clean_text(title)) for number, title in enumerate(TITLES)]
    with painted_server(*sources) as server, many_page(browser, server, f"/{query}", width=360) as seen:
        eventually(lambda: len(seen.order()) == len(TITLES))
        shown = [seen.page.text_content(f"li[data-source='{source.id}'] strong") for source in sources]

        assert shown == [source.title for source in sources]
        assert seen.page.evaluate("document.querySelectorAll('li strong *, li img').length") == 0
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_several_are_chosen_for_a_wall_by_mouse(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server) as seen:
        seen.page.click("#wall")
        assert seen.page.is_disabled("#go")
        seen.page.click("li[data-source='3'] a")
        seen.page.click("li[data-source='2'] a")
        seen.page.click("li[data-source='1'] a")
        seen.page.click("li[data-source='2'] a")

        assert seen.page.inner_text("#chosen") == "2 chosen"
        assert seen.page.get_attribute("li[data-source='2'] a", "aria-checked") == "false"
        seen.page.click("#go")
        seen.page.wait_for_url("**/watch/3+1")
        seen.until_shows(THREE, ONE)


def test_several_are_chosen_for_a_wall_by_key(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server) as seen:
        press = seen.page.keyboard.press
        seen.page.wait_for_selector("#wall:visible")
        seen.page.focus("#wall")
        press("Enter")
        assert seen.page.evaluate("document.activeElement.closest('li').dataset.source") == "1"
        press("Tab")
        press("Space")
        press("Escape")
        assert seen.page.evaluate("document.activeElement.id") == "wall"
        assert seen.page.get_attribute("li[data-source='2'] a", "role") is None
        press("Enter")
        press("Space")
        press("Tab")
        press("Enter")
        seen.page.click("#go")
        seen.page.wait_for_url("**/watch/1+2")


def test_everything_on_the_page_is_translated(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/?lang=qps") as seen:
        seen.until_shows(ONE, TWO, THREE)
        seen.page.click("#wall")
        texts = [seen.page.inner_text(name) for name in ("#state", "#chosen", "#cancel", "#all", "#go")]
        texts.append(seen.text(ONE, ".state"))

        assert [text for text in texts if not text.startswith("[")] == []


def test_a_still_grid_sends_nothing(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server) as seen:
        seen.until_shows(ONE, TWO, THREE)
        exact = "[...document.querySelectorAll('canvas')].every((canvas) => canvas.dataset.exact === 'true')"
        eventually(lambda: seen.page.evaluate(exact))
        encodes, takes = server.run(lambda: (server.hub.encoder.encodes, server.hub.takes))
        seen.page.wait_for_timeout(1500)

        assert server.run(lambda: (server.hub.encoder.encodes, server.hub.takes)) == (encodes, takes)
        assert sum(view.bytes_per_second for view in server.sessions()) < 20_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(browser: Browser, server: PaintedServer, scheme: Literal["light", "dark"]) -> None:
    with many_page(browser, server) as seen:
        seen.page.emulate_media(color_scheme=scheme)
        seen.until_shows(ONE, TWO, THREE)
        server.canvases[ONE.id].become(Condition("minimised", reasons.WINDOW_MINIMISED))
        seen.until_says(ONE, ".picture p", "The window is minimised on the other computer")
        assert seen.faults() == []
        seen.page.click("#wall")
        seen.page.click("li[data-source='2'] a")
        assert seen.faults() == []
        seen.page.click("#cancel")
        server.share_only()
        seen.page.wait_for_selector("#message:visible")
        assert seen.faults() == []


def test_whoever_touches_finds_large_targets(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, width=360, height=740) as seen:
        seen.until_shows(ONE)
        seen.page.click("#wall")
        sizes = seen.page.evaluate(
            "[...document.querySelectorAll('button, a')].map((part) => part.getBoundingClientRect())"
            ".filter((box) => box.width).map((box) => Math.min(box.width, box.height))"
        )

        assert min(sizes) >= 44
