"""The app's loop, asyncio's tasks on Qt's events; and Qt, which may not end it before the app has ended."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from resources.translate import _
from server.terminal import complain

Result = TypeVar("Result")


def end_at_once() -> None:
    """End the process as it stands: without its display Qt cannot take its windows apart."""
    complain(_("The desktop that the panel was on is gone, so sharing has ended."))
    os._exit(1)


class Application(QApplication):
    """Qt, with its own end left to the app.

    Attributes:
        asked_to_quit: emitted when Qt would close all windows and end the loop: as the session ends on Windows, on
            *Quit* in the menu of macOS.
    """

    asked_to_quit = Signal()

    def event(self, event: QEvent) -> bool:
        """Pass the wish to quit on."""
        if event.type() == QEvent.Type.Quit:
            self.asked_to_quit.emit()
            return True
        return super().event(event)


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
        """Run until `stop`, or until Qt gives up. What Qt has left then is run as well."""
        self._is_asked = False
        super().run_forever()
        if not self._is_asked:
            self.broken()
        # qasync says by now that no loop runs: a timer or a click that came in between could begin nothing.
        asyncio._set_running_loop(self)  # noqa: SLF001  it is there for those who make loops
        try:
            QApplication.processEvents()
        finally:
            asyncio._set_running_loop(None)  # noqa: SLF001  as above

    def run_until_complete(self, future: Awaitable[Result]) -> Result:
        """Run until it is done and return what it did. Raises RuntimeError if the loop was stopped before."""
        work = asyncio.ensure_future(future, loop=self)

        def end(_done: object) -> None:
            self.stop()

        work.add_done_callback(end)
        try:
            self.run_forever()
        finally:
            work.remove_done_callback(end)
        if not work.done():
            raise RuntimeError("The loop was stopped before its work was done.")
        return work.result()
