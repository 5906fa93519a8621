"""Opens the manual where it is asked for; it is made then, and not before."""

from __future__ import annotations

from gui.dialogs.manual.window import ManualWindow
from gui.panel.window import Panel


class ManualOpener:
    """Opens the manual when the panel, or a window around it, asks for a page.

    Attributes:
        window: the manual; None until it is first asked for.
    """

    def __init__(self, panel: Panel) -> None:
        self.window: ManualWindow | None = None
        panel.help_requested.connect(self.open)

    def open(self, page: str) -> None:
        """Show ``page``, as ``name`` or ``name#anchor``."""
        if self.window is None:
            self.window = ManualWindow()
        # First, for pictures are made to fit the room there is.
        self.window.come_forward()
        self.window.open_at(page)

    def forget(self) -> None:
        """Have it made anew when it is asked for next, in the language that is in use then."""
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            self.window = None

    def close(self) -> None:
        """Show it no longer."""
        if self.window is not None:
            self.window.close()
