"""The list of what viewers may see: rules of the person at the computer, and the sources they allow right now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from capture.events import Listeners
from capture.source import DEMO_ID, DESKTOP_ID, Condition, Identity, Source, Unsubscribe
from resources.translate import _
from server import reasons

if TYPE_CHECKING:  # it takes long, and the command line reads rules before it knows whether it needs it
    from capture.feed.catalog import Catalog

RuleKind = Literal["all", "desktop", "demo", "id", "title", "identity", "monitor"]
SIMPLE: Mapping[str, RuleKind] = MappingProxyType({"all": "all", "desktop": "desktop", "demo": "demo"})
UNNAMED = "Window"
"""The title that viewers are told of a window whose own is hidden and whose program nobody knows."""


@dataclass(frozen=True, slots=True)
class ShareRule:
    """One thing the person allowed.

    ``identity`` binds to one very window, from its creation to its destruction: another one that gets its number
    matches nothing. ``monitor`` binds to the monitor of that output's name, also after a restart. ``id`` binds to what
    has that id; a share list binds it to the first window or monitor that has it. Until then it matches no monitor: one
    that was kept means the number of another run.
    """

    kind: RuleKind
    text: str = ""
    identity: Identity | None = None

    @classmethod
    def for_source(cls, source: Source) -> ShareRule:
        """Return the rule for exactly this source."""
        if source.kind == "window":
            return cls("identity", source.title, source.identity)
        return cls("monitor", source.output) if source.kind == "monitor" else cls("id", source.id)

    def matches(self, source: Source) -> bool:
        """Tell whether this rule allows ``source``."""
        match self.kind:
            case "all":
                return True
            case "desktop":
                return source.id == DESKTOP_ID
            case "demo":
                return source.id == DEMO_ID
            case "id":
                return source.id == self.text and source.kind != "monitor"
            case "monitor":
                return source.kind == "monitor" and bool(self.text) and source.output == self.text
            case "title":
                return source.kind == "window" and self.text.casefold() in source.title.casefold()
            case "identity":
                return source.identity == self.identity


def parse_rule(text: str) -> ShareRule:
    """Return the rule that a person wrote.

    ``all``, ``desktop``, ``demo``, a handle, ``monitor-1`` or, by its output, ``monitor:HDMI-1``, ``portal-1``,
    ``title:TEXT``.

    Raises:
        ValueError: it is none of these; the message says what is possible.
    """
    word = text.strip()
    if word in SIMPLE:
        return ShareRule(SIMPLE[word])
    if word.startswith("title:") and word[len("title:") :].strip():
        return ShareRule("title", word[len("title:") :].strip())
    if word.startswith("monitor:") and word[len("monitor:") :].strip():
        return ShareRule("monitor", word[len("monitor:") :].strip())
    number = word.removeprefix("portal-") if word.startswith("portal-") else word.removeprefix("monitor-")
    if number.isascii() and number.isdecimal() and len(number) <= 20:
        return ShareRule("id", word)
    if word.lower().startswith("0x"):
        try:
            return ShareRule("id", str(int(word, 16)))
        except ValueError:
            pass
    raise ValueError(
        _(
            "Nothing can be shared as “{text}”. Possible are: all, desktop, demo, monitor-1 or monitor:HDMI-1, "
            "portal-1, a window's handle (see: panecast windows), title:TEXT."
        ).format(text=text)
    )


def with_source(rules: tuple[ShareRule, ...], source: Source) -> tuple[ShareRule, ...]:
    """Return ``rules`` that allow ``source`` too."""
    return rules if any(rule.matches(source) for rule in rules) else (*rules, ShareRule.for_source(source))


def without_source(rules: tuple[ShareRule, ...], source: Source, shared: Mapping[str, Source]) -> tuple[ShareRule, ...]:
    """Return ``rules`` that allow the other ``shared`` sources and not ``source``.

    A wide rule that also allowed it, such as ``all``, gives way to one rule for each of the others.
    """
    left = tuple(rule for rule in rules if not rule.matches(source))
    for other in shared.values():
        if other.identity != source.identity:
            left = with_source(left, other)
    return left


def described(source: Source) -> dict[str, object]:
    """Return a source as lists of sources show it, on the wire and on a terminal."""
    return {
        "handle": source.handle,
        "title": source.title,
        "app": source.app,
        "kind": source.kind,
        # Some window systems give windows that are put away a size below nothing.
        "width": max(0, source.width),
        "height": max(0, source.height),
        "state": source.state,
    }


def listed(sources: Mapping[str, Source], base_url: str) -> dict[str, object]:
    """Return what is there for a viewer, as he is told of it; ``base_url`` stands in front of the pages' addresses."""
    found = [described(source) | {"url": f"{base_url}/watch/{source.id}"} for source in sources.values()]
    return {"windows": found, "count": len(found)}


def without_title(source: Source) -> Source:
    """Return ``source`` named by its program, where it is a window; screens have no title that tells anything."""
    return replace(source, title=source.app or UNNAMED) if source.kind == "window" else source


class ShareList:
    """The sources that viewers may see now. Loop only, but for `is_shared`, which any thread may ask.

    Attributes:
        rules: what the person allowed.
        shared: by id, what exists now and is allowed, as viewers may know it: with the program's name in place of
            the title where titles are hidden; an immutable snapshot, swapped whole.
        titled: the same sources with their titles, for rules, and for the person at this computer.
    """

    def __init__(self, catalog: Catalog, rules: tuple[ShareRule, ...] = ()) -> None:
        self._catalog = catalog
        self.rules = rules
        self._hides_titles = False
        self.shared: Mapping[str, Source] = MappingProxyType({})
        self.titled: Mapping[str, Source] = self.shared
        self._progress = (False, False)
        self._listeners = Listeners()
        self._unsubscribe = catalog.subscribe(self._refresh)
        self._refresh()

    @property
    def is_ready(self) -> bool:
        """Tell whether the list is what there is: the windows were looked for, found or not."""
        return self._catalog.is_ready

    @property
    def is_complete(self) -> bool:
        """Tell whether a source that is not there is not shared; else it may only not be known yet."""
        return self._catalog.is_listed

    @property
    def waits_for(self) -> Condition:
        """Return how a source is that is not in the list while that is not complete, and why."""
        return Condition("waiting", self._catalog.condition.reason or reasons.JUST_STARTED)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return everything that there is, shared or not."""
        return self._catalog.sources

    def set_rules(self, rules: tuple[ShareRule, ...]) -> None:
        """Allow just what ``rules`` say, from now on."""
        self.rules = rules
        self._refresh()

    def hide_titles(self, hidden: bool) -> None:
        """Have viewers be told the program's name in place of each window's title, or the title again."""
        self._hides_titles = hidden
        self._refresh()

    def find(self, source_id: str) -> Source | None:
        """Return the shared source of that id; None alike for one that is not shared and one that is not there."""
        return self.shared.get(source_id)

    def is_shared(self, source: Source) -> bool:
        """Tell whether this very source may be seen now."""
        found = self.shared.get(source.id)
        return found is not None and found.identity == source.identity

    def exists(self, source: Source) -> bool:
        """Tell whether this very source is still there, shared or not."""
        return any(known.identity == source.identity for known in self._catalog.sources)

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called on the loop after each change of `titled`, `shared`, `is_ready` or `is_complete`.

        Return what ends that.
        """
        return self._listeners.subscribe(changed)

    def close(self) -> None:
        """Follow the catalog no longer, and share nothing."""
        self._unsubscribe()
        self.set_rules(())

    def _bound(self, rule: ShareRule) -> ShareRule:
        """Return ``rule``, bound to the window or monitor that has the number it names: that may be another's later."""
        if rule.kind != "id":
            return rule
        numbered = (source for source in self._catalog.sources if source.kind in ("window", "monitor"))
        return next((ShareRule.for_source(source) for source in numbered if source.id == rule.text), rule)

    def _refresh(self) -> None:
        self.rules = tuple(map(self._bound, self.rules))
        titled = {
            source.id: source for source in self._catalog.sources if any(rule.matches(source) for rule in self.rules)
        }
        shared = {key: without_title(source) for key, source in titled.items()} if self._hides_titles else titled
        # Both are compared: with hidden titles a new title changes what a link for a title shows, and nothing else.
        progress = (self.is_ready, self.is_complete)
        if (titled, shared, progress) != (self.titled, self.shared, self._progress):
            self._progress = progress
            self.titled, self.shared = MappingProxyType(titled), MappingProxyType(shared)
            self._listeners.tell()
