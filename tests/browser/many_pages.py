"""Pages that show many sources, looked at as a person would."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize

from capture.source import Source
from tests.browser.browsers import new_page
from tests.browser.painted_server import PaintedServer
from tests.browser.parts import eventually, is_near
from tests.helpers.x11.desktop import PROJECT

AXE = Path(os.environ.get("NODE_PATH", PROJECT / ".cache/npm/node_modules")) / "axe-core/axe.min.js"
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
CORNERS = """() => [...document.querySelectorAll("li[data-source]")].map((item) => {
    const canvas = item.querySelector("canvas");
    const copy = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
    copy.getContext("2d").drawImage(canvas, 0, 0, canvas.width, canvas.height, 0, 0, 1, 1);
    return [item.dataset.source, canvas.width, [...copy.getContext("2d").getImageData(0, 0, 1, 1).data].slice(0, 3)];
})"""


COUNT = """
    const Real = WebSocket;
    window.opened = 0;
    window.WebSocket = class extends Real {
        constructor(...words) {
            super(...words);
            window.opened += 1;
        }
    };
"""
FALLEN = (
    "WebSocket connection to",
    "Failed to load resource: net::ERR_",
    "can\u2019t establish a connection to the server",
)
"""What browsers themselves note of a try that fails."""
LEFT = "was interrupted while the page was loading"
"""What Firefox notes of a page that is left while it is connected."""


class ManyPage:
    """A page with many pictures.

    Attributes:
        requests: the paths it asked for.
    """

    def __init__(self, page: Page, server: PaintedServer) -> None:
        self.page = page
        self.server = server
        self.requests: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url.partition("127.0.0.1")[2]))

    def opened(self) -> int:
        """Return how many WebSockets it has opened."""
        return int(self.page.evaluate("window.opened"))

    def double_click(self, source: Source) -> None:
        """Click a source's pane twice."""
        place = f"li[data-source='{source.id}']"
        browser = self.page.context.browser
        if browser is not None and browser.browser_type.name == "firefox":
            self.page.dispatch_event(place, "dblclick")  # two clicks over BiDi do not become one for Firefox
        else:
            self.page.dblclick(place)

    def order(self) -> list[str]:
        """Return the ids of what is shown, in the order of the page."""
        found: list[str] = self.page.evaluate(
            "[...document.querySelectorAll('li[data-source]')].map(i => i.dataset.source)"
        )
        return found

    def colours(self) -> dict[str, tuple[int, int, int]]:
        """Return the mean colour of each picture by its id."""
        return {name: tuple(colour) for name, _, colour in self.page.evaluate(CORNERS)}

    def shows(self, *sources: Source) -> bool:
        """Tell whether the sources' pictures are those that the server has painted."""
        colours = self.colours()
        return all(is_near(colours.get(source.id, (-99, 0, 0)), self.server.colour(source)) for source in sources)

    def until_shows(self, *sources: Source) -> None:
        """Wait until the page shows these."""
        eventually(lambda: self.shows(*sources))

    def faults(self) -> list[str]:
        """Return what a judge of accessibility finds wrong with the page as it is, once nothing on it moves."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        self.page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))")
        found = self.page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
        return [f"{fault['id']}: {[node['html'] for node in fault['nodes']]}" for fault in found]

    def text(self, source: Source, part: str) -> str:
        """Return the words in a part of a source's card or pane."""
        return self.page.inner_text(f"li[data-source='{source.id}'] {part}")

    def until_says(self, source: Source, part: str, words: str) -> None:
        """Wait until a part of a source's card or pane holds these words."""
        eventually(lambda: words in self.text(source, part))


@contextmanager
def many_page(
    browser: Browser,
    server: PaintedServer,
    path: str = "/",
    width: int = 1000,
    height: int = 700,
    may_fall: bool = False,
) -> Iterator[ManyPage]:
    """Have such a page while the block lasts; its console has to stay empty.

    ``may_fall``: the server goes away meanwhile. The browser itself notes each try that fails, which no page can avoid.
    """
    size: ViewportSize = {"width": width, "height": height}
    page = new_page(browser, "en-GB")
    page.set_viewport_size(size)
    complaints: list[str] = []

    def note(words: str) -> None:
        if LEFT not in words and not (may_fall and any(known in words for known in FALLEN)):
            complaints.append(words)

    page.on("console", lambda message: note(message.text))
    page.on("pageerror", lambda error: note(str(error)))
    page.add_init_script(COUNT)
    found = ManyPage(page, server)
    try:
        page.goto(server.address(path))
        yield found
    finally:
        page.close()
    assert complaints == []
