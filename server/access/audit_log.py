"""The access log: visits in one file, refusals in another, in lines that a person can read. Never with a secret in it.

Refusals are strangers' to make, so they have a file of their own and no more than some a minute: they push nothing out
of the log of visits.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from server.redact import redacted

NAME, REFUSED_NAME = "access.log", "refused.log"
MINUTE = 60.0
MOST_REFUSALS = 30
"""Refusals that are written down in one minute, of all together; the same one once …"""
MOST_VISITS = 30
"""… and beginnings and ends of visits, of one address and link. Others are counted."""
COUNTS_KEPT = 256
"""Addresses and links of which that is remembered; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody watching something.

    Attributes:
        address, browser: who; the browser as it calls itself.
        by: how he came in, in words: the name of a link, “consent”, “this computer”.
        title, app: what he sees.
    """

    address: str
    browser: str
    by: str
    title: str
    app: str


class AuditLog:
    """Says what happens, one line each. Loop only.

    Lines go to ``write`` and ``write_refused``, which have to return at once: files are another thread's work.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        write_refused: Callable[[str], None] | None = None,
        *,
        local_time: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``local_time`` is what the person's clock says, ``now`` counts seconds steadily."""
        self._write = write
        self._write_refused = write_refused or write
        self._local_time = local_time
        self._now = now
        self._running: dict[str, tuple[Visit, float]] = {}
        self._visits: OrderedDict[tuple[str, str], _Minute] = OrderedDict()
        self._refusals = _Minute(now())
        self._refused: set[tuple[str, str]] = set()

    def joined(self, session_id: str, visit: Visit) -> None:
        """Say that somebody began to watch."""
        self._running[session_id] = (visit, self._now())
        self._say_visit(visit, "joined", _described(visit))

    def left(self, session_id: str, reason: str = "") -> None:
        """Say that they ended it, and how long it was; a visit that is not known is left alone."""
        found = self._running.pop(session_id, None)
        if found is not None:
            visit, since = found
            why = f" ({redacted(reason)})" if reason else ""
            self._say_visit(visit, "left", f"{_described(visit)}, after {duration(self._now() - since)}{why}")

    def refused(self, address: str, browser: str, words: str) -> None:
        """Say that somebody was not let in, and why."""
        now, key = self._now(), (address, words)
        if self._refusals.is_over(now):
            left_out, self._refusals = self._refusals.left_out, _Minute(now)
            self._refused.clear()
            if left_out:
                self._line(self._write_refused, "refused", f"… and {left_out} more, that are not written down")
        if key in self._refused:
            return
        if not self._refusals.takes(MOST_REFUSALS):
            return
        self._refused.add(key)
        where = f"{address or 'unknown address'}, {redacted(browser)}"
        self._line(self._write_refused, "refused", f"{where}: {redacted(words)}")

    def note(self, words: str) -> None:
        """Say what the person at this computer did: a link made, a device forgotten, the network opened."""
        self._line(self._write, "changed", redacted(words))

    def _say_visit(self, visit: Visit, what: str, words: str) -> None:
        now, key = self._now(), (visit.address, visit.by)
        minute = self._visits.pop(key, None)
        if minute is None or minute.is_over(now):
            if minute is not None and minute.left_out:
                who = f"{visit.address or 'unknown address'}, by {redacted(visit.by)}"
                self._line(self._write, "…", f"{who}: came and went {minute.left_out} more times")
            minute = _Minute(now)
        self._visits[key] = minute
        if len(self._visits) > COUNTS_KEPT:
            self._visits.popitem(last=False)
        if minute.takes(MOST_VISITS):
            self._line(self._write, what, words)

    def _line(self, write: Callable[[str], None], what: str, words: str) -> None:
        write(f"{self._local_time():%Y-%m-%d %H:%M:%S%z}  {what:<8}{words}\n")


@dataclass(slots=True)
class _Minute:
    """How many lines were written since a moment, and how many more there would have been."""

    since: float
    written: int = 0
    left_out: int = 0

    def is_over(self, now: float) -> bool:
        """Tell whether another minute begins."""
        return now - self.since >= MINUTE

    def takes(self, most: int) -> bool:
        """Count one more, and tell whether it is to be written."""
        if self.written >= most:
            self.left_out += 1
            return False
        self.written += 1
        return True


def _described(visit: Visit) -> str:
    where = f" ({redacted(visit.app)})" if visit.app else ""
    who = f"{visit.address or 'unknown address'}, {redacted(visit.browser)}, by {redacted(visit.by)}"
    return f"{who}: {redacted(visit.title) or 'without a title'}{where}"


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
