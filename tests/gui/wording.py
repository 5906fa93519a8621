"""Which words of a window come from no catalogue: in the pseudo language, all that do stand in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCalendarWidget,
    QComboBox,
    QHeaderView,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QToolButton,
    QWidget,
)

SAID = re.compile(r"⟦[^⟦⟧]*⟧")
TAG = re.compile(r"<[^<>]+>")
WORD = re.compile(r"[^\W\d_]{2,}")
PROPERTIES = ("windowTitle", "text", "toolTip", "accessibleName", "accessibleDescription", "placeholderText", "title")
DATA_PARTS = {
    "notices",
    "crashText",
    "names",
    "certificateFile",
    "keyFile",
    "fingerprint",
    "port",
    "address",
    "pinAddress",
    "linkName",
    "search",
    "qt_keysequenceedit_lineedit",
    "manualContents",
    "updateNotes",
}
"""Controls whose text is a person's own or a file's; what they are called is looked at all the same."""


def strange_words(window: QWidget, data: tuple[str, ...]) -> Iterator[str]:
    """Yield what is said in ``window`` and comes from no catalogue; ``data`` are names that nobody translates."""
    for part in (window, *window.findChildren(QWidget)):
        if any(isinstance(each, QCalendarWidget) for each in _around(part)):
            continue
        for name, words in _words(part):
            left = _left(words, data)
            if WORD.search(left):
                yield f"{type(part).__name__} {part.objectName()} {name}: “{words}” has “{left.strip()}”"


def _left(words: str, data: tuple[str, ...]) -> str:
    left, before = words, ""
    while left != before:
        before, left = left, SAID.sub("", left)
    left = TAG.sub("", left)
    for name in sorted(data, key=len, reverse=True):
        left = left.replace(name, "")
    return left


def _around(part: QObject) -> Iterator[QObject]:
    at: QObject | None = part
    while at is not None:
        yield at
        at = at.parent()


def _words(part: QWidget) -> Iterator[tuple[str, str]]:
    for name in PROPERTIES:
        words = part.property(name)
        if isinstance(words, str) and not (name in ("text", "toolTip") and part.objectName() in DATA_PARTS):
            yield name, words
    if isinstance(part, QMenu):
        for action in part.actions():
            yield from _of_action(action)
    elif isinstance(part, QPushButton | QToolButton):
        menu = part.menu()
        if menu is not None:
            yield from _words(menu)
    elif isinstance(part, QComboBox):
        for at in range(part.count()):
            yield "entry", part.itemText(at)
            yield "entry's tip", str(part.itemData(at, Qt.ItemDataRole.ToolTipRole) or "")
    elif isinstance(part, QPlainTextEdit) and part.objectName() not in DATA_PARTS:
        yield "text", part.toPlainText()
    elif (
        isinstance(part, QAbstractItemView)
        and not isinstance(part, QHeaderView)
        and part.objectName() not in DATA_PARTS
    ):
        yield from _of_view(part)


def _of_action(action: QAction) -> Iterator[tuple[str, str]]:
    yield "entry", action.text()
    yield "entry's tip", action.toolTip()
    below = action.menu()
    if isinstance(below, QMenu):
        yield from _words(below)


def _of_view(view: QAbstractItemView) -> Iterator[tuple[str, str]]:
    model = view.model()
    if model is None:
        return
    root = QModelIndex()
    for column in range(model.columnCount(root) if isinstance(view, QTableView) else 1):
        if isinstance(view, QTableView):
            yield "title", str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(model.rowCount(root)):
            index = model.index(row, column, root)
            for role in (
                Qt.ItemDataRole.DisplayRole,
                Qt.ItemDataRole.ToolTipRole,
                Qt.ItemDataRole.AccessibleTextRole,
            ):
                words = index.data(role)
                if isinstance(words, str):
                    yield "cell", words
