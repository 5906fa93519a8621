"""Pictures of the panel: of Qt's kind, and whole however they are painted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from capture.picture.damage import DamageMap
from capture.picture.frame import Frame
from capture.platforms.demo import demo_source
from capture.source import Source
from gui.core.settings import Settings
from gui.panel.live_picture import picture
from gui.panel.thumbnails import Thumbnails
from tests.helpers.desk import Desk

SOURCE = Source("1", "window", "", "", 40, 100)


@pytest.mark.usefixtures("qapp")
def test_a_picture_is_whole_also_where_it_is_painted_faintly() -> None:
    """As thumbnails of what is not live are. The fourth byte of what the X server gives is 0 for most windows."""
    pixels = np.zeros((100, 40, 4), dtype=np.uint8)
    pixels[:] = (200, 100, 50, 0)
    frame = Frame(SOURCE, 1, 1, pixels, DamageMap.fresh(40, 100, 1), None, 0.0, 0.0, 0.0)
    for size in ((40, 100), (20, 50)):
        image = picture(frame, size, pointer=False)
        canvas = QImage(size[0], size[1], QImage.Format.Format_ARGB32_Premultiplied)
        canvas.fill(QColor("#000000"))
        painter = QPainter(canvas)
        painter.setOpacity(0.45)
        painter.drawImage(0, 0, image)
        painter.end()

        found = {canvas.pixelColor(x, y).name() for x in range(size[0]) for y in range(size[1])}
        red, green, blue = QColor(found.pop()).getRgb()[:3]
        assert not found
        assert np.allclose((red, green, blue), np.array((50, 100, 200)) * 0.45, atol=1)


async def test_the_demos_thumbnail_is_drawn_once_for_each_size(qtbot: QtBot) -> None:
    desk, shown = Desk(Settings()), list[tuple[str, int, int]]()
    with ThreadPoolExecutor(1) as workers:
        thumbnails = Thumbnails(
            desk.hub, workers, lambda source, image: shown.append((source.id, image.width(), image.height()))
        )
        thumbnails.set_size((288, 180))
        thumbnails.set_in_sight((demo_source(),))
        thumbnails.set_in_sight((demo_source(),))
        thumbnails.set_size((72, 45))
        thumbnails.set_in_sight((demo_source(),))
        thumbnails.close()
    await desk.close()

    assert shown == [("demo", 288, 162), ("demo", 72, 40)]
