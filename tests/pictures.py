"""Pictures of the page, for `docs/pictures/` and for whoever judges it: ``python -m tests.pictures [NAME...]``.

A real server shows real windows; a real browser looks at them in four sizes, light and dark.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.browsers import chromium
from tests.browser.parts import eventually
from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import PROJECT, XServer

FOLDER = PROJECT / "docs" / "pictures"
SIZES = ((360, 740), (768, 1024), (1440, 900), (2560, 1440))
SCHEMES = ("light", "dark")
QUALITY = 82
DARK = ["-bg", "#11151c", "-fg", "#d7deea"]
VIM = ["vim", "-u", "NONE", "-N", "+syntax on", "+colorscheme habamax", "+set number", "capture/feed/pacing.py"]
HISTORY = ["sh", "-c", "git log --no-merges --oneline --no-decorate --color -n 31 | cut -c1-98; exec sleep 999"]
XTERM = ["xterm", "-tn", "xterm-256color", "-fa", "DejaVu Sans Mono"]
PROGRAMS = (
    [*XTERM, "-T", "pacing.py", "-fs", "12", *DARK, "-geometry", "124x34+20+20", "-e", *VIM],
    [*XTERM, "-T", "History", "-fs", "11", "-bg", "#ffffff", "-geometry", "100x32+500+60", "-e", *HISTORY],
    ["xclock", "-title", "Clock", "-geometry", "420x420+40+500", "-update", "1", "-padding", "24"],
    [
        *XTERM,
        "-T",
        "Notes",
        "-fs",
        "11",
        "-bg",
        "#fbf6e9",
        "-geometry",
        "100x30+640+420",
        "-e",
        "less",
        "docs/viewer.md",
    ],
    [sys.executable, "-I", str(PROJECT / "gui/desktop/demo_window.py")],
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One thing to look at: where it is, what is done before, in which schemes it differs."""

    name: str
    path: str
    before: Callable[[Page], None] = lambda page: None
    schemes: tuple[str, ...] = SCHEMES
    sizes: tuple[tuple[int, int], ...] = SIZES


def nothing_hides(page: Page) -> None:
    """Have the controls seen."""
    page.mouse.move(200, 200)
    page.mouse.move(210, 210)


def choosing(page: Page) -> None:
    """Choose two for a wall."""
    page.click("#wall")
    for card in (1, 2):
        page.click(f"#cards li:nth-child({card}) a")


def statistics(page: Page) -> None:
    """Open the statistics, once they have something to tell."""
    page.click("#statistics")
    eventually(lambda: page.locator("#legend li").count() and page.inner_text("#stat-delay") != "–")
    time.sleep(12)
    nothing_hides(page)


def more(page: Page) -> None:
    """Open what is behind the last button."""
    page.click("#open-more")
    nothing_hides(page)


def pictures(handles: dict[str, int | str]) -> list[Picture]:
    """Return all that is looked at."""
    code, demo = handles["pacing.py"], handles["Panecast demo"]
    several = "+".join(str(handles[title]) for title in ("pacing.py", "History", "Notes", "Panecast demo"))
    return [
        Picture("grid", "/"),
        Picture("grid-choosing", "/", choosing, ("light",), ((360, 740), (1440, 900))),
        Picture("wall", f"/watch/{several}", nothing_hides, ("dark",)),
        Picture("watch", f"/watch/{code}", nothing_hides, ("dark",)),
        Picture("watch-demo", f"/watch/{demo}", nothing_hides, ("dark",), ((360, 740), (1440, 900))),
        Picture("watch-statistics", f"/watch/{demo}", statistics, ("dark",), ((360, 740), (1440, 900))),
        Picture("watch-more", f"/watch/{demo}", more, ("dark",), ((360, 740), (1440, 900))),
        Picture("watch-german", f"/watch/{demo}?lang=de", more, ("dark",), ((1440, 900),)),
    ]


@contextlib.contextmanager
def windows(server: XServer) -> Iterator[None]:
    """Have the windows while the block lasts."""
    environment = server.environment | {"TERM": "xterm-256color"}
    running = [subprocess.Popen(program, env=environment, cwd=PROJECT, stdin=subprocess.PIPE) for program in PROGRAMS]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
            process.wait(10)


@contextlib.contextmanager
def serving(server: XServer) -> Iterator[tuple[str, dict[str, int | str]]]:
    """Have a server that shares all of it: its address, and the handles by title."""
    port = free_port()
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "gui", "serve", "--port", str(port), "--share", "desktop"]
    for title in ("pacing.py", "History", "Clock", "Notes", "Panecast demo"):
        command += ["--share", f"title:{title}"]
    process = subprocess.Popen(command, env=server.environment, cwd=PROJECT, stdout=subprocess.DEVNULL)

    def found() -> dict[str, int | str]:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api/windows") as answer:
            listed = {source["title"]: source["handle"] for source in json.load(answer)["windows"]}
            return listed if len(listed) > len(PROGRAMS) else {}
        return {}

    try:
        yield address, eventually(found)
    finally:
        process.terminate()
        process.wait(10)


def take(browser: Browser, address: str, picture: Picture, folder: Path) -> None:
    """Save a picture in each size and scheme."""
    for scheme in picture.schemes:
        for width, height in picture.sizes:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                has_touch=width < 500,
            )
            page = context.new_page()
            page.goto(address + picture.path)
            page.wait_for_selector('body[data-state="live"]')
            if picture.path.startswith("/watch/") and "+" not in picture.path:
                page.wait_for_selector("body.ready")
            eventually(lambda page=page: page.locator("canvas[data-frame]").count())
            time.sleep(1.5)  # until what is still is exact
            picture.before(page)
            time.sleep(0.6)
            shot = Image.open(io.BytesIO(page.screenshot()))
            name = f"{picture.name}-{width}x{height}-{scheme}.webp"
            shot.save(folder / name, "WEBP", quality=QUALITY, method=6)
            print(name)
            context.close()


def main(requested: list[str]) -> None:
    """Take the wished pictures, all when none is named."""
    FOLDER.mkdir(exist_ok=True)
    server = XServer()
    try:
        with (
            windows(server),
            serving(server) as (address, handles),
            sync_playwright() as playwright,
            chromium(playwright) as browser,
        ):
            for picture in pictures(handles):
                if not requested or picture.name in requested:
                    take(browser, address, picture, FOLDER)
    finally:
        server.close()


if __name__ == "__main__":
    main(sys.argv[1:])
