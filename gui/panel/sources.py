"""The live list of what can be shown: a model that changes row by row, the list, and the search above it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from capture.reason import NOTHING
from capture.reasons import LIST_AWAITED
from capture.source import Identity, Source
from gui.core.state import AppState, SourceState, watching_words
from gui.panel.source_delegate import ROW_ROLE, Index, RowPlaces, SourceDelegate
from gui.panel.source_rows import Heading, Row, key_of, rows_for
from gui.panel.source_view import SourceView
from gui.widgets.help import HelpButton
from gui.widgets.icons import Icons
from gui.widgets.part_names import name_search
from gui.widgets.row_changes import Remove, steps
from gui.widgets.style import current_look
from resources.translate import _


class SourceModel(QAbstractListModel):
    """The rows of the list. It never resets: rows are removed, inserted and changed one by one.

    Signals:
        share_requested: a check box was set; the source and whether it is to be shared.
    """

    share_requested = Signal(object, bool)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the rows as they are."""
        return tuple(self._rows)

    def show(self, rows: tuple[Row, ...]) -> bool:
        """Become ``rows`` in the fewest steps; tell whether rows came or went."""
        moved = False
        for step in steps([key_of(row) for row in self._rows], [key_of(row) for row in rows]):
            moved = True
            if isinstance(step, Remove):
                self.beginRemoveRows(QModelIndex(), step.first, step.last)
                del self._rows[step.first : step.last + 1]
                self.endRemoveRows()
            else:
                self.beginInsertRows(QModelIndex(), step.first, step.first + step.count - 1)
                self._rows[step.first : step.first] = rows[step.first : step.first + step.count]
                self.endInsertRows()
        for at, row in enumerate(rows):
            if self._rows[at] is not row and self._rows[at] != row:
                self._rows[at] = row
                self.dataChanged.emit(self.index(at), self.index(at))
        return moved

    def place_of(self, identity: Identity) -> QModelIndex:
        """Return the index of a source, an invalid one when it is not in the list."""
        for at, row in enumerate(self._rows):
            if isinstance(row, SourceState) and row.source.identity == identity:
                return self.index(at)
        return QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a view or a screen reader asks of a row."""
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if isinstance(row, Heading):
            return _(row.text) if role == Qt.ItemDataRole.DisplayRole else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if row.shared else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                return f"{row.title}\n{row.detail} · {row.word}"
            case Qt.ItemDataRole.AccessibleTextRole:
                sharing = _("shared") if row.shared else _("not shared")
                return ", ".join((row.title, row.detail, row.word, sharing, watching_words(row.watching)))
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 (Qt's name)
        """Pass a tick on as a wish; the row changes when the state does."""
        row = self.data(index, ROW_ROLE)
        if role != Qt.ItemDataRole.CheckStateRole or not isinstance(row, SourceState):
            return False
        self.share_requested.emit(row.source, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let sources be selected and ticked, headings nothing."""
        if not isinstance(self.data(index, ROW_ROLE), SourceState):
            return Qt.ItemFlag.NoItemFlags
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsUserCheckable
            | Qt.ItemFlag.ItemNeverHasChildren
        )


class SourceList(SourceView):
    """The list itself. Selection and scroll position stay while windows come and go.

    Signals:
        selected: the person chose a source.
    """

    selected = Signal(object)

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.setObjectName("sourceList")
        self.verticalScrollBar().setSingleStep(28)
        self.rows_model = SourceModel()
        self.setModel(self.rows_model)
        self._thumbnails: dict[Identity, QImage] = {}
        self._painter = SourceDelegate(icons, self._thumbnails.get)
        self.setItemDelegate(self._painter)
        self._is_showing = False
        self.selectionModel().currentChanged.connect(self._tell_selected)

    def translate(self) -> None:
        """Say everything in the language in use."""
        self.setAccessibleName(_("Sources"))
        self.setAccessibleDescription(_("Everything that can be shared. The space bar shares the selected one."))
        self.viewport().update()

    def show_rows(self, rows: tuple[Row, ...], selected: Source | None) -> None:
        """Show ``rows`` with ``selected`` selected, moving nothing under the person's eyes."""
        self._is_showing = True
        anchor = self._anchor()
        identity = selected.identity if selected is not None else None
        current = self.currentIndex().data(ROW_ROLE)
        if current is not None and key_of(current) not in {key_of(row) for row in rows}:
            # Qt would move on to a neighbour, and the preview with it, to something nobody chose.
            self.selectionModel().clear()
        if self.rows_model.show(rows):
            present = {row.source.identity for row in rows if isinstance(row, SourceState)}
            for gone in self._thumbnails.keys() - present:
                del self._thumbnails[gone]
            self._restore(anchor)
            self.viewport().update()
        chosen = self.rows_model.place_of(identity) if identity is not None else QModelIndex()
        if chosen.isValid() and chosen != self.currentIndex():
            self.selectionModel().setCurrentIndex(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._is_showing = False
        self.look_again()

    def set_thumbnail(self, source: Source, image: QImage) -> None:
        """Show ``image`` in the row of ``source``."""
        index = self.rows_model.place_of(source.identity)
        if index.isValid():
            self._thumbnails[source.identity] = image
            self.update(index)

    def check_rect(self, source_id: str) -> QRect:
        """Return where the check box of a source is in the viewport, an empty rectangle if it is not listed."""
        for at, row in enumerate(self.rows_model.rows):
            if isinstance(row, SourceState) and row.source.id == source_id:
                return RowPlaces.of(self.visualRect(self.rows_model.index(at))).check
        return QRect()

    def restyle(self) -> None:
        """Take up the colours now in force."""
        self._painter.restyle()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, or a sentence where there are none."""
        super().paintEvent(event)
        if not self.rows_model.rowCount() and self.empty_text:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(current_look().muted))
            place = self.viewport().rect().adjusted(24, 48, -24, -24)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(place, flags, self.empty_text)
            painter.end()

    def _anchor(self) -> tuple[Any, int] | None:
        index = self.indexAt(self.viewport().rect().topLeft())
        row = index.data(ROW_ROLE)
        if row is None or not self.verticalScrollBar().value():
            return None
        return key_of(row), self.visualRect(index).top()

    def _restore(self, anchor: tuple[Any, int] | None) -> None:
        if anchor is None:
            return
        key, top = anchor
        for at, row in enumerate(self.rows_model.rows):
            if key_of(row) == key:
                self.executeDelayedItemsLayout()
                shift = self.visualRect(self.rows_model.index(at)).top() - top
                self.verticalScrollBar().setValue(self.verticalScrollBar().value() + shift)
                return

    def _tell_selected(self, current: QModelIndex) -> None:
        row = current.data(ROW_ROLE)
        if not self._is_showing and isinstance(row, SourceState):
            self.selected.emit(row.source)


class SourcesPane(QWidget):
    """Search and list.

    Signals:
        share_requested, selected, in_sight: as those of the list.
        pick_requested: the desktop's dialog is to be shown.
    """

    share_requested = Signal(object, bool)
    selected = Signal(object)
    in_sight = Signal(object)
    pick_requested = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self._state = AppState()
        self.pick_button = QPushButton()
        self.pick_button.setObjectName("pick")
        self.pick_button.clicked.connect(self.pick_requested)
        self.pick_button.hide()
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(100)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self._magnifier = self.search.addAction(
            icons.icon("search", current_look().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self._listing = QLabel()
        self._listing.setObjectName("listing")
        self._listing.setWordWrap(True)
        self._listing.hide()
        self.list = SourceList(icons)
        self.list.selected.connect(self.selected)
        self.list.in_sight.connect(self.in_sight)
        self.list.rows_model.share_requested.connect(self.share_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        upper = QHBoxLayout()
        upper.setSpacing(4)
        upper.addWidget(self.search, 1)
        upper.addWidget(HelpButton("choosing", self))
        layout.addLayout(upper)
        layout.addWidget(self.pick_button)
        layout.addWidget(self._listing)
        layout.addWidget(self.list, 1)
        self.translate()

    def translate(self) -> None:
        """Say everything in the language in use."""
        self.search.setPlaceholderText(_("Search windows and programs"))
        name_search(self.search, _("Search"))
        self.search.setToolTip(_("Find a window by its title or program (Ctrl+F)"))
        self.pick_button.setText(_("Pick a window or screen…"))
        self.pick_button.setToolTip(_("Choose a window or screen in your desktop's own dialog"))
        self.list.translate()
        self.show_state(self._state)

    def show_state(self, state: AppState) -> None:
        """Show the sources of ``state`` that the search finds."""
        self._state = state
        self.pick_button.setVisible(state.can_pick)
        self._listing.setText(state.listing.reason.words)
        # That the list is only being made stands in its place.
        self._listing.setVisible(state.listing.reason not in (NOTHING, LIST_AWAITED))
        query = self.search.text().strip()
        self.list.empty_text = (
            _("No window matches “{query}”.").format(query=query) if query else _("Looking for windows…")
        )
        self.list.show_rows(rows_for(state.sources, query), state.selected)

    def restyle(self) -> None:
        """Take up the colours now in force."""
        self._magnifier.setIcon(self._icons.icon("search", current_look().muted))
        self.list.restyle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys lead from the search into the list, and Escape empty it."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown):
                self.list.setFocus(Qt.FocusReason.TabFocusReason)
                if not self.list.currentIndex().isValid() and self.list.rows_model.rowCount() > 1:
                    self.list.setCurrentIndex(self.list.rows_model.index(1))
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def _search(self) -> None:
        self.show_state(self._state)
        self.list.viewport().update()
