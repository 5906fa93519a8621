"""Makes the manual's pictures anew: ``python -m tests.gui.manual_pictures`` writes resources/manual/<language>/*.png.

The windows of the gallery, as they look in each language, with few colours: all of them come along in every package.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import zlib
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image

from resources.translate import NAMES, use
from tests.gui import gallery
from tests.helpers.x11.desktop import PROJECT

FOLDER = PROJECT / "resources/manual"
MOST_BYTES, MOST_OF_START = 18_000, 9_000
WIDTHS = (540, 480, 420)
COLOURS = (64, 32, 16)
SCREEN = gallery.Screen("manual", 1280, 900)


def small(picture: bytes, most_bytes: int = MOST_BYTES) -> bytes:
    """Return a PNG of so few pixels and colours that it has ``most_bytes`` at most."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    found = b""
    for width, colours in product(WIDTHS, COLOURS):
        size = (min(width, image.width), round(image.height * min(1, width / image.width)))
        fitted = image.resize(size, Image.Resampling.LANCZOS)
        found = packed(fitted.quantize(colours, dither=Image.Dither.NONE))
        if len(found) <= most_bytes:
            break
    return found


def packed(image: Image.Image) -> bytes:
    """Return a PNG, by the one of zlib's strategies that makes it smaller."""
    found = []
    for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED):
        out = io.BytesIO()
        image.save(out, "PNG", compress_level=9, compress_type=strategy)
        found.append(out.getvalue())
    return min(found, key=len)


def _shot(window: Any) -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtWidgets import QApplication

    window.show()
    for _ in range(6):
        QApplication.processEvents()
    held = QBuffer()
    held.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(held, "PNG")
    window.hide()
    return bytes(held.data().data())


def take(language: str) -> None:
    """Take the pictures in one language; ends the process."""
    with tempfile.TemporaryDirectory() as folder:
        gallery.plug_in([SCREEN], Path(folder))
        use(language)
        app = gallery._application(dark=False, points=0)  # noqa: SLF001  the gallery's own look
        from gui.core.settings import Settings
        from gui.dialogs.links import LinksWindow
        from gui.dialogs.pin import PinWindow
        from gui.dialogs.privacy import PrivacyDialog
        from tests.gui import gallery_content as content

        panel = content.panel(*content.STATES[1][1:])
        panel.resize(900, 640)
        links = LinksWindow(panel)
        links.show_access(content.DOORS, content.SOURCES[:5])
        pin = PinWindow(panel)
        pin.show_access(content.DOORS)
        privacy = PrivacyDialog(panel)
        privacy.show_settings(Settings(), ("firefox", "xterm"))
        for name, window in (("panel", panel), ("links", links), ("pin", pin), ("privacy", privacy)):
            file = FOLDER / language / f"{name}.png"
            file.write_bytes(small(_shot(window)))
            print(file.relative_to(PROJECT), file.stat().st_size)
        first = content.first_start(0, panel)
        first.what.show_findings([])
        file = FOLDER / language / "first-start.png"
        file.write_bytes(small(_shot(first), MOST_OF_START))
        print(file.relative_to(PROJECT), file.stat().st_size)
        app.processEvents()
    sys.stdout.flush()
    os._exit(0)  # Qt takes its time to take so many windows apart


def main() -> int:
    """Take those of each language, in a process of its own; Qt is set up once."""
    if len(sys.argv) > 1:
        take(sys.argv[1])
    for language in NAMES:
        subprocess.run([sys.executable, "-m", "tests.gui.manual_pictures", language], cwd=PROJECT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
