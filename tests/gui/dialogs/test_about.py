"""The window about Panecast, by mouse: what it says, where its long text comes from, and when it lets go of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from gui.dialogs import third_party
from gui.dialogs.about import AboutWindow
from gui.dialogs.third_party import FROM_SOURCE, LINES, pieces
from gui.panel.access_bar import AccessBar
from server import __version__
from tests.browser.parts import eventually, running_app
from tests.helpers.x11.desktop import XServer


@pytest.fixture
def notices(tmp_path: Path) -> Path:
    """Return a text of more than two pieces."""
    file = tmp_path / "notices.txt"
    file.write_text("".join(f"line {at} of © somebody\n" for at in range(LINES * 2 + 7)), encoding="utf-8")
    return file


def opened(
    qtbot: QtBot, *notices: Path, folder: Path = Path("/somewhere/panecast"), logs: Path = Path("/l")
) -> AboutWindow:
    window = AboutWindow(folder, logs, None, notices)
    qtbot.addWidget(window)
    window.come_forward()
    qtbot.waitUntil(lambda: window.is_filled)
    return window


def test_the_last_entry_of_the_panel_s_menu_asks_for_it(qtbot: QtBot) -> None:
    line = AccessBar()
    qtbot.addWidget(line)
    line.show()
    menu = line.more.menu()
    about = menu.actions()[-1]

    def choose() -> None:
        qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(about).center())

    # The button holds this call for as long as its menu is open.
    QTimer.singleShot(0, menu, choose)
    with qtbot.waitSignal(line.about_requested):
        qtbot.mouseClick(line.more, Qt.MouseButton.LeftButton)

    assert about.text() == "About Panecast…"


@pytest.mark.x11
@pytest.mark.panel
def test_the_running_app_opens_and_closes_it(tmp_path: Path) -> None:
    display = XServer()
    try:
        with running_app(display, tmp_path) as app:
            app.click("where", "more")
            app.find("where", "moreMenu")
            # From the end: the last entry.
            display.run("xdotool", "key", "Up", "Return")
            app.find("where", "notices")
            app.click("where", "closeAbout")
            eventually(lambda: not app.ask("where", "aboutWindow"))
            assert app.close() == ""
    finally:
        display.close()


def test_a_package_s_notices_are_shown_whole_from_the_beginning_on(qtbot: QtBot, notices: Path) -> None:
    window = opened(qtbot, notices)

    assert window.version.text() == f"Panecast {__version__}"
    assert window.text.toPlainText() == notices.read_text(encoding="utf-8")
    assert window.text.verticalScrollBar().value() == 0
    assert window.text.isReadOnly()
    qtbot.keyClicks(window.text, "not taken")
    assert "not taken" not in window.text.toPlainText()


def test_from_source_what_is_installed_is_listed_with_licences(qtbot: QtBot) -> None:
    words = opened(qtbot).text.toPlainText()
    lines = words.removeprefix(FROM_SOURCE).strip().splitlines()

    assert words.startswith(FROM_SOURCE)
    assert lines == sorted(lines, key=lambda line: line.split(" ")[0].lower())
    by_name = {line.split(" ")[0]: line.partition(": ")[2] for line in lines}
    assert "LGPL" in by_name["PySide6_Essentials"]
    assert by_name["msgspec"] == "BSD-3-Clause"
    assert by_name["segno"] == "BSD License"
    assert "panecast" not in by_name
    assert all(by_name.values())


def test_no_piece_is_long(notices: Path) -> None:
    lengths = [piece.count("\n") for piece in pieces((notices,))]

    assert lengths == [LINES, LINES, 7]


def test_the_package_s_notices_lie_beside_the_resources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(third_party, "files", lambda package: tmp_path / package)
    assert third_party.packaged_notices() == ()
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources/notices-video.txt").write_text("of video", encoding="utf-8")
    (tmp_path / "resources/notices.txt").write_text("words ", encoding="utf-8")

    assert "".join(pieces(third_party.packaged_notices())) == "words of video"


def test_closing_lets_go_of_the_text_and_opening_again_fills_it_in_again(qtbot: QtBot, notices: Path) -> None:
    window = opened(qtbot, notices)
    qtbot.mouseClick(window.shut, Qt.MouseButton.LeftButton)
    assert not window.isVisible()
    assert window.text.toPlainText() == ""
    window.come_forward()
    qtbot.mouseClick(window.shut, Qt.MouseButton.LeftButton)
    window.come_forward()
    qtbot.waitUntil(lambda: window.is_filled)

    assert window.text.toPlainText() == notices.read_text(encoding="utf-8")


@pytest.mark.parametrize("is_shown", [True, False])
def test_the_settings_folder_is_opened_or_else_named(
    qtbot: QtBot, notices: Path, monkeypatch: pytest.MonkeyPatch, is_shown: bool
) -> None:
    asked: list[QUrl] = []

    def open_url(url: QUrl) -> bool:
        asked.append(url)
        return is_shown

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    window = opened(qtbot, notices, folder=Path("/home/somebody/.config/panecast"))
    qtbot.mouseClick(window.open_folder, Qt.MouseButton.LeftButton)

    assert [url.toLocalFile() for url in asked] == ["/home/somebody/.config/panecast"]
    assert window.problem.isVisible() != is_shown
    assert ("/home/somebody/.config/panecast" in window.problem.text()) != is_shown


def test_the_log_folder_is_opened_or_said_not_to_be_there(
    qtbot: QtBot, notices: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url) or True)
    window = opened(qtbot, notices, logs=tmp_path / "log")
    assert str(tmp_path / "log") in window.places.text()
    qtbot.mouseClick(window.open_logs, Qt.MouseButton.LeftButton)
    assert str(tmp_path / "log") in window.problem.text()
    assert asked == []

    (tmp_path / "log").mkdir()
    qtbot.mouseClick(window.open_logs, Qt.MouseButton.LeftButton)
    assert [url.toLocalFile() for url in asked] == [str(tmp_path / "log")]
