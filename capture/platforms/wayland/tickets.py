"""What passes between a feed's thread, which wants pictures, and the picker's thread, which speaks to the desktop."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

from capture.source import Condition


@dataclass(frozen=True, slots=True)
class Remote:
    """A connection to PipeWire, and the number of the node to be read."""

    descriptor: int
    node: int


class Ticket:
    """One wish for the pictures of a source. Both threads may call.

    ``ring()`` is called when there is news; ``again(ticket)`` when the connection was of no use.
    """

    def __init__(self, source_id: str, ring: Callable[[], None], again: Callable[[Ticket], None]) -> None:
        self.source_id = source_id
        self._ring = ring
        self._again = again
        self._lock = threading.Lock()
        self._remote: Remote | None = None
        self._condition: Condition | None = None
        self._is_void = False

    # The picker's side.

    def hand_over(self, remote: Remote) -> None:
        """Give the connection away; it is closed where nobody wants it any more."""
        with self._lock:
            before = remote if self._is_void else self._remote
            self._remote = None if self._is_void else remote
            self._condition = None
        _close(before)
        self._ring()

    def tell(self, condition: Condition) -> None:
        """Say why there is no connection, or not any more."""
        with self._lock:
            before, self._remote = self._remote, None
            self._condition = condition
        _close(before)
        self._ring()

    @property
    def is_void(self) -> bool:
        """Tell whether nobody waits for it any more."""
        with self._lock:
            return self._is_void

    # The feed's side.

    def collect(self) -> Remote | Condition | None:
        """Return the news, once; a connection belongs to the caller then."""
        with self._lock:
            news = self._remote or self._condition
            self._remote = self._condition = None
            return news

    def ask_again(self) -> None:
        """Have another connection be made: the last one brought nothing."""
        self._again(self)

    def give_up(self) -> None:
        """Want nothing any more; may be called twice."""
        with self._lock:
            self._is_void = True
            before, self._remote = self._remote, None
        _close(before)


def _close(remote: Remote | None) -> None:
    if remote is not None:
        with contextlib.suppress(OSError):
            os.close(remote.descriptor)
