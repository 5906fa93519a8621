"""Ends the app cleanly on SIGINT and SIGTERM. Python handles signals between two of its own instructions only,
and Qt's loop runs none while it waits; a socket that Qt watches wakes it, without any timer."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier


class EndingSignals(QObject):
    """Calls ``ended`` on the loop when the system or a terminal asks the app to end. `close` undoes it."""

    def __init__(self, ended: Callable[[], None]) -> None:
        super().__init__()
        self._ended = ended
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._far.setblocking(False)
        self._notifier = QSocketNotifier(self._near.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._old_fd = signal.set_wakeup_fd(self._far.fileno(), warn_on_full_buffer=False)
        self._old = {number: signal.signal(number, _note) for number in (signal.SIGINT, signal.SIGTERM)}

    def close(self) -> None:
        """Handle signals as before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_fd)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._near.close()
        self._far.close()

    def _read(self) -> None:
        received = b""
        with contextlib.suppress(BlockingIOError):
            received = self._near.recv(64)
        if any(number in self._old for number in received):
            self._ended()


def _note(number: int, frame: FrameType | None) -> None:
    """Do nothing here: the byte that Python wrote to the socket is what counts."""
