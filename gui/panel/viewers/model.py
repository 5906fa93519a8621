"""The rows of the table of viewers: those who watch, who ask to, and who were disconnected."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from gui.core.access import MY_LINK
from gui.core.access_state import Parted, PendingRequest
from gui.core.state import STATE_WORDS, ViewerRow, sources_words, state_word, via_words
from gui.panel.viewers.traffic import GRAPH_ROLE, History
from gui.widgets.row_changes import Remove, steps
from gui.widgets.style import current_look
from resources.formats import HOUR, lasted, number, percent, rate
from resources.translate import N_, _, ngettext
from server.protocol.options import StreamOptions

SINGLE = N_("Single pictures")
FORMS = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP", "h264": N_("Video"), "auto": N_("Automatic")}

Index = QModelIndex | QPersistentModelIndex


def describe(options: StreamOptions) -> str:
    """Return options in a few words, such as ``15 fps · JPEG 80``."""
    form = _(FORMS[options.format])
    parts = [_fps(options.fps), form if options.format == "png" else f"{form} {options.quality}"]
    if options.scale < 1:
        parts.append(percent(options.scale))
    return " · ".join(parts)


def program(agent: str) -> str:
    """Return the browser's name from what it says of itself; programs say it first."""
    for mark, name in (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome")):
        if mark in agent:
            return name
    if "Safari/" in agent:
        return "Safari"
    return agent.split("/", maxsplit=1)[0].split(" ", maxsplit=1)[0][:24]


TITLES = (
    N_("Viewer"),
    N_("Via"),
    N_("Program"),
    N_("Watching"),
    N_("Requested"),
    N_("Actual"),
    N_("Data"),
    N_("Time"),
    N_("State"),
    "",
)
BY, PROGRAM, WATCHES, WISHES, DATA, STATE, END = 1, 2, 3, 4, 6, 8, 9
FIGURES = {5, 6, 7}
LEFT_OUT = (PROGRAM, WISHES, BY, 7, DATA, 5)
"""Columns that a narrow panel has no room for, the first to go first."""
Row = ViewerRow | PendingRequest | Parted


def widest_words() -> tuple[str, ...]:
    """Return what columns are to have room for, all in all."""
    asked = describe(StreamOptions(fps=60, quality=100, format="auto"))
    longest = max((_("Asking"), _("Disconnected"), *map(state_word, STATE_WORDS)), key=len)
    return ("192.168.100.100", _(MY_LINK), "Firefox", "", asked, _fps(60), "", lasted(10 * HOUR), longest, "")


def cells(view: Row, now: float) -> tuple[str, ...]:
    """Return what the table says of one viewer at the monotonic time ``now``."""
    if isinstance(view, PendingRequest):
        asked = view.question
        wanted = asked.wanted[0] if len(asked.wanted) == 1 else sources_words(len(asked.wanted))
        return (view.place, via_words(asked.by), asked.browser, wanted, "", "", "", "", _("Asking"), "")
    if isinstance(view, Parted):
        gone = view.dismissal
        return (view.place, via_words(gone.by), program(gone.agent), "", "", "", "", "", _("Disconnected"), "")
    return (
        view.place,
        via_words(view.sessions[0].viewer.by),
        program(view.agent),
        view.watches,
        _(SINGLE) if view.looks else describe(view.options),
        _looks(view.looks) if view.looks else _fps(round(view.fps)),
        rate(view.bytes_per_second),
        lasted(now - view.since),
        state_word(view.state),
        "",
    )


class ViewerModel(QAbstractTableModel):
    """One row for each viewer; never reset."""

    def __init__(self) -> None:
        super().__init__()
        self.views: list[Row] = []
        self.history = History()

    def translate(self) -> None:
        """Have everything said in the language in use."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(TITLES) - 1)

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
            return _(TITLES[section]) if TITLES[section] else ""
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _(TITLES[section]) if TITLES[section] else _("Actions")
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


def _fps(fps: float) -> str:
    # Translators: pictures per second, as short as can be
    return _("{count} fps").format(count=number(fps, 0 if fps == round(fps) else 1))


def _looks(count: int) -> str:
    return ngettext("{count} picture", "{count} pictures", count).format(count=count)


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
