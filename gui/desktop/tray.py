"""The tray icon: shows whether and to whom is shown, and does the few things one wants without the panel."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from gui.core.access_state import AccessViewState
from gui.core.state import AppState
from gui.desktop.tray_hosts import TrayKind
from gui.verbs import Verbs
from gui.widgets.icons import Icons
from gui.widgets.part_names import name_menu
from gui.widgets.style import current_look
from resources.translate import _

TITLE_LENGTH = 48


class Tray(QObject):
    """The icon and its menu.

    Attributes:
        icon: the one in use; there is another after another kind of host has come.

    Signals:
        unshare_requested: a source was unticked.
    """

    unshare_requested = Signal(object)

    def __init__(self, icons: Icons, verbs: Verbs) -> None:
        super().__init__()
        self._icons = icons
        self._verbs = verbs
        self._state = AppState()
        self._is_open = False
        self._drawn: tuple[object, ...] = ()
        self.menu = QMenu()
        name_menu(self.menu, "Panecast")
        self.headline = QAction(self.menu)
        self.headline.setEnabled(False)
        self.shared = QMenu(self.menu)
        self.shared.aboutToShow.connect(self._fill_shared)
        self.menu.addAction(self.headline)
        self.menu.addSeparator()
        self.menu.addActions((verbs.start_stop, verbs.pause, verbs.blank, verbs.go_on))
        self.menu.addSeparator()
        self.menu.addActions((verbs.open, verbs.copy))
        self.menu.addMenu(self.shared)
        self.menu.addSeparator()
        self.menu.addActions((verbs.quiet, verbs.settings, verbs.quit))
        self._kind: TrayKind | None = None
        self._made_for: TrayKind = ""
        self.icon = self._made()
        self.show_state(self._state)

    @property
    def is_there(self) -> bool:
        """Tell whether the desktop shows the icon."""
        has_host = QSystemTrayIcon.isSystemTrayAvailable() if self._kind is None else bool(self._kind)
        return self.icon.isVisible() and has_host

    def show(self) -> None:
        """Show the icon, at once or as soon as the desktop has a place for it."""
        self.icon.show()

    def host_is(self, kind: TrayKind) -> None:
        """Have the icon shown by the host that is there now.

        Qt decides when an icon is made how it is shown, and keeps to it; so for another kind of host another is made.
        """
        self._kind = kind
        if kind and kind != self._made_for:
            self._made_for = kind
            old, self.icon = self.icon, self._made()
            self.icon.setIcon(old.icon())
            self.icon.setToolTip(old.toolTip())
            self.icon.setVisible(old.isVisible())
            old.hide()
            old.deleteLater()

    def close(self) -> None:
        """Take the icon away."""
        self.icon.hide()

    def say(self, title: str, words: str) -> None:
        """Say something beside the icon."""
        self.icon.showMessage(title, words, self.icon.icon(), 6000)

    def show_state(self, state: AppState) -> None:
        """Show ``state``."""
        self._state = state
        look = current_look()
        is_blanked, count = state.blanking is not None, len(state.viewers)
        drawn = (state.is_sharing, count, is_blanked, look, self._is_open)
        if drawn != self._drawn:
            self._drawn = drawn
            icon = self._icons.tray(state.is_sharing, count, look.text, blanked=is_blanked, is_open=self._is_open)
            self.icon.setIcon(icon)
        self.headline.setText(state.headline)
        words = _("Panecast: {state}") if not self._is_open else _("Panecast: {state} · open to your network")
        self.icon.setToolTip(words.format(state=state.headline))
        count = len(state.shared)
        name_menu(self.shared, _("Shared sources ({count})").format(count=count) if count else _("Shared sources"))
        self.shared.setEnabled(count > 0)
        # Filled here too, because menus that the desktop draws itself may never ask.
        self._fill_shared()

    def translate(self) -> None:
        """Say everything in the language in use."""
        self.show_state(self._state)

    def show_access(self, access_controller: AccessViewState) -> None:
        """Show whether other computers get in."""
        if access_controller.is_open != self._is_open:
            self._is_open = access_controller.is_open
            self.show_state(self._state)

    def _made(self) -> QSystemTrayIcon:
        icon = QSystemTrayIcon()
        icon.setContextMenu(self.menu)
        icon.activated.connect(self._activated)
        icon.messageClicked.connect(self._verbs.open.trigger)
        return icon

    def _fill_shared(self) -> None:
        wanted = [(row.source.identity, _short(row.title)) for row in self._state.shared]
        there = [(action.data(), action.text()) for action in self.shared.actions()]
        if [(row.source, title) for row, (_identity, title) in zip(self._state.shared, wanted, strict=True)] == there:
            return
        self.shared.clear()
        for row in self._state.shared:
            action = self.shared.addAction(_short(row.title))
            action.setCheckable(True)
            action.setChecked(True)
            action.setData(row.source)
            action.triggered.connect(self._unshare)

    def _unshare(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.unshare_requested.emit(action.data())

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self._verbs.open.trigger()


def _short(title: str) -> str:
    # An ampersand would become the menu's key.
    cut = title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"
    return cut.replace("&", "&&")
