"""Draws a line of the source list: no widget per line, so that two hundred windows scroll as ten do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from capture.source import Icon, Identity
from gui.core.state import SourceState, watching_words
from gui.panel.source_rows import Heading, Row
from gui.widgets.check_style import paint_tick
from gui.widgets.icons import Icons
from gui.widgets.style import current_look
from resources.translate import N_, _

CHECK_MASKS = N_("Check masks")
ROW_HEIGHT = 56
HEADING_HEIGHT = 32
THUMBNAIL = QSize(72, 45)
CHECK_EDGE = 18
ROW_ROLE = int(Qt.ItemDataRole.UserRole)

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class RowPlaces:
    """Where the parts of a line are."""

    bar: QRect
    check: QRect
    thumbnail: QRect
    text: QRect

    @classmethod
    def of(cls, line: QRect) -> RowPlaces:
        """Return the places in ``line``."""
        middle = line.center().y() + 1
        check = QRect(line.left() + 16, middle - CHECK_EDGE // 2, CHECK_EDGE, CHECK_EDGE)
        thumbnail = QRect(check.right() + 13, middle - THUMBNAIL.height() // 2, THUMBNAIL.width(), THUMBNAIL.height())
        left = thumbnail.right() + 13
        text = QRect(left, line.top() + 8, max(0, line.right() - 14 - left), line.height() - 16)
        bar = QRect(line.left() + 3, line.top() + 8, 3, line.height() - 16)
        return cls(*(mirrored(line, part) for part in (bar, check, thumbnail, text)))


def mirrored(line: QRect, part: QRect) -> QRect:
    """Return ``part`` of ``line``, which is meant for lines that run to the right, where it is in those of now."""
    return QStyle.visualRect(QGuiApplication.layoutDirection(), line, part)


class SourceDelegate(QStyledItemDelegate):
    """Draws headings and sources, and turns a click on the check box or the space bar into a new check state."""

    def __init__(self, icons: Icons, thumbnail_of: Callable[[Identity], QImage | None]) -> None:
        super().__init__()
        self._icons = icons
        self._thumbnail_of = thumbnail_of
        self._look = current_look()
        self._program_icons: dict[Icon, QPixmap] = {}
        self._kind_icons: dict[tuple[str, str, float], QPixmap] = {}

    def restyle(self) -> None:
        """Take up the colours now in force."""
        self._look = current_look()
        self._kind_icons.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a line, more for a large font; the width is the list's."""
        is_heading = isinstance(index.data(ROW_ROLE), Heading)
        metrics: QFontMetrics = option.fontMetrics
        return QSize(200, HEADING_HEIGHT if is_heading else max(ROW_HEIGHT, 2 * metrics.height() + 18))

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Tick or untick on a click into the check box and on the space bar."""
        row: Row = index.data(ROW_ROLE)
        if not isinstance(row, SourceState):
            return False
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            # A hand needs a larger aim than the eye; the thumbnail begins right after it.
            aim = RowPlaces.of(_rect(option)).check.adjusted(-12, -12, 6, 12)
            wanted = event.button() == Qt.MouseButton.LeftButton and aim.contains(event.position().toPoint())
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            wanted = event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select) and not event.isAutoRepeat()
        else:
            wanted = False
        if not wanted:
            return False
        state = Qt.CheckState.Unchecked if row.shared else Qt.CheckState.Checked
        return model.setData(index, state, Qt.ItemDataRole.CheckStateRole)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if isinstance(row, Heading):
            self._paint_heading(painter, _rect(option), row)
        elif isinstance(row, SourceState):
            self._paint_source(painter, option, row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, line: QRect, heading: Heading) -> None:
        font = QFont(painter.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        font.setWeight(QFont.Weight.DemiBold)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1)
        painter.setFont(font)
        painter.setPen(QColor(self._look.muted))
        painter.drawText(line.adjusted(16, 8, -12, 0), Qt.AlignmentFlag.AlignVCenter, _(heading.text).upper())

    def _paint_source(self, painter: QPainter, option: QStyleOptionViewItem, row: SourceState) -> None:
        line, look = _rect(option), self._look
        state: QStyle.StateFlag = option.state
        places = RowPlaces.of(line)
        plate = QRectF(line).adjusted(6, 1, -6, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(look.tint))
            painter.drawRoundedRect(plate, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(look.hover))
            painter.drawRoundedRect(plate, 6, 6)
        if row.shared:
            painter.setBrush(QColor(look.accent))
            painter.drawRoundedRect(QRectF(places.bar), 1.5, 1.5)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(look.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(plate.adjusted(0.75, 0.75, -0.75, -0.75), 6, 6)
        paint_tick(painter, QRectF(places.check), row.shared, self._look)
        self._paint_thumbnail(painter, QRectF(places.thumbnail), row)
        self._paint_text(painter, places.text, row)

    def _paint_thumbnail(self, painter: QPainter, place: QRectF, row: SourceState) -> None:
        image = self._thumbnail_of(row.source.identity)
        shape = QPainterPath()
        shape.addRoundedRect(place, 4, 4)
        painter.fillPath(shape, QColor(self._look.hover if image is None else "#0E1116"))
        if image is not None:
            size = image.size().toSizeF().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            limited_size = QRectF(0, 0, size.width(), size.height())
            limited_size.moveCenter(place.center())
            painter.save()
            painter.setClipPath(shape)
            if row.source.state != "live":
                painter.setOpacity(0.45)
            painter.drawImage(limited_size, image)
            painter.restore()
        else:
            icon = QRectF(0, 0, 24, 24)
            icon.moveCenter(place.center())
            painter.drawPixmap(icon.topLeft(), self._kind_icon(painter, row.source.kind, 24))
        painter.setPen(QPen(QColor(self._look.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _paint_text(self, painter: QPainter, place: QRect, row: SourceState) -> None:
        look, font = self._look, painter.font()
        small = QFont(font)
        small.setPointSizeF(max(7.0, font.pointSizeF() * 0.9))
        strong = QFont(font)
        strong.setWeight(QFont.Weight.DemiBold if row.shared else QFont.Weight.Medium)
        upper = QRect(place.left(), place.top(), place.width(), place.height() // 2)
        lower = QRect(place.left(), upper.bottom() + 1, place.width(), place.height() - upper.height())
        icon = mirrored(upper, QRect(upper.left(), upper.center().y() - 7, 16, 16))
        painter.drawPixmap(QRectF(icon), *self._icon_of(painter, row))
        self._elided(painter, strong, look.text, mirrored(upper, upper.adjusted(22, 0, 0, 0)), row.title)

        words, colour = self._state_of(row)
        width = QFontMetrics(small).horizontalAdvance(words)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        dot = QRect(lower.right() - width - 12, lower.center().y() - 2, 6, 6)
        painter.drawEllipse(QRectF(mirrored(lower, dot)))
        said = mirrored(lower, lower.adjusted(lower.width() - width - 2, 0, 2, 0))
        self._elided(painter, small, colour, said, words)
        self._elided(painter, small, look.muted, mirrored(lower, lower.adjusted(0, 0, -width - 22, 0)), row.detail)

    def _state_of(self, row: SourceState) -> tuple[str, str]:
        if row.is_doubtful:
            return _(CHECK_MASKS), self._look.waiting
        if row.source.state != "live":
            return row.word, self._look.waiting
        if row.watching:
            return watching_words(row.watching), self._look.live
        return row.word, self._look.muted

    @staticmethod
    def _elided(painter: QPainter, font: QFont, colour: str, place: QRect, text: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)

    def _icon_of(self, painter: QPainter, row: SourceState) -> tuple[QPixmap, QRectF]:
        own = row.source.icon
        if own is None:
            pixmap = self._kind_icon(painter, row.source.kind, 16)
        else:
            found = self._program_icons.get(own)
            if found is None:
                image = QImage(own.bgra, own.width, own.height, own.width * 4, QImage.Format.Format_ARGB32)
                found = QPixmap.fromImage(
                    image.scaled(48, 48, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
                )
                if len(self._program_icons) > 256:
                    self._program_icons.clear()
                self._program_icons[own] = found
            pixmap = found
        return pixmap, QRectF(pixmap.rect())

    def _kind_icon(self, painter: QPainter, kind: str, edge: int) -> QPixmap:
        ratio = painter.device().devicePixelRatio()
        key = (kind, str(edge), ratio)
        if key not in self._kind_icons:
            self._kind_icons[key] = self._icons.pixmap(kind, edge, self._look.muted, ratio)
        return self._kind_icons[key]


def _rect(option: QStyleOptionViewItem) -> QRect:
    # PySide's stubs do not know the members that QStyleOptionViewItem inherits.
    rect: QRect = option.rect
    return rect
