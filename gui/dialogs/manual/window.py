"""The window of the manual: pages on the left, the one that is read on the right. Needs no browser and no network."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QKeySequence, QShortcut, QTextBlock, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QPushButton, QTextBrowser, QVBoxLayout

from gui.dialogs.manual.pages import Page, folder, pages
from gui.widgets.screen_fit import FittedDialog
from gui.widgets.style import current_look, style_sheet
from resources.translate import _, language

MARGIN = 16
"""Logical pixels around the text."""


class _Reader(QTextBrowser):
    """Shows pages of one language, with their pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("manualText")
        self.setAccessibleName(_("Manual"))
        self.setOpenLinks(False)
        self.setReadOnly(True)
        self.document().setDocumentMargin(MARGIN)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802 (Qt's name)
        """Return a picture of the manual; nothing else is loaded, from nowhere."""
        if kind == QTextDocument.ResourceType.ImageResource.value:
            path = (name.path() if isinstance(name, QUrl) else name).rpartition("/")[2]
            file = folder(language()) / path
            if path and file.is_file():
                image = QImage.fromData(file.read_bytes())
                # The bar beside it may not be there yet.
                room = self.width() - 2 * MARGIN - 2 * self.verticalScrollBar().sizeHint().width()
                smooth = Qt.TransformationMode.SmoothTransformation
                return image if image.width() <= room else image.scaledToWidth(max(100, room), smooth)
        return None

    def show_page(self, page: Page) -> None:
        """Show ``page`` from its beginning."""
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

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("manual")
        self.setWindowTitle(_("Panecast manual"))
        self._language = ""
        self._pages: tuple[Page, ...] = ()
        self.contents = QListWidget()
        self.contents.setObjectName("manualContents")
        self.contents.setAccessibleName(_("Pages"))
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.contents.currentRowChanged.connect(self._show_row)
        self.text = _Reader()
        self.text.anchorClicked.connect(self._follow)
        self.shut = QPushButton(_("Close"))
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

    def sizeHint(self) -> QSize:
        """Return a size in which lines are as long as in a book."""
        letter = self.fontMetrics().averageCharWidth()
        return QSize(self.contents.maximumWidth() + 104 * letter, 88 * letter)

    def open_at(self, target: str) -> bool:
        """Show the page ``target``, as ``name`` or ``name#anchor``; tell whether there is one."""
        self._fill()
        name, _hash, anchor = target.partition("#")
        row = next((at for at, page in enumerate(self._pages) if name in (page.name, page.file)), -1)
        if row < 0:
            return False
        if row == self.contents.currentRow():
            self._show_row(row)
        else:
            self.contents.setCurrentRow(row)
        if anchor:
            self.text.scrollToAnchor(anchor)
        return True

    def come_forward(self) -> None:
        """Show the window in the colours now in force."""
        self._fill()
        self.setStyleSheet(style_sheet(current_look()))
        self.show()
        self.raise_()
        self.activateWindow()
        self.text.setFocus()

    def _fill(self) -> None:
        if self._language == language():
            return
        self._language = language()
        self._pages = pages(self._language)
        self.contents.clear()
        for page in self._pages:
            self.contents.addItem(page.title)
        width = self.contents.sizeHintForColumn(0) + 40
        self.contents.setMinimumWidth(min(width, 160))
        self.contents.setMaximumWidth(width)

    def _show_row(self, row: int) -> None:
        if 0 <= row < len(self._pages):
            self.text.show_page(self._pages[row])

    def _follow(self, url: QUrl) -> None:
        if url.scheme():
            QDesktopServices.openUrl(url)
        elif url.path():
            self.open_at(url.path() + (f"#{url.fragment()}" if url.fragment() else ""))
        else:
            self.text.scrollToAnchor(url.fragment())
