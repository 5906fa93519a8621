"""Every kind of content in every format, from a real window to the page's own canvas."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.benchmarks.window import Window
from tests.browser.parts import eventually
from tests.helpers.moving import code, luma, pan, similarity
from tests.helpers.x11.desktop import PROJECT, XServer

pytestmark = [pytest.mark.x11, pytest.mark.browser, pytest.mark.timeout(240)]

IS_LONG = bool(os.environ.get("PANECAST_LONG"))
WIDTH, HEIGHT = 640, 360
PICTURES = 10 if IS_LONG else 6
QUALITY = 98
"""JPEG keeps the grain of a photograph from here on; at 80 it leaves an SSIM of 0.94."""

READ = """() => {
    const canvas = document.getElementById("picture");
    const {frame, exact} = canvas.dataset;
    const copy = Object.assign(document.createElement("canvas"), {width: canvas.width, height: canvas.height});
    const context = copy.getContext("2d", {alpha: false, willReadFrequently: true});
    context.drawImage(canvas, 0, 0);
    const bytes = context.getImageData(0, 0, copy.width, copy.height).data;
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) {
        text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    }
    return [frame, exact, copy.width, copy.height, btoa(text)];
}"""


class Shown:
    """What the page's canvas holds."""

    def __init__(self, page: Page) -> None:
        self.frame, exact, width, height, text = page.evaluate(READ)
        self.is_exact = exact == "true"
        rgba = np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(height, width, 4)
        self.pixels = np.zeros((height, width, 4), dtype=np.uint8)
        self.pixels[:, :, :3] = rgba[:, :, 2::-1]


@pytest.fixture(scope="module")
def address(shared_xserver: XServer) -> Iterator[str]:
    """A server that shares every window."""
    command = [sys.executable, "-m", "gui", "serve", "--share", "all", "--port", "0", "--print-url"]
    environment = shared_xserver.environment
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait(10)
    process.stdout.close()


def typing() -> list[np.ndarray]:
    """Return pictures of code to which a few more letters have been typed each time."""
    (page,) = code(1, WIDTH, HEIGHT)
    (other,) = code(2, WIDTH, HEIGHT)[1:]
    found = []
    for number in range(PICTURES):
        page = page.copy()
        page[100:118, 40 + 9 * number : 49 + 9 * number] = other[100:118, 40 + 9 * number : 49 + 9 * number]
        page[100:118, 40 + 9 * number, :3] = 255
        found.append(page)
    return found


CONTENTS = {
    "typing": typing,
    "scrolling": lambda: code(PICTURES, WIDTH, HEIGHT),
    "motion": lambda: pan(PICTURES, WIDTH, HEIGHT),
}


DAILY = (
    *(("auto", content) for content in CONTENTS),
    *(("h264", content) for content in CONTENTS),
    ("jpeg", "motion"),
    ("png", "typing"),
    ("webp", "scrolling"),
)
EVERY = [(form, content) for form in ("auto", "jpeg", "png", "webp", "h264") for content in CONTENTS]


@pytest.mark.usefixtures("xserver")
@pytest.mark.parametrize(
    ("form", "content"),
    # With "auto" a browser needs all of its decoders, and of what moves as a whole the one of videos too.
    [
        pytest.param(*pair, marks=() if pair == ("auto", "motion") else pytest.mark.firefox_when_long)
        for pair in (EVERY if IS_LONG else DAILY)
    ],
)
def test_the_page_shows_what_is_on_the_screen(address: str, page: Page, content: str, form: str) -> None:
    pictures = CONTENTS[content]()
    window = Window(f"{content} {form}", WIDTH, HEIGHT)
    sheet = window.sheet(np.concatenate(pictures))

    def paint(number: int) -> None:
        window.paint(sheet, (0, number * HEIGHT), (WIDTH, HEIGHT), (0, 0))
        window.finish()

    def likeness_of(shown: Shown, number: int) -> float:
        return similarity(luma(shown.pixels), luma(pictures[number]))

    def first_of(number: int, after: str | None) -> tuple[Shown, float] | None:
        """Return what is shown once it is this picture; what is newer may also be the one before, made better."""
        shown = Shown(page)
        if shown.frame in (after, None):
            return None
        found = likeness_of(shown, number)
        return (shown, found) if found > likeness_of(shown, number - 1) else None

    def once_exact() -> Shown:
        return eventually(lambda: shown if (shown := Shown(page)).is_exact else None)

    paint(0)
    try:
        page.goto(f"{address}/watch/{window.id}?fps=60&quality={QUALITY}&format={form}&adaptive=0")
        page.wait_for_selector('body[data-state="live"]')
        assert page.input_value("#format") == form
        shown = once_exact()
        assert (shown.pixels == pictures[0]).all()

        # Each picture is looked at as soon as it has been drawn, before it is made better.
        likeness = []
        for number in range(1, PICTURES):
            paint(number)
            before = shown.frame
            shown, found = eventually(lambda number=number, before=before: first_of(number, before))
            likeness.append(found)
        assert min(likeness) >= (1.0 if form == "png" else 0.98)

        # And exactly, once it is still.
        assert (once_exact().pixels == pictures[-1]).all()
    finally:
        window.close()
