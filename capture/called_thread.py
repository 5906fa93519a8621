"""A thread that sleeps in a system call, and can be called from others."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


class CalledThread:
    """Runs ``body`` once, from `start` until that returns. The loop calls the public methods, ``body`` may call all.

    Attributes:
        is_stopping: ``body`` is to return soon.
    """

    def __init__(self, name: str, body: Callable[[], None]) -> None:
        self.is_stopping = False
        self._body = body
        self._near, self._far = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def descriptor(self) -> int:
        """Return what becomes readable when the thread is called; for ``body`` to wait for."""
        return self._far.fileno()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def call(self) -> None:
        """Wake the thread; one that has ended need not hear it."""
        with contextlib.suppress(OSError):
            self._near.send(b"!")

    def stop(self) -> None:
        """Have ``body`` return; it should within a fraction of a second."""
        self.is_stopping = True
        self.call()

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended, ``seconds`` at most."""
        self._thread.join(seconds)

    def take_calls(self) -> None:
        """Take the calls that made `descriptor` readable; from within ``body``."""
        self._far.recv(4096)

    def _run(self) -> None:
        try:
            self._body()
        finally:
            self._near.close()
            self._far.close()
