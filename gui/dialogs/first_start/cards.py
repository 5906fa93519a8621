"""Windows and screens as cards with live pictures, to be chosen by a click or the space bar."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from capture.source import Identity, Source
from gui.core.state import SourceState
from gui.panel.source_delegate import CHECK_EDGE, ROW_ROLE, Index
from gui.panel.source_view import SourceView
from gui.panel.sources import SourceModel
from gui.widgets.check_style import paint_tick
from gui.widgets.icons import Icons
from gui.widgets.style import RADIUS, STAGE, current_look
from resources.translate import _

NARROWEST = 168
"""Logical pixels of a card."""
GAP = 8
SHAPE = 16 / 10
"""Width over height of a picture."""


class CardDelegate(QStyledItemDelegate):
    """Draws a card, and turns a click anywhere on it or the space bar into a choice.

    Attributes:
        width: of a card, in logical pixels.
    """

    def __init__(self, icons: Icons, pictures: dict[Identity, QImage]) -> None:
        super().__init__()
        self.width = NARROWEST
        self._icons = icons
        self._pictures = pictures
        self._is_double = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a card: the picture, and two lines below it."""
        return QSize(self.width, self._picture_height() + 2 * option.fontMetrics.height() + 20)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Choose a card, or no longer. The second click of a double one is no choice of its own."""
        wanted = False
        if isinstance(event, QMouseEvent):
            is_left = event.button() == Qt.MouseButton.LeftButton
            if event.type() == QEvent.Type.MouseButtonDblClick:
                self._is_double = True
            elif event.type() == QEvent.Type.MouseButtonRelease:
                wanted, self._is_double = is_left and not self._is_double, False
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            wanted = event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select) and not event.isAutoRepeat()
        row = index.data(ROW_ROLE)
        if not wanted or not isinstance(row, SourceState):
            return False
        state = Qt.CheckState.Unchecked if row.shared else Qt.CheckState.Checked
        return model.setData(index, state, Qt.ItemDataRole.CheckStateRole)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, SourceState):
            return
        look = current_look()
        # PySide's stubs do not know the members that QStyleOptionViewItem inherits.
        card, state, direction = QRect(option.rect), option.state, option.direction
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(card).adjusted(1, 1, -1, -1)
        is_over = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(QPen(QColor(look.accent if row.shared else look.border), 2 if row.shared else 1))
        painter.setBrush(QColor(look.tint if row.shared else look.hover if is_over else look.raised))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        picture = QRect(card.left() + 6, card.top() + 6, card.width() - 12, self._picture_height() - 6)
        self._paint_picture(painter, QRectF(picture), row)
        tick = QRect(picture.left() + 6, picture.top() + 6, CHECK_EDGE, CHECK_EDGE)
        paint_tick(painter, QRectF(QStyle.visualRect(direction, card, tick)), row.shared, look)
        height = option.fontMetrics.height()
        upper = QRect(picture.left() + 2, picture.bottom() + 5, picture.width() - 4, height)
        strong = QFont(painter.font())
        strong.setWeight(QFont.Weight.DemiBold)
        self._say(painter, strong, look.text, upper, row.title)
        words = row.source.app if row.source.kind == "window" else row.size
        self._say(painter, option.font, look.muted, upper.translated(0, height + 1), words)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(look.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(3, 3, -3, -3), RADIUS - 3, RADIUS - 3)
        painter.restore()

    def _picture_height(self) -> int:
        return round((self.width - 12) / SHAPE) + 6

    def _paint_picture(self, painter: QPainter, place: QRectF, row: SourceState) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(place, 4, 4)
        image = self._pictures.get(row.source.identity)
        painter.fillPath(shape, QColor(STAGE))
        painter.save()
        painter.setClipPath(shape)
        if image is not None:
            size = image.size().toSizeF().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            fitted = QRectF(0, 0, size.width(), size.height())
            fitted.moveCenter(place.center())
            painter.drawImage(fitted, image)
        else:
            icon = QRectF(0, 0, 32, 32)
            icon.moveCenter(place.center())
            self._icons.paint(painter, row.source.kind, icon, "#8B95A5")
        painter.restore()

    @staticmethod
    def _say(painter: QPainter, font: QFont, colour: str, place: QRect, words: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)


class CardModel(SourceModel):
    """The cards' sources, where ``shared`` stands for chosen."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a view or a screen reader asks of a card."""
        row = super().data(index, ROW_ROLE)
        if role == Qt.ItemDataRole.AccessibleTextRole and isinstance(row, SourceState):
            choice = _("selected") if row.shared else _("not selected")
            return f"{row.title}, {row.detail}, {choice}"
        return super().data(index, role)


class Cards(SourceView):
    """The cards. Choices are kept here and are nobody's business before the person says so.

    Signals:
        chosen_changed: other sources are chosen now.
    """

    chosen_changed = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.setObjectName("cards")
        self.translate()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSpacing(GAP // 2)
        self.setUniformItemSizes(True)
        self.setMinimumHeight(190)
        self._is_walked = False
        self._chosen: dict[Identity, Source] = {}
        self._states: tuple[SourceState, ...] = ()
        self._pictures: dict[Identity, QImage] = {}
        self._model = CardModel()
        self._model.share_requested.connect(self._choose)
        self.setModel(self._model)
        self._painter = CardDelegate(icons, self._pictures)
        self.setItemDelegate(self._painter)

    def translate(self) -> None:
        """Say everything in the language in use, but for the cards."""
        self.setAccessibleName(_("Windows and screens"))
        self.setAccessibleDescription(_("The arrow keys move between them, the space bar chooses one."))

    @property
    def chosen(self) -> tuple[Source, ...]:
        """Return what is chosen and still there, in the order of the cards."""
        return tuple(state.source for state in self._states if state.source.identity in self._chosen)

    @property
    def picture_size(self) -> tuple[int, int]:
        """Return how large pictures are shown at most, in device pixels."""
        ratio = self.devicePixelRatioF()
        return round(self._painter.width * ratio), round(self._painter.width / SHAPE * ratio)

    def show_sources(self, states: tuple[SourceState, ...]) -> None:
        """Show ``states``; what is shared of them already is chosen, and choices stay while others come and go."""
        known = {state.source.identity for state in self._states}
        for state in states:
            if state.shared and state.source.identity not in known:
                self._chosen[state.source.identity] = state.source
        self._states = states
        self._show()
        # Windows come before what was there first; the keyboard begins with the first card all the same.
        if self._model.rowCount() and not (self._is_walked and self.currentIndex().isValid()):
            self.setCurrentIndex(self._model.index(0))

    def set_picture(self, source: Source, image: QImage) -> None:
        """Show ``image`` on the card of ``source``."""
        index = self._model.place_of(source.identity)
        if index.isValid():
            self._pictures[source.identity] = image
            self.update(index)

    def card_rect(self, source_id: str) -> QRect:
        """Return where the card of a source is in the viewport, an empty rectangle where there is none."""
        for at, state in enumerate(self._states):
            if state.source.id == source_id:
                return self.visualRect(self._model.index(at))
        return QRect()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the card stay that the arrow keys have gone to."""
        super().keyPressEvent(event)
        self._is_walked = True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let the card stay that was clicked."""
        super().mousePressEvent(event)
        self._is_walked = True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cards, or a sentence where there are none."""
        super().paintEvent(event)
        if not self._model.rowCount() and self.empty_text:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(current_look().muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(24, 24, -24, -24), flags, self.empty_text)
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have as many cards beside each other as there is room for, and have them fill it."""
        super().resizeEvent(event)
        # Less that of a scroll bar, whether there is one or not: its coming would have it be needed no more.
        bar = self.verticalScrollBar()
        room = self.viewport().width() - (0 if bar.isVisible() else bar.sizeHint().width()) - GAP
        widest = max(NARROWEST, self.fontMetrics().averageCharWidth() * 20)
        count = max(1, room // (widest + GAP))
        width = max(60, room // count - GAP)
        if width != self._painter.width:
            self._painter.width = width
            self.scheduleDelayedItemsLayout()

    def _show(self) -> None:
        rows = tuple(
            SourceState(state.source, state.source.identity in self._chosen, state.watching) for state in self._states
        )
        current = self.currentIndex().data(ROW_ROLE)
        if self._model.show(rows):
            present = {state.source.identity for state in self._states}
            for gone in self._pictures.keys() - present:
                del self._pictures[gone]
            if isinstance(current, SourceState) and current.source.identity not in present:
                # Qt would move on to a neighbour, which the space bar would choose then.
                self.setCurrentIndex(self._model.index(0) if rows else QModelIndex())
            self.look_again()
        self.viewport().update()

    def choose(self, source: Source) -> None:
        """Choose ``source``, as a click on its card does."""
        self._choose(source, True)

    def _choose(self, source: Source, wanted: bool) -> None:
        if wanted:
            self._chosen[source.identity] = source
        else:
            self._chosen.pop(source.identity, None)
        self._show()
        self.chosen_changed.emit()
