from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from capture import reasons
from capture.source import Condition, Source
from gui.core.access_state import AccessViewState
from gui.core.controller import BLANKED, PAUSED
from gui.core.state import AppState, Message, SourceState, watchers
from gui.desktop.tray import Tray
from gui.panel.controls import Controls
from gui.panel.header import Header
from gui.panel.message_bar import MessageBar
from gui.panel.viewers.card import Viewers
from gui.panel.viewers.model import END, WATCHES, describe, lasted, rate
from gui.panel.window import Panel
from gui.verbs import Verbs
from gui.widgets.icons import Icons
from gui.widgets.qr import QrDialog
from server.access.disconnected import Dismissal
from server.protocol.options import StreamOptions
from server.stream.stats import SessionView


@pytest.fixture
def sharing_state(window: Callable[..., Source]) -> AppState:
    return AppState(
        phase="sharing",
        url="http://localhost:8080",
        sources=(SourceState(window(1), shared=True), SourceState(window(2))),
    )


def test_controls_show_the_options_without_wishing_for_them(qtbot: QtBot) -> None:
    controls = Controls()
    qtbot.addWidget(controls)
    wishes = QSignalSpy(controls.option_requested)
    controls.show_state(AppState(options=StreamOptions(fps=25, quality=60, format="webp", cursor=False)))

    assert (
        controls.fps.value(),
        controls.quality.value(),
        controls.format.currentData(),
        controls.pointer.isChecked(),
    ) == (25, 60, "webp", False)
    assert wishes.count() == 0


def test_controls_wish_in_the_words_of_the_wire(qtbot: QtBot) -> None:
    controls = Controls()
    qtbot.addWidget(controls)
    wishes: list[tuple[str, object]] = []
    controls.option_requested.connect(lambda name, value: wishes.append((name, value)))
    controls.fps.setValue(60)
    controls.quality.setValue(10)
    controls.format.setCurrentIndex(controls.format.findData("png"))
    controls.pointer.click()

    assert wishes == [("fps", 60), ("quality", 10), ("format", "png"), ("cursor", False)]
    assert not controls.quality.isEnabled()


def test_older_state_does_not_pull_the_slider_from_under_the_hand(qtbot: QtBot) -> None:
    controls = Controls()
    qtbot.addWidget(controls)
    controls.fps.setValue(20)
    controls.fps.setValue(30)
    controls.show_state(AppState(options=StreamOptions(fps=20)))
    assert controls.fps.value() == 30
    controls.show_state(AppState(options=StreamOptions(fps=30)))
    controls.show_state(AppState(options=StreamOptions(fps=5)))

    assert controls.fps.value() == 5


def test_header_offers_the_address_only_while_it_works(qtbot: QtBot, icons: Icons, sharing_state: AppState) -> None:
    verbs = Verbs(icons)
    header = Header(icons, verbs)
    qtbot.addWidget(header)
    assert not header.copy.isEnabled()
    assert "http" not in header.address.text()
    verbs.show_state(sharing_state)
    header.show_state(sharing_state)

    assert header.address.text() == "http://localhost:8080"
    assert header.copy.isEnabled()
    assert header.start_stop.text() == "Stop sharing"


def test_big_button_is_pressed_in_vain_while_it_starts(qtbot: QtBot, icons: Icons, sharing_state: AppState) -> None:
    verbs = Verbs(icons)
    header = Header(icons, verbs)
    qtbot.addWidget(header)
    wishes = QSignalSpy(verbs.start_stop.triggered)
    counts = []
    for state in (AppState(), AppState(phase="starting"), sharing_state):
        verbs.show_state(state)
        header.show_state(state)
        header.start_stop.click()
        counts.append(wishes.count())

    assert counts == [1, 1, 2]
    assert header.start_stop.isEnabled(), "the keyboard's focus would have moved on"


@pytest.mark.parametrize(("typed", "requested"), [("9000", [9000]), ("8080", []), ("0", []), ("", [])])
def test_port_is_wished_for_when_it_is_one(qtbot: QtBot, icons: Icons, typed: str, requested: list[int]) -> None:
    header = Header(icons, Verbs(icons))
    qtbot.addWidget(header)
    got: list[int] = []
    header.port_requested.connect(got.append)
    header.port.clear()
    qtbot.keyClicks(header.port, typed)
    qtbot.keyClick(header.port, Qt.Key.Key_Return)

    assert got == requested


def test_qr_dialog_says_where_a_local_address_works(qtbot: QtBot) -> None:
    dialog = QrDialog("http://localhost:8080")
    qtbot.addWidget(dialog)
    labels = dialog.findChildren(QLabel)

    assert labels[0].pixmap().width() > 100
    assert "this computer only" in labels[2].text()


def test_message_offers_what_mends_it(qtbot: QtBot, icons: Icons) -> None:
    bar = MessageBar(icons)
    qtbot.addWidget(bar)
    done: list[str] = []
    bar.dismissed.connect(done.append)
    message = Message(
        "server", "Port 8080 is used by another program.", action="Use 8081", act=lambda: done.append("act")
    )
    bar.show_state(AppState(message=message))
    button = bar.findChild(QPushButton, "messageAction")
    assert isinstance(button, QPushButton)
    assert button.text() == "Use 8081"
    button.click()

    assert done == ["server", "act"]
    bar.show_state(AppState())
    assert bar.isHidden()


def test_viewers_fold_away_while_nobody_watches(
    qtbot: QtBot, sharing_state: AppState, viewer: Callable[..., SessionView]
) -> None:
    card = Viewers()
    card.resize(980, 900)  # below, the person unfolds it: see test_looks
    qtbot.addWidget(card)
    card.show_state(sharing_state)
    assert card.table.isHidden()
    card.show_state(AppState(phase="sharing", viewers=watchers((viewer("a"), viewer("b")))))

    assert not card.table.isHidden()
    assert [card.model.index(0, column).data() for column in range(9)] == [
        "This computer",
        "This computer",
        "Firefox",
        "Window 1",
        "15 fps · JPEG 80",
        "15 fps",
        "210 kB/s",
        "4 min",
        "Live",
    ]


def test_a_page_that_shows_several_sources_is_one_row(
    qtbot: QtBot, viewer: Callable[..., SessionView], window: Callable[..., Source]
) -> None:
    card = Viewers()
    qtbot.addWidget(card)
    tiles = [viewer(str(number), window(number), group="page", fps=2.0) for number in (1, 2, 3)]
    late = viewer("4", window(3), group="page", fps=2.0, state="waiting")
    card.show_state(AppState(viewers=watchers((*tiles, viewer("alone"), late))))
    wishes: list[str] = []
    card.disconnect_requested.connect(wishes.append)
    button = card.table.indexWidget(card.model.index(0, END)).findChild(QPushButton, "disconnect")
    assert isinstance(button, QPushButton)
    button.click()

    assert card.model.rowCount() == 2
    row = [card.model.index(0, column).data() for column in range(9)]
    assert row[3:9] == ["3 sources", "15 fps · JPEG 80", "8 fps", "842 kB/s", "4 min", "Live"]
    tip = card.model.index(0, WATCHES).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "Window 1\nWindow 2\nWindow 3"
    assert wishes == ["page"]


def test_who_was_disconnected_stays_in_a_row_and_is_allowed_again_there(qtbot: QtBot, icons: Icons) -> None:
    verbs = Verbs(icons)
    panel = Panel(icons, verbs)
    panel.resize(980, 900)
    qtbot.addWidget(panel)
    panel.show()
    gone = (Dismissal("d1", "192.168.1.31", "192.168.1.31", "Firefox/140", "TV"),)
    panel.show_access(AccessViewState(dismissed=gone))
    model = panel.viewers.model
    assert [model.index(0, column).data() for column in (0, 1, 8)] == ["192.168.1.31", "TV", "Disconnected"]
    wishes: list[str] = []
    panel.viewers.allow_requested.connect(wishes.append)
    button = panel.findChild(QPushButton, "allowAgain")
    assert button.accessibleName() == "Allow 192.168.1.31 again"
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    panel.show_access(AccessViewState())
    pressed: list[str] = []
    verbs.pause.triggered.connect(lambda: pressed.append("pause"))
    qtbot.wait(0)  # the button goes with the next turn of the loop
    qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Space)

    assert wishes == ["d1"]
    assert pressed == [], "a second press did something else"


def test_disconnect_names_the_viewer_of_its_row(qtbot: QtBot, viewer: Callable[..., SessionView]) -> None:
    card = Viewers()
    qtbot.addWidget(card)
    card.show_state(AppState(viewers=watchers((viewer("a"), viewer("b"), viewer("c")))))
    card.show_state(AppState(viewers=watchers((viewer("b"), viewer("c")))))
    wishes: list[str] = []
    card.disconnect_requested.connect(wishes.append)
    button = card.table.indexWidget(card.model.index(1, END)).findChild(QPushButton, "disconnect")
    assert isinstance(button, QPushButton)
    button.click()

    assert wishes == ["c"]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (describe(StreamOptions(fps=0.5, format="png", scale=0.5)), "0.5 fps · PNG · 50%"),
        (describe(StreamOptions(fps=30, format="auto")), "30 fps · Automatic 80"),
        (lasted(12.9), "12 s"),
        (lasted(3720), "1 h 2 min"),
        (rate(999), "1 kB/s"),
        (rate(2_340_000), "2.3 MB/s"),
    ],
)
def test_figures_are_short(shown: str, expected: str) -> None:
    assert shown == expected


def test_tray_lists_what_is_shared_and_unticking_is_a_wish(qtbot: QtBot, icons: Icons, sharing_state: AppState) -> None:
    tray = Tray(icons, Verbs(icons))
    tray.show_state(sharing_state)
    wishes: list[str] = []
    tray.unshare_requested.connect(lambda source: wishes.append(source.id))
    (action,) = tray.shared.actions()
    assert action.text() == "Window 1"
    assert tray.icon.toolTip() == "Panecast: Sharing 1 source · 0 watching"
    action.trigger()

    assert wishes == ["1"]


def test_preview_keeps_the_last_picture_while_there_is_no_newer_one(qtbot: QtBot, icons: Icons) -> None:
    panel = Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    stage = panel.preview.stage
    stage.show_picture(None, Condition("minimised", reasons.WINDOW_MINIMISED), (0, 0))
    panel.show()

    assert stage.picture is None
    assert not stage.grab().isNull()


def test_a_minimised_window_can_be_restored_from_the_preview(
    qtbot: QtBot, icons: Icons, window: Callable[..., Source]
) -> None:
    panel = Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    panel.show()
    requested = QSignalSpy(panel.preview.restore_requested)
    for state in ("live", "minimised"):
        chosen = window(1, state=state)
        panel.preview.show_state(AppState(sources=(SourceState(chosen),), selected=chosen))
        assert panel.preview.restore_button.isVisible() == (state == "minimised")
    qtbot.mouseClick(panel.preview.restore_button, Qt.MouseButton.LeftButton)

    assert requested.at(0) == [chosen]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("minimised", reasons.WINDOW_MINIMISED), "This window is minimised."),
        (Condition("waiting", reasons.CAPTURE_FAILED), "Taking pictures failed; it is tried again."),
        (BLANKED.condition, "Blanked. Viewers see nothing."),
        (PAUSED.condition, "Paused. Viewers see the last picture."),
        (Condition("hidden"), "Hidden"),
        (
            Condition("protected", reasons.WINDOW_PROTECTED),
            "This program keeps its window out of pictures. Viewers see nothing of it.",
        ),
    ],
)
def test_preview_speaks_to_who_sits_here(qtbot: QtBot, icons: Icons, condition: Condition, words: str) -> None:
    panel = Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    panel.preview.stage.show_picture(None, condition, (0, 0))

    assert panel.preview.stage.words == words


@pytest.mark.parametrize(
    "name", ["startStop", "address", "port", "search", "sourceList", "fps", "quality", "format", "preview", "viewers"]
)
def test_every_control_has_a_name_for_screen_readers(qtbot: QtBot, icons: Icons, name: str) -> None:
    panel = Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    found = panel.findChild(QWidget, name)
    assert isinstance(found, QWidget)

    assert found.accessibleName() or getattr(found, "text", str)()


def test_closing_the_panel_only_asks(qtbot: QtBot, icons: Icons) -> None:
    panel = Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    panel.show()
    wishes = QSignalSpy(panel.close_requested)
    panel.close()

    assert wishes.count() == 1
    assert panel.isVisible()


def test_question_at_closing_does_not_block(qtbot: QtBot, icons: Icons) -> None:
    panel = Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    panel.show()
    dialog = panel.ask_keep_sharing()
    quits = QSignalSpy(dialog.accepted)
    leave = dialog.findChild(QPushButton, "stopAndQuit")
    assert isinstance(leave, QPushButton)
    leave.click()

    assert quits.count() == 1


def test_place_that_cannot_be_read_is_ignored(qtbot: QtBot, icons: Icons) -> None:
    panel = Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    panel.place("not base64!", (1, 2, 3))
    panel.place("AAAA", ())
    other = Panel(icons, Verbs(icons))
    qtbot.addWidget(other)
    panel.resize(760, 560)
    other.place(panel.geometry_text(), ())

    assert other.size() == panel.size()
