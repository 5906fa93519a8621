from __future__ import annotations

import subprocess
import sys

import pytest

from tests.helpers.x11.desktop import XServer

SHOW = """
import sys
from PySide6.QtCore import QByteArray, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from gui.widgets.screen_fit import ScreenFit

app = QApplication(sys.argv[:1])
window = QWidget()
window.resize(300, 200)
fit = ScreenFit(window)
if len(sys.argv) > 1:
    window.restoreGeometry(QByteArray.fromBase64(sys.argv[1].encode()))
    fit.look()
seen = []

def look():
    # Framed by the manager, and where it was a moment ago.
    place, frame = window.geometry(), window.frameGeometry()
    seen.append(place.getRect())
    if frame == place or seen[-10:].count(place.getRect()) < 10:
        return
    if len(sys.argv) == 1 and frame.topLeft().manhattanLength():
        window.move(0, 0)
        return
    print(frame.y(), place.x(), place.y(), window.saveGeometry().toBase64().data().decode())
    app.quit()

timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
window.show()
app.exec()
"""


@pytest.mark.panel
@pytest.mark.x11
def test_window_in_the_corner_comes_back_with_its_title_bar(xserver: XServer) -> None:
    def shown(*geometry: str) -> list[str]:
        command = [sys.executable, "-c", SHOW, *geometry]
        done = subprocess.run(
            command,
            env=xserver.environment | {"QT_QPA_PLATFORM": "xcb"},
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        return done.stdout.split()

    first = shown()
    second = shown(first[3])
    third = shown(second[3])

    assert int(first[0]) == 0
    assert int(second[0]) >= 0
    assert third[1:3] == second[1:3]
