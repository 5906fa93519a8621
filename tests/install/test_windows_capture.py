"""Windows and screens of Windows, listed and shared: run from source under wine, as far as wine shows."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import numpy as np
import pytest
from aiohttp import ClientSession
from PIL import Image
from playwright.sync_api import sync_playwright

from capture.platforms.choose import techniques
from tests.benchmarks.counting import cpu_seconds
from tests.browser.browsers import chromium
from tests.browser.parts import eventually
from tests.helpers.ports import free_port
from tests.helpers.windows.painted_window import COLOURS
from tests.helpers.x11.desktop import XServer
from tests.install.wine import Wine, wait_until

pytestmark = [pytest.mark.packages, pytest.mark.timeout(900)]

PYTHON = r"Z:\root\prefix\drive_c\python\python.exe"
"""What wine-root.sh has laid there, from any drive C."""
PATHS = r"import sys; sys.dont_write_bytecode = True; sys.path.insert(0, r'Z:\project'); "
NATIVE = r"tests\capture\platforms\windows\native"
TESTS = PATHS + (
    r"import os; os.chdir(r'Z:\project'); os.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'; import pytest; "
    rf"sys.exit(pytest.main(['-c', r'{NATIVE}\pytest.ini', '--color=no', r'{NATIVE}']))"
)
SERVE = PATHS + "sys.argv[1:1] = ['serve']; from gui.__main__ import main; sys.exit(main())"
TRIAL_WINDOWS = PATHS + "from gui.trial.windows import main; sys.exit(main())"
TRY = PATHS + (
    # A program that is isolated finds no source here.
    f"from gui.trial import process; process._program = lambda: (sys.executable, '-c', {TRIAL_WINDOWS!r}); "
    "sys.argv[1:1] = ['--lang', 'en', 'doctor', '--try']; from gui.__main__ import main; sys.exit(main())"
)
PAINTER = PATHS + (
    "from capture.picture.pixels import Rect; from tests.helpers.windows.painted_window import Look, PaintedWindow; "
    "painted = PaintedWindow(Look('Moving squares', place=Rect(500, 300, 240, 160), moves=True)); "
    "painted.open(); painted.join()"
)


MANY, STILL_SECONDS = 300, 20.0
MANY_WINDOWS = PATHS + (f"from tests.helpers.windows.many_windows import show; show({MANY})")


@pytest.fixture(scope="module")
def wine() -> Iterator[Wine]:
    server = XServer()
    system = Wine("capture", server.name)
    yield system
    system.close()
    server.close()


@pytest.fixture(scope="module")
def port(wine: Wine) -> Iterator[int]:
    """What shares all there is, with a program of wine and one that moves on the screen."""
    number = free_port()
    commands = [
        ("winemine.exe",),
        (PYTHON, "-c", PAINTER),
        (PYTHON, "-c", SERVE, "--share", "all", "--port", str(number)),
    ]
    with contextlib.ExitStack() as running:
        for command in commands:
            running.enter_context(started(wine, *command))
        wait_until(lambda: {"WineMine", "Moving squares"} <= {each["title"] for each in listed(number)}, 120)
        yield number


@contextlib.contextmanager
def started(wine: Wine, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Have a program run until the block ends."""
    with wine.start(*command) as process:
        try:
            yield process
        finally:
            process.kill()


def fetch(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return bytes(answer.read())


def listed(port: int) -> list[dict[str, object]]:
    """Return what is shared; nothing as long as nobody answers."""
    try:
        return list(json.loads(fetch(port, "/api/windows"))["windows"])
    except OSError:
        return []


def snapshot(port: int, handle: object) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return a picture; all ways are tried for the first one, which may take longer than a snapshot waits."""
    found: list[bytes] = []

    def comes() -> bool:
        with contextlib.suppress(urllib.error.HTTPError):
            found.append(fetch(port, f"/snapshot/{handle}.png"))
        return bool(found)

    wait_until(comes, 30)
    return np.asarray(Image.open(io.BytesIO(found[0])).convert("RGB"))


def test_what_is_tried_on_windows_itself_holds_under_wine_too(wine: Wine) -> None:
    code, said = wine.run(PYTHON, "-c", TESTS, seconds=600)
    print(said)

    assert code == 0


def test_doctor_tries_every_technique_and_says_what_wine_lacks(wine: Wine) -> None:
    begun = time.monotonic()
    code, said = wine.run(PYTHON, "-c", TRY)
    took = time.monotonic() - begun
    print(said)

    heading, _empty, *lines = said.splitlines()
    assert heading.split(" · ")[1] == "windows"
    rows = {(line[:26].strip(), *line[26:].split()[:1]): line[26:].split()[1:-1] for line in lines[1:7]}
    assert [name for name, _kind in rows] == [
        *(each.name for each in (*techniques("windows", "window"), *techniques("windows", "desktop"))),
        "demo",
    ]
    # PrintWindow works for windows of one process only, there: what is left shows what lies on top.
    assert rows["PrintWindow", "window"] == ["yes", "NO", "yes", "yes", "yes", "NO", "NO"]
    assert rows["BitBlt", "screen"] == ["yes", *"––––", "yes", "NO"]
    assert said.count("does not offer it (") == 3
    assert "1 technique did not do what it should." in said
    assert (code, took < 30) == (1, True)
    assert "trial.windows" not in wine.shell("ps ax -o args"), "nothing is left behind"


def test_a_program_is_listed_by_its_name(port: int) -> None:
    by_title = {each["title"]: each for each in listed(port)}

    assert by_title["WineMine"]["app"]
    assert by_title["WineMine"]["kind"] == "window"
    assert by_title["Moving squares"]["app"] == "Python"
    assert (by_title["Moving squares"]["width"], by_title["Moving squares"]["height"]) == (240, 160)
    assert {"0", "monitor-1"} <= {str(each["handle"]) for each in by_title.values()}


def test_the_screen_shows_the_programs_that_are_on_it(port: int) -> None:
    for screen in ("0", "monitor-1"):
        picture = snapshot(port, screen)
        squares = {(colour >> 16, colour >> 8 & 255, colour & 255) for colour in COLOURS}
        assert {tuple(map(int, picture[300 + y, 500 + x])) for x in (5, 235) for y in (5, 155)} == squares
    game = snapshot(port, next(each["handle"] for each in listed(port) if each["title"] == "WineMine"))
    assert len(np.unique(game.reshape(-1, 3), axis=0)) > 5


@pytest.mark.parametrize("title", ["Whole desktop", "Moving squares"])
async def test_what_moves_there_moves_at_the_viewers(port: int, title: str) -> None:
    handle = next(each["handle"] for each in listed(port) if each["title"] == title)
    numbers: set[int] = set()
    async with ClientSession() as client, client.ws_connect(f"http://127.0.0.1:{port}/stream/{handle}") as stream:
        async for message in stream:
            told = json.loads(message.data)
            if told["type"] == "frame":
                numbers.add(told["data"]["frame_number"])
            if len(numbers) >= 10:
                break

    assert len(numbers) == 10


def test_a_browser_shows_the_moving_screen(port: int) -> None:
    seen: set[int] = set()

    def moves() -> bool:
        # The middle of one of the squares, which changes its colour twenty times a second.
        shown = page.evaluate(
            """() => {
                const canvas = document.getElementById("picture");
                return [...canvas.getContext("2d").getImageData(520, 320, 1, 1).data];
            }"""
        )
        # What was encoded with loss is near it.
        seen.update(colour for colour in COLOURS if _distance(colour, shown) < 24)
        return len(seen) == len(COLOURS)

    with sync_playwright() as playwright, chromium(playwright) as browser:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/watch/0")
        page.wait_for_selector('body[data-state="live"]', timeout=30_000)
        eventually(moves)


def _distance(colour: int, shown: list[int]) -> int:
    parts = (colour >> 16, colour >> 8 & 255, colour & 255)
    return max(abs(one - other) for one, other in zip(parts, shown, strict=False))


def test_what_a_list_of_many_windows_costs_while_nothing_changes(wine: Wine) -> None:
    """The figure is printed, and not judged: how busy this machine is decides about it as well."""
    number = free_port()
    serve = (PYTHON, "-c", SERVE, "--share", "all", "--port", str(number))
    with started(wine, PYTHON, "-c", MANY_WINDOWS), started(wine, *serve) as server:
        wait_until(lambda: sum(str(each["title"]).startswith("small ") for each in listed(number)) == MANY, 120)
        before, begun = cpu_seconds(server.pid), time.monotonic()
        assert before > 0.2, "it is the program that has started"
        time.sleep(STILL_SECONDS)
        percent = (cpu_seconds(server.pid) - before) / (time.monotonic() - begun) * 100
        print(f"a list of {MANY} windows while nothing changes: {percent:.2f} % of a core under wine")
        assert len(listed(number)) > MANY


def test_an_end_by_force_leaves_nothing_that_hangs(wine: Wine, port: int) -> None:
    """The list goes on while programs are killed."""
    with started(wine, "notepad.exe"):
        wait_until(lambda: any("Notepad" in str(each["title"]) for each in listed(port)), 30)
        wine.run("taskkill", "/F", "/IM", "notepad.exe")
        wait_until(lambda: not any("Notepad" in str(each["title"]) for each in listed(port)), 30)
