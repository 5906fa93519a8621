"""The window of the manual: pages on the left, the one that is read on the right. Needs no browser and no network.

A page is read, and its pictures are decoded, in a worker thread; the window shows it once all of it is there.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage, QKeySequence, QShortcut, QTextBlock, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from gui.dialogs.manual.loading import NARROWEST, Loaded, load
from gui.dialogs.manual.pages import Page
from gui.widgets.screen_fit import FittedDialog
from gui.widgets.style import current_look, style_sheet
from resources.translate import _, language

MARGIN = 16
"""Logical pixels around the text."""
CONTENTS = 160
"""Logical pixels of the names of pages, before these are known, and at least."""
LETTERS = 104
"""Of a line and what lies around it."""


class _Reader(QTextBrowser):
    """Shows pages of one language, with their pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("manualText")
        self.setOpenLinks(False)
        self.setReadOnly(True)
        self.document().setDocumentMargin(MARGIN)
        self._pictures: Mapping[str, QImage] = {}

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802 (Qt's name)
        """Return a picture of the page that is shown; nothing else is loaded, from nowhere."""
        if kind == QTextDocument.ResourceType.ImageResource.value:
            return self._pictures.get((name.path() if isinstance(name, QUrl) else name).rpartition("/")[2])
        return None

    def show_page(self, page: Page, pictures: Mapping[str, QImage]) -> None:
        """Show ``page`` from its beginning."""
        # First, for Qt keeps pictures of earlier pages, by their names.
        self.document().clear()
        self._pictures = pictures
        self.setMarkdown(page.markdown)
        block: QTextBlock = self.document().begin()
        names = iter(page.anchors)
        while block.isValid():
            if block.blockFormat().headingLevel() and (name := next(names, "")):
                cursor = QTextCursor(block)
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
                letters = cursor.charFormat()
                letters.setAnchor(True)
                letters.setAnchorNames([name])
                cursor.mergeCharFormat(letters)
            block = block.next()
        self.moveCursor(QTextCursor.MoveOperation.Start)


class ManualWindow(FittedDialog):
    """The manual. A window of its own, which other windows do not hold up."""

    _found = Signal(object)
    """A `Loaded`, from the worker's thread to that of Qt."""

    def __init__(self, workers: Executor) -> None:
        """``workers`` read and decode."""
        super().__init__()
        self.setObjectName("manual")
        self._workers = workers
        self._target = ""
        self._comes = False
        self._language = ""
        self._pages: tuple[Page, ...] = ()
        # Also where a worker is done at once: what is asked for next counts then.
        self._found.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self.contents = QListWidget()
        self.contents.setObjectName("manualContents")
        self.contents.setMaximumWidth(CONTENTS)
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.contents.currentRowChanged.connect(self._choose)
        self.text = _Reader()
        self.text.anchorClicked.connect(self._follow)
        self.shut = QPushButton()
        self.shut.setObjectName("closeManual")
        self.shut.setAutoDefault(False)
        self.shut.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.contents)
        line.addWidget(self.text, 1)
        body = QVBoxLayout()
        body.setContentsMargins(16, 16, 16, 16)
        body.addLayout(line)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.shut)
        self.lay_out(body, foot)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self, self.close)

    @property
    def is_settled(self) -> bool:
        """Tell whether the page that was asked for last is there."""
        return not self._target

    def sizeHint(self) -> QSize:
        """Return a size in which lines are as long as in a book."""
        letter = self.fontMetrics().averageCharWidth()
        return QSize(self.contents.maximumWidth() + LETTERS * letter, 88 * letter)

    def open_at(self, target: str) -> None:
        """Show the page ``target``, as ``name`` or ``name#anchor``, as soon as it is read; the last one asked for
        counts. One that does not exist changes nothing; where none is shown yet, the first one is."""
        self._target = target
        self._load(target, self._picture_room() if self._language else sys.maxsize)

    def _load(self, target: str, room: int) -> None:
        self._workers.submit(load, language(), target, room).add_done_callback(partial(self._tell, target))

    def _tell(self, target: str, done: Future[Loaded]) -> None:
        """Pass on what a worker has found, in its thread."""
        if not done.cancelled():
            with contextlib.suppress(RuntimeError):  # the window is gone
                self._found.emit((target, done.result()))

    def come_forward(self) -> None:
        """Show the window in the colours now in force, once the page that was asked for is there."""
        if self._target:
            self._comes = True
            return
        self._comes = False
        if (sheet := style_sheet(current_look())) != self.styleSheet():
            self.setStyleSheet(sheet)
        self.show()
        self.raise_()
        self.activateWindow()
        self.text.setFocus()

    def translate(self) -> None:
        """Say everything in the language in use: the same page, as soon as it is read."""
        row = self.contents.currentRow()
        self.open_at(self._target or (self._pages[row].name if row >= 0 else ""))

    def _picture_room(self) -> int:
        """Return how wide a picture may be; the bar beside it may not be there yet."""
        bar = self.text.verticalScrollBar().sizeHint().width()
        return max(NARROWEST, self.text.width() - 2 * MARGIN - 2 * bar)

    def _show(self, found: tuple[str, Loaded]) -> None:
        target, loaded = found
        if target != self._target:
            return
        self._fill(loaded)
        room = self._picture_room()
        if any(picture.width() > room for picture in loaded.pictures.values()):
            # Only now is known how much room there is.
            self._load(target, room)
            return
        if loaded.page is None and self._pages and self.contents.currentRow() < 0:
            self.open_at(self._pages[0].name)
            return
        self._target = ""
        if loaded.page is not None:
            with QSignalBlocker(self.contents):
                self.contents.setCurrentRow(self._pages.index(loaded.page))
            self.text.show_page(loaded.page, loaded.pictures)
        if self._comes:
            self.come_forward()
        if loaded.anchor:
            self.text.scrollToAnchor(loaded.anchor)

    def _fill(self, loaded: Loaded) -> None:
        """Say what stands around the page, in its language."""
        if self._language == loaded.language:
            return
        self._language, self._pages = loaded.language, loaded.pages
        self.setWindowTitle(_("Panecast manual"))
        self.contents.setAccessibleName(_("Pages"))
        self.text.setAccessibleName(_("Manual"))
        self.shut.setText(_("Close"))
        with QSignalBlocker(self.contents):
            self.contents.clear()
            self.contents.addItems([page.title for page in self._pages])
        width = self.contents.sizeHintForColumn(0) + 40
        self.contents.setMinimumWidth(min(width, CONTENTS))
        self.contents.setMaximumWidth(width)
        if not self.isVisible():
            self.ensurePolished()
            if not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
                self.fit()
            for part in (self, *self.findChildren(QWidget)):
                if (layout := part.layout()) is not None:
                    layout.activate()

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._pages):
            self.open_at(self._pages[row].name)

    def _follow(self, url: QUrl) -> None:
        if url.scheme():
            QDesktopServices.openUrl(url)
        elif url.path():
            self.open_at(url.path() + (f"#{url.fragment()}" if url.fragment() else ""))
        else:
            self.text.scrollToAnchor(url.fragment())
