"""What lists of sources have in common, as rows or cards: they scroll by pixels, and tell which sources can be seen."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView

from capture.source import Source
from gui.core.state import SourceState
from gui.panel.source_delegate import ROW_ROLE


class SourceView(QListView):
    """Shows a model whose `ROW_ROLE` gives a `SourceState`, or something else that is no source.

    Signals:
        in_sight: which sources can be seen now, as a tuple; empty while none can.
    """

    in_sight = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.empty_text = ""
        self._seen: tuple[Source, ...] = ()
        self._look_timer = QTimer(self)
        self._look_timer.setSingleShot(True)
        self._look_timer.setInterval(0)
        self._look_timer.timeout.connect(self._tell_in_sight)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def look_again(self) -> None:
        """Have it told which sources can be seen, after the rows have changed."""
        self._look_timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look_timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look_timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tell_in_sight()

    def _scrolled(self) -> None:
        # Connected by itself, the timer would take the scroll position for an interval.
        self._look_timer.start()

    def _tell_in_sight(self) -> None:
        seen: list[Source] = []
        if self.isVisible():
            area, model = self.viewport().rect(), self.model()
            first = self.indexAt(area.topLeft()).row()
            for at in range(max(0, first), model.rowCount()):
                index = model.index(at, 0)
                if self.visualRect(index).top() > area.bottom():
                    break
                row = index.data(ROW_ROLE)
                if isinstance(row, SourceState):
                    seen.append(row.source)
        if tuple(seen) != self._seen:
            self._seen = tuple(seen)
            self.in_sight.emit(self._seen)
