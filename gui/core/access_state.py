"""What the panel shows of who gets in: derived from access, interfaces and server, and replaced whole. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gui.core.networks import ChosenNetwork
from gui.core.notices.kinds import Kind
from gui.core.state import place_words
from resources.formats import and_more
from resources.translate import _, ngettext
from server.access.consent import Question
from server.access.devices import Device
from server.access.disconnected import Dismissal
from server.access.links import Link
from server.access.lockout import Failure
from server.access.pin import Pin
from server.net.interfaces import Interface
from server.sharing import ShareRule

EVERYTHING = (ShareRule("all"),)
TOLD_FROM = 3
"""So many wrong tries, whoever made them, are told of."""
TRIES = ("PIN", "link")


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """Somebody who waits to be let in, as a row among those who watch."""

    question: Question

    @property
    def id(self) -> str:
        """Return what tells it from all rows."""
        return f"question-{self.question.id}"

    @property
    def address(self) -> str:
        """Return where it asks from."""
        return self.question.address

    @property
    def place(self) -> str:
        """Return where it asks from, in words where that is no other computer."""
        return place_words(self.address)


@dataclass(frozen=True, slots=True)
class Parted:
    """Somebody who was disconnected, as a row behind those who watch."""

    dismissal: Dismissal

    @property
    def id(self) -> str:
        """Return what tells it from all rows."""
        return f"parted-{self.dismissal.device_id}"

    @property
    def address(self) -> str:
        """Return where it was."""
        return self.dismissal.address

    @property
    def place(self) -> str:
        """Return where it was, in words where that is no other computer."""
        return place_words(self.address)


@dataclass(frozen=True, slots=True)
class AccessViewState:
    """Who gets in, and who asks to.

    Attributes:
        wanted: what the person chose; found again or not.
        interfaces: what there is to choose, the likeliest first.
        is_open: other computers reach what is shared now.
        url: the address to type, without a link; empty unless sharing.
        link: the one that Copy and QR give away; None where none is needed or there is none.
        links, devices, blocked: as `server.access.control.AccessControl` has them; ``devices`` latest first.
        dismissed: viewers that were disconnected since sharing began.
        undo: what was ended last and can still be taken back, in words; empty for nothing.
        hint: what to try when others do not get through; empty once somebody has.
        asks_here: this computer needs a link as well.
        names: what this computer is called beside what it knows itself.
        notices: of what tray or desktop tell; see `gui.core.notices.kinds`.
        answerable: sharing may be started, stopped and moved now.
    """

    wanted: ChosenNetwork = field(default_factory=ChosenNetwork)
    interfaces: tuple[Interface, ...] = ()
    is_open: bool = False
    url: str = ""
    link: Link | None = None
    links: tuple[Link, ...] = ()
    devices: tuple[Device, ...] = ()
    blocked: tuple[str, ...] = ()
    dismissed: tuple[Dismissal, ...] = ()
    undo: str = ""
    questions: tuple[Question, ...] = ()
    pin: Pin | None = None
    hint: str = ""
    asks_here: bool = False
    names: tuple[str, ...] = ()
    notices: frozenset[Kind] = frozenset()
    answerable: bool = True

    @property
    def gives_links(self) -> bool:
        """Tell whether a link has an address that lets somebody in now."""
        return self.is_open or (bool(self.url) and bool(self.asks_here or self.names))

    @property
    def full_url(self) -> str:
        """Return the address that lets in everybody who opens it; a secret where it has a link in it."""
        return self.url if self.link is None else f"{self.url}/#t={self.link.token}"

    @property
    def shown_url(self) -> str:
        """Return the address as it may stand on the screen."""
        return self.url if self.link is None else f"{self.url}/#t=…"

    @property
    def sentence(self) -> str:
        """Return in words who can watch."""
        if self.is_open or (self.wanted.name and not self.url):
            return _("Anyone with the link can watch")
        if self.wanted.name:
            return ""
        if self.names:
            return _("Anyone with the link can watch via {name}").format(name=and_more(self.names, 1))
        if self.asks_here:
            return _("This computer only, and only with the link")
        return _("Only this computer can open the link")


def header_link(links: Iterable[Link], now: float) -> Link | None:
    """Return the link to offer first: one that shows everything without limits, or else the oldest that is good."""
    good = sorted((link for link in links if not link.is_over(now)), key=lambda link: link.created)
    plain = (
        link
        for link in good
        if link.scope == EVERYTHING and link.expires is None and link.most_devices is None and not link.asks
    )
    return next(plain, good[0] if good else None)


def worth_telling(failures: Iterable[Failure], now: float) -> tuple[Failure, ...]:
    """Return those who try in vain now; none before the third try, for everybody mistypes a PIN."""
    current = tuple(failure for failure in failures if failure.what in TRIES and failure.news_until > now)
    is_guessing = any(failure.wait_seconds > 0 for failure in current)
    return current if is_guessing or sum(failure.count for failure in current) >= TOLD_FROM else ()


def failure_words(failures: Iterable[Failure]) -> str:
    """Return who tried in vain, the latest first, in sentences; empty when nobody did."""
    told = [failure for failure in failures if failure.what in TRIES]
    parts = [_failure_words(failure) for failure in told[:3]]
    if more := len(told[3:]):
        words = ngettext("{count} more address tried, too.", "{count} more addresses tried, too.", more)
        parts.append(words.format(count=more))
    return " ".join(parts)


def _failure_words(failure: Failure) -> str:
    count = failure.count
    if failure.what == "PIN":
        tried = ngettext(
            "A wrong PIN was entered from {address}.", "{count} wrong PINs were entered from {address}.", count
        )
    else:
        tried = ngettext(
            "A wrong link was opened from {address}.", "{count} wrong links were opened from {address}.", count
        )
    words = tried.format(count=count, address=failure.address)
    if failure.wait_seconds < 30:
        return words
    minutes = max(1, round(failure.wait_seconds / 60))
    wait = ngettext("Next try possible in {count} minute.", "Next try possible in {count} minutes.", minutes)
    return f"{words} {wait.format(count=minutes)}"
