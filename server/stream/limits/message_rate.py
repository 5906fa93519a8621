"""How much a viewer may say: where a flood begins, and the pace at which its messages are read."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

MESSAGES_A_SECOND = 200
"""So many messages of one device are read, on all of its connections …"""
MESSAGES_AT_ONCE = 400
"""… and so many at once. A page that opens a wall of sources, or closes it, says a hundred things."""
IN_A_ROW = 16
"""So many messages are taken in a row before others get their turn on the loop."""
WORTH_OF_OPENING, WORTH_OF_LOOK = 20, 10
"""As many messages as a new stream or a single picture is worth, for what it costs to begin one."""
LONGEST_WAIT = 1.0
"""Seconds; a viewer that says far too much is not to be deaf to everything for long."""
MOST_HEARD = 20
"""Messages that are kept while the first list of windows is waited for."""


class MessageRateLimit:
    """Tells when somebody says more than ``rate`` things a second for ``seconds`` on end."""

    def __init__(self, rate: int = 20, seconds: float = 2.0) -> None:
        self._most = round(rate * seconds)
        self._seconds = seconds
        self._times: deque[float] = deque()

    def is_flooded(self, now: float) -> bool:
        """Note one more message at ``now`` and tell whether that is too many."""
        begin = now - self._seconds
        while self._times and self._times[0] <= begin:
            self._times.popleft()
        self._times.append(now)
        return len(self._times) > self._most


class Pace:
    """Has a device's messages read no faster than the loop has time for them, whatever connections they come by.

    Reading waits, nothing is lost: the other side's system is what is full then. Loop only.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._left = float(MESSAGES_AT_ONCE)
        self._at = now()
        self._in_a_row = 0

    def forgive(self, messages: int) -> None:
        """Do not count that many of those that were read: they were asked for."""
        self._left = min(self._left + messages, MESSAGES_AT_ONCE)

    async def read_one(self, worth: int = 1) -> None:
        """Note that a message was read, or something that is ``worth`` as many; return when the next may be."""
        now = self._now()
        self._left = min(self._left + (now - self._at) * MESSAGES_A_SECOND, MESSAGES_AT_ONCE) - worth
        self._at = now
        self._in_a_row += 1
        if self._left < 0:
            await asyncio.sleep(min(-self._left / MESSAGES_A_SECOND, LONGEST_WAIT))
        elif self._in_a_row >= IN_A_ROW:
            self._in_a_row = 0
            await asyncio.sleep(0)
