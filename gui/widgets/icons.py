"""Our own icons, drawn in the colour of the text beside them."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPen, QPixmap
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 20, 24, 32, 48, 64)
LARGEST_SMALL = 24
"""Up to this many pixels NAME-small takes the place of NAME, where there is such a drawing: its lines are on pixels."""
STROKE = "#000000"
"""The colour that the drawings are made with and that gives way to the text's."""
BADGE = "#14783F"
OPEN = "#C77700"
"""Of the spot that says that other computers get in."""


class Icons:
    """Draws the icons that come with the app; one object for the whole app, which reads each file once."""

    def __init__(self) -> None:
        self._texts: dict[str, str | None] = {}
        self._icons: dict[tuple[str, str, str | None], QIcon] = {}

    def icon(self, name: str, colour: str, muted: str | None = None) -> QIcon:
        """Return the icon ``name`` in ``colour``, and in ``muted`` where it is disabled."""
        key = (name, colour, muted)
        if key not in self._icons:
            icon = self._icons[key] = QIcon()
            for edge in SIZES:
                drawing = self._drawing(name, edge)
                icon.addPixmap(self.pixmap(drawing, edge, colour))
                if muted is not None:
                    icon.addPixmap(self.pixmap(drawing, edge, muted), QIcon.Mode.Disabled)
        return self._icons[key]

    def pixmap(self, name: str, edge: int, colour: str, ratio: float = 1.0) -> QPixmap:
        """Return the icon ``name``, ``edge`` logical pixels square."""
        pixmap = QPixmap(QSize(edge, edge) * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint(painter, name, QRectF(0, 0, edge, edge), colour)
        painter.end()
        return pixmap

    def paint(self, painter: QPainter, name: str, place: QRectF, colour: str) -> None:
        text = self._text(name)
        if text is not None:
            QSvgRenderer(QByteArray(text.replace(STROKE, colour).encode())).render(painter, place)
            return
        painter.setPen(QPen(QColor(colour), place.width() / 16))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = place.width() / 6
        painter.drawRoundedRect(place.adjusted(inset, inset, -inset, -inset), inset / 2, inset / 2)

    def tray(self, sharing: bool, watching: int, colour: str, *, blanked: bool = False, is_open: bool = False) -> QIcon:
        """Return the tray's icon: outline, filled or with a bar across, with the number of viewers, and a spot while
        others get in."""
        icon = QIcon()
        name = "tray-blanked" if blanked else "tray-sharing" if sharing else "tray-idle"
        for edge in (16, 22, 24, 32, 48, 64):
            pixmap = self.pixmap(name, edge, colour)
            if sharing and watching:
                _draw_number(pixmap, watching)
            if sharing and is_open:
                _draw_spot(pixmap)
            icon.addPixmap(pixmap)
        return icon

    def _drawing(self, name: str, edge: int) -> str:
        small = f"{name}-small"
        return small if edge <= LARGEST_SMALL and self._text(small) is not None else name

    def _text(self, name: str) -> str | None:
        if name not in self._texts:
            try:
                self._texts[name] = (files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
            except (OSError, ModuleNotFoundError):
                self._texts[name] = None
        return self._texts[name]


def _draw_spot(pixmap: QPixmap) -> None:
    """Put a spot into the corner that the mark and the number leave free."""
    edge = pixmap.width()
    size = round(edge * 0.4)
    gap = max(1.0, edge / 16)
    place = QRectF(0, 0, size, size)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.drawEllipse(place.adjusted(-gap, -gap, gap, gap))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setBrush(QColor(OPEN))
    painter.drawEllipse(place)
    painter.end()


def _draw_number(pixmap: QPixmap, number: int) -> None:
    edge = pixmap.width()
    text = str(number) if number < 10 else "9+"
    height = round(edge * 0.6)
    width = height if len(text) == 1 else round(height * 1.35)
    place = QRectF(edge - width, edge - height, width, height)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    # A gap all round: the number has to stand out from the mark in light and dark trays alike.
    gap = max(1.0, edge / 16)
    painter.setBrush(QColor(BADGE))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.drawRoundedRect(place.adjusted(-gap, -gap, gap, gap), height / 2 + gap, height / 2 + gap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.drawRoundedRect(place, height / 2, height / 2)
    font = QFont(painter.font())
    font.setPixelSize(max(8, round(height * 0.85)))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
