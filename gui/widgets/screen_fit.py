"""Keeps windows within what there is of the screen: they open no larger, and what has no room in them scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMargins, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QScreen, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QDialog, QFrame, QLayout, QScrollArea, QStyle, QVBoxLayout, QWidget

from gui.widgets.help import HelpButton, add_help_key, set_help

FRAME = QMargins(4, 32, 4, 8)
"""What window managers put around a window, as long as they have not done so."""


def within(place: QRect, room: QRect) -> QRect:
    """Return ``place`` made smaller and moved as little as is needed to lie in ``room``."""
    size = place.size().boundedTo(room.size())
    left = max(room.left(), min(place.left(), room.right() - size.width() + 1))
    top = max(room.top(), min(place.top(), room.bottom() - size.height() + 1))
    return QRect(QPoint(left, top), size)


def screen_for(place: QRect) -> QScreen:
    """Return the screen that shows most of ``place``, the first one where none does."""

    def seen(screen: QScreen) -> int:
        part = screen.availableGeometry().intersected(place)
        return part.width() * part.height()

    return max(QGuiApplication.screens(), key=seen)


def room_of(window: QWidget) -> QSize:
    """Return how large a window may be on its screen, without its frame."""
    return window.screen().availableGeometry().marginsRemoved(FRAME).size()


def keep_within(window: QWidget) -> None:
    """Have a window lie within its screen, frame and all."""
    place = window.geometry()
    outer = window.frameGeometry()
    # Without a title bar the manager has not framed it yet: it is told of a size before.
    is_framed = outer.height() > place.height()
    frame = FRAME
    if is_framed:
        frame = QMargins(
            place.left() - outer.left(),
            place.top() - outer.top(),
            outer.right() - place.right(),
            outer.bottom() - place.bottom(),
        )
    screen = screen_for(place) if window.testAttribute(Qt.WidgetAttribute.WA_Moved) else window.screen()
    wanted = within(place, screen.availableGeometry().marginsRemoved(frame))
    if wanted.size() != place.size():
        window.resize(wanted.size())
    # A window that nobody has moved is put somewhere by the manager.
    if wanted.topLeft() == place.topLeft() or not (is_framed or window.testAttribute(Qt.WidgetAttribute.WA_Moved)):
        return
    if window.isHidden():
        # By its own corner: Qt cannot know its frame yet, and would put the title bar above the screen.
        window.setGeometry(wanted)
    else:
        window.move(wanted.topLeft() - QPoint(frame.left(), frame.top()))


class ScreenFit(QObject):
    """Keeps one window within its screen: when it is shown, and when screens change while it is."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenRemoved.connect(self.look)
        app.screenAdded.connect(self._follow)
        for screen in QGuiApplication.screens():
            self._follow(screen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The type first: while Python takes a window apart, other events still come, and `_window` is gone.
        if event.type() == QEvent.Type.Show and not event.spontaneous() and watched is self._window:
            self.look()
        return False

    def _follow(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self.look)

    def look(self) -> None:
        """Have the window lie within its screen, unless it fills that; at once where it is not shown yet."""
        whole = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen
        if not self._window.windowState() & whole:
            keep_within(self._window)


class _Inside(QWidget):
    """What scrolls: before it does, its parts become as small as they may, where ``shrinks``."""

    def __init__(self, *, shrinks: bool) -> None:
        super().__init__()
        self._shrinks = shrinks

    def heightForWidth(self, width: int) -> int:  # noqa: N802 (Qt's name)
        """Return the least height; by itself Qt would scroll below the one that the parts would like."""
        layout = self.layout()
        assert layout is not None
        return (layout.totalMinimumHeightForWidth if self._shrinks else layout.totalHeightForWidth)(width)


class Scrolled(QScrollArea):
    """Shows a layout whole where there is room, and scrolls it where there is none."""

    def __init__(self, layout: QLayout, *, shrinks: bool = True) -> None:
        super().__init__()
        self.setObjectName("scrolled")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.inside = _Inside(shrinks=shrinks)
        self.inside.setLayout(layout)
        self.setWidget(self.inside)


class FittedDialog(QDialog):
    """A dialog that never grows beyond the screen: its body scrolls, its last line of buttons stays in sight.

    Attributes:
        help_page: the page of the manual about it, empty for none.
    """

    help_page = ""

    def lay_out(self, body: QLayout, foot: QBoxLayout | None = None) -> None:
        """Have ``body`` in the part that scrolls, and ``foot`` below it."""
        scrolled = Scrolled(body)
        self._inside = scrolled.inside
        self._inside.installEventFilter(self)
        self._body, self._foot = body, foot
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scrolled, 1)
        if self.help_page:
            set_help(self, self.help_page)
            add_help_key(self)
            if foot is not None:
                foot.insertWidget(0, HelpButton(self.help_page))
        if foot is not None:
            edges = body.contentsMargins()
            foot.setContentsMargins(edges.left(), 8, edges.right(), edges.bottom())
            body.setContentsMargins(edges.left(), edges.top(), edges.right(), 0)
            layout.addLayout(foot)
        self._room = ScreenFit(self)
        self._hint = QSize()

    def sizeHint(self) -> QSize:
        """Return the size in which nothing scrolls: Qt's own hint for what scrolls ends at some hundred pixels."""
        parts = [part for part in (self._body, self._foot) if part is not None]
        width = max(self.minimumWidth(), *(part.sizeHint().width() for part in parts))
        # A scroll bar that is there for a moment, while the dialog takes its size, has lines broken once more: without
        # room for that it would stay.
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        return QSize(width, sum(_height(part, width - bar) for part in parts))

    def fit(self) -> None:
        """Take the size that the content asks for, within the screen."""
        hint, room = self.sizeHint(), room_of(self)
        self._hint = hint
        if hint.height() > room.height():
            hint.setWidth(hint.width() + self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent))
        self.resize(hint.boundedTo(room))

    def showEvent(self, event: QShowEvent) -> None:
        """Take the size of the content, where nothing else was asked for: Qt itself would take two thirds of the screen
        at most."""
        if not event.spontaneous() and not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            self.fit()
        self._hint = self.sizeHint()
        super().showEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Grow with what has come into it, such as a sentence about what is wrong."""
        # The type first: while Python takes a window apart, other events still come, and `_inside` is gone.
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible() and watched is self._inside:
            before, self._hint = self._hint, self.sizeHint()
            more = (self._hint - before).expandedTo(QSize(0, 0))
            if not more.isNull():
                self.resize((self.size() + more).boundedTo(room_of(self)))
        return False


def _height(part: QLayout, width: int) -> int:
    return part.heightForWidth(width) if part.hasHeightForWidth() else part.sizeHint().height()
