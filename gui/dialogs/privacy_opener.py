"""Opens the privacy dialog, keeps it up to date while it is open, and carries its wishes on."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from capture.platforms.choose import unkept
from capture.platforms.system import system
from gui.core.controller import Controller
from gui.dialogs.privacy import PrivacyDialog
from gui.widgets.fixed import fix


class PrivacyOpener:
    """Joins controller and dialog. Loop only; there is one dialog at a time."""

    def __init__(self, controller: Controller, parent: QWidget) -> None:
        self._controller = controller
        self._parent = parent
        self._dialog: PrivacyDialog | None = None
        controller.subscribe(self._refresh)
        controller.subscribe_settings(self._refresh)

    def open(self, place: QRect | None = None) -> None:
        """Show the dialog, beside the panel, or in its ``place``, and without holding it."""
        if self._dialog is None:
            dialog = self._dialog = PrivacyDialog(self._parent, unkept(system()))
            if place is not None:
                dialog.setGeometry(place)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.requested.connect(self._controller.set_privacy)
            dialog.finished.connect(self._forget)
            parts = dialog.parts()
            fix(part for name in sorted(self._controller.fixed) for part in parts.get(name, ()))
            self._refresh()
            dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def translate(self) -> None:
        """Say everything in the language in use: a dialog that is open is another one then, in the same place."""
        if self._dialog is not None:
            place = self._dialog.geometry()
            self._dialog.close()
            self._dialog = None
            self.open(place)

    def _refresh(self) -> None:
        if self._dialog is not None:
            running = {row.source.app for row in self._controller.state.sources if row.source.kind == "window"}
            self._dialog.show_settings(self._controller.settings, running)

    def _forget(self) -> None:
        self._dialog = None
