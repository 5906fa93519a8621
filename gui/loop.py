"""The app's loop: asyncio's tasks on Qt's events."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop


def end_at_once() -> None:
    """End the process as it stands: without its display Qt cannot take its windows apart."""
    sys.stderr.write("panecast: The desktop that the panel was on is gone, so sharing has ended.\n")
    sys.stderr.flush()
    os._exit(1)


class Loop(QEventLoop):  # type: ignore[misc]  # qasync brings no types
    """The loop, which knows when Qt ended it without being asked, as it does when the X server is gone.

    Attributes:
        broken: called then (at first `end_at_once`), before anything else is run that would still count on its windows.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self.broken: Callable[[], None] = end_at_once
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
