"""A small picture of the demo picture, which takes no pictures for it.

The demo draws 1280 × 720 pixels and the libraries to write on them, 12 MB, for a row that says what it is anyway.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from capture.platforms.demo import COLOURS, INK, PAPER, QUIET

WHOLE = QSize(1280, 720)
SPOTS = ((860, 190, 34), (1010, 130, 42), (1130, 250, 50), (960, 330, 58), (800, 330, 66))
"""Middle and half the width of each shape, in pixels of the demo."""


def demo_thumbnail(size: tuple[int, int]) -> QImage:
    """Return the demo as it may look at some moment, as large as ``size`` (width, height) lets it be."""
    edge = WHOLE.scaled(QSize(*size), Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    image = QImage(edge, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(*PAPER))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(edge.width() / WHOLE.width(), edge.height() / WHOLE.height())
    for text, size_of_text, left, bottom in (("Panecast", 60, 72, 110), ("10:08:42", 120, 66, 320)):
        font = QFont(painter.font())
        font.setPixelSize(size_of_text)
        painter.setFont(font)
        painter.setPen(QColor(*INK))
        painter.drawText(QPointF(left, bottom), text)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(*COLOURS[0]))
    painter.drawRect(QRectF(74, 356, 360, 8))
    for number, (x, y, half) in enumerate(SPOTS):
        painter.setBrush(QColor(*COLOURS[number]))
        place = QRectF(x - half, y - half, 2 * half, 2 * half)
        if number % 2:
            painter.drawRoundedRect(place, 10, 10)
        else:
            painter.drawEllipse(place)
    painter.setBrush(QColor(Qt.GlobalColor.white))
    painter.drawRoundedRect(QRectF(72, 470, 1136, 198), 14, 14)
    painter.setBrush(QColor(*QUIET))
    for row, width in enumerate((1010, 860, 420)):
        painter.drawRect(QRectF(104, 510 + 46 * row, width, 16))
    painter.end()
    return image
