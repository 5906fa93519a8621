"""A table of words whose rows have an id: they come and go one by one, so that choice and typing go with their row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from gui.widgets.row_changes import Remove, steps
from resources.translate import _

ROW_HEIGHT = 32


class TextTable(QTableWidget):
    """Shows rows of text; what the person may change is said by ``editable``.

    A row is chosen by the person, or by `choose`, and by nothing else: when it goes, none is.
    """

    def __init__(self, name: str, titles: Sequence[str], *, wide: int = 0, editable: bool = False) -> None:
        """``wide`` is the column that takes the room that is left; the first one can be ``editable``."""
        super().__init__(0, len(titles))
        self.setObjectName("words")
        self.setAccessibleName(name)
        self._editable = editable
        self._ids: tuple[str, ...] = ()
        self._later: Sequence[tuple[str, Sequence[str]]] | None = None
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
        head.setMinimumSectionSize(self.fontMetrics().horizontalAdvance(_("Last used")) + 24)
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

    def choose(self, row_id: str) -> None:
        """Choose the row with that id, and have it in sight; none where there is none."""
        if row_id in self._ids:
            at = self._ids.index(row_id)
            self.selectRow(at)
            self.scrollTo(self.model().index(at, 0))
        else:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())

    def show_rows(self, rows: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Show ``rows``, each an id and its words; while one is typed in, once that has ended."""
        if self.state() == QAbstractItemView.State.EditingState:
            self._later = rows
            return
        chosen, ids = self.chosen, tuple(row_id for row_id, _words in rows)
        with QSignalBlocker(self):
            if chosen not in ids:
                # Qt would move on to a neighbour, and a button that is pressed twice would act on that one too.
                self.choose("")
            for step in steps(self._ids, ids):
                if isinstance(step, Remove):
                    for at in range(step.last, step.first - 1, -1):
                        self.removeRow(at)
                else:
                    for at in range(step.first, step.first + step.count):
                        self.insertRow(at)
            self._ids = ids
            for at, (_id, words) in enumerate(rows):
                for column, text in enumerate(words):
                    self._put(at, column, text)
        if chosen != self.chosen:
            self.choose(chosen)
            self.itemSelectionChanged.emit()

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:  # noqa: N802 (Qt's name)
        """Show what came while somebody typed."""
        super().closeEditor(editor, hint)
        rows, self._later = self._later, None
        if rows is not None:
            self.show_rows(rows)

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
