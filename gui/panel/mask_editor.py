"""The mask tool: rectangles on the preview that nobody is to read, drawn by mouse or by keys."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from capture.privacy.masks import Across, Down, Mask
from gui.panel.mask_shapes import MIDDLE, UNKNOWN, Grip, between, dragged
from gui.widgets.style import current_look
from resources.translate import N_, _

HANDLE = 10.0
"""Edge of a handle, in logical pixels; it can be hit a little beside, too."""
CLOSE = 20.0
"""Edge of the button that takes a mask away."""
STEP = 0.01
"""By which keys move and size, of the picture's width and height."""
GRIPS = tuple(Grip(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1) if x or y)
HINT = N_("Drag over anything you want to hide. Enter adds a mask, Delete removes it.")
ARROWS = {
    Qt.Key.Key_Left: (-STEP, 0.0),
    Qt.Key.Key_Right: (STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -STEP),
    Qt.Key.Key_Down: (0.0, STEP),
}


class MaskLayer(QWidget):
    """Lies over the preview and shows where the masks of its source are; while `is_active`, they can be changed.

    In a picture of another size than they were laid over they are shown as large as what they cover there. Who changes
    one has looked at it: it is one for pictures of this size then.

    Signals:
        masks_requested: all masks of the source, as they are to be.
        chosen_changed: another mask is chosen, or it has other edges.
        left: the person is done (Escape).
    """

    masks_requested = Signal(tuple)
    chosen_changed = Signal()
    left = Signal()

    def __init__(self, stage: QWidget) -> None:
        super().__init__(stage)
        self.setObjectName("masks")
        self.setMouseTracking(True)
        self.is_active = False
        self._place = QRectF()
        self._size = UNKNOWN
        self._kept: tuple[Mask, ...] = ()
        self._chosen: int | None = None
        self._grip: Grip | None = None
        self._from = (0.0, 0.0)
        self._before: Mask | None = None
        self._drawn: Mask | None = None
        self.translate()
        self.set_active(False)

    def translate(self) -> None:
        """Say everything in the language in use."""
        self.setAccessibleName(_("Masks"))
        self._describe()
        self.update()

    @property
    def _masks(self) -> tuple[Mask, ...]:
        """Return what is shown: masks for pictures of this size."""
        return self._kept if self._size == UNKNOWN else tuple(mask.laid_over(*self._size) for mask in self._kept)

    @property
    def chosen(self) -> Mask | None:
        """Return the mask that is chosen, None for none."""
        return None if self._chosen is None or self._chosen >= len(self._kept) else self._masks[self._chosen]

    @property
    def is_doubtful(self) -> bool:
        """Tell whether a mask may be right or not in pictures of this size."""
        return self._size != UNKNOWN and not all(mask.is_sure(*self._size) for mask in self._kept)

    def keep(self) -> None:
        """Have what is covered now be what is to be covered."""
        self._wish(self._masks, self._chosen)

    def fix(self, across: Across, down: Down) -> None:
        """Have the chosen mask stay at these edges, each empty for none."""
        if self.chosen is not None:
            self._change(replace(self.chosen, across=across, down=down))

    @property
    def masks(self) -> tuple[Mask, ...]:
        """Return what is shown, with what the hand is just changing."""
        if self._drawn is None:
            return self._masks
        if self._chosen is None:
            return (*self._masks, self._drawn)
        return tuple(self._drawn if at == self._chosen else mask for at, mask in enumerate(self._masks))

    def set_active(self, active: bool) -> None:
        """Let masks be changed, or only be seen."""
        self.is_active = active
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not active)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if active else Qt.FocusPolicy.NoFocus)
        if active:
            self.setFocus()
        else:
            self._choose(None)
        self._let_go()

    def show_masks(self, masks: tuple[Mask, ...]) -> None:
        """Show ``masks``."""
        if masks != self._kept:
            self._kept = masks
            if self._chosen is not None and self._chosen >= len(masks):
                self._chosen = None
            self.chosen_changed.emit()
            self.update()

    def set_place(self, place: QRectF, size: tuple[int, int]) -> None:
        """Follow the picture, which lies at ``place`` and has ``size`` where it is taken, in device pixels."""
        if (place, size) != (self._place, self._size):
            self._place, self._size = place, size
            self.chosen_changed.emit()
            self.update()

    def rect_of(self, mask: Mask) -> QRectF:
        """Return where ``mask`` is drawn."""
        place = self._place
        return QRectF(
            place.x() + mask.left * place.width(),
            place.y() + mask.top * place.height(),
            (mask.right - mask.left) * place.width(),
            (mask.bottom - mask.top) * place.height(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the outlines, and the handles of the chosen one."""
        if self._place.isEmpty() or not (self.is_active or self._masks):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        masks = self.masks
        chosen = len(masks) - 1 if self._drawn is not None and self._chosen is None else self._chosen
        for at, mask in enumerate(masks):
            self._paint_mask(painter, mask, is_chosen=self.is_active and at == chosen)
        if self.is_active and not masks:
            self._paint_hint(painter)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._place.isEmpty():
            return
        at = event.position()
        if self._chosen is not None and self._close_of(self.rect_of(self._masks[self._chosen])).contains(at):
            self._remove()
            return
        self._from = self._part(at)
        held = self._held_at(at)
        if held is None:
            self._chosen, self._grip, self._before = None, None, None
        else:
            self._chosen, self._grip = held
            self._before = self._masks[self._chosen]
        self._drawn = self._before
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._show_cursor(event.position())
            return
        x, y = self._part(event.position())
        if self._before is not None and self._grip is not None:
            self._drawn = dragged(self._before, self._grip, x - self._from[0], y - self._from[1])
        else:
            self._drawn = between(self._from, (x, y), self._size)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._drawn is not None:
            if self._chosen is None:
                self._add(self._drawn)
            elif self._drawn != self._before:
                self._change(self._drawn)
        self._let_go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Insert):
            self._add(replace(MIDDLE, width=self._size[0], height=self._size[1]))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove()
        elif key is Qt.Key.Key_Space and self._masks:
            self._choose(0 if self._chosen is None else (self._chosen + 1) % len(self._masks))
        elif key in ARROWS and self._chosen is not None:
            grip = Grip(1, 1) if held == Qt.KeyboardModifier.ShiftModifier else Grip()
            self._change(dragged(self._masks[self._chosen], grip, *ARROWS[key]))
        elif key is Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose a mask, so that keys have something to act on."""
        super().focusInEvent(event)
        if self._chosen is None and self._masks:
            self._choose(0)

    def _add(self, mask: Mask) -> None:
        self._wish((*self._kept, mask), len(self._kept))

    def _change(self, mask: Mask) -> None:
        """Have ``mask`` in place of the chosen one; the others are as they were, checked or not."""
        if self._chosen is not None:
            self._wish((*self._kept[: self._chosen], mask, *self._kept[self._chosen + 1 :]), self._chosen)

    def _wish(self, masks: tuple[Mask, ...], chosen: int | None) -> None:
        # Shown at once: the answer comes from the state, a moment later.
        self._kept = masks
        self._choose(chosen)
        self.masks_requested.emit(masks)

    def _remove(self) -> None:
        if self._chosen is not None:
            left = (*self._kept[: self._chosen], *self._kept[self._chosen + 1 :])
            self._wish(left, min(self._chosen, len(left) - 1) if left else None)
            self._let_go()

    def _choose(self, at: int | None) -> None:
        self._chosen = at
        self._describe()
        self.chosen_changed.emit()
        self.update()

    def _describe(self) -> None:
        at = self._chosen
        where = "" if at is None else _("Mask {number} of {count}.").format(number=at + 1, count=len(self._masks))
        self.setAccessibleDescription(f"{where} {_(HINT)}".strip())

    def _let_go(self) -> None:
        self._drawn = self._before = self._grip = None
        self.update()

    def _part(self, at: QPointF) -> tuple[float, float]:
        """Return a point in parts of the picture's size."""
        place = self._place
        return (at.x() - place.x()) / place.width(), (at.y() - place.y()) / place.height()

    def _held_at(self, at: QPointF) -> tuple[int, Grip] | None:
        """Return which mask is under the mouse, and where it is held there; the chosen one lies on top."""
        order = sorted(range(len(self._masks)), key=lambda number: (number != self._chosen, -number))
        for number in order:
            rect = self.rect_of(self._masks[number])
            if number == self._chosen:
                for grip in GRIPS:
                    if _handle(rect, grip).adjusted(-3, -3, 3, 3).contains(at):
                        return number, grip
            if rect.contains(at):
                return number, Grip()
        return None

    def _show_cursor(self, at: QPointF) -> None:
        held = self._held_at(at)
        if held is None:
            shape = Qt.CursorShape.CrossCursor
        elif held[1] == Grip():
            shape = Qt.CursorShape.SizeAllCursor
        elif not held[1].x or not held[1].y:
            shape = Qt.CursorShape.SizeHorCursor if held[1].x else Qt.CursorShape.SizeVerCursor
        else:
            is_falling = held[1].x == held[1].y
            shape = Qt.CursorShape.SizeFDiagCursor if is_falling else Qt.CursorShape.SizeBDiagCursor
        self.setCursor(shape)

    def _paint_mask(self, painter: QPainter, mask: Mask, *, is_chosen: bool) -> None:
        rect = self.rect_of(mask)
        accent = QColor(current_look().accent)
        # White beneath the colour: it is to be seen on pictures of every colour.
        painter.setBrush(QColor(255, 255, 255, 24))
        painter.setPen(QPen(QColor(255, 255, 255, 230), 3))
        painter.drawRect(rect)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, 1.5, Qt.PenStyle.SolidLine if is_chosen else Qt.PenStyle.DashLine))
        painter.drawRect(rect)
        self._paint_edges(painter, rect, mask)
        if not is_chosen:
            return
        painter.setBrush(QColor("#ffffff"))
        for grip in GRIPS:
            painter.drawRoundedRect(_handle(rect, grip), 2, 2)
        close = self._close_of(rect)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#C93A3A"))
        painter.drawEllipse(close)
        painter.setPen(QPen(QColor("#ffffff"), 1.8))
        cross = close.adjusted(6.5, 6.5, -6.5, -6.5)
        painter.drawLine(cross.topLeft(), cross.bottomRight())
        painter.drawLine(cross.topRight(), cross.bottomLeft())

    def _paint_edges(self, painter: QPainter, rect: QRectF, mask: Mask) -> None:
        """Draw a line to each edge at which a mask stays."""
        place, middle = self._place, rect.center()
        if mask.across:
            near, far = (rect.left(), place.left()) if mask.across == "left" else (rect.right(), place.right())
            painter.drawLine(QPointF(near, middle.y()), QPointF(far, middle.y()))
        if mask.down:
            near, far = (rect.top(), place.top()) if mask.down == "top" else (rect.bottom(), place.bottom())
            painter.drawLine(QPointF(middle.x(), near), QPointF(middle.x(), far))

    def _paint_hint(self, painter: QPainter) -> None:
        place = self.rect().adjusted(24, 16, -24, -16)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
        bounds = painter.fontMetrics().boundingRect(place, int(flags), _(HINT))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(14, 17, 22, 220))
        painter.drawRoundedRect(QRectF(bounds.adjusted(-12, -8, 12, 8)), 6, 6)
        painter.setPen(QColor("#C9D1DC"))
        painter.drawText(place, int(flags), _(HINT))

    def _close_of(self, rect: QRectF) -> QRectF:
        """Return where the button is that takes a mask away: inside its corner, beside the handle."""
        x = max(rect.x(), rect.right() - CLOSE - HANDLE)
        return QRectF(x, rect.y() + HANDLE, CLOSE, CLOSE)


def _handle(rect: QRectF, grip: Grip) -> QRectF:
    middle = rect.center() + QPointF(grip.x * rect.width() / 2, grip.y * rect.height() / 2)
    return QRectF(middle.x() - HANDLE / 2, middle.y() - HANDLE / 2, HANDLE, HANDLE)
