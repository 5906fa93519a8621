"""What the windows about links say of a link: what it shows, until when, who came by it. Pure."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from capture.source import Source
from gui.core.access_state import EVERYTHING
from server.access.links import Link
from server.sharing import ShareRule

HOUR, DAY, WEEK = 3600.0, 86400.0, 7 * 86400.0


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """What the person wishes a link to be; the words are those of `server.access.links.Link`."""

    name: str
    scope: tuple[ShareRule, ...] = EVERYTHING
    expires: float | None = None
    most_devices: int | None = None
    asks: bool = False


def rule_words(rule: ShareRule, shared: Iterable[Source]) -> str:
    """Return what a rule shows, and whether it shows anything now."""
    found = [source.title or source.app for source in shared if rule.matches(source)]
    if found:
        return found[0] if rule.kind in ("identity", "id") else ", ".join(found)
    return f"{rule.text or rule.kind} (not open now)"


def scope_words(scope: tuple[ShareRule, ...], shared: Iterable[Source]) -> str:
    """Return what a link shows, in words."""
    if scope == EVERYTHING:
        return "Everything that is shared"
    listed = tuple(shared)
    return ", ".join(rule_words(rule, listed) for rule in scope) or "Nothing"


def expiry_words(expires: float | None, now: float) -> str:
    """Return until when a link is good."""
    if expires is None:
        return "Never"
    if expires <= now:
        return "Is over"
    same_day = time.strftime("%F", time.localtime(expires)) == time.strftime("%F", time.localtime(now))
    return time.strftime("%H:%M today" if same_day else "%F %H:%M", time.localtime(expires))


def seen_words(at: float, now: float) -> str:
    """Return when something was last used, as near as is of interest."""
    if at == 0:
        return "Never"
    ago = now - at
    if ago < 120:
        return "Just now"
    if ago < HOUR:
        return f"{int(ago // 60)} min ago"
    return f"{int(ago // HOUR)} h ago" if ago < DAY else time.strftime("%F", time.localtime(at))


def devices_words(link: Link, count: int) -> str:
    """Return on how many devices a link is used, of how many it may be."""
    words = str(count) if link.most_devices is None else f"{count} of {link.most_devices}"
    return f"{words}, each is asked about" if link.asks else words


def lost_words(count: int) -> str:
    """Return how many devices lose access, as a sentence."""
    if not count:
        return "No device loses access."
    return "1 device loses access." if count == 1 else f"{count} devices lose access."


def end_of_day(now: float) -> float:
    """Return the end of the day that ``now`` is in, here."""
    day = time.localtime(now)
    return time.mktime((day.tm_year, day.tm_mon, day.tm_mday + 1, 0, 0, 0, 0, 0, -1))
