"""How pages lie on screens of many sizes: no words cut, no control outside, and the picture seen while one changes it.

With PANECAST_PICTURES naming a folder, what was looked at is kept there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.pages import box, settle, show_quarters
from tests.browser.painted_server import painted_server, window
from tests.browser.parts import eventually
from tests.browser.scripted_server import ScriptedServer, scripted_server
from tests.browser.watcher import watching

pytestmark = [pytest.mark.browser, pytest.mark.firefox_when_long]

LONG = bool(os.environ.get("PANECAST_LONG"))
PICTURES = os.environ.get("PANECAST_PICTURES")
SIZES: tuple[ViewportSize, ...] = (
    {"width": 360, "height": 740},
    {"width": 740, "height": 360},
    {"width": 768, "height": 1024},
    {"width": 1024, "height": 600},
    {"width": 1440, "height": 900},
)
MORE_SIZES: tuple[ViewportSize, ...] = (
    {"width": 320, "height": 568},
    {"width": 911, "height": 512},
    {"width": 1366, "height": 768},
    {"width": 2560, "height": 1440},
)
SHEET = 1080
"""Up to this width what opens is a sheet."""
CUT = """() => {
    const found = [];
    const box = (part) => part.getBoundingClientRect();
    const isIn = (inner, outer) => inner.left >= outer.left - 1 && inner.right <= outer.right + 1
        && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
    const name = (part) => part.id || part.className || part.tagName;
    const view = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    for (const part of document.querySelectorAll("button, select, input, .chip, .note, .bar, .figures, .notice")) {
        // What scrolls in a part of the page is within it from left to right.
        const scrolls = part.parentElement.closest(".more, .figures, .keys, main");
        const room = scrolls ? { ...view, top: -Infinity, bottom: Infinity } : view;
        if (part.checkVisibility() && box(part).width && !isIn(box(part), room)) {
            found.push(`${name(part)} lies outside: ${JSON.stringify(box(part))}`);
        }
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const part = node.parentElement;
        const holder = part.closest("button, .chip, .note, p, dd, dt, h1, h2, strong, .cards span, .check, .field");
        if (!node.data.trim() || !holder || !part.checkVisibility() || part.closest("select, .hidden-words, .stuck")) {
            continue;
        }
        const range = document.createRange();
        range.selectNodeContents(node);
        const words = range.getBoundingClientRect();
        const style = getComputedStyle(holder);
        const { top, bottom } = box(holder);
        const room = style.textOverflow === "ellipsis" ? { ...words.toJSON(), top, bottom } : box(holder);
        if (words.width && !isIn(words, room)) {
            found.push(`“${node.data.trim()}” runs out of ${name(holder)}`);
        }
        if (style.overflowY === "hidden" && holder.scrollHeight > holder.clientHeight + 1) {
            found.push(`“${node.data.trim()}” is cut at its foot`);
        }
    }
    return found;
}"""


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that says what the test wants."""
    with scripted_server() as running:
        yield running


def looked_at(page: Page, name: str, size: ViewportSize) -> list[str]:
    """Return what is wrong with the page as it is."""
    settle(page)
    if PICTURES:
        page.screenshot(path=Path(PICTURES, f"{name}-{size['width']}x{size['height']}.png"))
    where = f"{name}, {size['width']} × {size['height']}"
    return [f"{where}: {fault}" for fault in page.evaluate(CUT)]


@pytest.mark.parametrize("language", ["de", "en", "qps"] if LONG else ["de"])
def test_no_words_are_cut_and_the_picture_is_seen_beside_the_sheet(
    browser: Browser, server: ScriptedServer, language: str
) -> None:
    faults: list[str] = []
    with watching(browser, server, query=f"?lang={language}") as watcher:
        show_quarters(watcher, 640, 360)
        page = watcher.page
        for size in (*SIZES, *(MORE_SIZES if LONG else ())):
            page.set_viewport_size(size)
            faults += looked_at(page, f"watch-{language}", size)
            before = box(page, "#open-more")
            page.click("#open-more")
            # the row of tools stays under the finger
            assert box(page, "#open-more") == before, size
            faults += looked_at(page, f"watch-more-{language}", size)
            if size["width"] <= SHEET:
                eventually(lambda: apart(box(page), box(page, "#more")), 5)
                assert box(page)[2] * box(page)[3] > 0.08 * size["width"] * size["height"]
            page.click("#open-more")
            page.click("#statistics")
            server.say("stats", {"fps": 1, "fps_asked": 2, "fps_taken": 3, "delay_ms": {"capture": 1, "decode": 2}})
            eventually(lambda: page.inner_text("#stat-delay") == "3 ms")
            faults += looked_at(page, f"watch-statistics-{language}", size)
            page.click("#statistics")

    assert faults == []


def apart(one: list[float], other: list[float]) -> bool:
    """Tell whether two parts (x, y, width, height) lie beside each other."""
    across = one[0] + one[2] <= other[0] + 1 or other[0] + other[2] <= one[0] + 1
    down = one[1] + one[3] <= other[1] + 1 or other[1] + other[3] <= one[1] + 1
    return across or down


@pytest.mark.parametrize("scheme", ["light", "dark"] if LONG else ["light"])
def test_cards_show_their_words_whole(browser: Browser, scheme: str) -> None:
    sources = [window(number, f"Qgjpqy, the title of window {number}, which is rather long") for number in range(1, 8)]
    faults: list[str] = []
    with painted_server(*sources) as server:
        page = browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(server.address("/?lang=de"))
        eventually(lambda: page.locator(".cards a").count() == len(sources))
        for size in (*SIZES, *(MORE_SIZES if LONG else ())):
            page.set_viewport_size(size)
            faults += looked_at(page, f"grid-{scheme}", size)
        page.close()

    assert faults == []
