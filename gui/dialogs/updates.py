"""The window about newer versions: whether to look for them, what was found, and a link. It downloads nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from gui.core.updates.check import UpdateCheck
from gui.core.updates.release import ADDRESS
from gui.panel.window import Panel
from gui.widgets.screen_fit import FittedDialog
from resources.translate import _

SMALLEST_HEIGHT = 160


class UpdatesWindow(FittedDialog):
    """Shows what `UpdateCheck` knows."""

    help_page = "trouble#updates"

    def __init__(self, check: UpdateCheck, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._check = check
        self.setObjectName("updatesWindow")
        self.setWindowTitle(_("Updates"))
        self.setMinimumWidth(480)
        self.daily = QCheckBox(_("&Check for updates once a day"))
        self.daily.setObjectName("checkDaily")
        self.daily.clicked.connect(check.switch)
        explained = _words(
            _(
                "Panecast then asks {address}. Nothing about you or this computer is sent, and nothing is downloaded."
            ).format(address=ADDRESS)
        )
        explained.setObjectName("muted")
        self.found = _words("")
        self.found.setObjectName("updateFound")
        self.notes = QPlainTextEdit()
        self.notes.setObjectName("updateNotes")
        self.notes.setAccessibleName(_("What is new"))
        self.notes.setReadOnly(True)
        self.notes.setTabChangesFocus(True)
        self.notes.setMinimumHeight(SMALLEST_HEIGHT)
        self.now = _button(_("Check &now"), "checkNow")
        self.now.clicked.connect(check.check_now)
        self.page = _button(_("&Open the download page"), "openRelease")
        self.page.clicked.connect(self._open_page)
        shut = _button(_("Close"), "closeUpdates")
        shut.clicked.connect(self.reject)
        layout = QVBoxLayout()
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addWidget(self.daily)
        layout.addWidget(explained)
        layout.addSpacing(8)
        layout.addWidget(self.found)
        layout.addWidget(self.notes, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.now)
        foot.addWidget(self.page)
        foot.addStretch(1)
        foot.addWidget(shut)
        self.lay_out(layout, foot)
        self.show_found()

    def show_found(self) -> None:
        """Show what is known."""
        state = self._check.state
        self.daily.setChecked(self._check.is_on)
        self.found.setText(state.words)
        self.found.setVisible(bool(state.words))
        release = state.release
        self.notes.setPlainText("" if release is None else release.notes)
        self.notes.setVisible(release is not None and bool(release.notes))
        self.page.setVisible(release is not None)
        self.now.setEnabled(state.state != "checking")

    def come_forward(self) -> None:
        """Show the window, beside the panel and without holding it."""
        self.show_found()
        self.show()
        self.raise_()
        self.activateWindow()

    def _open_page(self) -> None:
        release = self._check.state.release
        if release is not None:
            QDesktopServices.openUrl(QUrl(release.link))


class UpdatesOpener:
    """Opens the window where it is asked for, by the panel's menu or by the message that there is a newer version.

    Attributes:
        window: the window; None until it is first asked for.
    """

    def __init__(self, check: UpdateCheck, panel: Panel) -> None:
        self.window: UpdatesWindow | None = None
        self._check = check
        self._panel = panel
        check.show = self.open
        check.subscribe(self._show)
        panel.access_bar.updates.triggered.connect(self.open)
        panel.access_bar.updates.setVisible(check.is_offered)

    def open(self) -> None:
        """Show it."""
        if self.window is None:
            self.window = UpdatesWindow(self._check, self._panel)
        self.window.come_forward()

    def forget(self) -> None:
        """Have it made anew when it is asked for next, in the language that is in use then."""
        if self.window is not None:
            self.window.deleteLater()
            self.window = None

    def _show(self) -> None:
        if self.window is not None:
            self.window.show_found()


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _button(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAutoDefault(False)
    return button
