"""What tests ask of the page, whatever it shows."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.canned_parts import fill, whole
from tests.browser.watcher import Watcher


def show_quarters(watcher: Watcher, width: int = 640, height: int = 480) -> None:
    """Show a picture whose quarters are red, green, blue and grey."""
    across, down = width // 2, height // 2
    quarters = [
        fill(0, 0, across, down, RED),
        fill(across, 0, across, down, GREEN),
        fill(0, down, across, down, BLUE),
        fill(across, down, across, down, GREY),
    ]
    watcher.show(whole(1, *quarters, size=(width, height)))
    watcher.page.wait_for_selector('body.ready[data-state="live"]')


def box(page: Page, name: str = "#picture") -> list[float]:
    """Return where a part of the page is: x, y, width, height in CSS pixels."""
    found = page.locator(name).bounding_box()
    assert found is not None
    return [round(found[side], 1) for side in ("x", "y", "width", "height")]


def settle(page: Page) -> None:
    """Let what fades in or out do so, once the page was laid out for the size that it has now."""
    page.evaluate("new Promise(laid => requestAnimationFrame(() => requestAnimationFrame(laid)))")
    page.evaluate("Promise.all(document.getAnimations().map(animation => animation.finished.catch(() => {})))")


FOREIGN = """() => {
    // Texts that are in no language: the page's own names for formats, figures, keys; and what was given to it.
    // Isolated, where people read from the right.
    const known = /^[\\d\\s.,:×·%–+−?]*([kM]?B(\\/s)?|ms|AM|PM)?[\\d\\s.,:×·%–]*$|^(Demo|Other|Panecast|[FPSR])$/;
    const found = [];
    const check = (text, where) => {
        let rest = text.replace(/[\\u2066\\u2069]/g, "");
        for (let before = ""; before !== rest; ) {
            before = rest;
            rest = rest.replace(/\\[[^\\[\\]]*\\]/g, "");
        }
        if (!known.test(rest.trim())) found.push(`${where}: ${text}`);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (!parent.closest("noscript, script")) check(node.data, parent.id || parent.tagName);
    }
    for (const part of document.body.querySelectorAll("[title], [aria-label]")) {
        for (const name of ["title", "aria-label"]) {
            if (part.hasAttribute(name)) check(part.getAttribute(name), `${part.id} ${name}`);
        }
    }
    return found;
}"""

RED, GREEN, BLUE, GREY = (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)
