"""The windows on which techniques are tried: ``python -I -m gui.trial.windows``.

A program of its own, because windows of ours are in no list. Each line on standard input is something to be done
(`capture.trial.story.Windows`), and is answered by a line when it is done. It ends when its standard input does.
"""

from __future__ import annotations

import os
import sys
import threading

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from capture.trial.code import STEPS, paint
from capture.trial.story import title

SIZE, OTHER_SIZE = (480, 320), (560, 400)
APART = 620
TICK_MILLISECONDS = 40
SETTLE_MILLISECONDS = 120
"""What a desktop may take to do what it was asked for, before the answer is given."""


class CodeWindow(QWidget):
    """Paints a picture that tells which one it is, and another one with each `step_on`."""

    def __init__(self, which: int, number: int) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self._which = which
        self._step = 0
        self.setWindowTitle(title(which, os.getpid(), number))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(*SIZE)

    def step_on(self) -> None:
        """Paint the next picture."""
        self._step = (self._step + 1) % STEPS
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        pixels = paint(self._which, self._step, width, height)
        image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        with QPainter(self) as painter:
            painter.drawImage(0, 0, image)


class Director(QObject):
    """Does what it is told by lines."""

    line_read = Signal(str)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._windows: tuple[CodeWindow, ...] = ()
        self._ticking = QTimer(self)
        self._ticking.setInterval(TICK_MILLISECONDS)
        self._ticking.timeout.connect(self._step_on)
        self.line_read.connect(self._do)
        self.ended.connect(QApplication.quit)
        # A notifier for standard input works with pipes on some systems only.
        threading.Thread(target=self._read, name="lines", daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.line_read.emit(line.strip())
        self.ended.emit()

    def _do(self, line: str) -> None:
        name, *numbers = line.split() or ("",)
        which = int(numbers[0]) if numbers else 0
        if name == "open":
            self._open(which)
        elif self._windows:
            self._arrange(name, which)
        QTimer.singleShot(SETTLE_MILLISECONDS, self._answer)

    def _open(self, number: int) -> None:
        for window in self._windows:
            window.close()
            window.deleteLater()
        self._windows = (CodeWindow(0, number), CodeWindow(1, number))
        for at, window in enumerate(self._windows):
            window.move(60 + APART * at, 60)
            window.show()
        self._ticking.start()

    def _step_on(self) -> None:
        for window in self._windows:
            window.step_on()

    def _arrange(self, name: str, which: int) -> None:
        window, other = self._windows[which], self._windows[1 - which]
        match name:
            case "still":
                self._ticking.stop()
            case "go":
                self._ticking.start()
            case "cover":
                other.resize(window.size())
                other.move(window.pos())
                other.raise_()
            case "bare":
                other.move(window.pos().x() + APART, window.pos().y())
                window.raise_()
            case "resize":
                window.resize(*OTHER_SIZE)
            case "minimise":
                window.showMinimized()
            case "restore":
                window.showNormal()
            case "close":
                window.close()

    def _answer(self) -> None:
        sys.stdout.write(f"done {os.getpid()}\n")
        sys.stdout.flush()


def main() -> int:
    """Show the windows until standard input ends."""
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    director = Director()
    code = app.exec()
    del director
    return code


if __name__ == "__main__":
    sys.exit(main())
