"""What a person hears of where there is no tray: a real message bus, and something on it that shows notices."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gui.core.access import AccessController
from gui.core.access_state import AccessViewState
from gui.core.encryption import Encryption
from gui.core.notices.kinds import KINDS, Kind, is_wanted, wish
from gui.core.settings import Settings
from gui.desktop.notices import Notices
from gui.desktop.tray import Tray
from gui.dialogs.access_windows import AccessWindows
from gui.panel.access_bar import AccessBar
from gui.verbs import Verbs
from gui.widgets.icons import Icons
from server.access.lockout import EACH
from server.net.peers import Peer
from tests.capture.platforms.fake_logind import message_bus
from tests.gui.desktop.fake_notifications import FakeNotifications
from tests.helpers.desk import Desk
from tests.helpers.waiting import Until

GUESSER = Peer.of("192.168.77.32")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with message_bus(tmp_path_factory.mktemp("bus")) as made:
        yield made


@pytest.fixture
async def service(address: str) -> AsyncIterator[FakeNotifications]:
    made = FakeNotifications(address, "actions", "body", "body-markup")
    await made.open()
    yield made
    made.close()


class House:
    """Who says something, on a desktop without a tray; the settings can be changed."""

    def __init__(self, icons: Icons, address: str) -> None:
        self.settings = Settings()
        self.pressed: list[str] = []
        self.tray = Tray(icons, Verbs(icons))  # its icon is not shown: nothing here has a place for it
        self.is_screen_shared = False
        self.notices = self._notices(address, 0.0)

    def _notices(self, address: str, gather_seconds: float) -> Notices:
        return Notices(
            self.tray,
            lambda: self.settings,
            self.pressed.append,
            address,
            is_screen_shared=lambda: self.is_screen_shared,
            gather_seconds=gather_seconds,
        )

    async def gather(self, address: str, seconds: float) -> None:
        await self.notices.close()
        self.notices = self._notices(address, seconds)


@pytest.fixture
async def house(icons: Icons, address: str) -> AsyncIterator[House]:
    made = House(icons, address)
    yield made
    await made.notices.close()


async def test_one_notice_of_each_kind_is_seen_and_a_newer_one_takes_its_place(
    house: House, service: FakeNotifications, until: Until
) -> None:
    house.notices.say("visits", "192.168.1.30 is watching now.", "1 watching")
    house.notices.say("reminder", "You have been sharing for 1 hour", "build log. No one is watching now.")
    house.notices.say("visits", "192.168.1.30 left.", "No one is watching any more")
    house.notices.say("questions", "Someone wants to watch", "192.168.1.31 is waiting for your answer.")
    await until(lambda: service.count == 4)

    assert list(service.shown.values()) == [
        ("192.168.1.30 left.", "No one is watching any more"),
        ("You have been sharing for 1 hour", "build log. No one is watching now."),
        ("Someone wants to watch", "192.168.1.31 is waiting for your answer."),
    ]
    # a question stays until it is answered
    assert [service.shown[number][0] for number in service.urgent] == ["Someone wants to watch"]


async def test_what_others_wrote_is_shown_as_they_wrote_it(
    house: House, service: FakeNotifications, until: Until
) -> None:
    house.notices.say("reminder", "You have been sharing for 1 hour", '<img src="http://evil.test/"> & co.')
    await until(lambda: service.count == 1)

    assert next(iter(service.shown.values()))[1] == '&lt;img src="http://evil.test/"&gt; &amp; co.'


async def test_pressing_a_notice_opens_what_it_is_about_and_nobody_else_can(
    house: House, service: FakeNotifications, until: Until, address: str
) -> None:
    house.notices.say("questions", "Someone wants to watch", "192.168.1.31 is waiting for your answer.")
    await until(lambda: service.shown)
    stranger = FakeNotifications(address)
    await stranger.open("org.example.Stranger")
    stranger.press(next(iter(service.shown)))
    service.press(next(iter(service.shown)) + 7)
    await stranger.settle()
    service.press(next(iter(service.shown)))
    await until(lambda: house.pressed)
    stranger.close()

    assert house.pressed == ["questions"]


async def test_a_service_that_comes_later_is_found(house: House, address: str, until: Until) -> None:
    house.notices.say("visits", "lost", "")
    late = FakeNotifications(address)
    await until(lambda: not house.notices._desktop._tasks)  # noqa: SLF001  it has given up
    await late.open()
    house.notices.say("visits", "found", "<b>")
    await until(lambda: late.shown)
    late.close()

    assert list(late.shown.values()) == [("found", "<b>")]  # it shows no markup, so it needs none escaped


async def test_a_burst_becomes_one_and_loses_nothing(
    house: House, service: FakeNotifications, until: Until, address: str
) -> None:
    await house.gather(address, 0.05)
    house.notices.say("visits", "192.168.1.30 is watching now.", "1 watching")
    house.notices.say("questions", "Somebody asks to watch", "192.168.1.31 waits for your answer.")
    house.notices.say("reminder", "You have been sharing for 1 hour", "build log. Nobody watching now.")
    await until(lambda: service.count == 2)
    assert list(service.shown.values()) == [
        ("192.168.1.30 is watching now.", "1 watching"),
        ("2 notices", "You have been sharing for 1 hour\nSomebody asks to watch"),
    ]
    assert [service.shown[number][0] for number in service.urgent] == ["2 notices"]


async def test_no_notice_comes_in_the_quiet_hour_and_on_a_shared_screen(
    house: House, service: FakeNotifications, until: Until
) -> None:
    house.settings = Settings(quiet_until=int(time.time()) + 600)
    house.notices.say("visits", "quiet", "")
    house.settings = Settings(hides_notices=True)
    house.is_screen_shared = True
    house.notices.say("questions", "seen by viewers", "")
    house.is_screen_shared = False
    house.notices.say("reminder", "said", "")
    # of a clock that was wrong
    house.settings = Settings(quiet_until=int(time.time()) + 90_000)
    house.notices.say("lock", "said too", "")
    await until(lambda: service.count == 2)

    assert [title for title, _words in service.shown.values()] == ["said", "said too"]


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_can_be_switched_off_in_the_menu(
    kind: Kind, house: House, service: FakeNotifications, qtbot: QtBot, until: Until
) -> None:
    line = AccessBar()
    qtbot.addWidget(line)

    def show() -> None:
        kinds = frozenset(each for each in KINDS if is_wanted(each, house.settings))
        line.show_access(replace(AccessViewState(), notices=kinds))

    def change(name: Kind, wanted: bool) -> None:
        house.settings = msgspec.structs.replace(house.settings, **wish(name, wanted, house.settings))
        show()

    line.notice_requested.connect(change)
    show()
    action = _entry(line.more.menu(), KINDS[kind])
    assert action.isChecked()
    action.trigger()
    for each in KINDS:
        house.notices.say(each, each, "")
    await until(lambda: service.count == len(KINDS) - 1)
    action.trigger()
    house.notices.say(kind, kind, "")
    await until(lambda: service.count == len(KINDS))

    assert house.settings == Settings()
    assert {title for title, _ in service.shown.values()} == set(KINDS)


async def test_a_guesser_is_heard_of_without_a_tray(
    qtbot: QtBot, icons: Icons, tmp_path: Path, house: House, service: FakeNotifications, until: Until
) -> None:
    desk = Desk(Settings())
    access_controller = AccessController(desk.controller, desk.registry, desk.server)
    encryption = Encryption(desk.controller, tmp_path)
    doorway = AccessWindows(desk.controller, access_controller, encryption, house.tray, tmp_path / "log", house.notices)
    for _ in range(EACH.failures):
        access_controller.access.lockout.failed(GUESSER, "PIN")
    await until(lambda: service.shown)

    assert next(iter(service.shown.values()))[0] == "Someone is trying to get in"
    doorway.close()
    access_controller.close()
    await desk.close()


def _entry(menu: QMenu, words: str) -> QAction:
    found = [action for sub in menu.findChildren(QMenu) for action in sub.actions() if action.text() == words]
    assert len(found) == 1
    return found[0]
