"""The rows of the table of viewers: those who watch, who ask to, and who were disconnected."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from gui.core.access_state import Parted, PendingRequest
from gui.core.state import STATE_WORDS, ViewerRow, counted
from gui.panel.viewers.traffic import GRAPH_ROLE, History
from gui.widgets.row_changes import Remove, steps
from gui.widgets.style import current_look
from server.protocol.options import StreamOptions

SINGLE = "Single pictures"

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
LEFT_OUT = (PROGRAM, WISHES, BY, 7, DATA, 5)
"""Columns that a narrow panel has no room for, the first to go first."""
WIDEST = (
    "192.168.100.100",
    "My link",
    "Firefox",
    "",
    "60 fps · Automatic 100",
    "60 fps",
    "",
    "10 h 10 min",
    "Disconnected",
    "",
)
"""What columns are to have room for, all in all."""

Row = ViewerRow | PendingRequest | Parted


def cells(view: Row, now: float) -> tuple[str, ...]:
    """Return what the table says of one viewer at the monotonic time ``now``."""
    if isinstance(view, PendingRequest):
        asked = view.question
        wanted = asked.wanted[0] if len(asked.wanted) == 1 else counted(len(asked.wanted), "source")
        return (view.place, asked.by, asked.browser, wanted, "", "", "", "", "Asking", "")
    if isinstance(view, Parted):
        gone = view.dismissal
        return (view.place, gone.by, program(gone.agent), "", "", "", "", "", "Disconnected", "")
    return (
        view.place,
        view.sessions[0].viewer.by,
        program(view.agent),
        view.watches,
        SINGLE if view.looks else describe(view.options),
        counted(view.looks, "look") if view.looks else f"{view.fps:.0f} fps",
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
        return 0 if parent.isValid() else len(self.views)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
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
                is_live = isinstance(view, ViewerRow) and view.state == "live"
                return QColor(look.live if is_live else look.waiting)
            case role if role == GRAPH_ROLE and index.column() == DATA:
                return self.history.of(view.id)
        return None


def _tip(view: Row, column: int) -> str | None:
    if isinstance(view, PendingRequest):
        return "\n".join(view.question.wanted) if column == WATCHES else None
    if isinstance(view, Parted):
        return f"{view.place}\n{view.dismissal.agent}" if column < WATCHES else None
    if column < WATCHES:
        return f"{view.place}\n{view.agent}"
    return "\n".join(view.titles) if column == WATCHES else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in FIGURES else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
