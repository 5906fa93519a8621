"""The first start, by hand and by keyboard: three steps, and nothing is shared before the second one ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from capture.platforms.picks import Picking
from capture.platforms.wayland.picker import PortalPicker
from capture.source import Source
from gui.core.access import AccessController
from gui.core.settings import Settings
from gui.core.settings_file import SettingsFile
from gui.core.state import AppState, SourceState
from gui.dialogs.first_start.cards import Cards
from gui.dialogs.first_start.opener import FirstStartOpener
from gui.dialogs.first_start.steps import copied_part, local_url, offered, reaches
from gui.dialogs.first_start.window import LINK, WHAT, WHO, FirstStart
from gui.panel.window import Panel
from gui.verbs import Verbs
from gui.widgets.icons import Icons
from resources.pseudo import pseudo
from resources.translate import use
from server.doctor import Check
from server.net.interfaces import Interface
from tests.capture.platforms.fake_logind import message_bus
from tests.capture.platforms.wayland.fake_screencast import FakeScreenCast
from tests.gui import gallery_content as content
from tests.gui.wording import strange_words
from tests.helpers.desk import Desk
from tests.helpers.ports import free_port
from tests.helpers.waiting import until

CARD = Interface("127.0.0.1", "eth7", "cable")
"""What stands for a network: loopback, so that nothing is opened on the machine that tests."""
Key = Qt.Key


class Newcomer:
    """The opener over real parts, with one window to share."""

    def __init__(self, qtbot: QtBot) -> None:
        self.desk = Desk(Settings(port=free_port()))
        self.window_source = Source("7", "window", "build log", "xterm", 640, 480, pid=1, started=1)
        self.workers = ThreadPoolExecutor(1)
        self.icons = Icons()
        self.panel = Panel(self.icons, Verbs(self.icons))
        qtbot.addWidget(self.panel)
        controller = self.desk.controller
        self.access = AccessController(
            controller, self.desk.registry, self.desk.server, list_interfaces=lambda: (CARD,), look_seconds=9
        )
        self.found = [Check("Display", False, "It is dark.", "Light it: sudo apt install light"), Check("X", True, "")]
        self.copied = 0
        self.opener = FirstStartOpener(
            controller,
            self.access,
            self.desk.hub,
            self.workers,
            self.panel,
            self.icons,
            copy_link=self._copy,
            checks=lambda: self.found,
        )

    def _copy(self) -> None:
        self.copied += 1

    @property
    def shared(self) -> tuple[str, ...]:
        return tuple(self.desk.shares.shared)

    async def begin(self) -> FirstStart:
        self.desk.catalog.feed(self.window_source)
        self.panel.show()
        self.opener.open()
        await until(lambda: QApplication.processEvents() or self.opener.window is not None)
        assert self.opener.window is not None
        return self.opener.window

    async def close(self) -> None:
        self.opener.close()
        self.access.close()
        await self.desk.close()
        self.workers.shutdown()


@pytest.fixture
async def newcomer(qtbot: QtBot) -> AsyncIterator[Newcomer]:
    made = Newcomer(qtbot)
    yield made
    await made.close()


def choose(cards: Cards, source_id: str) -> None:
    QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=cards.card_rect(source_id).center())


async def test_by_hand_from_the_cards_to_somebody_who_watches(
    newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    window = await newcomer.begin()
    controller = newcomer.desk.controller

    # GIVEN what is missing, with a button that copies what mends it
    await until(lambda: bool(window.what.findings.isVisible()))
    copies = window.what.findings.findChildren(QPushButton)
    assert len(copies) == 1
    copies[0].click()
    assert QApplication.clipboard().text() == "sudo apt install light"

    # WHEN a card is clicked, and the steps are gone through
    choose(window.what.cards, "7")
    window.next.click()
    assert window.step == WHO
    assert newcomer.shared == ()
    assert [button.text() for button in window.who.buttons] == ["This computer only", "Network cable (eth7)"]
    window.next.click()
    await until(lambda: controller.state.is_sharing and window.link.copy.isEnabled())

    # THEN what was chosen is shared, with this computer alone, and the link is there to be copied and opened
    assert window.step == LINK
    assert newcomer.shared == ("7",)
    assert controller.settings.mode == "here"
    assert window.link.watching.text() == "No one is watching yet."
    window.link.copy.click()
    window.link.open.click()
    assert newcomer.copied == 1
    assert opened == [QUrl(f"http://localhost:{controller.state.port}")]

    # AND whoever comes is told of
    watching = content.STATES[1][1]
    window.show_state(replace(watching, url=controller.state.url), newcomer.access.state, is_fixed=False)
    assert window.link.watching.text().startswith("Someone is watching “build log")
    window.next.click()
    assert newcomer.opener.window is None
    assert controller.state.is_sharing
    assert controller.settings.knows_first_steps


async def test_by_keyboard_alone_to_a_network(newcomer: Newcomer) -> None:
    window = await newcomer.begin()
    cards = window.what.cards
    QTest.keyClick(cards, Key.Key_Return)
    assert window.step == WHAT  # nothing is chosen yet, and that is said
    assert window.problem.isVisibleTo(window)
    QTest.keyClick(cards, Key.Key_Right)
    QTest.keyClick(cards, Key.Key_Left)
    QTest.keyClick(cards, Key.Key_Space)
    QTest.keyClick(cards, Key.Key_Return)
    QTest.keyClick(window.who.buttons[0], Key.Key_Down)
    assert window.who.chosen == CARD
    QTest.keyClick(window.who.buttons[1], Key.Key_Return)
    await until(lambda: newcomer.desk.controller.state.is_sharing)

    await until(lambda: QApplication.processEvents() or window.focusWidget() is window.link.open)
    assert newcomer.shared == ("7",)
    assert (newcomer.desk.controller.settings.mode, newcomer.desk.controller.settings.interface) == ("network", "eth7")


async def test_closed_half_way_it_shares_nothing_and_does_not_come_again(newcomer: Newcomer) -> None:
    window = await newcomer.begin()
    choose(window.what.cards, "7")
    window.next.click()
    QTest.keyClick(window.who.buttons[1], Key.Key_Space)
    QTest.keyClick(window, Key.Key_Escape)
    controller = newcomer.desk.controller

    assert newcomer.opener.window is None
    assert newcomer.shared == ()
    assert not controller.state.is_sharing
    assert controller.settings == Settings(port=controller.settings.port, knows_first_steps=True)


async def test_a_busy_port_is_said_and_mended_in_the_last_step(newcomer: Newcomer) -> None:
    other = Desk(Settings(port=newcomer.desk.controller.settings.port))
    other.catalog.feed()
    other.controller.start()
    await until(lambda: other.controller.state.is_sharing)
    window = await newcomer.begin()
    choose(window.what.cards, "7")
    window.next.click()
    window.next.click()
    await until(lambda: window.link.problem.isVisibleTo(window))
    assert not window.link.open.isEnabled()
    window.link.mend.click()
    await until(window.link.open.isEnabled)
    await other.close()

    assert newcomer.desk.controller.state.is_sharing
    assert not window.link.problem.isVisibleTo(window)


async def test_what_an_administrator_has_fixed_stays(newcomer: Newcomer) -> None:
    newcomer.desk.controller.fixed = frozenset({"mode"})
    window = await newcomer.begin()
    choose(window.what.cards, "7")
    window.next.click()
    assert not any(button.isEnabled() for button in window.who.buttons)
    window.next.click()
    await until(lambda: newcomer.desk.controller.state.is_sharing)

    assert newcomer.desk.controller.settings.mode == "here"


@pytest.mark.parametrize("step", [WHAT, WHO, LINK])
async def test_another_language_changes_the_step_that_is_open_and_keeps_what_was_chosen(
    newcomer: Newcomer, step: int
) -> None:
    window = await newcomer.begin()
    await until(lambda: bool(window.what.findings.isVisible()))
    QTest.keyClick(window.what.cards, Key.Key_Return)  # nothing is chosen yet, and that is said
    if step != WHAT:
        choose(window.what.cards, "7")
        window.next.click()
        window.who.buttons[1].click()
    if step == LINK:
        window.next.click()
        await until(lambda: newcomer.desk.controller.state.is_sharing)
    try:
        use("qps")
        newcomer.found = [Check(pseudo("Display"), False, pseudo("It is dark."), pseudo("Light it"))]
        newcomer.opener.translate()
        await until(lambda: not list(strange_words(window, (*content.DATA, "xterm", "eth7"))))

        assert window.step == step
        assert window.isVisible()
        assert window.problem.isVisibleTo(window) is (step == WHAT)
        if step == WHO:
            assert window.who.chosen == CARD
            assert window.focusWidget() is window.who.buttons[1]
        assert len(window.what.cards.chosen) == (step != WHAT)
    finally:
        use("en")


def test_cards_keep_what_was_chosen_and_a_double_click_chooses_once(qtbot: QtBot) -> None:
    cards = Cards(Icons())
    qtbot.addWidget(cards)
    cards.resize(600, 300)
    cards.show()
    first, second = (
        SourceState(Source(str(at), "window", f"Window {at}", "xterm", 640, 480, pid=at, started=1)) for at in (1, 2)
    )
    cards.show_sources((first, second))
    choose(cards, "2")
    QTest.mouseDClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=cards.card_rect("2").center())
    cards.show_sources((second,))
    cards.show_sources((first, second))

    assert cards.chosen == (second.source,)


def test_the_keyboard_begins_with_the_first_card_until_it_is_used(qtbot: QtBot) -> None:
    cards = Cards(Icons())
    qtbot.addWidget(cards)
    cards.show()
    first, second, third = (
        SourceState(Source(str(at), "window", f"Window {at}", "xterm", 640, 480, pid=at, started=1)) for at in (1, 2, 3)
    )
    cards.show_sources((third,))
    cards.show_sources((second, third))
    QTest.keyClick(cards, Key.Key_Space)
    cards.show_sources((first, second, third))
    QTest.keyClick(cards, Key.Key_Space)

    assert cards.chosen == ()
    cards.show_sources((third,))
    QTest.keyClick(cards, Key.Key_Space)
    assert cards.chosen == (third.source,)


async def test_on_wayland_something_is_picked_in_the_desktops_dialog(newcomer: Newcomer, tmp_path: Path) -> None:
    catalog, loop = newcomer.desk.catalog, asyncio.get_running_loop()

    def receive(picking: Picking) -> None:
        catalog.picking = picking
        catalog.feed(newcomer.window_source, *picking.sources)

    with message_bus(tmp_path) as address:
        portal = FakeScreenCast(address, 1, "")
        await portal.open()
        catalog.picker = PortalPicker(None, address)
        catalog.picker.start(lambda picking: loop.call_soon_threadsafe(receive, picking) and None)
        window = await newcomer.begin()
        await until(lambda: bool(window.what.pick.isVisible()))
        window.what.pick.click()
        await until(lambda: [each.id for each in window.what.cards.chosen] == ["portal-1"])
        # Cancelled, nothing is added and nothing else is chosen.
        portal.answers = "no"
        window.what.pick.click()
        await until(lambda: portal.dialogs == 2)
        window.next.click()
        window.next.click()

        # A screen on which nothing can be covered is asked about first, on the page that says what is shared.
        await until(lambda: bool(window.link.problem.isVisible()))
        assert newcomer.shared == ()
        window.link.mend.click()
        await until(lambda: newcomer.shared == ("portal-1",))
        catalog.picker.stop()
        await asyncio.to_thread(catalog.picker.join, 5)
        catalog.picker = None
        portal.close()


def test_a_single_monitor_is_not_offered_beside_the_desktop() -> None:
    desktop = SourceState(Source("0", "desktop", "Whole desktop", "", 1920, 1080))
    monitors = [SourceState(Source(f"monitor-{at}", "monitor", f"Monitor {at}", "", 1920, 1080)) for at in (1, 2)]

    assert offered(AppState(sources=(desktop, monitors[0]))) == (desktop,)
    assert offered(AppState(sources=(desktop, *monitors))) == (desktop, *monitors)


def test_words_and_addresses_of_the_steps() -> None:
    sharing = AppState(phase="sharing", url="https://192.168.1.20:8080", port=8080)

    assert [reach.interface for reach in reaches((CARD,))] == [None, CARD]
    assert local_url(AppState(), "x", needs_link=False) == ""
    assert local_url(sharing, "x", needs_link=False) == "https://localhost:8080"
    assert local_url(sharing, "https://192.168.1.20:8080/#t=1", needs_link=True) == "https://192.168.1.20:8080/#t=1"
    assert copied_part("Log in to an X11 (Xorg) session.") == "Log in to an X11 (Xorg) session."
    assert copied_part("On Debian: sudo apt install libegl1") == "sudo apt install libegl1"


@pytest.mark.parametrize(
    ("text", "is_new"),
    [(None, True), ("", False), ("schema = 1\nport = 9000\n", False), ("knows_first_steps = false\n", True)],
)
def test_settings_of_an_earlier_version_need_no_first_start(tmp_path: Path, text: str | None, is_new: bool) -> None:
    if text is not None:
        (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    file = SettingsFile(tmp_path)
    file.load()

    assert file.is_new is is_new
