"""A thread that sleeps in a system call, and can be called from others."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


class WakeableThread:
    """Runs ``body`` once, from `start` until that returns. The loop calls the public methods, ``body`` may call all.

    Attributes:
        is_stopping: ``body`` is to return soon.
    """

    def __init__(self, name: str, body: Callable[[], None]) -> None:
        self.is_stopping = False
        self._ends: tuple[socket.socket, socket.socket] | None = None  # ours, the thread's
        self._thread = threading.Thread(target=self._run, args=(body,), name=name, daemon=True)

    @property
    def descriptor(self) -> int:
        """Return what becomes readable when the thread is called; for ``body`` to wait for."""
        return self._own_end.fileno()

    def start(self) -> None:
        """Begin."""
        # Not before: nobody closes them for a thread that never runs.
        self._ends = socket.socketpair()
        self._thread.start()

    def call(self) -> None:
        """Wake the thread; one that has not begun, or has ended, need not hear it."""
        if self._ends is not None:
            with contextlib.suppress(OSError):
                self._ends[0].send(b"!")

    def stop(self) -> None:
        """Have ``body`` return; it should within a fraction of a second."""
        self.is_stopping = True
        self.call()

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended, ``seconds`` at most; one that never began has."""
        if self._ends is not None:
            self._thread.join(seconds)

    def take_calls(self) -> None:
        """Take the calls that made `descriptor` readable; from within ``body``."""
        self._own_end.recv(4096)

    @property
    def _own_end(self) -> socket.socket:
        assert self._ends is not None, "a body runs from start on"
        return self._ends[1]

    def _run(self, body: Callable[[], None]) -> None:
        try:
            body()
        finally:
            for end in self._ends or ():
                end.close()
