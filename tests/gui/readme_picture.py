"""Takes the README's picture anew: ``python -m tests.gui.readme_picture`` writes docs/pictures/panel.png.

The real panel with real windows on a display of its own, watched by two pages of a real browser, and open to the first
network that this computer has.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
from playwright.sync_api import sync_playwright

from gui.core.settings import SavedSource, Settings
from gui.core.settings_file import SettingsFile
from server.net.interfaces import interfaces
from tests.browser.browsers import chromium
from tests.browser.parts import eventually, running_app
from tests.helpers.x11.desktop import PROJECT, XServer

PICTURE = PROJECT / "docs/pictures/panel.png"
TEXT = ["xterm", "-T", "build log", "-fa", "DejaVu Sans Mono", "-fs", "10", "-geometry", "92x30", "-e"]
LOG = "git log --stat --format='%h  %s' -12 -- server | cut -c1-90; sleep 900"
PROGRAMS = (
    [*TEXT, "sh", "-c", LOG],
    ["xcalc"],
    ["xclock", "-update", "1", "-geometry", "320x320"],
)
SIZE = ("1120", "800")
CALM_SECONDS = 12.0
"""Thumbnails come after a while, and rates are of the last seconds: what is shown is to be lively."""


@contextmanager
def programs(display: XServer) -> Iterator[None]:
    """Have some windows while the block lasts."""
    running = [subprocess.Popen(command, env=display.environment, cwd=PROJECT) for command in PROGRAMS]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
            process.wait(10)


def settings() -> Settings:
    """Return what the person of the picture has chosen."""
    found = interfaces()
    made = Settings(
        knows_tray=True,
        knows_no_tray=True,
        knows_first_steps=True,
        shared=(SavedSource(kind="window", app="xterm", title="build log"),),
    )
    if found:
        made = msgspec.structs.replace(made, mode="network", interface=found[0].name, address=found[0].address)
    return made


def main() -> int:
    """Take it."""
    with ExitStack() as stack:
        display = XServer(size="1440x1000")
        stack.callback(display.close)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        SettingsFile(folder).save(settings())
        stack.enter_context(programs(display))
        app = stack.enter_context(running_app(display, folder, "--demo", "--port", "8080"))
        eventually(lambda: "build log" in display.run("xdotool", "search", "--name", "build log", "getwindowname"))
        app.find("where", "panel")
        app.url = "http://localhost:8080"
        panel = display.run("xdotool", "search", "--name", "^Panecast$").split()[-1]
        display.run("xdotool", "windowsize", panel, *SIZE)
        handle = display.run("xdotool", "search", "--name", "build log").split()[0]
        browser = stack.enter_context(chromium(stack.enter_context(sync_playwright())))
        demo = display.run("xdotool", "search", "--name", "^Panecast demo$").split()[-1]
        for place in (handle, demo):
            page = browser.new_context().new_page()
            page.goto(f"{app.url}/watch/{int(place)}")
            page.wait_for_selector('body[data-state="live"]', timeout=60_000)
        eventually(lambda: app.ask("text", "headline").endswith("2 watching"))
        x, y = app.find("row", demo)
        display.run("xdotool", "mousemove", str(x + 120), str(y), "click", "1")  # beside its box
        display.run("xdotool", "mousemove", "1430", "990")
        time.sleep(CALM_SECONDS)
        display.run("import", "-window", panel, str(PICTURE))
    print(PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
