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
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.doors_state import Asking, DoorsState
from gui.rows import Remove, steps
from gui.state import STATE_WORDS, AppState, Watcher, counted
from gui.style import current_look
from gui.traffic import GRAPH_ROLE, GRAPH_WIDTH, History, TrafficDelegate
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


TITLES = ("Viewer", "Came by", "Program", "Watches", "Wishes", "Gets", "Data", "For", "State", "")
BY, PROGRAM, WATCHES, WISHES, DATA, STATE, END = 1, 2, 3, 4, 6, 8, 9
FIGURES = {5, 6, 7}

Row = Watcher | Asking


def cells(view: Row, now: float) -> tuple[str, ...]:
    """Return what the table says of one viewer at the monotonic time ``now``."""
    if isinstance(view, Asking):
        asked = view.question
        wanted = asked.wanted[0] if len(asked.wanted) == 1 else counted(len(asked.wanted), "source")
        return (asked.address, asked.by, asked.browser, wanted, "", "", "", "", "Asking", "")
    return (
        view.address,
        view.sessions[0].viewer.by,
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
        self.views: list[Row] = []
        self.history = History()

    def show(self, views: tuple[Row, ...]) -> None:
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
                is_live = isinstance(view, Watcher) and view.state == "live"
                return QColor(look.live if is_live else look.waiting)
            case role if role == GRAPH_ROLE and index.column() == DATA:
                return self.history.of(view.id)
        return None


class Viewers(QFrame):
    """The card at the bottom.

    Signals:
        disconnect_wished: remove the viewer with this id.
        forget_wished, block_wished: part from this `Watcher` for good: from the device, or from the address.
        answer_wished: see the question of somebody who asks.
        figures_wished: the rates shown are a second old.
    """

    disconnect_wished = Signal(str)
    forget_wished = Signal(object)
    block_wished = Signal(object)
    answer_wished = Signal()
    figures_wished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._section = QLabel("WATCHING")
        self._section.setObjectName("section")
        self._empty = QLabel()
        self._empty.setObjectName("viewersEmpty")
        self._state = AppState()
        self._asking: tuple[Asking, ...] = ()
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
        head.resizeSection(END, self.fontMetrics().horizontalAdvance("Disconnect") + 92)
        head.setSectionResizeMode(DATA, QHeaderView.ResizeMode.Fixed)
        head.resizeSection(DATA, self.fontMetrics().horizontalAdvance("9999 kB/s") + GRAPH_WIDTH + 24)
        self.table.setItemDelegateForColumn(DATA, TrafficDelegate(self.table))
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
        self._poll.timeout.connect(self._sample)
        self.show_state(AppState())

    def show_state(self, state: AppState) -> None:
        """Show who is watching, or a sentence when nobody is."""
        self._state = state
        self._show_rows()

    def show_doors(self, doors: DoorsState) -> None:
        """Show who asks to watch, too."""
        asking = tuple(map(Asking, doors.questions))
        if asking != self._asking:
            self._asking = asking
            self._show_rows()

    def _show_rows(self) -> None:
        state = self._state
        self.model.show((*self._asking, *state.viewers))
        count, rows = len(state.viewers), len(self.model.views)
        self.table.setVisible(rows > 0)
        self._section.setText(f"WATCHING · {count}" if count else "WATCHING")
        self._empty.setText("" if rows else self._sentence(state))
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
        self.table.setColumnHidden(PROGRAM, self.width() < 1040)
        self.table.setColumnHidden(BY, self.width() < 800)
        self.table.setColumnHidden(WISHES, self.width() < 920)

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
            cell = QWidget()
            layout = QHBoxLayout(cell)
            layout.setContentsMargins(4, 0, 12, 0)
            layout.setSpacing(4)
            for button in self._buttons(self.model.views[at]):
                layout.addWidget(button)
            self.table.setIndexWidget(self.model.index(at, END), cell)

    def _buttons(self, view: Row) -> tuple[QPushButton, ...]:
        if isinstance(view, Asking):
            answer = QPushButton("Answer…")
            answer.setObjectName("answer")
            answer.setAccessibleName(f"Answer {view.address}")
            answer.setToolTip(f"Say whether {view.address} may watch")
            answer.clicked.connect(self.answer_wished)
            return (answer,)
        button = QPushButton("Disconnect")
        button.setObjectName("disconnect")
        button.setAccessibleName(f"Disconnect {view.address}")
        button.setToolTip(f"End the watching of {view.address}")
        button.clicked.connect(partial(self._wish_end, view.id))
        if not view.sessions[0].viewer.device_id:
            return (button,)
        more = QPushButton("⋯")
        more.setObjectName("disconnect")
        more.setAccessibleName(f"More about {view.address}")
        more.setToolTip(f"Keep {view.address} from coming again")
        menu = QMenu(more)
        menu.addAction("Forget this device").triggered.connect(lambda: self.forget_wished.emit(view))
        menu.addAction(f"Block {view.address}").triggered.connect(lambda: self.block_wished.emit(view))
        more.setMenu(menu)
        return (button, more)

    def _sample(self) -> None:
        watching = [view for view in self.model.views if isinstance(view, Watcher)]
        self.model.history.add({view.id: view.bytes_per_second for view in watching})
        self.figures_wished.emit()

    def _wish_end(self, viewer_id: str, checked: bool = False) -> None:
        self.disconnect_wished.emit(viewer_id)

    @staticmethod
    def _sentence(state: AppState) -> str:
        if not state.is_sharing:
            return "Whoever watches appears here once you share."
        if not state.shared:
            return "Nothing is ticked, so there is nothing to watch."
        return "Nobody is watching yet — send them the link."


def _tip(view: Row, column: int) -> str | None:
    if isinstance(view, Asking):
        return "\n".join(view.question.wanted) if column == WATCHES else None
    if column < WATCHES:
        return f"{view.address}\n{view.agent}"
    return "\n".join(view.titles) if column == WATCHES else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in FIGURES else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
