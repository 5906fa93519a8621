"""One viewer in a real Chromium without a screen: what it shows, when, and how true it is."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.barcode import Strip
from tests.benchmarks.running import Content
from tests.browser.parts import ARGUMENTS, CHROMIUM

ROUND_TRIPS = 40
FIRST_PICTURE_SECONDS = 8.0
CATCH_SECONDS = 4.0
CATCH_PAUSE_MS = 120
"""Between pictures that are caught, so that they are not all of one key picture's neighbourhood."""
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True}
SAMPLER = Path(__file__).with_name("sampler.js")


class Viewer:
    """A page that shows the content, with the sampler in it.

    Attributes:
        first_picture: seconds from the navigation's start until the canvas had a whole picture.
    """

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        page.goto(address, wait_until="commit")
        self.first_picture = self._first()
        self._offset = self._clock()

    def sightings(self) -> list[tuple[int, int, float]]:
        """Return (strip, number, moment on our monotonic clock) for each new number that a strip has shown."""
        seen: list[tuple[int, int, float]] = self._ask("panecastBenchmark.sightings")
        return [(strip, number, self._offset + at / 1000) for strip, number, at in seen]

    def samples(self) -> int:
        """Return how often the canvas has been looked at."""
        return int(self._ask("panecastBenchmark.samples"))

    def choose(self, chosen: str) -> None:
        """Choose a format in our page, as a person would."""
        self._page.evaluate(
            """(chosen) => {
                const select = document.getElementById("format");
                select.value = chosen;
                select.dispatchEvent(new Event("change", { bubbles: true }));
            }""",
            chosen,
        )

    def keep(self, name: str) -> None:
        """Have what is shown now kept under a name."""
        self._ask(f"panecastBenchmark.keep({name!r})")

    def kept(self, name: str) -> np.ndarray:
        """Return what was kept: height × width × 3, RGB."""
        data = base64.b64decode(self._ask(f"panecastBenchmark.fetch({name!r})"))
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))

    def caught(
        self, pictures: int, fitted: bool = False, seconds: float = CATCH_SECONDS
    ) -> list[tuple[int, np.ndarray]]:
        """Return pictures (height × width × 3, RGB) that were shown on their way, each with the number it carries.

        There may be fewer of them when not enough became whole in `CATCH_SECONDS`. They are in the canvas's size, or,
        ``fitted``, in that in which the screen shows it where that is less.
        """
        self._ask(f"panecastBenchmark.catchSome({pictures}, {CATCH_PAUSE_MS}, {json.dumps(fitted)})")
        deadline = time.monotonic() + CATCH_SECONDS
        while self._ask("panecastBenchmark.caught.length") < pictures and time.monotonic() < deadline:
            time.sleep(0.02)
        numbers = self._ask("panecastBenchmark.caught")
        return [(number, self.kept(f"caught {at}")) for at, (number, _) in enumerate(numbers)]

    def _first(self) -> float:
        deadline = time.monotonic() + FIRST_PICTURE_SECONDS
        while time.monotonic() < deadline:
            firsts: dict[int, float] = {}
            for strip, _, at in self._ask("window.panecastBenchmark ? panecastBenchmark.sightings : []"):
                firsts.setdefault(strip, at)
            if len(firsts) == self._ask("window.panecastStrips || 1"):
                return max(firsts.values()) / 1000
            time.sleep(0.02)
        raise RuntimeError(f"{self._page.url} shows no picture")

    def _clock(self) -> float:
        """Return what to add to the page's clock: every round trip bounds it from both sides."""
        low, high = -np.inf, np.inf
        for _ in range(ROUND_TRIPS):
            before = time.monotonic()
            there = self._ask("performance.now()") / 1000
            after = time.monotonic()
            low, high = max(low, before - there), min(high, after - there)
        return float(low + high) / 2

    def _ask(self, words: str) -> Any:
        return self._page.evaluate(words)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Have a browser while the block lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def watching(browser: Browser, address: str, content: Content, on_phone: bool = False) -> Iterator[Viewer]:
    """Have a viewer of ``content`` at ``address`` while the block lasts.

    Its window is as large as the content, or it is a phone's, of 390 × 844 points with three pixels each way.
    """
    _, _, width, height = content.box
    told: dict[str, Any] = PHONE if on_phone else {"viewport": {"width": width, "height": height}}
    context = browser.new_context(**told)
    try:
        context.add_init_script(_script(content.strips, width))
        yield Viewer(context.new_page(), address)
    finally:
        context.close()


def _script(strips: tuple[Strip, ...], width: int) -> str:
    text = SAMPLER.read_text(encoding="utf-8")
    places = json.dumps([asdict(strip) for strip in strips])
    return f"window.panecastStrips = {len(strips)}; const STRIPS = {places}, WIDTH = {width};\n{text}"
