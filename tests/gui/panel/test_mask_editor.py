"""Masks on the preview: drawn, moved, sized and taken away, by mouse and by keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from capture.picture.pixels import Rect
from capture.privacy.masks import Mask
from capture.source import Condition, Source
from gui.core.state import AppState
from gui.panel.mask_shapes import MIDDLE as IN_THE_MIDDLE
from gui.panel.mask_shapes import SMALLEST, Grip, between, dragged
from gui.panel.preview import PreviewPane

LIVE = Condition("live")
SIZE = (800, 400)
MIDDLE = replace(IN_THE_MIDDLE, width=SIZE[0], height=SIZE[1])
parts = st.floats(-2, 2)


class Bench:
    """A preview with a picture of 400 × 200, and its masks."""

    def __init__(self, qtbot: QtBot) -> None:
        self.pane = PreviewPane()
        qtbot.addWidget(self.pane)
        self.pane.resize(600, 400)
        self.pane.show()
        self.layer = self.pane.masks
        picture = QImage(400, 200, QImage.Format.Format_RGB32)
        picture.fill(0x336699)
        self.pane.stage.show_picture(picture, LIVE, SIZE)
        self.pane.stage.grab()
        self.wishes: list[tuple[Mask, ...]] = []
        self.layer.masks_requested.connect(self.wishes.append)
        source = Source("1", "window", "build log", "xterm", 400, 200)
        self.state = AppState(selected=source)
        self.pane.show_state(self.state)
        self.pane.mask_button.click()

    def resize(self, width: int, height: int) -> None:
        """Show a picture of a source that has another size now."""
        picture = QImage(width // 2, height // 2, QImage.Format.Format_RGB32)
        self.pane.stage.show_picture(picture, LIVE, (width, height))
        self.pane.stage.grab()

    def lay(self, *masks: Mask) -> None:
        self.pane.show_state(replace(self.state, masks=masks))

    def point(self, x: float, y: float) -> QPoint:
        place = self.pane.stage.picture_place
        return QPointF(place.x() + x * place.width(), place.y() + y * place.height()).toPoint()

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        QTest.mousePress(self.layer, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.point(*start))
        # qtbot's mouseMove tells of no pressed button.
        for share in (0.5, 1.0):
            x, y = (a + (b - a) * share for a, b in zip(start, end, strict=True))
            move(self.layer, self.point(x, y))
        QTest.mouseRelease(self.layer, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.point(*end))

    def near(self, mask: Mask) -> tuple[float, ...]:
        return tuple(round(value, 1) for value in (mask.left, mask.top, mask.right, mask.bottom))


def move(widget: QWidget, at: QPoint) -> None:
    """Move the mouse with its button held."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at),
        QPointF(widget.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_a_mask_is_drawn_moved_sized_and_taken_away_with_the_mouse(bench: Bench, qtbot: QtBot) -> None:
    bench.drag((0.2, 0.2), (0.6, 0.6))
    bench.drag((0.4, 0.4), (0.5, 0.5))
    bench.drag((0.7, 0.7), (0.9, 0.8))
    seen = [[bench.near(mask) for mask in masks] for masks in bench.wishes]
    assert seen == [[(0.2, 0.2, 0.6, 0.6)], [(0.3, 0.3, 0.7, 0.7)], [(0.3, 0.3, 0.9, 0.8)]]
    corner = bench.layer.rect_of(bench.layer.masks[0]).topRight() + QPointF(-20, 20)
    qtbot.mouseClick(bench.layer, Qt.MouseButton.LeftButton, pos=corner.toPoint())

    assert bench.wishes[-1] == ()


def test_a_click_draws_no_mask(bench: Bench) -> None:
    bench.drag((0.5, 0.5), (0.505, 0.505))

    assert bench.wishes == []


def test_a_mask_is_made_moved_sized_and_taken_away_with_keys(bench: Bench, qtbot: QtBot) -> None:
    for key, modifier in (
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
    ):
        qtbot.keyClick(bench.layer, key, modifier)

    moved = Mask(0.24, 0.25, 0.74, 0.75, *SIZE)
    sized = Mask(0.24, 0.25, 0.74, 0.76, *SIZE)
    assert bench.wishes == [(MIDDLE,), (moved,), (sized,), (sized, MIDDLE), (MIDDLE,)]
    qtbot.keyClick(bench.layer, Qt.Key.Key_Escape)
    assert not bench.layer.is_active


def test_in_another_size_more_is_shown_until_somebody_says_that_it_is_right(bench: Bench, qtbot: QtBot) -> None:
    mask = Mask(0.5, 0.25, 0.75, 0.5, *SIZE)
    bench.pane.mask_button.click()
    bench.lay(mask)
    line = bench.pane.mask_line
    assert bench.layer.masks == (mask,)
    assert not line.isVisible()
    bench.resize(1000, 400)
    qtbot.waitUntil(line.keep.isVisible)
    (wide,) = bench.layer.masks
    assert (wide.left, wide.right) == (0.399, 0.801)  # 400 to 600 at the left edge, 600 to 800 at the right
    assert not line.across.isVisible()
    qtbot.mouseClick(line.keep, Qt.MouseButton.LeftButton)

    assert bench.wishes == [(wide,)]
    qtbot.waitUntil(lambda: not line.isVisible())


def test_who_changes_a_mask_has_looked_at_that_one_only(bench: Bench, qtbot: QtBot) -> None:
    one, other = Mask(0, 0, 0.2, 0.2, *SIZE), Mask(0.6, 0.6, 1, 1, *SIZE)
    bench.lay(one, other)
    bench.resize(900, 500)
    qtbot.keyClick(bench.layer, Qt.Key.Key_Space)
    qtbot.keyClick(bench.layer, Qt.Key.Key_Right)
    (changed, left), size = bench.wishes[-1], (900, 500)

    assert left == other
    assert (changed.width, changed.height) == size
    assert changed.is_sure(*size)
    assert bench.layer.is_doubtful


def test_a_mask_is_fixed_to_edges(bench: Bench, qtbot: QtBot) -> None:
    line = bench.pane.mask_line
    bench.lay(Mask(0.5, 0.25, 0.75, 0.5, *SIZE))
    qtbot.keyClick(bench.layer, Qt.Key.Key_Space)
    for choice, row in ((line.across, 2), (line.down, 1)):
        qtbot.waitUntil(choice.isVisible)
        for _ in range(row):
            qtbot.keyClick(choice, Qt.Key.Key_Down)

    assert bench.wishes[-1] == (Mask(0.5, 0.25, 0.75, 0.5, *SIZE, "right", "top"),)
    bench.resize(1000, 500)
    assert bench.layer.masks[0].place(1000, 500) == Rect(600, 100, 200, 100)
    assert not bench.layer.is_doubtful


def test_without_the_tool_the_mouse_changes_nothing(bench: Bench) -> None:
    bench.pane.mask_button.click()

    assert bench.layer.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert bench.layer.focusPolicy() is Qt.FocusPolicy.NoFocus


@given(parts, parts, parts, parts)
def test_what_is_drawn_lies_in_the_picture(x: float, y: float, to_x: float, to_y: float) -> None:
    mask = between((x, y), (to_x, to_y))

    assert mask is None or (mask.right - mask.left >= SMALLEST and mask.bottom - mask.top >= SMALLEST)


@given(st.sampled_from([-1, 0, 1]), st.sampled_from([-1, 0, 1]), st.lists(st.tuples(parts, parts), max_size=5))
def test_no_pulling_takes_a_mask_out_of_the_picture(x: int, y: int, pulls: list[tuple[float, float]]) -> None:
    mask = MIDDLE
    for pull in pulls:
        mask = dragged(mask, Grip(x, y), *pull)  # Mask refuses what lies outside

    assert mask.right - mask.left >= SMALLEST - 1e-9
