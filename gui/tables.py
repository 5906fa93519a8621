"""A table of words whose rows have an id: filled anew in place, so that choice and typing survive."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem

ROW_HEIGHT = 32


class WordTable(QTableWidget):
    """Shows rows of text; what the person may change is said by ``editable``."""

    def __init__(self, name: str, titles: Sequence[str], *, wide: int = 0, editable: bool = False) -> None:
        """``wide`` is the column that takes the room that is left; the first one can be ``editable``."""
        super().__init__(0, len(titles))
        self.setObjectName("words")
        self.setAccessibleName(name)
        self._editable = editable
        self._ids: tuple[str, ...] = ()
        self.setHorizontalHeaderLabels(list(titles))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)

    @property
    def chosen(self) -> str:
        """Return the id of the row that is chosen; empty for none."""
        rows = self.selectionModel().selectedRows()
        return self._ids[rows[0].row()] if rows else ""

    def id_at(self, row: int) -> str:
        """Return the id of a row."""
        return self._ids[row]

    def show_rows(self, rows: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Show ``rows``, each an id and its words."""
        chosen = self.chosen
        with QSignalBlocker(self):
            self._ids = tuple(row_id for row_id, _ in rows)
            self.setRowCount(len(rows))
            for at, (_, words) in enumerate(rows):
                for column, text in enumerate(words):
                    self._put(at, column, text)
        if chosen in self._ids:
            self.selectRow(self._ids.index(chosen))
        elif self._ids:
            self.selectRow(0)
        else:
            self.clearSelection()

    def _put(self, row: int, column: int, text: str) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            may_change = Qt.ItemFlag.ItemIsEditable if self._editable and column == 0 else Qt.ItemFlag.NoItemFlags
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | may_change)
            self.setItem(row, column, item)
        if item.text() != text:
            item.setText(text)
            item.setToolTip(text)
