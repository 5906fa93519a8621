"""From the person's mouse to the viewer's eyes: the real panel, real windows, a real browser."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.browsers import Downloads
from tests.browser.parts import colour_at, eventually, is_near, running_app
from tests.helpers.x11.desktop import Windows, XServer

pytestmark = [pytest.mark.x11, pytest.mark.panel, pytest.mark.browser, pytest.mark.timeout(240)]

RED, GREEN = (255, 0, 0), (0, 255, 0)


def shared(url: str) -> list[str]:
    try:
        with urllib.request.urlopen(f"{url}/api/windows", timeout=5) as answer:
            return [str(source["handle"]) for source in json.load(answer)["windows"]]
    except OSError:
        return []


def test_a_window_is_picked_shared_watched_and_closed(
    xserver: XServer, page: Page, windows: Windows, tmp_path: Path
) -> None:
    # GIVEN the panel, and a window that opens while it is there
    with running_app(xserver, tmp_path) as app:
        app.find("where", "panel")
        handle = windows.open("fresh", 20, 20, 320, 240, "ff0000")

        # WHEN it is ticked and sharing is started, with the mouse
        app.click("row", handle)
        app.click("where", "startStop")

        # THEN a browser shows it, and only it
        assert eventually(lambda: shared(app.url)) == [handle]
        page.goto(f"{app.url}/watch/{handle}")
        page.wait_for_selector('body[data-state="live"]')
        eventually(lambda: is_near(colour_at(page), RED))

        # AND its changes while another window covers it
        windows.open("cover", 0, 0, 420, 340, "0000ff")
        windows.do("paint", handle, 0, 0, 320, 240, "00ff00")
        eventually(lambda: is_near(colour_at(page), GREEN))

        # AND the sliders change the running session
        before = {name: int(page.input_value(f"#{name}")) for name in ("fps", "quality")}
        app.drag("fps", before["fps"], 45)
        app.drag("quality", before["quality"], 30)
        eventually(lambda: abs(int(page.input_value("#fps")) - 45) <= 2)
        eventually(lambda: abs(int(page.input_value("#quality")) - 30) <= 3)

        # AND the viewer is told that the window was closed
        windows.do("close", handle)
        eventually(lambda: "closed" in page.inner_text("#message").lower())
        print("loop held for at most", app.ask("worst"), "ms")

        assert "Traceback" not in app.close()


@pytest.mark.firefox_when_long
def test_unticking_and_disconnecting_end_the_watching(
    xserver: XServer, page: Page, windows: Windows, tmp_path: Path
) -> None:
    handle = windows.open("seen", 20, 20, 320, 240, "ff0000")
    with running_app(xserver, tmp_path, "--share", handle, "demo") as app:
        assert eventually(lambda: len(shared(app.url)) == 2)
        page.goto(f"{app.url}/watch/{handle}")
        page.wait_for_selector('body[data-state="live"]')
        eventually(lambda: is_near(colour_at(page), RED))
        app.click("row", handle)
        page.wait_for_selector('body[data-state="refused"]')

        assert "stopped showing" in page.inner_text("#message")
        assert shared(app.url) == ["demo"]


@pytest.mark.firefox_when_long
def test_stopping_and_starting_again_is_survived_by_the_page(xserver: XServer, page: Page, tmp_path: Path) -> None:
    with running_app(xserver, tmp_path, "--share", "demo") as app:
        assert eventually(lambda: shared(app.url)) == ["demo"]
        page.goto(f"{app.url}/watch/demo")
        page.wait_for_selector('body[data-state="live"]')
        page.wait_for_selector("#picture[data-frame]")
        app.click("where", "startStop")
        page.wait_for_selector('body[data-state="stopped"]')
        last = page.evaluate("document.getElementById('picture').dataset.frame")
        assert last
        app.click("where", "startStop")
        eventually(lambda: shared(app.url))
        page.wait_for_selector('body[data-state="live"]')  # by itself, after a while
        eventually(lambda: page.evaluate("document.getElementById('picture').dataset.frame") != last)


@pytest.mark.firefox_when_long
def test_the_page_changes_the_running_stream_and_takes_screenshots(
    xserver: XServer, page: Page, downloads: Downloads, tmp_path: Path
) -> None:
    complaints: list[str] = []
    with running_app(xserver, tmp_path, "--share", "demo") as app:
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        eventually(lambda: shared(app.url))
        page.goto(f"{app.url}/")  # one source alone opens itself
        page.wait_for_url("**/watch/demo")
        page.wait_for_selector('body[data-state="live"]')
        page.wait_for_selector("body.ready")
        page.fill("#fps", "27")
        page.fill("#quality", "40")
        page.select_option("#format", "webp")
        page.click("#statistics")
        eventually(lambda: "asked\u00a027 " in page.inner_text("#stat-rates"))  # the server says so
        with downloads.awaited(page) as saved:
            page.click("#screenshot")

        assert saved.name.endswith(".png")
        assert saved.content[:8] == b"\x89PNG\r\n\x1a\n"
        # Read in the same turn: pictures go on coming.
        page.evaluate("""() => document.getElementById("reset").addEventListener("click", () => {
            window.afterReset = document.getElementById("stat-pictures").textContent;
        })""")
        page.click("#reset")
        assert page.evaluate("window.afterReset") == "0"
        page.click("#open-more")
        page.click("#connect")
        page.wait_for_selector('body[data-state="disconnected"]')
        page.click("#connect")
        page.wait_for_selector('body[data-state="live"]')

    assert complaints == []
