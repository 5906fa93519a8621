"""Reads pages of the manual and decodes their pictures. Pure but for reading: it is called in a worker thread."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from gui.dialogs.manual.pages import Page, folder, pages

PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]*)\)")
NARROWEST = 100
"""Pixels of a picture, however small the window is."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What it takes to show a page at once.

    Attributes:
        pages: all of them, in one language.
        page: the one that was asked for; None where there is no such page.
        anchor: the heading in it that was asked for, empty for its beginning.
        pictures: those of the page, by name of file.
    """

    language: str
    pages: tuple[Page, ...]
    page: Page | None
    anchor: str = ""
    pictures: Mapping[str, QImage] = field(default_factory=dict)


def load(language: str, target: str, room: int) -> Loaded:
    """Return the page ``target``, as ``name`` or ``name#anchor``, with pictures of at most ``room`` pixels."""
    every = pages(language)
    name, _hash, anchor = target.partition("#")
    page = next((each for each in every if name in (each.name, each.file)), None)
    names = PICTURE.findall(page.source) if page is not None else []
    found = ((each, decoded(language, each, room)) for each in names)
    return Loaded(language, every, page, anchor, {each: image for each, image in found if image is not None})


def decoded(language: str, name: str, room: int) -> QImage | None:
    """Return a picture of the manual, ``room`` pixels wide at most; None where there is none of that name."""
    file = folder(language) / name.rpartition("/")[2]
    if not file.is_file():
        return None
    image = QImage.fromData(file.read_bytes())
    smooth = Qt.TransformationMode.SmoothTransformation
    return image if image.width() <= room else image.scaledToWidth(max(NARROWEST, room), smooth)
