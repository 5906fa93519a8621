"""The preview: what viewers would see of the selected source."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from capture.source import Condition, Source
from gui.core.state import AppState, SourceState, state_word
from gui.panel.mask_editor import MaskLayer
from gui.panel.mask_status import MaskStatus
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.help import HelpButton
from gui.widgets.style import RADIUS, STAGE, current_look
from resources.translate import N_, _

INVITATION = N_("Select a window on the left to preview it.")
OWN_WORDS = {
    "paused": N_("Paused. Viewers see the last picture."),
    "blanked": N_("Blanked. Viewers see nothing."),
    "minimised": N_("This window is minimised."),
    "protected": N_("This program keeps its window out of pictures. Viewers see nothing of it."),
}
"""Of what was done at this computer; viewers are told that somebody else did it."""


class Preview(QWidget):
    """A dark stage with the newest picture, and words over it while there is none.

    Signals:
        size_changed: how large pictures may be, in device pixels (width, height).
        painted: the picture may lie elsewhere now.
    """

    size_changed = Signal(int, int)
    painted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("preview")
        self.setMinimumSize(220, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._image: QImage | None = None
        self._size = (0, 0)
        self._condition = Condition("live")
        self._idle = INVITATION
        self._words = ""
        self.translate()

    def translate(self) -> None:
        """Say everything in the language in use."""
        self.setAccessibleName(_("Preview"))
        self._say()

    @property
    def taken_size(self) -> tuple[int, int]:
        """Return the size of the picture where it is taken, in device pixels; (0, 0) while there is none."""
        return (0, 0) if self._image is None else self._size

    @property
    def picture_place(self) -> QRectF:
        """Return where the picture is drawn, in the widget's coordinates; empty while there is none."""
        return QRectF() if self._image is None else self._fitted(self._image)

    @property
    def words(self) -> str:
        """Return what is said where there is no live picture."""
        return self._words

    @property
    def picture(self) -> QImage | None:
        """Return the picture that is shown, None while there is none."""
        return self._image

    def clear(self, words: str) -> None:
        """Show no picture but ``words``, which are marked by `N_`."""
        self._image, self._idle = None, words
        self._condition = Condition("live")
        self._say()

    def show_picture(self, image: QImage | None, condition: Condition, size: tuple[int, int]) -> None:
        """Show ``image``, or with None keep the last one, and how the source is.

        ``size`` is the picture's where it is taken, in device pixels, before it was made smaller.
        """
        if image is not None:
            self._image, self._size = image, size
        self._condition, self._idle = condition, ""
        self._say()

    def _say(self) -> None:
        state = self._condition.state
        reason = self._condition.reason.words
        if self._idle:
            self._words = _(self._idle)
        else:
            self._words = _(OWN_WORDS[state]) if state in OWN_WORDS else reason or state_word(state)
        self.update()

    def target(self) -> tuple[int, int]:
        """Return how large pictures may be, in device pixels."""
        ratio = self.devicePixelRatioF()
        place = self._place()
        return max(16, round(place.width() * ratio)), max(16, round(place.height() * ratio))

    def sizeHint(self) -> QSize:
        return QSize(480, 270)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.size_changed.emit(*self.target())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        stage = QPainterPath()
        stage.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.fillPath(stage, QColor(STAGE))
        is_live = self._condition.state == "live"
        if self._image is not None:
            painter.setOpacity(1.0 if is_live else 0.35)
            painter.drawImage(self._fitted(self._image), self._image)
            painter.setOpacity(1.0)
        if self._image is None or not is_live:
            self._paint_words(painter)
        painter.end()
        self.painted.emit()

    def _paint_words(self, painter: QPainter) -> None:
        place = self._place().adjusted(16, 0, -16, 0)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        bounds = painter.fontMetrics().boundingRect(place, flags, self._words)
        if self._image is not None:
            plate = QRectF(bounds.adjusted(-12, -8, 12, 8))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(14, 17, 22, 220))
            painter.drawRoundedRect(plate, 6, 6)
        painter.setPen(QColor("#C9D1DC"))
        painter.drawText(place, flags, self._words)

    def _place(self) -> QRect:
        return self.rect().adjusted(8, 8, -8, -8)

    def _fitted(self, image: QImage) -> QRectF:
        """Return where ``image`` goes: in the middle, never enlarged beyond one picture pixel per device pixel."""
        place = QRectF(self._place())
        size = image.size().toSizeF() / self.devicePixelRatioF()
        if size.width() > place.width() or size.height() > place.height():
            size = size.scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        limited_size = QRectF(0, 0, size.width(), size.height())
        limited_size.moveCenter(place.center())
        return limited_size


class PreviewPane(QWidget):
    """The stage with the masks on it, and one line under it that says what it shows.

    Signals:
        pick_requested, remove_requested: the selected `Source` is to be picked again, or to be forgotten.
        restore_requested: the selected `Source`, which is minimised, is to be on the screen again.
    """

    restore_requested = Signal(object)
    pick_requested = Signal(object)
    remove_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.stage = Preview()
        self.masks = MaskLayer(self.stage)
        self.masks.left.connect(self._leave_masks)
        self.mask_line = MaskStatus()
        self.mask_line.kept.connect(self.masks.keep)
        self.mask_line.fixed.connect(self.masks.fix)
        # Not while the picture is being painted.
        self.masks.chosen_changed.connect(self._show_mask_line, Qt.ConnectionType.QueuedConnection)
        self.stage.painted.connect(self._follow_picture)
        self.mask_button = QToolButton()
        self.mask_button.setObjectName("mask")
        self.mask_button.setCheckable(True)
        self.mask_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.mask_button.toggled.connect(self.masks.set_active)
        self.restore_button = QPushButton()
        self.restore_button.setObjectName("restore")
        self.restore_button.clicked.connect(lambda: self.restore_requested.emit(self._chosen))
        self.pick_button = QPushButton()
        self.pick_button.setObjectName("pickAgain")
        self.pick_button.clicked.connect(lambda: self.pick_requested.emit(self._chosen))
        self.remove_button = QPushButton()
        self.remove_button.setObjectName("removePick")
        self.remove_button.clicked.connect(lambda: self.remove_requested.emit(self._chosen))
        self._chosen: Source | None = None
        self._title = ElidedLabel()
        self._title.setObjectName("previewTitle")
        self._detail = ElidedLabel()
        self._detail.setObjectName("previewDetail")
        self._detail.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._word = QLabel()
        self._word.setObjectName("previewState")
        line = QHBoxLayout()
        line.setContentsMargins(4, 0, 4, 0)
        line.setSpacing(12)
        line.addWidget(self._title, 1)
        line.addWidget(self.restore_button)
        line.addWidget(self.pick_button)
        line.addWidget(self.remove_button)
        line.addWidget(self.mask_button)
        line.addWidget(self._detail)
        line.addWidget(self._word)
        line.addWidget(HelpButton("hide-and-mask#masks", self))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.stage, 1)
        layout.addWidget(self.mask_line)
        layout.addLayout(line)
        self._state = AppState()
        self.translate()

    def translate(self) -> None:
        """Say everything in the language in use."""
        self.mask_button.setText(_("Mask"))
        self.mask_button.setToolTip(
            _(
                "Hide parts of this window from all viewers (Ctrl+M). Masks move with their window; when you share the "
                "screen, the whole window is covered"
            )
        )
        self.pick_button.setText(_("Pick again"))
        self.pick_button.setToolTip(_("Choose what this source shows in your desktop's own dialog"))
        self.remove_button.setText(_("Remove"))
        self.remove_button.setToolTip(_("Take this source off the list and end its pictures"))
        self.restore_button.setText(_("Restore"))
        self.restore_button.setToolTip(_("Bring this window back on the screen: viewers can't see minimised windows"))
        self.stage.translate()
        self.masks.translate()
        self.mask_line.translate()
        self.show_state(self._state)

    def show_state(self, state: AppState) -> None:
        """Name what is selected."""
        self._state = state
        self.masks.show_masks(state.masks)
        chosen = state.selected
        self.mask_button.setEnabled(chosen is not None)
        self._chosen = chosen
        self.restore_button.setVisible(False)
        self.pick_button.setVisible(False)
        self.remove_button.setVisible(False)
        if chosen is None:
            self._title.setText(_("Nothing selected"))
            self._detail.clear()
            self._word.clear()
            return
        row = next((row for row in state.sources if row.source.identity == chosen.identity), None)
        shown = row or SourceState(chosen)
        self.restore_button.setVisible(row is not None and row.source.state == "minimised")
        is_picked = row is not None and row.source.kind == "portal"
        self.remove_button.setVisible(is_picked)
        self.pick_button.setVisible(is_picked and shown.source.state == "waiting")
        self._title.setText(shown.title)
        self._detail.setText(shown.detail)
        look = current_look()
        if row is None:
            word, colour = state_word("closed"), look.refused
        elif state.blanking is not None:
            word, colour = state_word(state.blanking.state), look.waiting
        elif shown.source.state == "live":
            word, colour = shown.word, look.live
        else:
            word, colour = shown.word, look.waiting
        self._word.setText(f'<span style="color:{colour}">● {word}</span>')

    def _follow_picture(self) -> None:
        self.masks.setGeometry(self.stage.rect())
        self.masks.set_place(self.stage.picture_place, self.stage.taken_size)

    def _show_mask_line(self) -> None:
        chosen = self.masks.chosen if self.masks.is_active else None
        self.mask_line.show_masks(doubtful=self.masks.is_doubtful, chosen=chosen)

    def _leave_masks(self) -> None:
        self.mask_button.setChecked(False)
        self.mask_button.setFocus()
