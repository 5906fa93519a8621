"""How windows lie on screens that are small, scaled, or gone, and with letters that are large."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QDialog, QLabel, QToolButton
from pytestqt.qtbot import QtBot

import gui
from gui.core.state import AppState, Message
from gui.panel.blanking import BlankingStrip
from gui.panel.window import Panel
from gui.verbs import Verbs
from gui.widgets.check_style import PanelStyle
from gui.widgets.icons import Icons
from gui.widgets.screen_fit import FittedDialog, keep_within, within
from gui.widgets.style import current_look
from tests.browser.parts import eventually, running_app
from tests.gui import gallery_content as content
from tests.gui.gallery import SCREENS
from tests.helpers.x11.desktop import PROJECT, XServer

LONG = bool(os.environ.get("PANECAST_LONG"))
SMALL = "1024x600,1366x768-at-1.5,1920x1080-at-2"
ALL = ",".join(screen.name for screen in SCREENS)
ROOMY = ",".join(screen.name for screen in SCREENS if screen.height / screen.scale > 500)


@pytest.mark.parametrize(
    "options",
    [("--screens", ALL if LONG else SMALL), ("--screens", ROOMY if LONG else "1024x600", "--dark", "--font", "16")]
    + [("--screens", SMALL, "--lang", "de")]
    + [("--screens", "2560x1440", "--font", "18", "--lang", "de,qps,qps-rtl")]
    + ([("--dark",), ("--font", "13"), ("--dark", "--font", "18", "--screens", ROOMY)] if LONG else []),
    ids=" ".join,
)
def test_no_part_lies_outside_and_no_words_are_cut(options: tuple[str, ...], tmp_path: Path) -> None:
    pictures = Path(os.environ.get("PANECAST_PICTURES") or tmp_path)
    command = [sys.executable, "-m", "tests.gui.gallery", *options, *(("--pictures", str(pictures)) if LONG else ())]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)

    assert done.stdout.split("\n") == ["", ""], done.stderr
    assert done.returncode == 0, done.stderr


def test_every_dialog_scrolls() -> None:
    for module in pkgutil.walk_packages(gui.__path__, "gui."):
        if not module.name.endswith((".__main__", ".demo_window")):
            importlib.import_module(module.name)
    own = [each for each in QDialog.__subclasses__() if each.__module__.startswith("gui.")]

    assert own == [FittedDialog]
    assert len(FittedDialog.__subclasses__()) >= 7


rects = st.builds(QRect, *[st.integers(-5000, 5000)] * 2, *[st.integers(1, 5000)] * 2)


@given(rects, rects)
def test_place_in_a_room_is_within_it_and_no_other_where_it_was(place: QRect, room: QRect) -> None:
    found = within(place, room)

    assert room.contains(found)
    assert within(found, room) == found
    if room.contains(place):
        assert found == place


def test_panel_of_a_screen_that_is_gone_opens_within_what_is_there(qtbot: QtBot, icons: Icons) -> None:
    # GIVEN the size and place of a panel on a large screen to the right of this one
    before = Panel(icons, Verbs(icons))
    qtbot.addWidget(before)
    before.setGeometry(3000, 900, 2200, 1300)
    # WHEN it is opened where there is only the small one
    panel = Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    panel.place(before.geometry_text(), ())
    panel.show()

    # THEN all of it is there, its frame too
    room = panel.screen().availableGeometry()
    assert room.contains(panel.frameGeometry())

    # AND it comes back when something has put it outside
    panel.move(room.right() - 20, room.bottom() - 20)
    keep_within(panel)
    assert room.contains(panel.frameGeometry())


@pytest.mark.x11
@pytest.mark.panel
def test_on_a_small_screen_all_of_it_is_there_and_privacy_can_be_closed(tmp_path: Path) -> None:
    display = XServer(size="1024x600")
    try:
        with running_app(display, tmp_path) as app:
            app.find("where", "panel")
            app.click("where", "privacy")
            app.find("where", "closePrivacy")
            for name in ("panel", "privacyDialog", "closePrivacy"):
                x, y, width, height = map(int, app.ask("where", name).split())
                assert x >= 0, name
                assert y >= 0, name
                assert x + width <= 1024, name
                assert y + height <= 600, name
            app.click("where", "closePrivacy")
            eventually(lambda: not app.ask("where", "privacyDialog"))
    finally:
        display.close()


def test_message_lies_over_the_preview_and_takes_nothing_from_it(qtbot: QtBot, icons: Icons) -> None:
    panel = Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    panel.show_state(AppState())
    panel.show()
    before = panel.preview.stage.height()
    panel.show_state(AppState(message=Message("a", "Something happened that takes some words to tell.", action="Do")))
    qtbot.waitUntil(lambda: panel.message_bar.isVisible() and panel.message_bar.height() > 30)

    assert panel.preview.stage.height() == before
    at = panel.message_bar.mapTo(panel, panel.message_bar.rect().center())
    assert panel.childAt(at) in (panel.message_bar, *panel.message_bar.findChildren(type(panel.childAt(at))))


def test_table_of_viewers_folds_by_itself_and_by_hand(qtbot: QtBot, icons: Icons) -> None:
    panel = content.panel(*content.STATES[-1][1:])
    qtbot.addWidget(panel)
    panel.resize(980, 560)
    panel.show()
    viewers = panel.viewers

    # where there is little room, one line says who it is
    assert not viewers.table.isVisible()
    words = viewers.findChild(QLabel, "viewersEmpty")
    fold = viewers.findChild(QToolButton, "fold")
    assert isinstance(words, QLabel)
    assert isinstance(fold, QToolButton)
    assert words.text() == "192.168.1.30, 192.168.1.31, 192.168.1.32, 192.168.1.33 and 8 more"

    fold.click()
    assert viewers.table.isVisible()
    fold.click()
    panel.resize(980, 760)
    assert not viewers.table.isVisible()  # what the hand has chosen holds
    assert fold.accessibleName()


def test_strip_is_one_line_where_there_is_little_room(qtbot: QtBot, icons: Icons) -> None:
    strip = BlankingStrip(icons, Verbs(icons))
    qtbot.addWidget(strip)
    strip.show_state(replace(content.STATES[-1][1]))
    strip.set_low(True)
    low = strip.sizeHint().height()
    strip.set_low(False)

    assert low < strip.sizeHint().height()


def test_a_box_without_a_tick_is_seen_in_a_dark_theme(qtbot: QtBot) -> None:
    box = QCheckBox("Show")
    style = PanelStyle()
    box.setStyle(style)
    qtbot.addWidget(box)
    box.show()
    image = box.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    colours = {image.pixelColor(x, y).name() for x in range(18) for y in range(image.height())}

    assert current_look().muted in colours
