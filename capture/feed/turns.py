"""Turns among the threads that take pictures: only so many work at the same time.

Python runs one thread at a time. If many want to, each call that gives its lock away, as all to the X server do, has to
win it back from all others: with 64 windows in motion two thirds of the time went into waking threads, by perf, and
the loop, which is one among them, hardly came to send anything.
"""

from __future__ import annotations

import os
import threading
from types import TracebackType

TURNS = (os.cpu_count() or 1) + 2
"""Some more than processors, for those that wait for an answer."""
PATIENCE_SECONDS = 0.5
"""After so long a thread goes ahead without a turn: those that have one may hang, and harm nobody for longer."""


_free = threading.Semaphore(TURNS)


class Turn:
    """One thread's turn, while a ``with`` lasts. Any thread may give it back, as when it hangs.

    ``free`` counts the turns that nobody has; a thread waits for one for ``patience`` seconds.
    """

    def __init__(self, free: threading.Semaphore = _free, patience: float = PATIENCE_SECONDS) -> None:
        self._free = free
        self._patience = patience
        self._lock = threading.Lock()
        self._has_one = False

    def __enter__(self) -> bool:
        """Return whether there was one; work goes on in any case."""
        has_one = self._free.acquire(timeout=self._patience)
        with self._lock:
            self._has_one = has_one
        return has_one

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.give_back()

    def give_back(self) -> None:
        """Let somebody else have it; does nothing where it is not had."""
        with self._lock:
            has_one, self._has_one = self._has_one, False
        if has_one:
            self._free.release()
