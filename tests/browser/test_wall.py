"""Chosen sources side by side: the arrangement is in the address, and each picture is only as large as it is shown."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from capture import reasons
from capture.source import Condition
from tests.browser.browsers import new_page
from tests.browser.many_pages import CORNERS, HIDE, ManyPage, many_page
from tests.browser.painted_server import PaintedServer, painted_server, window
from tests.browser.parts import eventually, is_near
from tests.helpers.x11.desktop import PROJECT, Windows, XServer

pytestmark = [pytest.mark.browser]

SOURCES = tuple(window(number, width=1280, height=720) for number in range(1, 10))
ONE, TWO, THREE, FOUR = SOURCES[:4]


@pytest.fixture
def server() -> Iterator[PaintedServer]:
    """A server with nine windows."""
    with painted_server(*SOURCES) as running:
        yield running


def path(seen: ManyPage) -> str:
    found: str = seen.page.evaluate("location.pathname + location.search")
    return found


def columns(seen: ManyPage) -> int:
    """Return how many panes begin at the height of the first."""
    tops: list[float] = seen.page.evaluate(
        "[...document.querySelectorAll('#wall li:not([hidden])')].map((item) => item.getBoundingClientRect().top)"
    )
    return tops.count(tops[0])


def wishes(server: PaintedServer, name: str) -> set[object]:
    return {getattr(view.options, name) for view in server.sessions()}


def test_sources_are_shown_in_the_order_of_the_address(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/3+1+2") as seen:
        seen.until_shows(ONE, TWO, THREE)
        server.paint(ONE, 240, 10, 10)
        seen.until_shows(ONE, TWO, THREE)

        assert seen.order() == ["3", "1", "2"]
        assert seen.text(ONE, ".chip") == "Window 1"
        assert seen.opened() == 1
        assert (wishes(server, "fps"), wishes(server, "format")) == ({20}, {"jpeg"})
        assert len({view.group for view in server.sessions()}) == 1


def test_nine_tiles_are_small_and_share_the_rate(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2+3+4+5+6+7+8+9", width=1280, height=720) as seen:
        seen.until_shows(*SOURCES)

        assert columns(seen) == 3
        assert wishes(server, "fps") == {6.7}
        assert wishes(server, "max_width") == {480}
        seen.page.set_viewport_size({"width": 700, "height": 400})
        eventually(lambda: wishes(server, "max_width") == {320})


def test_what_the_address_asks_for_goes_to_the_server(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2?fps=12&quality=55&format=webp&cursor=1") as seen:
        seen.until_shows(ONE, TWO)

        asked = [wishes(server, name) for name in ("fps", "quality", "format", "cursor")]
        assert asked == [{12}, {55}, {"webp"}, {True}]
        server.canvases[ONE.id].point(100, 60)
        pointer = seen.page.locator("li[data-source='1'] .pointer")
        pointer.wait_for(state="visible")
        frame = seen.page.locator("li[data-source='1'] .frame").bounding_box()
        at = pointer.bounding_box()
        assert frame is not None
        assert at is not None
        assert abs((at["x"] - frame["x"]) / frame["width"] - 100 / 1280) < 0.01


def test_a_setting_that_is_refused_is_said(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2?quality=500") as seen:
        seen.until_says(ONE, "p", "quality must be a whole number from 10 to 100, not '500'")


def test_two_tiles_have_video_while_they_move(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2") as seen:
        seen.until_shows(ONE, TWO)
        assert wishes(server, "format") == {"auto"}


def test_columns_are_chosen_and_kept_in_the_address(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2+3+4?quality=70") as seen:
        seen.until_shows(ONE, TWO, THREE, FOUR)
        assert columns(seen) == 2
        assert not seen.page.is_visible("#best")
        seen.page.click("#more")
        seen.page.click("#more")

        assert columns(seen) == 4
        assert path(seen) == "/watch/1+2+3+4?quality=70&columns=4"
        assert seen.page.inner_text("#columns") == "4 columns"
        assert seen.page.is_disabled("#more")
        seen.page.reload()
        seen.until_shows(ONE, TWO, THREE, FOUR)
        assert columns(seen) == 4
        seen.page.click("#best")
        assert columns(seen) == 2
        assert path(seen) == "/watch/1+2+3+4?quality=70"


def test_panes_are_moved_by_key(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2+3+4") as seen:
        seen.until_shows(ONE, TWO, THREE, FOUR)
        press = seen.page.keyboard.press
        press("ArrowRight")
        press("ArrowRight")
        press("Shift+ArrowDown")

        assert seen.order() == ["1", "3", "4", "2"]
        assert path(seen) == "/watch/1+3+4+2"
        assert seen.page.evaluate("document.activeElement.dataset.source") == "2"
        press("Shift+ArrowRight")
        press("Shift+ArrowLeft")
        press("ArrowUp")
        press("Shift+ArrowRight")
        assert seen.order() == ["3", "1", "2", "4"]
        assert seen.shows(ONE, TWO, THREE, FOUR)


def test_panes_are_moved_by_dragging(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2+3+4") as seen:
        seen.until_shows(ONE, TWO, THREE, FOUR)
        mouse = seen.page.mouse
        mouse.move(200, 150)
        mouse.down()
        mouse.move(300, 300, steps=4)
        mouse.move(700, 500, steps=4)
        assert seen.page.get_attribute("li[data-source='4']", "class") == "target"
        mouse.up()
        assert seen.order() == ["2", "3", "4", "1"]
        assert path(seen) == "/watch/2+3+4+1"
        server.paint(ONE, 1, 250, 1)
        seen.until_shows(ONE)


def test_one_is_enlarged_and_only_it_is_paid_for(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2+3+4") as seen:
        seen.until_shows(ONE, TWO, THREE, FOUR)
        seen.double_click(THREE)
        eventually(lambda: server.watched() == ["3"])
        eventually(lambda: wishes(server, "max_width") == {1280} and wishes(server, "fps") == {30})
        box = seen.page.locator("li[data-source='3'] .frame").bounding_box()
        assert box is not None
        assert box["width"] == 1000

        seen.page.keyboard.press("Escape")
        eventually(lambda: server.watched() == ["1", "2", "3", "4"])
        assert seen.page.evaluate("document.activeElement.dataset.source") == "3"
        seen.page.keyboard.press("Enter")
        eventually(lambda: server.watched() == ["3"])
        seen.page.click("#back")
        eventually(lambda: server.watched() == ["1", "2", "3", "4"])


def test_what_is_not_shared_keeps_its_place_and_comes_when_it_is(browser: Browser, server: PaintedServer) -> None:
    server.share_only(ONE, TWO)
    with many_page(browser, server, "/watch/1+3+2+nothing") as seen:
        seen.until_shows(ONE, TWO)
        seen.until_says(THREE, "p", "Not shared")
        assert seen.order() == ["1", "3", "2", "nothing"]

        server.share_only(ONE, THREE)
        seen.until_shows(THREE)
        seen.until_says(TWO, "p", "Not shared — last picture ")
        server.share_only(ONE, TWO, THREE)
        server.paint(TWO, 77, 1, 1)
        seen.until_shows(ONE, TWO, THREE)
        assert seen.text(TWO, "p") == ""


def test_a_window_that_is_not_live_or_closes_says_so(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2") as seen:
        seen.until_shows(ONE, TWO)
        server.canvases[ONE.id].become(Condition("minimised", reasons.WINDOW_MINIMISED))
        seen.until_says(ONE, "p", "The window is minimised on the other computer — last picture ")
        server.canvases[TWO.id].close()
        server.have(ONE)
        seen.until_says(TWO, "p", "closed")
        assert seen.order() == ["1", "2"]


def test_the_wall_comes_back_with_its_server(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2", may_fall=True) as seen:
        seen.until_shows(ONE, TWO)
        server.stop_serving()
        seen.until_says(ONE, "p", "Trying again in")
        assert seen.shows(ONE, TWO)
        server.paint(ONE, 4, 200, 100)
        server.serve()
        seen.page.evaluate("window.dispatchEvent(new Event('online'))")
        seen.until_shows(ONE, TWO)
        seen.until_says(ONE, "p", "")
        eventually(lambda: seen.text(ONE, "p") == "")


def test_a_hidden_wall_costs_nothing(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2") as seen:
        seen.until_shows(ONE, TWO)
        seen.page.evaluate(HIDE, True)
        eventually(lambda: server.sessions() == ())
        seen.page.evaluate(HIDE, False)
        eventually(lambda: server.watched() == ["1", "2"])


def test_clean_shows_pictures_only(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2+3+4?clean=1", width=1280, height=720) as seen:
        seen.until_shows(ONE, TWO, THREE, FOUR)
        widths = seen.page.evaluate(
            "[...document.querySelectorAll('.frame')].map((f) => f.getBoundingClientRect().width)"
        )

        assert widths == [640] * 4
        assert not seen.page.is_visible(".wall-bar")
        assert not seen.page.is_visible(".chip")


def test_bar_and_titles_step_back_when_nobody_moves(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2") as seen:
        seen.until_shows(ONE, TWO)
        seen.page.mouse.move(300, 300)
        opacity = "getComputedStyle(document.querySelector('.wall-bar')).opacity"
        eventually(lambda: seen.page.evaluate(opacity) == "0")
        seen.page.mouse.move(310, 300)
        eventually(lambda: seen.page.evaluate(opacity) == "1")


@pytest.mark.parametrize("language", ["qps", "qps-rtl"])
def test_everything_on_the_wall_is_translated_and_fits(browser: Browser, server: PaintedServer, language: str) -> None:
    with many_page(browser, server, f"/watch/1+2+77?lang={language}&columns=2", width=360, height=740) as seen:
        seen.until_shows(ONE, TWO)
        texts = [seen.page.inner_text(name) for name in ("#columns", "#best", "#fullscreen")]
        texts.append(seen.page.inner_text("li[data-source='77'] p"))

        assert [text for text in texts if not text.startswith("[")] == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360
        # The first is where one begins to read.
        first, second = (seen.page.locator(f"li[data-source='{number}']").bounding_box() for number in (1, 2))
        assert first is not None
        assert second is not None
        assert (first["x"] > second["x"]) == (language == "qps-rtl")


def test_everybody_can_use_it(browser: Browser, server: PaintedServer) -> None:
    with many_page(browser, server, "/watch/1+2+77") as seen:
        seen.until_shows(ONE, TWO)
        assert seen.faults() == []
        seen.double_click(ONE)
        seen.page.wait_for_selector("#back:visible")
        assert seen.faults() == []


@pytest.mark.x11
def test_real_windows_are_shown_on_the_grid_and_on_the_wall(
    browser: Browser, xserver: XServer, windows: Windows
) -> None:
    red = windows.open("red", 20, 20, 320, 240, "ff0000")
    blue = windows.open("blue", 400, 20, 320, 240, "0000ff")
    command = [sys.executable, "-m", "gui", "serve", "--share", red, blue, "--port", "0", "--print-url"]
    process = subprocess.Popen(
        command, cwd=PROJECT, env=xserver.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    page = new_page(browser)

    def shown() -> dict[str, tuple[int, int, int]]:
        return {name: tuple(colour) for name, _, colour in page.evaluate(CORNERS)}

    def shows(wanted: dict[str, tuple[int, int, int]]) -> bool:
        seen = shown()
        return all(name in seen and is_near(seen[name], colour) for name, colour in wanted.items())

    try:
        page.goto(f"{address}/")
        eventually(lambda: shows({red: (255, 0, 0), blue: (0, 0, 255)}))
        windows.do("paint", red, 0, 0, 320, 240, "00ff00")
        eventually(lambda: shows({red: (0, 255, 0), blue: (0, 0, 255)}))
        page.click("#wall")
        page.click("#all")
        page.click("#go")
        page.wait_for_url("**/watch/*+*")
        eventually(lambda: shows({red: (0, 255, 0), blue: (0, 0, 255)}))
        windows.do("paint", blue, 0, 0, 320, 240, "ffffff")
        eventually(lambda: shows({red: (0, 255, 0), blue: (255, 255, 255)}))
    finally:
        page.close()
        process.terminate()
        process.wait(10)
        process.stdout.close()
