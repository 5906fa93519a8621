"""Ways to take pictures. One technique per module; nothing outside this package knows which one is used."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from capture.picture.frame import Take


class Wake(Enum):
    """Why a backend's wait ended."""

    NOTHING = "the time is over, or the feed was called"
    CHANGED = "the picture may look different"
    URGENT = "the source's state changed: look at once, whatever the rate"


class Backend(Protocol):
    """One way to take pictures of one source. Every call comes from the same thread.

    ``open`` and ``take`` raise `DisplayGone` when the display server does not answer and `SourceGone` when
    the source is closed for good. ``close`` may be called at any time, also twice, and never raises.
    """

    def open(self) -> None:
        """Connect and prepare."""

    def wait(self, seconds: float | None, call: int) -> Wake:
        """Block until something may have changed, ``seconds`` are over (None: for ever), or ``call`` is readable.

        What is known and was not told yet ends the wait at once, however long ago it was noticed.
        ``call`` is a file descriptor through which the feed is woken; it is not read here.
        """

    def take(self, pointer: bool) -> Take:
        """Look at the source now; with ``pointer`` also at the mouse pointer."""

    def close(self) -> None:
        """Give everything back."""
