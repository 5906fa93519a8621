"""What passes between a feed's thread, which wants pictures, and the picker's thread, which speaks to the desktop."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

from capture.platforms.wayland.pipewire.stream import Stream
from capture.source import Condition


@dataclass(frozen=True, slots=True)
class Remote:
    """A connection to PipeWire, and the number of the node to be read.

    Attributes:
        session: what it belongs to.
        is_fragile: the producer survives neither a second stream nor another form of a running one; see
            `ScreenCast.is_fragile`.
        returns: another session can be had without the person.
    """

    descriptor: int
    node: int
    session: str = ""
    is_fragile: bool = False
    returns: bool = True


@dataclass(frozen=True, slots=True)
class Parked:
    """The only stream of a fragile ``remote``, whose descriptor it has, while nobody looks at it."""

    remote: Remote
    stream: Stream


class Ticket:
    """One wish for the pictures of a source. Both threads may call.

    ``ring()`` is called when there is news; ``again(ticket, was_good)`` when another connection is needed;
    ``over(ticket, parked)`` when nothing is wanted any more, with the stream that somebody else may have.
    """

    def __init__(
        self,
        source_id: str,
        ring: Callable[[], None],
        again: Callable[[Ticket, bool], None],
        over: Callable[[Ticket, Parked | None], None],
    ) -> None:
        self.source_id = source_id
        self._ring = ring
        self._again = again
        self._over = over
        self._lock = threading.Lock()
        self._remote: Remote | Parked | None = None
        self._condition: Condition | None = None
        self._is_void = False

    # The picker's side.

    def hand_over(self, remote: Remote | Parked) -> None:
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

    def collect(self) -> Remote | Parked | Condition | None:
        """Return the news, once; a connection belongs to the caller then."""
        with self._lock:
            news = self._remote or self._condition
            self._remote = self._condition = None
            return news

    def ask_again(self, *, was_good: bool) -> None:
        """Have another connection be made: the last one brings nothing more, or, unless it ``was_good``, never did."""
        self._again(self, was_good)

    def give_up(self, parked: Parked | None = None) -> None:
        """Want nothing any more, and give ``parked`` away; may be called twice."""
        with self._lock:
            was_void, self._is_void = self._is_void, True
            before, self._remote = self._remote, None
        _close(before)
        if not was_void:
            self._over(self, parked)
        elif parked is not None:
            parked.stream.close()


def _close(remote: Remote | Parked | None) -> None:
    if isinstance(remote, Parked):
        remote.stream.close()
    elif remote is not None:
        with contextlib.suppress(OSError):
            os.close(remote.descriptor)
