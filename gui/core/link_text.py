"""What the windows about links say of a link: what it shows, until when, who came by it. Pure."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from capture.source import Source
from gui.core.access_state import EVERYTHING
from gui.core.state import title_words
from resources.formats import clock, day, moment
from resources.translate import _, ngettext
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
    found = [title_words(source) for source in shared if rule.matches(source)]
    if found:
        return found[0] if rule.kind in ("identity", "id") else ", ".join(found)
    return _("{name} (not open now)").format(name=rule.text or rule.kind)


def scope_words(scope: tuple[ShareRule, ...], shared: Iterable[Source]) -> str:
    """Return what a link shows, in words."""
    if scope == EVERYTHING:
        return _("Everything that is shared")
    sources = tuple(shared)
    return ", ".join(rule_words(rule, sources) for rule in scope) or _("Nothing")


def expiry_words(expires: float | None, now: float) -> str:
    """Return until when a link is good."""
    if expires is None:
        return _("Never")
    if expires <= now:
        return _("Expired")
    return _("{time} today").format(time=clock(expires)) if day(expires) == day(now) else moment(expires)


def seen_words(at: float, now: float) -> str:
    """Return when something was last used, as near as is of interest."""
    if at == 0:
        return _("Never")
    ago = now - at
    if ago < 120:
        return _("Just now")
    if ago < HOUR:
        return _("{minutes} min ago").format(minutes=int(ago // 60))
    return _("{hours} h ago").format(hours=int(ago // HOUR)) if ago < DAY else day(at)


def devices_words(link: Link, count: int) -> str:
    """Return on how many devices a link is used, of how many it may be."""
    used = str(count)
    if link.most_devices is not None:
        used = _("{count} of {most}").format(count=count, most=link.most_devices)
    return _("{count}, you approve each").format(count=used) if link.asks else used


def lost_words(count: int) -> str:
    """Return how many devices lose access, as a sentence."""
    if not count:
        return _("No device loses access.")
    return ngettext("{count} device loses access.", "{count} devices lose access.", count).format(count=count)


def end_of_day(now: float) -> float:
    """Return the end of the day that ``now`` is in, here."""
    day = time.localtime(now)
    return time.mktime((day.tm_year, day.tm_mon, day.tm_mday + 1, 0, 0, 0, 0, 0, -1))
