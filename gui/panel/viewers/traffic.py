"""How much each viewer was sent of late: kept for half a minute, and drawn as a small line beside the figure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from gui.widgets.style import current_look

KEPT_SECONDS = 30
"""One figure a second is kept."""
GRAPH_WIDTH = 64
GRAPH_ROLE = Qt.ItemDataRole.UserRole + 1
LEAST_PEAK = 10_000.0
"""Bytes per second that fill the graph's height at least: the noise of a still picture is to look still."""


class History:
    """The figures of the last half minute, for each viewer who is there."""

    def __init__(self) -> None:
        self._figures: dict[str, deque[float]] = {}

    def add(self, rates: Mapping[str, float]) -> None:
        """Note the bytes per second of every viewer; a viewer that is not among them has left."""
        for gone in self._figures.keys() - rates.keys():
            del self._figures[gone]
        for viewer_id, rate in rates.items():
            self._figures.setdefault(viewer_id, deque(maxlen=KEPT_SECONDS)).append(rate)

    def of(self, viewer_id: str) -> tuple[float, ...]:
        """Return a viewer's figures, the oldest first."""
        return tuple(self._figures.get(viewer_id, ()))


def line_points(figures: tuple[float, ...], place: QRectF) -> list[QPointF]:
    """Return the graph's line within ``place``: the newest figure at its right, nothing at its bottom."""
    peak = max((*figures, LEAST_PEAK))
    step = place.width() / (KEPT_SECONDS - 1)
    first = place.right() - step * (len(figures) - 1)
    return [
        QPointF(first + step * at, place.bottom() - place.height() * figure / peak) for at, figure in enumerate(figures)
    ]


class TrafficDelegate(QStyledItemDelegate):
    """Draws the graph at the left of a cell that says the rate at its right."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        figures: tuple[float, ...] = index.data(GRAPH_ROLE) or ()
        rect: QRectF = QRectF(option.rect)
        place = QRectF(rect.left() + 6, rect.top() + 9, GRAPH_WIDTH, rect.height() - 18)
        if len(figures) < 2:
            return
        points = line_points(figures, place)
        colour = QColor(current_look().accent)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pale = QColor(colour)
        pale.setAlphaF(0.15)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pale)
        corners = [QPointF(points[0].x(), place.bottom()), *points, QPointF(points[-1].x(), place.bottom())]
        painter.drawPolygon(QPolygonF(corners))
        painter.setPen(QPen(colour, 1.5))
        painter.drawPolyline(QPolygonF(points))
        painter.restore()
