"""The window about Panecast: version, licence, whose work is in it, and where settings and logs lie."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib.resources.abc import Traversable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from gui.dialogs.third_party import packaged_notices, pieces
from gui.widgets.screen_fit import FittedDialog
from resources.translate import N_, _
from server import __version__

WHAT = N_(
    "Shows any window of this computer in any browser. Panecast is free software under the MIT licence. "
    "Copyright 2026 Panecast contributors."
)
LGPL = N_(
    "Qt, PySide6 and python-xlib are used under the GNU Lesser General Public License (LGPL). They are separate files "
    "that you can replace with your own versions."
)
NO_FILE_MANAGER = N_("This desktop has no program that shows folders. The folder is {folder}")
NO_LOGS = N_("There is no log yet. It will be in {folder}")
SMALLEST_HEIGHT = 180


class AboutWindow(FittedDialog):
    """Shows what Panecast is made of. Its long text is there only while the window is."""

    help_page = "trouble#log"

    def __init__(
        self, folder: Path, log_folder: Path, parent: QWidget | None = None, notices: tuple[Traversable, ...] = ()
    ) -> None:
        """``folder`` holds settings and links; ``notices`` is shown instead of what the package was given."""
        super().__init__(parent)
        self._folder = folder
        self._log_folder = log_folder
        self._notices = notices or packaged_notices()
        self._pieces: Iterator[str] = iter(())
        self.setObjectName("aboutWindow")
        self.setWindowTitle(_("About Panecast"))
        self.setMinimumWidth(560)
        self.version = QLabel(_("Panecast {version}").format(version=__version__))
        self.version.setObjectName("headline")
        self.version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label = QLabel(_("&Third-party notices"))
        self.text = QPlainTextEdit()
        self.text.setObjectName("notices")
        self.text.setAccessibleName(_("Third-party notices"))
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        # The keyboard moves a caret through it, as in any text; Tab goes on to the buttons.
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(SMALLEST_HEIGHT)
        label.setBuddy(self.text)
        self.problem = _muted("")
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem.hide()
        self._filling = QTimer(self)
        self._filling.setInterval(0)
        self._filling.timeout.connect(self._fill)
        layout = QVBoxLayout()
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addWidget(self.version)
        layout.addWidget(_muted(_(WHAT)))
        layout.addWidget(_muted(_(LGPL)))
        places = _("Settings, links and the record of viewers: {folder}\nLogs: {logs}")
        self.places = _muted(places.format(folder=folder, logs=log_folder))
        self.places.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self.places)
        layout.addSpacing(8)
        layout.addWidget(label)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.problem)
        self.lay_out(layout, self._buttons())

    def come_forward(self) -> None:
        """Show the window, beside the panel and without holding it."""
        self.show()
        self.raise_()
        self.activateWindow()

    @property
    def is_filled(self) -> bool:
        """Tell whether the whole text is there."""
        return not self._filling.isActive()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to fill the text in."""
        super().showEvent(event)
        if not event.spontaneous():
            self.problem.hide()
            self.text.clear()
            self._pieces = pieces(self._notices)
            self._filling.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go of the text: laid out, it takes many times its length."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._filling.stop()
            self._pieces = iter(())
            self.text.clear()

    def _fill(self) -> None:
        """Add one piece; all at once would hold the loop."""
        piece = next(self._pieces, None)
        if piece is None:
            self._filling.stop()
        elif piece:
            # Not the visible cursor, which would scroll along.
            end = QTextCursor(self.text.document())
            end.movePosition(QTextCursor.MoveOperation.End)
            end.insertText(piece)

    def _buttons(self) -> QHBoxLayout:
        self.open_folder = QPushButton(_("&Open settings folder"))
        self.open_folder.setObjectName("openFolder")
        self.open_folder.setToolTip(str(self._folder))
        self.open_folder.setAutoDefault(False)
        self.open_folder.clicked.connect(partial(self._show_folder, self._folder))
        self.open_logs = QPushButton(_("Open &log folder"))
        self.open_logs.setObjectName("openLogs")
        self.open_logs.setToolTip(str(self._log_folder))
        self.open_logs.setAutoDefault(False)
        self.open_logs.clicked.connect(self._show_logs)
        self.shut = QPushButton(_("Close"))
        self.shut.setObjectName("closeAbout")
        self.shut.setDefault(True)
        self.shut.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.open_folder)
        buttons.addWidget(self.open_logs)
        buttons.addStretch(1)
        buttons.addWidget(self.shut)
        return buttons

    def _show_logs(self) -> None:
        if self._log_folder.is_dir():
            self._show_folder(self._log_folder)
        else:
            self._say(_(NO_LOGS).format(folder=self._log_folder))

    def _show_folder(self, folder: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._say(_(NO_FILE_MANAGER).format(folder=folder))

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.show()


def _muted(words: str) -> QLabel:
    label = QLabel(words)
    label.setObjectName("muted")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
