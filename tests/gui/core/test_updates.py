"""The update check, with a real server at a real address: what it says, when it asks, and what it bears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest
from aiohttp import web

from capture import installation
from gui.core.settings import Settings
from gui.core.updates.check import UpdateCheck, is_offered
from gui.core.updates.release import ADDRESS, MOST_BYTES, Release, is_newer
from gui.dialogs.updates import UpdatesWindow
from installer.release_notes import latest
from resources import HOMEPAGE
from server import __version__
from tests.helpers.desk import Desk
from tests.helpers.ports import free_port
from tests.helpers.waiting import until

NEW = {"version": "99.0.0", "notes": "Everything is <b>better</b>.", "link": "https://panecast.github.io/new"}


class HomePage:
    """A server that answers what a test says, and remembers how it was asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, msgspec.json.encode(NEW)
        self.asked: list[dict[str, str]] = []
        self.hangs = False
        self.port = free_port()
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/latest.json"

    async def open(self) -> None:
        app = web.Application()
        app.router.add_get("/latest.json", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.headers))
        if self.hangs:
            await asyncio.Event().wait()
        return web.Response(status=self.status, body=self.body, headers={"Location": "/elsewhere", "Set-Cookie": "a=b"})


@pytest.fixture
async def home() -> AsyncIterator[HomePage]:
    page = HomePage()
    await page.open()
    yield page
    await page.close()


@pytest.fixture
async def checks(home: HomePage) -> AsyncIterator[Callable[..., tuple[UpdateCheck, Desk]]]:
    made: list[tuple[UpdateCheck, Desk]] = []

    def make(*, is_on: bool = False, address: str = home.address, **more: object) -> tuple[UpdateCheck, Desk]:
        desk = Desk(Settings(check_for_updates=is_on))
        check = UpdateCheck(desk.controller, address=address, first_seconds=0, **more)
        made.append((check, desk))
        return check, desk

    yield make
    for check, desk in made:
        await check.close()
        await desk.close()


Made = Callable[..., tuple[UpdateCheck, Desk]]


async def test_nothing_is_asked_before_the_person_wants_it_and_then_once_a_day(home: HomePage, checks: Made) -> None:
    check, desk = checks()
    await asyncio.sleep(0)
    assert home.asked == []
    check.switch(True)
    await until(lambda: check.state.state == "newer")

    await until(lambda: desk.controller.state.message is not None)
    message = desk.controller.state.message
    assert message is not None
    assert (message.subject, message.tone, message.action) == ("update", "notice", "What is new")
    assert len(home.asked) == 1
    assert home.asked[0]["User-Agent"] == "Panecast"
    assert {"Cookie", "Referer"} & home.asked[0].keys() == set()


async def test_check_now_says_what_is_new_and_where(home: HomePage, checks: Made, qtbot: object) -> None:
    check, desk = checks()
    window = UpdatesWindow(check)
    check.subscribe(window.show_found)
    window.show()
    assert not window.page.isVisible()
    window.now.click()
    await until(lambda: check.state.state == "newer")

    assert window.found.text() == f"Panecast 99.0.0 is available. You have {__version__}."
    assert window.notes.toPlainText() == "Everything is <b>better</b>."
    assert window.page.isVisible()
    assert desk.controller.state.message is None  # the window says it
    window.daily.click()
    assert desk.controller.settings.check_for_updates
    window.close()


async def test_the_newest_version_is_called_that(home: HomePage, checks: Made) -> None:
    home.body = msgspec.json.encode(NEW | {"version": "1.0.0"})
    check, desk = checks(own="1.0.0")
    check.check_now()
    await until(lambda: check.state.state == "newest")

    assert desk.controller.state.message is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"{}"),
        (302, b""),
        (200, b""),
        (200, b"<html>hotel Wi-Fi: log in</html>"),
        (200, b'{"version": "99.0.0"}'),
        (200, b'{"version": "ninety", "link": "https://panecast.github.io/"}'),
        (200, b'{"version": "99.0.0", "link": "file:///etc/passwd"}'),
        (200, b'{"version": "99.0.0", "link": "https://x/ y"}'),
        (200, b"[" * 5000),
        (200, b'"\xff"'),
        (200, b" " * (MOST_BYTES + 1)),
    ],
    ids=range(11),
)
async def test_wrong_answers_are_said_only_to_whom_asked(
    home: HomePage, checks: Made, status: int, body: bytes
) -> None:
    home.status, home.body = status, body
    check, desk = checks(is_on=True)
    await until(lambda: len(home.asked) == 1)
    check.check_now()
    await until(lambda: check._asking is None)  # noqa: SLF001  nothing is to be told of
    assert check.state.state in ("idle", "failed")
    check.check_now()
    await until(lambda: check.state.state == "failed")

    assert check.state.words.startswith("The newest version could not be looked up.")
    assert desk.controller.state.message is None


async def test_no_network_and_no_answer_in_time_are_the_same(
    home: HomePage, checks: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.core.updates.release.TIMEOUT_SECONDS", 0.05)
    home.hangs = True
    for address in (
        home.address,
        f"http://127.0.0.1:{free_port()}/",
        "http://nowhere.invalid/",
        "https://127.0.0.1:1/",
    ):
        check, _ = checks(address=address)
        check.check_now()
        await until(lambda check=check: check.state.state == "failed")


async def test_a_package_manager_s_copy_asks_nothing(
    home: HomePage, checks: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, _ = checks(is_on=True, offered=False)
    check.check_now()
    await asyncio.sleep(0)

    assert home.asked == []
    for kind, offered in (("deb", False), ("rpm", False), ("arch", False), ("appimage", True), ("windows", True)):
        monkeypatch.setattr("gui.core.updates.check.installation", lambda kind=kind: kind)
        assert is_offered() is offered
    assert installation.installation() == "python"


@pytest.mark.parametrize(
    ("version", "own", "newer"),
    [
        ("1.0.0", "1.0.0", False),
        ("1.0.1", "1.0.0", True),
        ("1.10.0", "1.9.9", True),
        ("0.9.9", "1.0.0", False),
        ("1.0.0", "1.0.0.dev1", True),
        ("1.0.0", "1.0.1.dev1", False),
    ],
)
def test_versions_are_compared_by_their_numbers(version: str, own: str, newer: bool) -> None:
    assert is_newer(version, own) is newer


def test_what_a_release_puts_there_is_understood() -> None:
    found = msgspec.json.decode(latest("What is new.\n"), type=Release)

    assert (found.version, found.notes) == (__version__, "What is new.")
    assert found.link.startswith(HOMEPAGE)
    assert ADDRESS.startswith(f"{HOMEPAGE}/")
