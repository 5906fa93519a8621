"""The panel: puts the cards together and passes their wishes on. Knows no server and no settings."""

from __future__ import annotations

import base64
import contextlib
from itertools import pairwise

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QMessageBox, QSplitter, QToolButton, QVBoxLayout, QWidget

from gui.core.access_state import AccessViewState
from gui.core.state import AppState
from gui.panel.access_bar import AccessBar
from gui.panel.blanking import BlankingButtons, BlankingStrip
from gui.panel.controls import Controls
from gui.panel.header import Header
from gui.panel.message_bar import MessageBar
from gui.panel.preview import PreviewPane
from gui.panel.sources import SourcesPane
from gui.panel.viewers.card import Viewers
from gui.verbs import Verbs
from gui.widgets.help import HelpButton, add_help_key
from gui.widgets.icons import Icons
from gui.widgets.part_names import name_icon
from gui.widgets.screen_fit import ScreenFit, Scrolled
from gui.widgets.style import current_look, style_sheet
from resources.translate import _

SIZE = QSize(980, 680)
SMALLEST = QSize(400, 300)
LOW = 620
"""Below this height, in logical pixels, what lies around the list and the preview leaves them more room."""


class Splitter(QSplitter):
    """A splitter that says so when its parts need more room than before."""

    def event(self, event: QEvent) -> bool:
        """Have the layout around it look again; Qt's own does that only where parts are added."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return done


class Panel(QWidget):
    """The one window of the app.

    Signals:
        shown, hidden: the panel can be seen, or no longer.
        close_requested: the person closed the window; it stays until somebody hides it.
        privacy_requested: open what keeps things private.
        help_requested: a page of the manual, as ``name`` or ``name#anchor``.
    """

    shown = Signal()
    hidden = Signal()
    close_requested = Signal()
    privacy_requested = Signal()
    help_requested = Signal(str)

    def __init__(self, icons: Icons, verbs: Verbs) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setWindowTitle("Panecast")
        self._icons = icons
        self._verbs = verbs
        self._is_dressing = self._is_dressed_mirrored = False
        self.blanking_buttons = BlankingButtons(icons, verbs)
        self.blanking_strip = BlankingStrip(icons, verbs)
        self.privacy = QToolButton()
        self.privacy.setObjectName("privacy")
        self.sharing = Header(icons, verbs, (self.blanking_buttons, self.privacy, HelpButton("first-steps#start")))
        self.access_bar = AccessBar(verbs.settings, verbs.quiet)
        self.sharing.add_line(self.access_bar)
        self.message_bar = MessageBar(icons)
        self.sources = SourcesPane(icons)
        self.preview = PreviewPane()
        self.controls = Controls()
        self.viewers = Viewers()
        self._lay_out()
        self._restyle()
        self._say_privacy()
        self._order_tabs()
        self.privacy.clicked.connect(self.privacy_requested)
        verbs.add_keys(self)
        add_help_key(self)
        self._add_keys()

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.preview, 1)
        column.addWidget(self.controls)
        self.splitter = Splitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("splitter")
        self.splitter.setHandleWidth(12)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.sources)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 4)
        self.sources.setMinimumWidth(290)
        right.setMinimumWidth(340)
        self.message_bar.lie_over(self.preview.stage, right)
        self._column = QVBoxLayout()
        self._column.addWidget(self.sharing)
        self._column.addWidget(self.blanking_strip)
        self._column.addWidget(self.splitter, 1)
        self._column.addWidget(self.viewers)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(Scrolled(self._column))
        self.fit = ScreenFit(self)
        self.setMinimumSize(SMALLEST)
        self.resize(SIZE)
        self.splitter.setSizes([410, 526])

    def translate(self) -> None:
        """Say everything in the language in use."""
        self._say_privacy()
        if self._is_dressed_mirrored != self.isRightToLeft():
            self._restyle()
        for part in (
            self.sharing,
            self.blanking_strip,
            self.access_bar,
            self.message_bar,
            self.sources,
            self.preview,
            self.controls,
            self.viewers,
        ):
            part.translate()
        for mark in self.findChildren(HelpButton):
            mark.translate()

    def _say_privacy(self) -> None:
        self.privacy.setAccessibleName(_("Privacy"))
        self.privacy.setToolTip(_("Hidden programs, and what happens when you are away (Ctrl+Shift+P)"))

    def show_state(self, state: AppState) -> None:
        """Show ``state`` in every card."""
        had_focus = self.focusWidget()
        for part in (
            self.sharing,
            self.blanking_buttons,
            self.blanking_strip,
            self.message_bar,
            self.sources,
            self.preview,
            self.controls,
            self.viewers,
        ):
            part.show_state(state)
        # A button that goes away would leave the keyboard anywhere.
        if had_focus in (self.blanking_buttons.pause, self.blanking_buttons.blank) and state.blanking is not None:
            self.blanking_strip.go_on.setFocus()
        elif had_focus is self.blanking_strip.go_on and state.blanking is None:
            self.blanking_buttons.blank.setFocus()

    def show_access(self, access_controller: AccessViewState) -> None:
        """Show who gets in."""
        self.sharing.show_access(access_controller)
        self.access_bar.show_access(access_controller)
        self.viewers.show_access(access_controller)

    def place(self, geometry: str, splitter: tuple[int, ...]) -> None:
        """Take the size and place of last time; what cannot be read is left as it is."""
        with contextlib.suppress(ValueError):
            if self.restoreGeometry(QByteArray(base64.b64decode(geometry, validate=True))):
                self.fit.look()
        if len(splitter) == 2:
            self.splitter.setSizes(list(splitter))

    def geometry_text(self) -> str:
        """Return size and place in a form that `place` takes."""
        return base64.b64encode(self.saveGeometry().data()).decode()

    def come_forward(self) -> None:
        """Open, un-minimise and raise the panel."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def ask_keep_sharing(self) -> QMessageBox:
        """Ask, without blocking, whether to go on sharing; the dialog's ``accepted`` means to quit."""
        dialog = QMessageBox(self)
        dialog.setObjectName("closeQuestion")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setIcon(QMessageBox.Icon.Question)
        name_icon(dialog, _("Question"))
        dialog.setWindowTitle("Panecast")
        dialog.setText(_("Keep sharing?"))
        dialog.setInformativeText(
            _(
                "This desktop has no place for a tray icon. Panecast can keep sharing with its window minimised, "
                "or stop and quit."
            )
        )
        keep = dialog.addButton(_("Keep sharing"), QMessageBox.ButtonRole.RejectRole)
        keep.setObjectName("keepSharing")
        leave = dialog.addButton(_("Stop and quit"), QMessageBox.ButtonRole.AcceptRole)
        leave.setObjectName("stopAndQuit")
        dialog.setDefaultButton(keep)
        dialog.setEscapeButton(keep)
        dialog.open()
        return dialog

    def closeEvent(self, event: QCloseEvent) -> None:
        """Pass the wish on; whether to hide, ask or quit is decided elsewhere."""
        event.ignore()
        self.close_requested.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hidden.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_low = self.height() < LOW
        edge = 8 if is_low else 16
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(8 if is_low else 12)
        self.blanking_strip.set_low(is_low)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the system between light and dark, and notice being minimised."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._is_dressing:
            self._restyle()
        elif event.type() == QEvent.Type.WindowStateChange and self.isVisible():
            (self.hidden if self.isMinimized() else self.shown).emit()

    def _restyle(self) -> None:
        # Setting a style sheet changes the palette, which would call this again.
        self._is_dressing, self._is_dressed_mirrored = True, self.isRightToLeft()
        self.setStyleSheet(style_sheet(current_look()))
        for part in (self.sharing, self.message_bar, self.sources, self.blanking_buttons, self.blanking_strip):
            part.restyle()
        self.privacy.setIcon(self._icons.icon("privacy", current_look().text))
        self.preview.mask_button.setIcon(self._icons.icon("mask", current_look().text))
        self._is_dressing = False

    def _order_tabs(self) -> None:
        order: tuple[QWidget, ...] = (
            self.blanking_buttons.pause,
            self.blanking_buttons.blank,
            self.privacy,
            self.sharing.start_stop,
            self.sharing.address,
            self.sharing.copy,
            self.sharing.qr,
            self.sharing.port,
            self.access_bar.reach,
            self.access_bar.pin,
            self.access_bar.links,
            self.access_bar.more,
            self.blanking_strip.go_on,
            self.sources.search,
            self.sources.list,
            self.preview.masks,
            self.preview.mask_button,
            self.controls.fps,
            self.controls.quality,
            self.controls.format,
            self.controls.pointer,
        )
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)
        self.sources.search.setFocus()

    def _add_keys(self) -> None:
        for keys, act in (
            (QKeySequence(QKeySequence.StandardKey.Find), self._go_to_search),
            (QKeySequence("Ctrl+R"), self.sharing.qr.click),
            (QKeySequence("Ctrl+L"), self.access_bar.links.click),
            (QKeySequence(QKeySequence.StandardKey.Close), self.close),
            (QKeySequence("Ctrl+Shift+P"), self.privacy_requested.emit),
            (QKeySequence("Ctrl+M"), self.preview.mask_button.toggle),
        ):
            QShortcut(keys, self, act)

    def _go_to_search(self) -> None:
        self.sources.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.sources.search.selectAll()
