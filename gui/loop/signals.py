"""Ends the app cleanly on SIGINT, SIGTERM and SIGHUP, and in time also where Qt hangs.

Python handles signals between two of its own instructions only, and Qt's loop runs none while it waits; but Python's
handler in C writes to a socket at once. A thread waits there, without any timer, and calls the loop, which may be held
by a display that does not answer.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, Qt, Signal

from server.ending import end_within, ending_signals


class EndingSignals(QObject):
    """Calls ``ended`` on the loop when the system or a terminal asks the app to end. `close` undoes it.

    ``last`` is called at the same time by a thread of its own; it ends the process when nothing else does.
    """

    _asked = Signal()

    def __init__(self, ended: Callable[[], None], last: Callable[[], None] = end_within) -> None:
        super().__init__()
        self._last = last
        self._numbers = ending_signals()
        self._asked.connect(ended, Qt.ConnectionType.QueuedConnection)
        self._near, self._far = socket.socketpair()
        self._far.setblocking(False)
        self._thread = threading.Thread(target=self._wait, name="signals", daemon=True)
        self._thread.start()
        self._old_fd = signal.set_wakeup_fd(self._far.fileno(), warn_on_full_buffer=False)
        self._old = {number: signal.signal(number, _note) for number in self._numbers}

    def close(self) -> None:
        """Handle signals as before."""
        signal.set_wakeup_fd(self._old_fd)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._far.close()
        self._thread.join()
        self._near.close()

    def _wait(self) -> None:
        while received := self._near.recv(64):
            if any(number in self._numbers for number in received):
                self._last()
                self._asked.emit()


def _note(number: int, frame: FrameType | None) -> None:
    """Do nothing here: the byte that Python wrote to the socket is what counts."""
