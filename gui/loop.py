"""The app's loop: asyncio's tasks on Qt's events."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop


class Loop(QEventLoop):  # type: ignore[misc]  # qasync brings no types
    """The loop, which knows when Qt ended it without being asked, as it does when the X server is gone.

    Attributes:
        broken: called then, before anything else is run that would still count on its windows.
    """

    def __init__(self, application: QApplication, broken: Callable[[], None]) -> None:
        super().__init__(application)
        self.broken = broken
        self._is_asked = False

    def stop(self) -> None:
        """Have `run_forever` return."""
        self._is_asked = True
        super().stop()

    def run_forever(self) -> None:
        """Run until `stop`, or until Qt gives up."""
        self._is_asked = False
        super().run_forever()
        if not self._is_asked:
            self.broken()
