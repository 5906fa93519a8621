from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from capture.reasons import WAYLAND_SCREENS
from capture.source import Condition, Icon, Source, State
from gui.core.state import AppState, SourceState
from gui.panel.source_delegate import ROW_ROLE
from gui.panel.source_rows import rows_for
from gui.panel.sources import SourceModel, SourcesPane
from gui.widgets.icons import Icons

States = Callable[..., tuple[SourceState, ...]]


@pytest.fixture
def pane(qtbot: QtBot, icons: Icons) -> Iterator[SourcesPane]:
    pane = SourcesPane(icons)
    qtbot.addWidget(pane)
    pane.resize(400, 420)
    pane.show()
    return pane


def titles(pane: SourcesPane) -> list[str]:
    model = pane.list.rows_model
    return [str(model.index(at).data()) for at in range(model.rowCount())]


def top_title(pane: SourcesPane) -> tuple[str, int]:
    index = pane.list.indexAt(QPoint(20, 1))
    return str(index.data()), pane.list.visualRect(index).top()


def test_model_keeps_the_rules_of_models_and_never_resets(qtbot: QtBot, states: States) -> None:
    model = SourceModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    resets = QSignalSpy(model.modelReset)
    for numbers in ((1, 2, 3), (2, 3, 4, 5), (5,), (), (9, 8, 7), (7, 8, 9)):
        rows = rows_for(states(*numbers), "")
        model.show(rows)
        assert model.rows == rows

    assert resets.count() == 0


def test_change_of_one_window_tells_of_one_row(qtbot: QtBot, states: States, window: Callable[..., Source]) -> None:
    model = SourceModel()
    model.show(rows_for(states(1, 2, 3), ""))
    changed = QSignalSpy(model.dataChanged)
    model.show(rows_for((*states(1), SourceState(window(2, "new title")), *states(3)), ""))

    assert changed.count() == 1
    assert changed.at(0)[0].row() == 2


def test_selection_and_scroll_position_survive_windows_coming_and_going(pane: SourcesPane, states: States) -> None:
    rows = states(*range(1, 41))
    pane.show_state(AppState(sources=rows, selected=rows[24].source))
    pane.list.scrollTo(pane.list.rows_model.place_of(rows[20].source.identity), pane.list.ScrollHint.PositionAtTop)
    before = top_title(pane)
    pane.show_state(AppState(sources=(*rows[5:], *states(90, 91)), selected=rows[24].source))

    assert top_title(pane) == before
    assert pane.list.currentIndex().data() == "Window 25"
    assert pane.list.selectedIndexes() == [pane.list.currentIndex()]


def test_closed_window_does_not_move_the_selection_to_a_neighbour(pane: SourcesPane, states: States) -> None:
    rows = states(1, 2, 3)
    pane.show_state(AppState(sources=rows, selected=rows[1].source))
    selected = QSignalSpy(pane.selected)
    pane.show_state(AppState(sources=(rows[0], rows[2]), selected=rows[1].source))

    assert not pane.list.currentIndex().isValid()
    assert selected.count() == 0


def test_selection_comes_back_after_a_search(pane: SourcesPane, states: States) -> None:
    rows = states(1, 2, 3)
    pane.show_state(AppState(sources=rows, selected=rows[1].source))
    pane.search.setText("Window 3")
    assert titles(pane) == ["Windows", "Window 3"]
    pane.search.clear()

    assert pane.list.currentIndex().data() == "Window 2"


def test_search_without_a_match_says_so(pane: SourcesPane, states: States) -> None:
    pane.show_state(AppState(sources=states(1, 2)))
    pane.search.setText("fire")

    assert titles(pane) == []
    assert pane.list.empty_text == "No window matches “fire”."


def test_click_into_the_box_and_space_bar_are_wishes(qtbot: QtBot, pane: SourcesPane, states: States) -> None:
    rows = states(1, 2)
    pane.show_state(AppState(sources=(rows[0], SourceState(rows[1].source, shared=True))))
    wishes: list[tuple[str, bool]] = []
    pane.share_requested.connect(lambda source, wanted: wishes.append((source.id, wanted)))
    for source_id in ("1", "2"):
        place = pane.list.check_rect(source_id).center()
        qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.keyClick(pane.list, Qt.Key.Key_Space)

    assert wishes == [("1", True), ("2", False), ("2", False)]
    # A wish is not a state: the row shows what is shared, not what was clicked.
    assert pane.list.rows_model.index(1).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked


def test_click_beside_the_box_only_selects(qtbot: QtBot, pane: SourcesPane, states: States) -> None:
    pane.show_state(AppState(sources=states(1, 2)))
    wishes, chosen = QSignalSpy(pane.share_requested), QSignalSpy(pane.selected)
    place = pane.list.check_rect("2").center() + QPoint(150, 0)
    qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert wishes.count() == 0
    assert chosen.at(0)[0].id == "2"


def test_arrow_keys_lead_from_the_search_into_the_list(qtbot: QtBot, pane: SourcesPane, states: States) -> None:
    pane.show_state(AppState(sources=states(1, 2)))
    qtbot.keyClick(pane.search, Qt.Key.Key_Down)
    assert pane.list.currentIndex().data() == "Window 1"
    qtbot.keyClick(pane.list, Qt.Key.Key_Up)

    # Headings are passed over.
    assert pane.list.currentIndex().data() == "Window 1"


def test_only_rows_in_sight_are_told(qtbot: QtBot, pane: SourcesPane, states: States) -> None:
    seen: list[tuple[str, ...]] = []
    pane.in_sight.connect(lambda sources: seen.append(tuple(source.id for source in sources)))
    pane.show_state(AppState(sources=states(*range(1, 101))))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[-1][0] == "1"
    assert 4 <= len(seen[-1]) <= 9
    pane.list.scrollToBottom()
    qtbot.waitUntil(lambda: seen[-1][-1] == "100")
    pane.hide()

    assert seen[-1] == ()


def test_rows_are_drawn_in_every_state(qtbot: QtBot, pane: SourcesPane, window: Callable[..., Source]) -> None:
    icon = Icon(2, 2, bytes([0, 0, 255, 255] * 4))
    rows = (
        SourceState(window(1, icon=icon), shared=True, watching=2),
        SourceState(window(2, "minimised one", state="minimised")),
        SourceState(window(3, "x" * 256)),
        SourceState(Source("demo", "demo", "Demo picture", "Panecast", 1280, 720)),
    )
    pane.show_state(AppState(sources=rows, selected=rows[1].source))
    thumbnail = QImage(72, 45, QImage.Format.Format_RGB32)
    thumbnail.fill(Qt.GlobalColor.red)
    pane.list.set_thumbnail(rows[0].source, thumbnail)
    picture = pane.list.viewport().grab().toImage()
    place = pane.list.check_rect("1")

    # The accent bar at the left edge, the tick's box, and the thumbnail's red.
    assert picture.pixelColor(4, place.center().y()).blue() > 200
    assert picture.pixelColor(place.right() + 13 + 36, place.center().y()).red() > 200
    assert pane.list.rows_model.index(1).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Window 1, xterm · 640 × 480, Live, shared, 2 watching"
    )
    assert pane.list.rows_model.index(0).data(ROW_ROLE).text == "Windows"


@pytest.mark.parametrize("state", ["live", "waiting"])
def test_what_the_list_lacks_is_said_above_it(pane: SourcesPane, states: States, state: State) -> None:
    words = pane.findChild(QLabel, "listing")
    pane.show_state(AppState(sources=states(1), listing=Condition(state, WAYLAND_SCREENS)))
    assert words.isVisible()
    assert words.text() == WAYLAND_SCREENS.words
    pane.show_state(AppState(sources=states(1)))
    assert not words.isVisible()


def test_the_desktops_dialog_is_offered_only_where_there_is_one(
    pane: SourcesPane, qtbot: QtBot, states: States
) -> None:
    asked = QSignalSpy(pane.pick_requested)
    pane.show_state(AppState(sources=states(1)))
    assert not pane.pick_button.isVisible()
    pane.show_state(AppState(sources=states(1), can_pick=True))
    qtbot.mouseClick(pane.pick_button, Qt.MouseButton.LeftButton)

    assert asked.count() == 1


def test_what_was_picked_stands_under_a_heading_of_its_own() -> None:
    picked = Source("portal-1", "portal", "Screen 1", "", 0, 0, is_screen=True)
    heading, row = rows_for((SourceState(picked),), "")

    assert getattr(heading, "text", "") == "Picked"
    assert isinstance(row, SourceState)
    assert row.detail == ""
