"""Speed, quality, format and pointer: what every viewer gets, changed while they watch."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QDateTime, QPointF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from gui.core.state import AppState
from gui.widgets.fixed import is_fixed
from gui.widgets.help import HelpButton
from resources.formats import moment_pattern, number
from resources.translate import N_, _
from server.protocol.options import StreamOptions

FORMATS = (
    (
        N_("Automatic"),
        "auto",
        N_("Only what changes, video while a lot moves, exact when it is still; right for almost everything"),
    ),
    (N_("JPEG"), "jpeg", N_("Single pictures, quick to make")),
    (N_("PNG"), "png", N_("Every pixel exact at once; several times larger")),
    (N_("WebP"), "webp", N_("Smaller than JPEG; takes longer to make")),
    (N_("Video"), "h264", N_("Always video; for films and games")),
)


class Choice(QComboBox):
    """A combo box with an arrow of our own: style sheets can take theirs from a file only.

    Its list is a plain one: the one that Qt opens like a menu covers half of its last entry where it thinks it has to
    scroll.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setView(QListView(self))
        self.setMinimumContentsLength(4)

    def sizeHint(self) -> QSize:
        """Return Qt's own, which is a pixel short with large letters."""
        return super().sizeHint() + QSize(4, 0)

    def showPopup(self) -> None:  # noqa: N802 (Qt's name)
        """Open the list, as wide as its widest entry."""
        view = self.view()
        view.setMinimumWidth(min(view.sizeHintForColumn(0) + 32, view.screen().availableGeometry().width() - 24))
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls around it: nobody is to choose something else on the way."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, its words with an ellipsis where they are too long, then the arrow."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        words = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room.width())
        option.currentText = words
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
        _draw_arrow(self)


class Slide(QSlider):
    """A slider that the wheel moves only while it has the keyboard: else it is on its way past it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Take the wheel, or leave it to what scrolls around."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Moment(QDateTimeEdit):
    """A day and a time, chosen from a calendar or typed, with the same arrow."""

    def __init__(self, at: QDateTime) -> None:
        super().__init__(at)
        self.setCalendarPopup(True)
        self.setDisplayFormat(_in_qt(moment_pattern()))  # as in tables

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _draw_arrow(self)


def _in_qt(pattern: str) -> str:
    """Return a pattern of `time.strftime` as Qt writes it."""
    for theirs, ours in (("%Y", "yyyy"), ("%m", "MM"), ("%d", "dd"), ("%H", "HH"), ("%I", "hh"), ("%M", "mm")):
        pattern = pattern.replace(theirs, ours)
    return pattern.replace("%p", "AP")


def _draw_arrow(box: QWidget) -> None:
    painter = QPainter(box)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(box.palette().color(box.foregroundRole()), 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    at = QPointF(16 if box.isRightToLeft() else box.width() - 16, box.height() / 2)
    painter.drawPolyline([at + QPointF(-4, -2), at + QPointF(0, 2), at + QPointF(4, -2)])
    painter.end()


class Controls(QFrame):
    """The card with the sliders.

    Signals:
        option_requested: name of an option (as on the wire) and the value wished for.
    """

    option_requested = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._requested: dict[str, Any] = {}
        self.fps = self._slider("fps", 1, 60)
        self.quality = self._slider("quality", 10, 100)
        self._fps_value = self._value()
        self._quality_value = self._value()
        self.format = Choice()
        self.format.setObjectName("format")
        for _text, name, _hint in FORMATS:
            self.format.addItem("", name)
        self.format.setMinimumWidth(110)
        self.pointer = QCheckBox()
        self.pointer.setObjectName("pointer")
        self.fps.valueChanged.connect(lambda value: self._wish("fps", value))
        self.quality.valueChanged.connect(lambda value: self._wish("quality", value))
        self.format.currentIndexChanged.connect(lambda at: self._wish("format", self.format.itemData(at)))
        self.pointer.toggled.connect(lambda on: self._wish("cursor", on))

        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        self._labels = tuple(map(_label, (self.fps, self.quality, self.format)))
        for at, (slider, value) in enumerate(((self.fps, self._fps_value), (self.quality, self._quality_value))):
            grid.addWidget(self._labels[at], at, 0)
            grid.addWidget(slider, at, 1)
            grid.addWidget(value, at, 2)
        last = QHBoxLayout()
        last.setSpacing(16)
        last.addWidget(self.format)
        last.addStretch(1)
        last.addWidget(self.pointer)
        last.addWidget(HelpButton("quality", self))
        grid.addWidget(self._labels[2], 2, 0)
        grid.addLayout(last, 2, 1, 1, 2)
        self._state = AppState()
        self.translate()

    def translate(self) -> None:
        """Say everything in the language in use."""
        for label, words in zip(self._labels, (_("&Speed"), _("&Quality"), _("&Format")), strict=True):
            label.setText(words)
        self.fps.setAccessibleName(_("Speed"))
        self.fps.setToolTip(_("Pictures per second for all viewers"))
        self.quality.setAccessibleName(_("Quality"))
        self.quality.setToolTip(_("Higher is sharper and needs more bandwidth"))
        self.format.setAccessibleName(_("Format"))
        self.format.setToolTip(_("How pictures are encoded for all viewers"))
        for at, (words, _name, hint) in enumerate(FORMATS):
            self.format.setItemText(at, _(words))
            self.format.setItemData(at, _(hint), Qt.ItemDataRole.ToolTipRole)
        self.pointer.setText(_("Show &pointer"))
        self.pointer.setToolTip(_("Draw the mouse pointer into the pictures"))
        for label in (self._fps_value, self._quality_value):
            # As wide as its widest text: the slider must not change its length under the hand.
            widest = max(label.fontMetrics().horizontalAdvance(words) for words in (_fps_words(60), _("lossless")))
            label.setMinimumWidth(widest + 4)
        self.show_state(self._state)

    def show_state(self, state: AppState) -> None:
        """Show the options in force, but nothing older than what the hand just wished for."""
        options = state.options
        for name in tuple(self._requested):
            if getattr(options, name) == self._requested[name]:
                del self._requested[name]
        blocks = [QSignalBlocker(each) for each in (self.fps, self.quality, self.format, self.pointer)]
        if self._takes("fps", self.fps):
            self.fps.setValue(round(options.fps))
        if self._takes("quality", self.quality):
            self.quality.setValue(options.quality)
        if "format" not in self._requested:
            self.format.setCurrentIndex(max(0, self.format.findData(options.format)))
        if "cursor" not in self._requested:
            self.pointer.setChecked(options.cursor)
        for block in blocks:
            block.unblock()
        self._say_values(options)

    def _takes(self, name: str, slider: QSlider) -> bool:
        return name not in self._requested and not slider.isSliderDown()

    def _wish(self, name: str, value: Any) -> None:
        self._requested[name] = value
        self._say_values(None)
        self.option_requested.emit(name, value)

    def _say_values(self, options: StreamOptions | None) -> None:
        fps: float = self.fps.value()
        if options is not None and round(options.fps) == fps:
            fps = options.fps
        self._fps_value.setText(_fps_words(fps))
        lossless = self.format.currentData() == "png"
        self.quality.setEnabled(not lossless and not is_fixed(self.quality))
        self._quality_value.setText(_("lossless") if lossless else str(self.quality.value()))
        self.fps.setAccessibleDescription(self._fps_value.text())

    def _slider(self, name: str, low: int, high: int) -> QSlider:
        slider = Slide(Qt.Orientation.Horizontal)
        slider.setObjectName(name)
        slider.setRange(low, high)
        slider.setPageStep(5)
        slider.setMinimumWidth(90)
        slider.setMinimumHeight(22)
        return slider

    @staticmethod
    def _value() -> QLabel:
        label = QLabel()
        label.setObjectName("value")
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return label


def _label(buddy: QWidget) -> QLabel:
    label = QLabel()
    label.setBuddy(buddy)
    return label


def _fps_words(fps: float) -> str:
    return _("{count} per second").format(count=number(fps, 0 if fps == round(fps) else 1))
