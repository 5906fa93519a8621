"""What a person hides is hidden in a stranger's browser: by hot key, by mask, by dialog."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.parts import App, colour_at, eventually, is_near, pixels_of, running_app
from tests.helpers.x11.desktop import Windows, XServer

pytestmark = [pytest.mark.x11, pytest.mark.panel, pytest.mark.browser, pytest.mark.timeout(240)]

RED, PLAIN, LIVE = (255, 0, 0), (0x26, 0x2B, 0x33), (0x1E, 0x9E, 0x5A)


def test_hot_key_blanks_everything_and_goes_on(xserver: XServer, page: Page, windows: Windows, tmp_path: Path) -> None:
    handle = windows.open("seen", 20, 20, 320, 240, "ff0000")
    with running_app(xserver, tmp_path, "--share", handle) as app:
        watch(app, page, handle)
        xserver.run("xdotool", "key", "ctrl+alt+shift+b")
        app.find("where", "blankingStrip")
        page.wait_for_selector('body[data-state="blanked"]')
        eventually(lambda: is_near(colour_at(page), PLAIN))
        assert "hidden by the person" in page.inner_text("body").lower()

        app.click("where", "goOn")
        page.wait_for_selector('body[data-state="live"]')
        eventually(lambda: is_near(colour_at(page), RED))

        app.click("where", "pause")
        page.wait_for_selector('body[data-state="paused"]')
        assert is_near(colour_at(page), RED)
        assert "Traceback" not in app.close()


def test_mask_drawn_on_the_preview_is_over_the_viewers_picture(
    xserver: XServer, page: Page, windows: Windows, tmp_path: Path
) -> None:
    # GIVEN a window with a small secret in its middle
    handle = windows.open("seen", 20, 20, 320, 240, "ff0000")
    with running_app(xserver, tmp_path, "--share", handle) as app:
        watch(app, page, handle)
        windows.do("paint", handle, 150, 110, 20, 20, "00ff00")
        eventually(lambda: is_near(colour_at(page), (0, 255, 0)))

        # WHEN the middle is masked, by keys
        app.click("where", "mask")
        app.press_key("Return", "mask")

        # THEN the secret is gone, and the rest is not
        eventually(lambda: colour_at(page)[1] < 100)
        assert is_near(colour_at(page, 0.1, 0.1), RED)

        # AND in a wider window more is covered until the person has looked: the mask may be at either edge
        resize(xserver, windows, handle, 480, 240)
        windows.do("paint", handle, 340, 110, 20, 20, "00ff00")
        app.find("where", "maskKeep")
        assert "has changed" in app.ask("text", "maskWords")
        eventually(lambda: is_near(colour_at(page, 0.02, 0.02), RED) and colour_at(page, 350 / 480)[1] < 100)

        # AND when it is to stay at the left and at the top, it does
        app.click("where", "maskAcross")
        app.click("item", "maskAcross", 1)
        app.click("where", "maskDown")
        app.click("item", "maskDown", 1)
        eventually(lambda: not app.ask("where", "maskKeep"))
        resize(xserver, windows, handle, 600, 300)
        windows.do("paint", handle, 500, 110, 20, 20, "00ff00")
        eventually(lambda: is_near(colour_at(page, 510 / 600, 120 / 300), (0, 255, 0)))
        assert not app.ask("where", "maskKeep")

        # AND what is beneath it comes back when the mask is taken away
        windows.do("paint", handle, 350, 110, 20, 20, "00ff00")
        app.click("where", "masks")
        app.press_key("Delete", "mask")
        eventually(lambda: is_near(colour_at(page, 360 / 600, 120 / 300), (0, 255, 0)))


def test_titles_are_hidden_everywhere_once_that_is_chosen(
    xserver: XServer, page: Page, windows: Windows, tmp_path: Path
) -> None:
    handle = windows.open("salary", 20, 20, 320, 240, "ff0000")
    with running_app(xserver, tmp_path, "--share", handle) as app:
        watch(app, page, handle)
        eventually(lambda: "salary" in page.title())
        app.click("where", "privacy")
        app.click("where", "hideTitles")
        eventually(lambda: "salary" not in page.title())

        assert titles(app) == ["python"]
        assert "salary" not in page.content()
        for path in (f"/plain/{handle}", f"/watch/{handle}", "/", "/api/windows"):
            with urllib.request.urlopen(f"{app.url}{path}", timeout=5) as answer:
                assert b"salary" not in answer.read()


def test_border_is_on_the_screen_and_in_no_picture(
    xserver: XServer, page: Page, windows: Windows, tmp_path: Path
) -> None:
    # GIVEN the whole desktop and one window shared, with a border around both
    handle = windows.open("seen", 1200, 600, 320, 240, "ff0000")
    with running_app(xserver, tmp_path, "--share", handle, "desktop") as app:
        watch(app, page, "0")
        app.click("where", "privacy")
        app.click("where", "border")

        # THEN it is there for the person
        eventually(lambda: screen_has(xserver, LIVE))

        # AND for nobody else, neither now nor when the window moves
        assert not has_colour(page, LIVE)
        windows.do("move", handle, 1100, 500)
        eventually(lambda: is_near(colour_at(page, 1300 / 1600, 650 / 1000), RED))
        assert not has_colour(page, LIVE)

        # AND it goes when it is no longer wished for
        app.click("where", "border")
        eventually(lambda: not screen_has(xserver, LIVE))


def resize(xserver: XServer, windows: Windows, handle: str, width: int, height: int) -> None:
    """Resize a window; return once the window manager has done it, and the window is empty."""
    windows.do("resize", handle, width, height)
    eventually(lambda: f"-geometry {width}x{height}" in xserver.run("xwininfo", "-id", handle))


def screen_has(xserver: XServer, colour: tuple[int, int, int]) -> bool:
    """Tell whether a line of that colour is on the screen itself."""
    red, green, blue = colour
    only = ("-fill", "black", "+opaque", f"rgb({red},{green},{blue})")
    counted = xserver.run("convert", "x:root", *only, "-trim", "-format", "%w", "info:")
    return counted.strip().isdecimal() and int(counted) > 300


def has_colour(page: Page, colour: tuple[int, int, int]) -> bool:
    """Tell whether more than a few pixels of the page's picture have nearly that colour."""
    apart = np.abs(pixels_of(page).astype(int) - colour).max(axis=2)
    return int((apart < 40).sum()) > 50


def watch(app: App, page: Page, handle: str) -> None:
    eventually(lambda: titles(app))
    page.goto(f"{app.url}/watch/{handle}")
    page.wait_for_selector('body[data-state="live"]')


def titles(app: App) -> list[str]:
    try:
        with urllib.request.urlopen(f"{app.url}/api/windows", timeout=5) as answer:
            return [str(source["title"]) for source in json.load(answer)["windows"]]
    except OSError:
        return []
