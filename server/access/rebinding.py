"""Links and devices that may see a window of an earlier run see the window that is meant now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from capture.source import Source
from server.access.control import AccessControl
from server.access.devices import Devices
from server.access.links import Links
from server.sharing import ShareList, ShareRule


class Rebinding:
    """Knows which rules are of an earlier run, and gives them to windows of this one, by `follow`. Loop only."""

    def __init__(self, access: AccessControl, shares: ShareList) -> None:
        self._parts: tuple[Links | Devices, ...] = (access.links, access.devices)
        self._shares = shares
        scopes = [each.scope for part in self._parts for each in part.all.values()]
        self._old_rules = {rule for scope in scopes for rule in scope if rule.identity}

    def follow(self) -> None:
        """Give rules for windows of an earlier run to the windows that are meant now; see `rebound`."""
        listed = self._shares.sources
        # A rule that has met its window in this run is not of an earlier one any more.
        self._old_rules -= {rule for rule in self._old_rules if any(rule.matches(source) for source in listed)}
        if not self._old_rules:
            return
        for part in self._parts:
            for each in part.all.values():
                scope = rebound(each.scope, self._old_rules, listed, self._shares.shared.values())
                if scope != each.scope:
                    part.rescope(each.id, scope)


def rebound(
    scope: tuple[ShareRule, ...], old: Collection[ShareRule], listed: Iterable[Source], shared: Iterable[Source]
) -> tuple[ShareRule, ...]:
    """Return ``scope`` with rules of an earlier run bound to the windows that are meant now.

    ``old`` are rules for one window each, made before a restart. Such a one whose window is no longer among ``listed``
    is given to the only window among ``shared`` with the same title, for the person has said anew that it may be seen.
    Where there are several, or where two rules could mean it, nothing is guessed: the rule stays and matches nothing.
    """
    there = {source.identity for source in listed}
    lost = [rule for rule in scope if rule.kind == "identity" and rule in old and rule.identity not in there]
    requested = Counter(rule.text for rule in lost)
    windows = [source for source in shared if source.kind == "window"]
    found: dict[ShareRule, ShareRule] = {}
    for rule in lost:
        alike = [source for source in windows if source.title == rule.text]
        if len(alike) == 1 and requested[rule.text] == 1:
            found[rule] = ShareRule.for_source(alike[0])
    return tuple(dict.fromkeys(found.get(rule, rule) for rule in scope))
