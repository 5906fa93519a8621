"""Check boxes and radio buttons with an outline that is seen in every theme: Fusion's own is a shade of the window, and
lost in a dark one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QProxyStyle, QStyle, QStyleOption, QWidget

from gui.widgets.style import Look, current_look

BOXES = (QStyle.PrimitiveElement.PE_IndicatorCheckBox, QStyle.PrimitiveElement.PE_IndicatorItemViewItemCheck)
DRAWN_FOR = 18.0
"""Logical pixels of the edge that lines and corners were drawn for."""


def paint_tick(painter: QPainter, place: QRectF, checked: bool, look: Look, *, enabled: bool = True) -> None:
    """Draw a check box into the square ``place``, ticked or not."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(1.0 if enabled else 0.45)
    painter.translate(place.topLeft())
    painter.scale(place.width() / DRAWN_FOR, place.height() / DRAWN_FOR)
    painter.setPen(QPen(QColor(look.accent if checked else look.muted), 1.5))
    painter.setBrush(QColor(look.accent if checked else look.card))
    painter.drawRoundedRect(QRectF(0.75, 0.75, DRAWN_FOR - 1.5, DRAWN_FOR - 1.5), 4, 4)
    if checked:
        pen = QPen(QColor(look.on_accent), 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline([QPointF(5, 9.4), QPointF(7.9, 12.3), QPointF(13.2, 6.2)])
    painter.restore()


def paint_dot(painter: QPainter, place: QRectF, checked: bool, look: Look, *, enabled: bool = True) -> None:
    """Draw a radio button into the square ``place``, chosen or not."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(1.0 if enabled else 0.45)
    painter.setPen(QPen(QColor(look.accent if checked else look.muted), 1.5))
    painter.setBrush(QColor(look.accent if checked else look.card))
    painter.drawEllipse(place.adjusted(0.75, 0.75, -0.75, -0.75))
    if checked:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.on_accent))
        edge = place.width() / 6
        painter.drawEllipse(place.center(), edge, edge)
    painter.restore()


class PanelStyle(QProxyStyle):
    """Fusion, with check boxes and radio buttons of our own in windows, lists and menus."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawPrimitive(  # noqa: N802 (Qt's name)
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element == QStyle.PrimitiveElement.PE_IndicatorRadioButton:
            paint = paint_dot
        elif element in BOXES:
            paint = paint_tick
        else:
            super().drawPrimitive(element, option, painter, widget)
            return
        # PySide's stubs do not know the members of options.
        place, state = QRectF(option.rect), option.state
        edge = min(place.width(), place.height())
        box = QRectF(0, 0, edge, edge)
        box.moveCenter(place.center())
        look = current_look()
        paint(
            painter,
            box,
            bool(state & QStyle.StateFlag.State_On),
            look,
            enabled=bool(state & QStyle.StateFlag.State_Enabled),
        )
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(QPen(QColor(look.accent), 1))
            painter.drawRect(box.adjusted(-2, -2, 2, 2))
