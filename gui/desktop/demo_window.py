"""A lively window to try Panecast with: ``python -I gui/desktop/demo_window.py``.

It runs as a program of its own, because windows of the app itself are never listed, and imports nothing of ours, so
that Python need not look for us. It ends when its standard input does, which is when the app that started it ends,
however that comes about.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget


def N_(message: str) -> str:  # noqa: N802
    """Mark ``message`` for the catalogue; the app translates it and hands it over."""
    return message


TITLE = N_("Panecast demo")
TEXT = (
    N_("This window is shown live in any browser."),
    N_("Cover it with another one: viewers still see it."),
    N_("Move the sliders: viewers see the change at once."),
    N_("Small text stays readable, like this: 0O 1lI []"),
)
FOLLOW = "--follow"
"""Have the window go with the app that started it, and show its words: the title, then the lines."""
SPEED = 14
"""Characters typed a second."""
COLOURS = ("#2F6FED", "#1E9E5A", "#B86E00", "#C93A3A", "#7A5CDC")


class DemoWindow(QWidget):
    """A clock, shapes that move, and text being typed, 30 times a second."""

    def __init__(self, title: str, text: Sequence[str]) -> None:
        """``text`` are the lines that are typed."""
        super().__init__()
        self._lines = text
        self.setWindowTitle(title)
        self.resize(960, 540)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.update)
        self._timer.start(33)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = time.time()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paper = QLinearGradient(0, 0, self.width(), self.height())
        paper.setColorAt(0, QColor("#F7F9FC"))
        paper.setColorAt(1, QColor("#E6EDF9"))
        painter.fillRect(self.rect(), paper)
        painter.scale(self.width() / 960, self.height() / 540)
        self._clock(painter, now)
        self._shapes(painter, now)
        self._text(painter, now)
        painter.end()

    @staticmethod
    def _clock(painter: QPainter, now: float) -> None:
        centre, radius = QPointF(160, 165), 105.0
        painter.setPen(QPen(QColor("#C5D0E2"), 3))
        painter.setBrush(QColor("#FFFFFF"))
        painter.drawEllipse(centre, radius, radius)
        local = time.localtime(now)
        seconds = local.tm_sec + now % 1
        minutes = local.tm_min + seconds / 60
        hands = (
            ((local.tm_hour % 12 + minutes / 60) / 12, 0.52, 6, "#18222F"),
            (minutes / 60, 0.76, 4, "#18222F"),
            (seconds / 60, 0.84, 2, "#C93A3A"),
        )
        for turn, length, width, colour in hands:
            angle = 2 * math.pi * turn
            pen = QPen(QColor(colour), width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(centre, centre + QPointF(math.sin(angle), -math.cos(angle)) * radius * length)
        painter.setPen(QColor("#18222F"))
        painter.setFont(_font("monospace", 26))
        text = f"{time.strftime('%H:%M:%S', local)}.{int(now % 1 * 10)}"
        painter.drawText(QRectF(40, 284, 240, 40), Qt.AlignmentFlag.AlignCenter, text)

    @staticmethod
    def _shapes(painter: QPainter, now: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for number, colour in enumerate(COLOURS):
            phase = now * (0.5 + 0.13 * number) + number * 1.3
            at = QPointF(620 + 260 * math.sin(phase), 165 + 95 * math.sin(phase * 1.7 + number))
            fill = QColor(colour)
            fill.setAlpha(215)
            painter.setBrush(fill)
            edge = 26 + 7 * number
            if number % 2:
                painter.save()
                painter.translate(at)
                painter.rotate(math.degrees(phase))
                painter.drawRoundedRect(QRectF(-edge, -edge, 2 * edge, 2 * edge), 10, 10)
                painter.restore()
            else:
                painter.drawEllipse(at, edge, edge)

    def _text(self, painter: QPainter, now: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#111827"))
        painter.drawRoundedRect(QRectF(40, 350, 880, 160), 12, 12)
        painter.setFont(_font("monospace", 19))
        painter.setPen(QColor("#D7E2F4"))
        total = sum(len(line) for line in self._lines)
        typed = int(now * SPEED) % (total + 3 * SPEED)
        for row, line in enumerate(self._lines):
            shown = line[: max(0, typed)]
            cursor = "▌" if 0 <= typed < len(line) else ""
            painter.drawText(QPointF(64, 388 + row * 32), shown + cursor)
            typed -= len(line)


def _font(family: str, pixels: int) -> QFont:
    font = QFont(family)
    if family == "monospace":
        font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(pixels)
    return font


def main() -> int:
    """Show the window until it is closed."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("panecast-demo")
    with contextlib.suppress(OSError):  # Linux only: lists would show the interpreter's name
        Path("/proc/self/comm").write_text("panecast-demo", encoding="ascii")
    is_ours = FOLLOW in sys.argv
    watch = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read) if is_ours else None
    if watch is not None:
        watch.activated.connect(lambda: None if os.read(sys.stdin.fileno(), 64) else app.quit())
    words = sys.argv[sys.argv.index(FOLLOW) + 1 :] if is_ours else []
    title, *text = words or (TITLE, *TEXT)
    window = DemoWindow(title, text)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
