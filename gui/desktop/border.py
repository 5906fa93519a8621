"""A thin frame on this computer's screen around what is shared. Four windows for each source, none in any picture."""

from __future__ import annotations

import asyncio
import contextlib

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QWidget

from capture.picture.pixels import Rect
from capture.platforms.choose import make_places
from capture.platforms.contract import PlaceList, Places
from capture.source import Source
from gui.core.controller import Controller
from gui.core.state import AppState

THICKNESS = 3
LIVE, COVERED = "#1E9E5A", "#B86E00"
"""While pictures are taken, and while everything is paused or blanked."""
FLAGS = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowTransparentForInput
    | Qt.WindowType.WindowDoesNotAcceptFocus
    # Window managers would keep it inside of the screen, or give it a place in a task bar.
    | Qt.WindowType.BypassWindowManagerHint
)


class Border:
    """Four strips around a place. Clicks go through them."""

    def __init__(self) -> None:
        self.strips = tuple(_strip() for _ in range(4))

    def show_around(self, place: QRect, colour: str, *, inside: bool) -> None:
        """Show the strips around ``place``, or just inside of it."""
        outer = place if inside else place.adjusted(-THICKNESS, -THICKNESS, THICKNESS, THICKNESS)
        left, top, width, height = outer.x(), outer.y(), outer.width(), outer.height()
        sides = height - 2 * THICKNESS
        for strip, rect in zip(
            self.strips,
            (
                QRect(left, top, width, THICKNESS),
                QRect(left, top + height - THICKNESS, width, THICKNESS),
                QRect(left, top + THICKNESS, THICKNESS, sides),
                QRect(left + width - THICKNESS, top + THICKNESS, THICKNESS, sides),
            ),
            strict=True,
        ):
            if strip.geometry() != rect:
                strip.setGeometry(rect)
            palette = strip.palette()
            if palette.color(QPalette.ColorRole.Window) != QColor(colour):
                palette.setColor(QPalette.ColorRole.Window, QColor(colour))
                strip.setPalette(palette)
            strip.show()

    def close(self) -> None:
        """Take the strips away."""
        for strip in self.strips:
            strip.close()
            strip.deleteLater()


class Borders:
    """Keeps a border around everything that is shared, while that is wished for. Loop only.

    Attributes:
        shown: by the source's id.
    """

    def __init__(self, controller: Controller) -> None:
        self.shown: dict[str, Border] = {}
        self._controller = controller
        self._places: Places = {}
        self._screens: frozenset[str] = frozenset()
        self._watch: PlaceList | None = None

    def open(self) -> None:
        """Begin to follow settings and state."""
        self._controller.subscribe(self._follow)
        self._controller.subscribe_settings(self._follow)
        self._follow()

    async def close(self) -> None:
        """Take every border away."""
        watch = self._stop()
        if watch is not None:
            await asyncio.get_running_loop().run_in_executor(None, watch.join, 2.0)

    def _follow(self) -> None:
        state = self._controller.state
        wanted = _wanted(state) if self._controller.settings.border else frozenset()
        if wanted and self._watch is None:
            self._watch = self._start()
        if not wanted or self._watch is None:
            self._stop()
            return
        self._watch.follow(wanted)
        self._screens = frozenset(source.id for source in wanted if source.kind != "window")
        self._show()

    def _start(self) -> PlaceList | None:
        loop = asyncio.get_running_loop()

        def tell(places: Places) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(self._receive, watch, places)

        watch = make_places(tell)
        if watch is not None:
            watch.start()
        return watch

    def _stop(self) -> PlaceList | None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()
        self._places = {}
        self._show()
        return watch

    def _receive(self, watch: PlaceList | None, places: Places) -> None:
        if watch is not None and watch is self._watch:
            self._places = places
            self._show()

    def _show(self) -> None:
        colour = LIVE if self._controller.state.blanking is None else COVERED
        for source_id in self.shown.keys() - self._places.keys():
            self.shown.pop(source_id).close()
        for source_id, place in self._places.items():
            border = self.shown.setdefault(source_id, Border())
            # Around a screen there is no room.
            border.show_around(in_qt(place), colour, inside=source_id in self._screens)


def in_qt(place: Rect) -> QRect:
    """Return a place in device pixels as Qt counts: from the corner of each screen in its own, larger units."""
    for screen in QGuiApplication.screens():
        corner, ratio = screen.geometry().topLeft(), screen.devicePixelRatio()
        size = screen.geometry().size() * ratio
        if QRect(corner, size).contains(QPoint(place.x, place.y)):
            break
    else:
        corner, ratio = QPoint(0, 0), 1.0
    return QRect(
        corner.x() + round((place.x - corner.x()) / ratio),
        corner.y() + round((place.y - corner.y()) / ratio),
        round(place.width / ratio),
        round(place.height / ratio),
    )


def _wanted(state: AppState) -> tuple[Source, ...]:
    return tuple(row.source for row in state.shared) if state.is_sharing else ()


def _strip() -> QWidget:
    strip = QWidget(None, FLAGS)
    strip.setObjectName("borderStrip")
    strip.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    strip.setAutoFillBackground(True)
    return strip
