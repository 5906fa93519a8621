"""Who came and who left, in words for the tray: gathered for a moment, so that many at once are one notice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable

from gui.core.notices.kinds import Kind
from gui.core.state import ViewerRow, place_words, watching_words
from resources.translate import _, ngettext
from server.access.control import HERE
from server.access.request import browser_name

GATHER_SECONDS = 1.5
"""Also how long a page has to change over to another source without being said to leave and come."""

Visitor = tuple[str, str, str]
"""Address, program, and by which link."""


def visitors(viewers: Iterable[ViewerRow]) -> Counter[Visitor]:
    """Return who watches from other places than this computer."""
    found = (watcher.sessions[0].viewer for watcher in viewers)
    return Counter((each.address, browser_name(each.agent), each.by) for each in found if each.by != HERE)


def visit_words(
    before: Counter[Visitor], after: Counter[Visitor], wanted: frozenset[Kind] = frozenset({"visits", "departures"})
) -> tuple[Kind, str, str] | None:
    """Return kind, title and sentence of a notice, None when nobody came and nobody left whom the person wants to hear
    of."""
    came = after - before if "visits" in wanted else Counter()
    left = before - after if "departures" in wanted else Counter()
    parts = [words(who) for who, words in ((came, _came_words), (left, _left_words)) if who]
    if not parts:
        return None
    count = after.total()
    words = watching_words(count) if count else _("No one is watching any more")
    return "visits" if came else "departures", " ".join(parts), words


class ViewerNotices:
    """Tells of comings and goings, some time after the first of several. Loop only."""

    def __init__(
        self,
        say: Callable[[Kind, str, str], None],
        is_wanted: Callable[[Kind], bool] = lambda _kind: True,
        gather_seconds: float = GATHER_SECONDS,
    ) -> None:
        """``say`` gets kind, title and sentence; ``is_wanted`` tells whether the person wants to hear of a kind."""
        self._say = say
        self._is_wanted = is_wanted
        self._gather_seconds = gather_seconds
        self._told: Counter[Visitor] = Counter()
        self._now: Counter[Visitor] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def show(self, viewers: Iterable[ViewerRow]) -> None:
        """Take up who watches now."""
        self._now = visitors(viewers)
        if self._now != self._told and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._gather_seconds, self._tell)

    def close(self) -> None:
        """Tell nothing any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self) -> None:
        self._timer = None
        kinds: tuple[Kind, ...] = ("visits", "departures")
        words = visit_words(self._told, self._now, frozenset(filter(self._is_wanted, kinds)))
        self._told = self._now
        if words is not None:
            self._say(*words)


def _came_words(who: Counter[Visitor]) -> str:
    count = who.total()
    if count == 1:
        return _one(who, _("{address} ({program}, via “{link}”) is watching now."))
    return ngettext("{count} viewer is watching now.", "{count} viewers are watching now.", count).format(count=count)


def _left_words(who: Counter[Visitor]) -> str:
    count = who.total()
    if count == 1:
        return _one(who, _("{address} ({program}, via “{link}”) left."))
    return ngettext("{count} viewer left.", "{count} viewers left.", count).format(count=count)


def _one(who: Counter[Visitor], words: str) -> str:
    ((address, program, by),) = who
    return words.format(address=place_words(address), program=program, link=by)
