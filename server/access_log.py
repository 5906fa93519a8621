"""The access log: who saw what, when, and for how long, in lines that a person can read. Never with a secret in it."""

from __future__ import annotations

import itertools
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from capture.source import clean_text
from server.access_files import append_private

NAME = "access.log"
LARGEST_BYTES = 256 * 1024
FILES_KEPT = 4
"""The newest and three older ones: a megabyte, some ten thousand visits."""
SAME_REFUSAL_SECONDS = 60.0
REFUSALS_KEPT = 256
"""Who is refused again and again for the same reason is written down once in a while: the log is for people, and
nobody is to fill it, or push out of it what others did."""
SECRET_LIKE = re.compile(r"[A-Za-z0-9_-]{22,}|(?<!\d)\d{6}(?!\d)")
"""What could be a token, a cookie's secret or a PIN: the title of a window may hold the very link that opens it."""


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


class AccessLog:
    """Says what happens, one line each. Loop only.

    Lines go to ``write``, which has to return at once: files are another thread's work.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        *,
        local_time: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``local_time`` is what the person's clock says, ``now`` counts seconds steadily."""
        self._write = write
        self._local_time = local_time
        self._now = now
        self._running: dict[str, tuple[Visit, float]] = {}
        self._refused: OrderedDict[tuple[str, str], float] = OrderedDict()

    def joined(self, session_id: str, visit: Visit) -> None:
        """Say that somebody began to watch."""
        self._running[session_id] = (visit, self._now())
        self._say("joined", self._describe(visit))

    def left(self, session_id: str, reason: str = "") -> None:
        """Say that he ended it, and how long it was; a visit that is not known is left alone."""
        found = self._running.pop(session_id, None)
        if found is not None:
            visit, since = found
            why = f" ({harmless(reason)})" if reason else ""
            self._say("left", f"{self._describe(visit)}, after {duration(self._now() - since)}{why}")

    def refused(self, address: str, browser: str, words: str) -> None:
        """Say that somebody was not let in, and why; not more than once a minute for each."""
        now, key = self._now(), (address, words)
        said = self._refused.get(key)
        if said is not None and now - said < SAME_REFUSAL_SECONDS:
            return
        self._refused[key] = now
        self._refused.move_to_end(key)
        if len(self._refused) > REFUSALS_KEPT:
            self._refused.popitem(last=False)
        self._say("refused", f"{address or 'unknown address'}, {harmless(browser)}: {harmless(words)}")

    def note(self, words: str) -> None:
        """Say what the person at this computer did: a link made, a device forgotten, the network opened."""
        self._say("changed", harmless(words))

    @staticmethod
    def _describe(visit: Visit) -> str:
        where = f" ({harmless(visit.app)})" if visit.app else ""
        who = f"{visit.address or 'unknown address'}, {harmless(visit.browser)}, by {harmless(visit.by)}"
        return f"{who}: {harmless(visit.title) or 'without a title'}{where}"

    def _say(self, what: str, words: str) -> None:
        self._write(f"{self._local_time():%Y-%m-%d %H:%M:%S%z}  {what:<8}{words}\n")


class LogFile:
    """Adds lines to a file in ``folder`` and begins a new one in time. Any thread, one call at a time.

    Attributes:
        path: the newest file; older ones have ``.1``, ``.2`` … behind their name.
    """

    def __init__(self, folder: Path, largest: int = LARGEST_BYTES) -> None:
        """``largest`` is the size in bytes from which on a file is full."""
        self.path = folder / NAME
        self._largest = largest

    def append(self, lines: str) -> str | None:
        """Write ``lines``; return what went wrong, if anything."""
        try:
            if append_private(self.path, lines) >= self._largest:
                self._rotate()
        except OSError as error:
            return f"The access log could not be written ({error.strerror or error})."
        return None

    def _rotate(self) -> None:
        names = [self.path, *(self.path.with_name(f"{NAME}.{number}") for number in range(1, FILES_KEPT))]
        for newer, older in reversed(list(itertools.pairwise(names))):
            if newer.exists():
                newer.replace(older)


def harmless(text: str) -> str:
    """Return ``text`` as one line in which nothing is left that could be a secret."""
    # In this order: what is cut off in the middle would not be known as one any more.
    return clean_text(SECRET_LIKE.sub("…", text))


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
