"""Who is watching: a table that folds away while nobody does."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.rows import Remove, steps
from gui.state import STATE_WORDS, AppState, Watcher
from gui.style import current_look
from server.options import StreamOptions

ROW_HEIGHT = 36
MOST_ROWS = 4
LOW = 600
"""Below this height of the panel the table takes one row, for the list and the preview need the room."""
FIGURES_MS = 1000

Index = QModelIndex | QPersistentModelIndex


def describe(options: StreamOptions) -> str:
    """Return options in a few words, such as ``15 fps · JPEG 80``."""
    form = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP", "h264": "Video", "auto": "Automatic"}[options.format]
    parts = [f"{options.fps:g} fps", form if options.format == "png" else f"{form} {options.quality}"]
    if options.scale < 1:
        parts.append(f"{options.scale:.0%}")
    return " · ".join(parts)


def lasted(seconds: float) -> str:
    """Return a time in the largest unit that tells enough."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def program(agent: str) -> str:
    """Return the browser's name from what it says of itself; programs say it first."""
    for mark, name in (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome")):
        if mark in agent:
            return name
    if "Safari/" in agent:
        return "Safari"
    return agent.split("/", maxsplit=1)[0].split(" ", maxsplit=1)[0][:24]


def rate(bytes_per_second: float) -> str:
    """Return a data rate in words."""
    kilobytes = bytes_per_second / 1000
    return f"{kilobytes / 1000:.1f} MB/s" if kilobytes >= 1000 else f"{kilobytes:.0f} kB/s"


TITLES = ("Viewer", "Program", "Watches", "Wishes", "Gets", "Data", "For", "State", "")
PROGRAM, WATCHES, WISHES, STATE, END = 1, 2, 3, 7, 8
FIGURES = {4, 5, 6}


def cells(view: Watcher, now: float) -> tuple[str, ...]:
    """Return what the table says of one viewer at the monotonic time ``now``."""
    return (
        view.address,
        program(view.agent),
        view.watches,
        describe(view.options),
        f"{view.fps:.0f} fps",
        rate(view.bytes_per_second),
        lasted(now - view.since),
        STATE_WORDS.get(view.state, view.state.capitalize()),
        "",
    )


class ViewerModel(QAbstractTableModel):
    """One row for each viewer; never reset."""

    def __init__(self) -> None:
        super().__init__()
        self.views: list[Watcher] = []

    def show(self, views: tuple[Watcher, ...]) -> None:
        """Become ``views`` in the fewest steps."""
        for step in steps([view.id for view in self.views], [view.id for view in views]):
            if isinstance(step, Remove):
                self.beginRemoveRows(QModelIndex(), step.first, step.last)
                del self.views[step.first : step.last + 1]
                self.endRemoveRows()
            else:
                self.beginInsertRows(QModelIndex(), step.first, step.first + step.count - 1)
                self.views[step.first : step.first] = views[step.first : step.first + step.count]
                self.endInsertRows()
        self.views[:] = views
        if views:
            self.dataChanged.emit(self.index(0, 0), self.index(len(views) - 1, END))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        """Return the number of viewers."""
        return 0 if parent.isValid() else len(self.views)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        """Return the number of columns."""
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not 0 <= index.row() < len(self.views):
            return None
        view = self.views[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cells(view, time.monotonic())[index.column()]
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(view, index.column())
            case Qt.ItemDataRole.ForegroundRole if index.column() == STATE:
                look = current_look()
                return QColor(look.live if view.state == "live" else look.waiting)
        return None


class Viewers(QFrame):
    """The card at the bottom.

    Signals:
        disconnect_wished: remove the viewer with this id.
        figures_wished: the rates shown are a second old.
    """

    disconnect_wished = Signal(str)
    figures_wished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._section = QLabel("WATCHING")
        self._section.setObjectName("section")
        self._empty = QLabel()
        self._empty.setObjectName("viewersEmpty")
        self.model = ViewerModel()
        self.table = QTableView()
        self.table.setObjectName("viewers")
        self.table.setAccessibleName("Viewers")
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(WATCHES, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(END, QHeaderView.ResizeMode.Fixed)
        head.resizeSection(END, self.fontMetrics().horizontalAdvance("Disconnect") + 52)
        head.setMinimumSectionSize(44)
        self.model.rowsInserted.connect(self._add_buttons)
        line = QHBoxLayout()
        line.setContentsMargins(8, 0, 16, 0)
        line.setSpacing(16)
        line.addWidget(self._section)
        line.addWidget(self._empty, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 10, 0, 10)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self.table)
        self._poll = QTimer(self)
        self._poll.setInterval(FIGURES_MS)
        self._poll.timeout.connect(self.figures_wished)
        self.show_state(AppState())

    def show_state(self, state: AppState) -> None:
        """Show who is watching, or a sentence when nobody is."""
        self.model.show(state.viewers)
        count = len(state.viewers)
        self.table.setVisible(count > 0)
        self._section.setText(f"WATCHING · {count}" if count else "WATCHING")
        self._empty.setText("" if count else self._sentence(state))
        self._fit()
        self._run_poll()

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the figures fresh while they can be seen."""
        super().showEvent(event)
        self._run_poll()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the figures rest."""
        super().hideEvent(event)
        self._poll.stop()

    def resizeEvent(self, event: Any) -> None:
        """Leave out what a narrow panel has no room for."""
        super().resizeEvent(event)
        self._fit()
        self.table.setColumnHidden(PROGRAM, self.width() < 860)
        self.table.setColumnHidden(WISHES, self.width() < 700)

    def _fit(self) -> None:
        count = len(self.model.views)
        low = self.window().height() < LOW
        self._section.setVisible(not (low and count))
        self._empty.setVisible(not count)
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(head + ROW_HEIGHT * min(count, 1 if low else MOST_ROWS) + 2)

    def _run_poll(self) -> None:
        wanted = self.isVisible() and bool(self.model.views)
        if wanted != self._poll.isActive():
            self._poll.start() if wanted else self._poll.stop()

    def _add_buttons(self, parent: QModelIndex, first: int, last: int) -> None:
        for at in range(first, last + 1):
            view = self.model.views[at]
            button = QPushButton("Disconnect")
            button.setObjectName("disconnect")
            button.setAccessibleName(f"Disconnect {view.address}")
            button.setToolTip(f"End the watching of {view.address}")
            button.clicked.connect(partial(self._wish_end, view.id))
            cell = QWidget()
            layout = QHBoxLayout(cell)
            layout.setContentsMargins(4, 0, 12, 0)
            layout.addWidget(button)
            self.table.setIndexWidget(self.model.index(at, END), cell)

    def _wish_end(self, viewer_id: str, checked: bool = False) -> None:
        self.disconnect_wished.emit(viewer_id)

    @staticmethod
    def _sentence(state: AppState) -> str:
        if not state.is_sharing:
            return "Whoever watches appears here once you share."
        if not state.shared:
            return "Nothing is ticked, so there is nothing to watch."
        return "Nobody is watching yet — send them the link."


def _tip(view: Watcher, column: int) -> str | None:
    if column < WATCHES:
        return f"{view.address}\n{view.agent}"
    return "\n".join(view.titles) if column == WATCHES else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in FIGURES else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
