"""Opens the manual where it is asked for; it is made then, and not before."""

from __future__ import annotations

from concurrent.futures import Executor

from gui.dialogs.manual.window import ManualWindow
from gui.panel.window import Panel


class ManualOpener:
    """Opens the manual when the panel, or a window around it, asks for a page.

    Attributes:
        window: the manual; None until it is first asked for.
    """

    def __init__(self, panel: Panel, workers: Executor) -> None:
        """``workers`` read pages and decode pictures."""
        self._workers = workers
        self.window: ManualWindow | None = None
        panel.help_requested.connect(self.open)

    def open(self, page: str) -> None:
        """Show ``page``, as ``name`` or ``name#anchor``."""
        if self.window is None:
            self.window = ManualWindow(self._workers)
        self.window.open_at(page)
        self.window.come_forward()

    def translate(self) -> None:
        """Say everything in the language in use; one that is not open does so when it is opened."""
        if self.window is not None and self.window.isVisible():
            self.window.translate()

    def close(self) -> None:
        """Show it no longer."""
        if self.window is not None:
            self.window.close()
