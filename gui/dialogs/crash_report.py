"""Says at the next start that the app did not end properly, and offers what it left behind. Nothing is sent."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from gui.panel.window import Panel
from gui.widgets.clipboard import copy_to_clipboard
from gui.widgets.screen_fit import FittedDialog
from resources.translate import N_, _

log = logging.getLogger(__name__)

WORDS = N_("Panecast did not end properly last time.")
MORE = N_(
    "The report says where it stopped and holds the last lines of the log, without links, PINs and window titles. "
    "It stays on this computer. If this happens again, start without sharing."
)
COPIED = N_("The report is on the clipboard.")
SMALLEST_HEIGHT = 220


class CrashReportDialog(FittedDialog):
    """Offers the report of the last run.

    Signals:
        safe_start_requested: start again, without sharing anything.
    """

    help_page = "trouble#crash"

    safe_start_requested = Signal()

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crashReport")
        self.setWindowTitle("Panecast")
        self.setMinimumWidth(520)
        self._report = report
        headline = QLabel(_(WORDS))
        headline.setObjectName("headline")
        headline.setWordWrap(True)
        self.hint = QLabel(_(MORE))
        self.hint.setObjectName("muted")
        self.hint.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setObjectName("crashText")
        self.text.setAccessibleName(_("Report"))
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(SMALLEST_HEIGHT)
        self.text.hide()
        layout = QVBoxLayout()
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addWidget(headline)
        layout.addWidget(self.hint)
        layout.addWidget(self.text, 1)
        self.lay_out(layout, self._buttons())

    def come_forward(self) -> None:
        """Show the window, beside the panel and without holding it."""
        self.show()
        self.raise_()
        self.activateWindow()

    def _buttons(self) -> QHBoxLayout:
        self.show_report = _button(_("&Show report"), "showReport", self._show_report)
        self.copy = _button(_("&Copy"), "copyReport", self._copy)
        self.copy.setToolTip(_("Put the report on the clipboard"))
        self.safe_start = _button(_("Start &without sharing"), "startWithoutSharing", self._start_safely)
        self.safe_start.setToolTip(_("Start again with nothing shared; the settings stay as they are"))
        self.shut = _button(_("Close"), "closeReport", self.accept)
        self.shut.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.show_report)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.safe_start)
        buttons.addWidget(self.shut)
        return buttons

    def _show_report(self) -> None:
        is_shown = self.text.isHidden()
        if is_shown:
            self.text.setPlainText(self._report)
        self.text.setVisible(is_shown)
        self.show_report.setText(_("&Hide report") if is_shown else _("&Show report"))

    def _copy(self) -> None:
        copy_to_clipboard(self._report)
        self.hint.setText(_(COPIED))

    def _start_safely(self) -> None:
        self.accept()
        self.safe_start_requested.emit()


def show_after_crash(report: str, panel: Panel, start_safely: Callable[[], None]) -> None:
    """Show ``report``, when there is one, once and not before the panel is seen: a quiet start stays quiet."""

    def show() -> None:
        try:
            dialog = CrashReportDialog(report, panel)
            dialog.safe_start_requested.connect(start_safely)
            dialog.come_forward()
        except Exception:
            # What tells of a fault may have one; the panel goes on without it.
            log.exception("the report of the last crash could not be shown")

    if report:
        panel.shown.connect(show, Qt.ConnectionType.SingleShotConnection)


def _button(words: str, name: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName(name)
    button.setAutoDefault(False)
    button.clicked.connect(act)
    return button
