"""The windows about who gets in: what they show of a state, and what a hand in them wishes for."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from capture.source import Source
from gui.core.access import AccessController
from gui.core.access_state import EVERYTHING, AccessViewState, failure_words, header_link
from gui.core.encryption import Encryption
from gui.core.link_text import LinkOptions, expiry_words, scope_words, seen_words
from gui.core.networks import ChosenNetwork, firewall_hint, found_interface
from gui.core.notices.visits import ViewerNotices, visit_words
from gui.core.settings import Settings
from gui.core.state import AppState
from gui.desktop.notices import Notices
from gui.desktop.tray import Tray
from gui.dialogs.access_windows import AccessWindows
from gui.dialogs.consent import ConsentWindow, wanted_words
from gui.dialogs.host_names import HostNamesWindow
from gui.dialogs.link_form import LinkForm
from gui.dialogs.links import LinksWindow
from gui.dialogs.pin import PinWindow, grouped
from gui.panel.access_bar import AccessBar
from gui.panel.header import Header
from gui.panel.viewers.traffic import History, line_points
from gui.panel.window import Panel
from gui.verbs import Verbs
from gui.widgets.icons import Icons
from gui.widgets.qr import QrDialog
from resources.translate import use
from server.access.consent import Question
from server.access.devices import Device
from server.access.links import Link
from server.access.lockout import Failure
from server.access.pin import Pin
from server.net.interfaces import Interface
from server.sharing import ShareRule
from tests.helpers.desk import Desk

CARD = Interface("192.168.1.20", "eth0", "cable")
VPN = Interface("10.8.0.2", "wg0", "vpn")
NOW = 1_800_000_000.0


def link(name: str, **more: object) -> Link:
    values: dict[str, object] = {"scope": EVERYTHING, "created": 1.0} | more
    return Link(id=name, name=name, token="t" * 32, **values)


def question(number: int, *wanted: str) -> Question:
    return Question(number, f"192.168.1.{number}", "Firefox, Android", wanted, "PIN", 160.0, 100.7)


def open_state(**more: object) -> AccessViewState:
    values: dict[str, object] = {
        "wanted": ChosenNetwork("eth0", CARD.address),
        "interfaces": (CARD, VPN),
        "is_open": True,
    }
    return AccessViewState(url="http://192.168.1.20:8080", **values | more)


def access_bar(qtbot: QtBot) -> tuple[AccessBar, list[object]]:
    """Return the header's line with two networks, and what is wished in it."""
    line = AccessBar()
    qtbot.addWidget(line)
    line.show_access(AccessViewState(interfaces=(CARD, VPN)))
    wishes: list[object] = []
    line.reach.requested.connect(wishes.append)
    line.show()
    return line, wishes


def test_networks_are_chosen_with_the_keyboard(qtbot: QtBot) -> None:
    line, wishes = access_bar(qtbot)
    assert line.reach.currentText() == "This computer only"
    assert not line.pin.isEnabled()
    qtbot.keyClick(line.reach, Qt.Key.Key_Down)
    qtbot.keyClick(line.reach, Qt.Key.Key_Up)

    assert wishes == [CARD, None]


def test_open_list_of_networks_does_not_change_under_the_hand(qtbot: QtBot) -> None:
    line, wishes = access_bar(qtbot)
    line.reach.showPopup()
    choices = line.reach.view()
    qtbot.waitUntil(choices.isVisible)
    place = choices.visualRect(choices.model().index(2, 0)).center()
    line.show_access(AccessViewState(interfaces=(VPN,)))
    # Moved first: Qt takes a click in the place where the list was opened for the end of that one.
    qtbot.mouseMove(choices.viewport(), place - QPoint(12, 0))
    qtbot.mouseMove(choices.viewport(), place)
    qtbot.mouseClick(choices.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert wishes == [VPN]
    qtbot.waitUntil(lambda: line.reach.count() == 2)


def test_network_that_is_not_there_stays_what_is_shown_as_wished(qtbot: QtBot) -> None:
    line = AccessBar()
    qtbot.addWidget(line)
    line.show_access(AccessViewState(wanted=ChosenNetwork("wlan3", "192.168.9.9"), interfaces=(CARD,)))

    assert line.reach.currentText() == "My network: wlan3 · not connected"
    assert [line.reach.itemText(at) for at in range(2)] == [
        "This computer only",
        "My network: Network cable (eth0) · 192.168.1.20",
    ]


def test_header_shows_no_token(qtbot: QtBot, icons: Icons) -> None:
    header = Header(icons, Verbs(icons))
    qtbot.addWidget(header)
    header.show_state(AppState(phase="sharing", url="http://192.168.1.20:8080"))
    header.show_access(open_state(link=link("My link")))

    assert header.address.text() == "http://192.168.1.20:8080/#t=…"


def test_code_holds_the_token_and_its_words_do_not(qtbot: QtBot) -> None:
    dialog = QrDialog(f"http://192.168.1.20:8080/#t={'t' * 32}", name="TV")
    qtbot.addWidget(dialog)
    dialog.show()
    texts = [part.text() + part.accessibleName() for part in dialog.findChildren(QLabel)]
    assert not any("ttt" in text for text in texts)
    assert "http://192.168.1.20:8080/#t=…" in texts
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    assert dialog.isHidden()


@pytest.mark.parametrize("sharing", [False, True])
def test_tray_differs_at_its_smallest_while_open_to_a_network(icons: Icons, sharing: bool) -> None:
    def picture(is_open: bool) -> bytes:
        image = icons.tray(sharing, 0, "#e8eaed", is_open=is_open).pixmap(16, 16).toImage()
        return bytes(image.constBits())

    assert (picture(True) != picture(False)) == sharing


def test_pin_is_large_counts_down_and_ends_when_it_is_not_seen(qtbot: QtBot) -> None:
    clock = {"now": 100.0}
    window = PinWindow(now=lambda: clock["now"])
    qtbot.addWidget(window)
    hidden = QSignalSpy(window.hide_requested)
    window.show_access(open_state(pin=Pin("123456", 280.0)))
    window.show()
    assert window.digits.text() == "123 456"
    assert "3:00" in window.left.text()
    assert window.address.text() == "http://192.168.1.20:8080"
    clock["now"] = 281.0
    window.show_access(open_state(pin=Pin("123456", 280.0)))
    assert "123" not in window.digits.text()
    qtbot.keyClick(window, Qt.Key.Key_Escape)

    assert window.isHidden()
    assert hidden.count() == 1


def test_pin_that_was_entered_makes_room_for_the_question(qtbot: QtBot) -> None:
    window = PinWindow(now=lambda: 100.0)
    qtbot.addWidget(window)
    window.show_access(open_state(pin=Pin("123456", 280.0)))
    window.show()
    window.show_access(open_state(questions=(question(1, "build log"),)))

    assert window.isHidden()
    assert grouped("123456") == "123 456"


def test_each_question_is_answered_by_itself(qtbot: QtBot) -> None:
    window = ConsentWindow(now=lambda: 101.0)
    qtbot.addWidget(window)
    answers: list[tuple[int, str]] = []
    window.answered.connect(lambda number, answer: answers.append((number, answer)))
    window.show_access(open_state(questions=(question(1, "build log"), question(2, "a", "b", "c", "d"))))
    first, second = window.cards
    # A hand that was on its way to something else answers nothing.
    assert not second.buttons["once"].isEnabled()
    qtbot.mouseClick(second.buttons["once"], Qt.MouseButton.LeftButton)
    assert answers == []
    qtbot.waitUntil(second.buttons["once"].isEnabled)
    qtbot.mouseClick(second.buttons["once"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(first.buttons["deny"], Qt.MouseButton.LeftButton)
    assert answers == [(2, "once"), (1, "deny")]
    assert first.left.text() == "Declined automatically in 59 s"
    assert window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    window.show_access(open_state(questions=(question(2, "a"),)))
    assert [card.question.id for card in window.cards] == [2]
    # It lies elsewhere now.
    assert not second.buttons["once"].isEnabled()
    window.show_access(open_state())

    assert window.isHidden()


def test_a_key_that_was_down_before_answers_nothing(qtbot: QtBot) -> None:
    window = ConsentWindow(now=lambda: 101.0)
    qtbot.addWidget(window)
    answers: list[str] = []
    window.answered.connect(lambda number, answer: answers.append(answer))
    window.show_access(open_state(questions=(question(1, "build log"),)))
    deny = window.cards[0].buttons["deny"]
    qtbot.waitUntil(deny.isEnabled)
    deny.setFocus()

    def key(kind: QEvent.Type, repeats: bool = False) -> None:
        QApplication.sendEvent(deny, QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", repeats))

    # Held since before: its repetitions and its end come here. The first of them may be told as a press of its own.
    key(QEvent.Type.KeyPress)
    for _ in range(3):
        key(QEvent.Type.KeyRelease, repeats=True)
        key(QEvent.Type.KeyPress, repeats=True)
    key(QEvent.Type.KeyRelease)
    key(QEvent.Type.KeyRelease)
    assert answers == []
    key(QEvent.Type.KeyPress)
    key(QEvent.Type.KeyRelease)
    assert answers == ["deny"]


@pytest.mark.parametrize("count", [1, 2, 4])
def test_every_question_is_whole(qtbot: QtBot, count: int) -> None:
    window = ConsentWindow(now=lambda: 101.0)
    qtbot.addWidget(window)
    long = "A title that is so long that it takes more than one line"
    window.show_access(open_state(questions=(question(1, long),)))
    window.show_access(
        open_state(questions=tuple(question(number, long, long, long) for number in range(1, count + 1)))
    )
    qtbot.waitUntil(window.cards[-1].isVisible)

    for card in window.cards:
        assert card.height() >= card.heightForWidth(card.width())
        for label in card.findChildren(QLabel):
            assert label.height() >= label.heightForWidth(label.width())
            assert card.rect().contains(label.geometry())
    room = QGuiApplication.primaryScreen().availableGeometry()
    assert room.contains(window.frameGeometry())
    below = window.cards[-1].mapTo(window, window.cards[-1].rect().bottomLeft()).y()
    assert below < window.height() or window.height() > room.height() - 100


def test_links_window_names_the_link_that_is_chosen(qtbot: QtBot, window: Callable[..., Source]) -> None:
    dialog = LinksWindow()
    qtbot.addWidget(dialog)
    first, second = link("TV"), link("Anna", created=2.0, most_devices=3, expires=NOW - 1)
    device = Device(
        id="d", name="Firefox", address="192.168.1.31", first_seen=1.0, last_seen=NOW - 600, link_id=second.id
    )
    state = open_state(links=(second, first), devices=(device,), blocked=("192.168.1.66",))
    dialog.show_access(state, (window(1),), NOW)
    dialog.show()
    rows = [[dialog.table.item(row, column).text() for column in range(5)] for row in range(2)]
    assert rows == [
        ["TV", "Everything that is shared", "Never", "0", "Never"],
        ["Anna", "Everything that is shared", "Expired", "1 of 3", "Never"],
    ]
    assert [dialog.devices.item(0, column).text() for column in range(4)] == [
        "Firefox",
        "192.168.1.31",
        "Anna",
        "10 min ago",
    ]
    revoked, forgotten, unblocked = (
        QSignalSpy(signal) for signal in (dialog.revoke_requested, dialog.forget_requested, dialog.unblock_requested)
    )
    assert not dialog.revoke.isEnabled(), "something is chosen that nobody chose"
    dialog.table.selectRow(1)
    dialog.devices.selectRow(0)
    dialog.blocked.selectRow(0)
    dialog.show_access(state, (), NOW)
    assert dialog.chosen.text() == "“Anna”"
    assert dialog.revoke.accessibleName() == "Revoke “Anna”"
    assert dialog.revoke.toolTip() == "“Anna” will stop working. 1 device loses access."
    assert dialog.forget.accessibleName() == "Forget Firefox at 192.168.1.31"
    for button in (dialog.revoke, dialog.forget, dialog.unblock):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert (revoked.at(0), forgotten.at(0), unblocked.at(0)) == (["Anna"], [("d",)], ["192.168.1.66"])


def test_link_is_renamed_in_its_row(qtbot: QtBot) -> None:
    dialog = LinksWindow()
    qtbot.addWidget(dialog)
    dialog.show_access(open_state(links=(link("TV"),)), (), NOW)
    names: list[tuple[str, str]] = []
    dialog.rename_requested.connect(lambda link_id, name: names.append((link_id, name)))
    dialog.table.item(0, 0).setText("Kitchen")
    dialog.show_access(open_state(links=(link("TV"),)), (), NOW)

    assert names == [("TV", "Kitchen")]
    assert dialog.table.item(0, 0).text() == "TV"


def test_what_is_chosen_stays_chosen_whatever_comes_and_goes_around_it(qtbot: QtBot) -> None:
    dialog = LinksWindow()
    qtbot.addWidget(dialog)
    dialog.show()
    links = [link(name, created=float(at)) for at, name in enumerate(("a", "b", "c", "d"))]
    dialog.show_access(open_state(links=tuple(links)), (), NOW)
    dialog.choose("c")
    dialog.table.editItem(dialog.table.item(2, 0))
    editor = dialog.table.findChild(QLineEdit)
    qtbot.keyClicks(editor, "x")
    renamed: list[tuple[str, str]] = []
    dialog.rename_requested.connect(lambda link_id, name: renamed.append((link_id, name)))
    # The one before it goes, others are named and sorted anew; what is typed in stays, and goes to no other row.
    dialog.show_access(
        open_state(links=(links[3], msgspec.structs.replace(links[1], name="B", created=9.0), links[2])), (), NOW
    )
    assert editor.text() == "x"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: renamed == [("c", "x")])
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 3)
    assert [dialog.table.item(row, 0).text() for row in range(3)] == ["c", "d", "B"]
    assert dialog.table.chosen == "c"
    revoked = QSignalSpy(dialog.revoke_requested)
    qtbot.mouseClick(dialog.revoke, Qt.MouseButton.LeftButton)
    dialog.show_access(open_state(links=(links[3], links[1])), (), NOW)
    qtbot.mouseClick(dialog.revoke, Qt.MouseButton.LeftButton)

    assert [revoked.at(at) for at in range(revoked.count())] == [["c"]], "a second press took another link"
    assert dialog.chosen.text() == ""


def test_form_wishes_for_what_was_filled_in(qtbot: QtBot, window: Callable[..., Source]) -> None:
    form = LinkForm((window(1), window(2)))
    qtbot.addWidget(form)
    form.show()
    wishes: list[LinkOptions] = []
    form.requested.connect(lambda wish, copies: wishes.append(wish))
    assert not form.make_and_copy.isEnabled()
    qtbot.keyClick(form.name, Qt.Key.Key_Return)
    assert form.name_error.isVisible()
    assert not form.error.isVisible()
    assert form.name_error.geometry().top() - form.name.geometry().bottom() < 8
    qtbot.keyClicks(form.name, "TV")
    assert not form.name_error.isVisible()
    form.shows.setCurrentIndex(1)
    qtbot.keyClick(form.name, Qt.Key.Key_Return)
    assert wishes == []
    assert "at least one source" in form.error.text()
    form.sources.item(1).setCheckState(Qt.CheckState.Checked)
    form.devices.setCurrentText("2")
    form.asks.click()
    form.expiry.setCurrentIndex(1)
    qtbot.keyClick(form.name, Qt.Key.Key_Return)

    (wish,) = wishes
    assert (wish.name, wish.scope, wish.most_devices, wish.asks) == ("TV", (ShareRule.for_source(window(2)),), 2, True)
    assert form.wish(NOW).expires == NOW + 3600


def test_form_for_a_link_that_is_there_begins_with_what_that_is(qtbot: QtBot, window: Callable[..., Source]) -> None:
    renamed, gone = replace(window(1), title="has another title now"), ShareRule.for_source(window(3))
    kept = (ShareRule.for_source(window(1)), gone, ShareRule("title", "Mail"))
    dialog = LinksWindow()
    qtbot.addWidget(dialog)
    dialog.show()
    given = link("TV", scope=kept, expires=NOW + 86400, most_devices=4, asks=True)
    dialog.show_access(open_state(links=(given,)), (renamed, window(2)), NOW)
    wishes: list[tuple[str, LinkOptions]] = []
    dialog.change_requested.connect(lambda link_id, wish: wishes.append((link_id, wish)))
    dialog.table.selectRow(0)
    qtbot.mouseClick(dialog.change, Qt.MouseButton.LeftButton)
    form = dialog.form
    assert form is not None
    assert form.wish(NOW) == LinkOptions("TV", (ShareRule.for_source(renamed), *kept[1:]), NOW + 86400, 4, True)
    form.sources.item(1).setCheckState(Qt.CheckState.Checked)
    form.sources.item(2).setCheckState(Qt.CheckState.Unchecked)
    form.expiry.setCurrentIndex(0)
    qtbot.keyClick(form.name, Qt.Key.Key_Return)
    dialog.close_form()

    scope = (ShareRule.for_source(renamed), ShareRule.for_source(window(2)), kept[2])
    assert wishes == [("TV", LinkOptions("TV", scope, None, 4, True))]
    assert dialog.form is None


def test_form_for_a_link_that_shows_everything_ticks_nothing(qtbot: QtBot, window: Callable[..., Source]) -> None:
    form = LinkForm((window(1),), None, link("TV", expires=time.time() - 1))
    qtbot.addWidget(form)

    assert form.wish(NOW).scope == EVERYTHING
    assert form.wish(NOW).expires > time.time()
    assert form.sources.item(0).checkState() == Qt.CheckState.Unchecked


def test_link_to_offer_is_the_one_without_limits() -> None:
    limited, plain = link("limited", most_devices=1), link("plain", created=5.0)
    assert header_link((limited, plain), NOW) == plain
    assert header_link((limited, link("over", expires=NOW)), NOW) == limited

    assert header_link((), NOW) is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ChosenNetwork("eth0", "192.168.1.20"), CARD),
        (ChosenNetwork("eth0", "192.168.7.7"), CARD),
        (ChosenNetwork("wlan0", "192.168.1.20"), None),
        (ChosenNetwork(), None),
    ],
)
def test_network_is_found_by_its_name_alone(wanted: ChosenNetwork, found: Interface | None) -> None:
    assert found_interface(wanted, (CARD, VPN)) == found


def test_firewall_hint_says_what_to_do_about_the_firewall_there_is(tmp_path: Path) -> None:
    assert "A firewall may be blocking port 8080" in firewall_hint(8080, "linux", tmp_path)
    wants = tmp_path / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True)
    (wants / "firewalld.service").symlink_to("/usr/lib/systemd/system/firewalld.service")
    assert "firewall-cmd --add-port=8080/tcp" in firewall_hint(8080, "linux", tmp_path)
    (tmp_path / "etc/ufw").mkdir()
    (tmp_path / "etc/ufw/ufw.conf").write_text("# a comment\nENABLED=no\n", encoding="utf-8")
    assert "ufw" not in firewall_hint(8080, "linux", tmp_path)
    (tmp_path / "etc/ufw/ufw.conf").write_text("ENABLED=yes\n", encoding="utf-8")

    assert "sudo ufw allow 8080/tcp" in firewall_hint(8080, "linux", tmp_path)
    assert "Windows" in firewall_hint(8080, "windows", tmp_path)


def test_words_about_links_are_short(window: Callable[..., Source]) -> None:
    scope = (ShareRule.for_source(window(1, "build log")), ShareRule.for_source(window(2, "notes")))
    assert scope_words(scope, (window(1, "build log"),)) == "build log, notes (not open now)"
    assert expiry_words(None, NOW) == "Never"
    assert expiry_words(NOW, NOW) == "Expired"
    assert seen_words(NOW - 7300, NOW) == "2 h ago"

    assert wanted_words(("a", "b", "c", "d", "e")) == "a\nb\nc\nand 2 more"


def test_failures_are_one_sentence() -> None:
    pins = Failure("192.168.1.9", "PIN", 6, NOW, 60.0)
    refused = Failure("192.168.1.8", "question", 1, NOW, 0.0)

    assert failure_words((refused,)) == ""
    assert failure_words((pins, refused)) == (
        "6 wrong PINs were entered from 192.168.1.9. Next try possible in 1 minute."
    )


def test_comings_and_goings_are_told_together() -> None:
    anna, ben = ("192.168.1.31", "Firefox", "TV"), ("192.168.1.32", "Chrome", "TV")
    assert visit_words(Counter(), Counter([anna])) == (
        "visits",
        "192.168.1.31 (Firefox, via “TV”) is watching now.",
        "1 watching",
    )
    assert visit_words(Counter(), Counter([anna, ben])) == (
        "visits",
        "2 viewers are watching now.",
        "2 watching",
    )
    assert visit_words(Counter([anna]), Counter()) == (
        "departures",
        "192.168.1.31 (Firefox, via “TV”) left.",
        "No one is watching any more",
    )

    assert visit_words(Counter([anna]), Counter([anna])) is None
    # of one of both alone, if that is what the person wants
    both = Counter([anna]), Counter([ben])
    assert visit_words(*both, frozenset({"departures"})) == (
        "departures",
        "192.168.1.31 (Firefox, via “TV”) left.",
        "1 watching",
    )
    assert visit_words(Counter([anna]), Counter(), frozenset({"visits"})) is None


async def test_this_computer_itself_is_no_visitor(viewer: Callable[..., object]) -> None:
    from gui.core.state import watchers

    told: list[tuple[str, ...]] = []
    visits = ViewerNotices(lambda *words: told.append(words), gather_seconds=0)
    visits.show(watchers((viewer("a"),)))

    assert visits._timer is None  # noqa: SLF001  that nothing is to come can be seen nowhere else
    visits.close()


def test_graph_keeps_half_a_minute_and_ends_at_the_right() -> None:
    history = History()
    for second in range(40):
        history.add({"a": float(second) * 1000})
    assert history.of("a") == tuple(float(second) * 1000 for second in range(10, 40))
    points = line_points(history.of("a"), QRectF(0, 0, 58, 20))
    assert (points[0].x(), points[-1].x(), points[-1].y()) == (0, 58, 0)
    history.add({})

    assert history.of("a") == ()


def test_names_are_entered_with_the_keyboard_and_what_is_wrong_stays_to_be_mended(qtbot: QtBot) -> None:
    window = HostNamesWindow()
    qtbot.addWidget(window)
    requested = QSignalSpy(window.names_requested)
    window.ask(("old.example.org",))
    qtbot.keyClicks(window.field, ", screen.example.org ,")
    qtbot.keyClick(window.field, Qt.Key.Key_Return)
    assert requested.at(0) == [("old.example.org", "screen.example.org")]

    window.say("'x y' is no name of a computer.")
    assert window.isVisible()
    assert window.problem.isVisible()
    assert window.field.text() == "old.example.org, screen.example.org ,"


async def test_windows_are_made_when_they_are_opened_and_made_anew_where_they_are_open(
    qtbot: QtBot, icons: Icons, tmp_path: Path
) -> None:
    desk = Desk(Settings())
    desk.controller.fixed = frozenset({"https"})
    access_controller = AccessController(desk.controller, desk.registry, desk.server)
    verbs = Verbs(icons)
    panel, tray = Panel(icons, verbs), Tray(icons, verbs)
    qtbot.addWidget(panel)
    notices, encryption = Notices(tray, Settings, panel.come_forward), Encryption(desk.controller, tmp_path)
    doorway = AccessWindows(desk.controller, access_controller, encryption, tray, tmp_path / "log", notices)
    doorway.join(panel)
    panel.show()

    def made() -> list[str]:
        return sorted(each.objectName() for each in panel.findChildren(QDialog))

    assert made() == []
    panel.access_bar.links_requested.emit()
    panel.access_bar.certificate_requested.emit()
    panel.access_bar.names_requested.emit()
    names = doorway.names.objectName()
    assert made() == sorted(["encryptionWindow", "linksWindow", names])
    assert not doorway.encryption.switch.isEnabled()
    doorway.encryption.hide()
    doorway.links.setGeometry(40, 50, 700, 500)
    try:
        use("de")
        doorway.translate()
        qtbot.waitUntil(lambda: made() == sorted(["linksWindow", names]))

        assert doorway.names.isVisible()
        assert doorway.links.isVisible()
        assert doorway.links.windowTitle() == "Links und Geräte"
        assert doorway.links.geometry() == QRect(40, 50, 700, 500)
    finally:
        use("en")
        doorway.close()
        access_controller.close()
        await desk.close()
