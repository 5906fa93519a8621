"""What is wrong with how a window lies on its screen: parts outside of it, parts that overlap, words that are cut."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QTableView,
    QWidget,
)

OVERLAYS = ("masks", "messageBar")
"""What is meant to lie over something else."""
MAY_BE_CUT = ("previewTitle", "previewDetail", "viewersEmpty")
"""What shows an ellipsis and has all of it in its tooltip."""


def faults(window: QWidget) -> list[str]:
    """Return what is wrong with a window that is shown, one sentence each."""
    return [f"{_name(window)}: {fault}" for fault in (*_off_screen(window), *_inside(window))]


def popup_faults(choice: QComboBox) -> list[str]:
    """Open a drop-down, and return what is wrong with its list."""
    around = choice.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(choice)
        around = around.parentWidget()
    choice.showPopup()
    QApplication.processEvents()
    view = choice.view()
    frame = view.window()
    # The last one where all fit; where they scroll, that can be scrolled to.
    bar = view.verticalScrollBar()
    found = list(_off_screen(frame))
    is_high = frame.height() > view.screen().availableGeometry().height() * 0.6
    if bar.maximum() and choice.count() <= choice.maxVisibleItems() and not is_high:
        found.append(f"{choice.count()} entries scroll by {bar.maximum()} in {_rect(frame.geometry())}")
    bar.setValue(bar.maximum())
    area = view.viewport().rect()
    last = view.visualRect(choice.model().index(choice.count() - 1, 0))
    if not area.contains(last):
        found.append(f"the last entry {_rect(last)} is cut by {_rect(area)}")
    for row in range(choice.count()):
        needed = view.fontMetrics().horizontalAdvance(choice.itemText(row))
        if needed > last.width():
            found.append(f"“{choice.itemText(row)}” needs {needed} of {last.width()}")
    choice.hidePopup()
    return [f"drop-down {_name(choice)}: {fault}" for fault in found]


def _off_screen(window: QWidget) -> Iterator[str]:
    frame, room = window.frameGeometry(), window.screen().availableGeometry()
    if not room.contains(frame):
        yield f"{_rect(frame)} is not within the screen {_rect(room)}"


def _inside(window: QWidget) -> Iterator[str]:
    parts = [part for part in window.findChildren(QWidget) if part.isVisible() and part.window() is window]
    for part in parts:
        around = part.parentWidget()
        # Mirrored, Qt places the parts of a splitter one pixel beside.
        if isinstance(around, QSplitter) and around.isRightToLeft():
            continue
        if not _scrolls(part) and not around.rect().contains(part.geometry()):
            yield f"{_name(part)} {_rect(part.geometry())} lies outside of {_name(around)} {_rect(around.rect())}"
        yield from _cut(part)
    for around in (window, *parts):
        beside = [part for part in parts if part.parentWidget() is around and part.objectName() not in OVERLAYS]
        if isinstance(around, (QAbstractScrollArea, QComboBox, QLineEdit, QSplitter)) or _scrolls_all(around):
            continue
        for one, other in combinations(beside, 2):
            if one.geometry().intersects(other.geometry()):
                yield f"{_name(one)} {_rect(one.geometry())} overlaps {_name(other)} {_rect(other.geometry())}"


def _cut(part: QWidget) -> Iterator[str]:
    """Tell of words that are not seen whole."""
    if part.objectName() in MAY_BE_CUT and part.toolTip():
        return
    has, needs = part.size(), part.sizeHint()
    match part:
        case QLabel() if part.text() and part.wordWrap():
            if part.heightForWidth(has.width()) > has.height():
                yield f"{_name(part)} is {has.height()} high and needs {part.heightForWidth(has.width())}"
        case QLabel() if part.text() or not part.pixmap().isNull():
            if needs.width() > has.width() or needs.height() > has.height():
                yield f"{_name(part)} is {_size(has)} and needs {_size(needs)}"
        case QAbstractButton() if part.text() and not isinstance(part.parentWidget(), QDialogButtonBox):
            if needs.width() > has.width() or needs.height() > has.height():
                yield f"{_name(part)} is {_size(has)} and needs {_size(needs)}"
        case QLineEdit() if not isinstance(part.parentWidget(), QComboBox):
            inner = part.style().subElementRect(QStyle.SubElement.SE_LineEditContents, _option(part), part)
            words = part.displayText() or part.placeholderText()
            needed = part.fontMetrics().horizontalAdvance(words)
            if needed > inner.width():
                yield f"{_name(part)} has {inner.width()} for “{words}” ({needed})"
        case QComboBox():
            needed = part.fontMetrics().horizontalAdvance(part.currentText())
            if needed > _room_in(part) and part.currentText() not in part.toolTip():
                yield f"{_name(part)} is {part.width()} wide for “{part.currentText()}” ({needed})"
        case QHeaderView() if part.orientation() == Qt.Orientation.Horizontal:
            yield from _cut_titles(part)
        case QTableView():
            yield from _cut_cells(part)


def _cut_titles(head: QHeaderView) -> Iterator[str]:
    for at in range(head.count()):
        if not head.isSectionHidden(at) and head.sectionSizeFromContents(at).width() > head.sectionSize(at):
            yield f"title {at} of {_name(head.parentWidget())} is {head.sectionSize(at)} wide"


def _cut_cells(table: QTableView) -> Iterator[str]:
    model = table.model()
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            index = model.index(row, column)
            words = str(index.data() or "")
            is_short = table.fontMetrics().horizontalAdvance(words) <= table.columnWidth(column)
            if not (is_short or table.isColumnHidden(column) or index.data(Qt.ItemDataRole.ToolTipRole)):
                yield f"“{words}” in {_name(table)} is cut and has no tooltip"


def _option(part: QLineEdit) -> QStyleOptionFrame:
    option = QStyleOptionFrame()
    part.initStyleOption(option)
    return option


def _room_in(choice: QComboBox) -> int:
    option = QStyleOptionComboBox()
    choice.initStyleOption(option)
    control, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    return choice.style().subControlRect(control, option, field, choice).width()


def _scrolls(part: QWidget) -> bool:
    """Tell whether a part is what is moved in a viewport."""
    around = part.parentWidget()
    return isinstance(around.parentWidget(), QAbstractScrollArea)


def _scrolls_all(around: QWidget) -> bool:
    return isinstance(around.parentWidget(), QAbstractScrollArea) and around.objectName() == "qt_scrollarea_viewport"


def _name(part: QWidget) -> str:
    words = getattr(part, "text", None)
    said = f" “{words()[:40]}”" if callable(words) and isinstance(part, (QLabel, QAbstractButton)) else ""
    return f"{type(part).__name__} {part.objectName()}{said}".strip()


def _rect(rect: QRect) -> str:
    return f"{rect.x()},{rect.y()} {rect.width()}×{rect.height()}"


def _size(size: QSize) -> str:
    return f"{size.width()}×{size.height()}"
