"""Draws the program's icon for all systems from its SVGs:  python installer/icons.py OUTDIR

Makes ``hicolor/SIZExSIZE/apps/NAME.png`` and ``hicolor/scalable/apps/NAME.svg`` for Linux, ``panecast.ico`` for Windows
and ``panecast.icns`` for macOS. The same SVGs and the same versions of Qt and Pillow give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from installer.project import APPLICATION, TOP

DRAWINGS = TOP / "resources" / "icons"
LARGE, SMALL = DRAWINGS / "panecast.svg", DRAWINGS / "panecast-small.svg"
LARGEST_SMALL = 24
"""Up to this many pixels the lines of the large drawing would be blurred to grey."""
PNG_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_SIZES = (32, 64, 128, 256, 512, 1024)
MAC_MARGIN = 100 / 1024
"""The free edge that icons have on a Mac, on each side, as a part of the whole."""


def draw(edge: int, margin: float = 0.0) -> Image.Image:
    """Return the icon, ``edge`` pixels square, RGBA; ``margin`` is left free on each side, as a part of the edge."""
    drawing = SMALL if edge <= LARGEST_SMALL else LARGE
    renderer = QSvgRenderer(QByteArray(drawing.read_bytes()))
    if not renderer.isValid():
        raise ValueError(f"{drawing} cannot be drawn: it is no SVG that Qt understands.")
    image = QImage(edge, edge, QImage.Format.Format_RGBA8888_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inset = edge * margin
    renderer.render(painter, QRectF(inset, inset, edge - 2 * inset, edge - 2 * inset))
    painter.end()
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return Image.frombytes("RGBA", (edge, edge), bytes(plain.constBits()), "raw", "RGBA", plain.bytesPerLine())


def write_hicolor(theme: Path) -> None:
    """Write the PNGs and the SVG of the icon into the folder ``theme``, laid out as an icon theme."""
    for edge in PNG_SIZES:
        folder = theme / f"{edge}x{edge}" / "apps"
        folder.mkdir(parents=True, exist_ok=True)
        draw(edge).save(folder / f"{APPLICATION}.png", optimize=True)
    folder = theme / "scalable" / "apps"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{APPLICATION}.svg").write_bytes(LARGE.read_bytes())


def write_ico(path: Path) -> None:
    """Write the icon for Windows."""
    images = [draw(edge) for edge in ICO_SIZES]
    images[-1].save(path, format="ICO", sizes=[image.size for image in images], append_images=images[:-1])


def write_icns(path: Path) -> None:
    """Write the icon for macOS."""
    images = [draw(edge, MAC_MARGIN) for edge in ICNS_SIZES]
    images[-1].save(path, format="ICNS", append_images=images[:-1])


def main() -> int:
    """Draw all of them into the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Draw the program's icon for all systems.")
    parser.add_argument("folder", type=Path, metavar="OUTDIR")
    folder: Path = parser.parse_args().folder
    write_hicolor(folder / "hicolor")
    write_ico(folder / "panecast.ico")
    write_icns(folder / "panecast.icns")
    return 0


if __name__ == "__main__":
    sys.exit(main())
