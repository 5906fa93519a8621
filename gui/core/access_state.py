"""What the panel shows of who gets in: derived from access, interfaces and server, and replaced whole. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gui.core.networks import ChosenNetwork
from gui.core.notice_kinds import Kind
from gui.core.state import place_words
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
TRIES = {"PIN": "wrong PIN", "link": "wrong link"}


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
        notices: of what tray or desktop tell; see `gui.core.notice_kinds`.
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
        if self.is_open:
            return "Whoever has a link gets in"
        if self.wanted.name and not self.url:
            return "Whoever has a link will get in"
        if self.wanted.name:
            return ""
        if self.names:
            more = f" and {len(self.names) - 1} more" if len(self.names) > 1 else ""
            return f"Anyone with the link can watch via {self.names[0]}{more}"
        return "Only with a link, and no other device" if self.asks_here else "No other device gets in"


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
    """Return who tried in vain, the latest first, in a sentence; empty when nobody did."""
    parts = []
    for failure in failures:
        what = TRIES.get(failure.what)
        if what is not None:
            plural = what if failure.count == 1 else f"{what}s"
            wait = f", has to wait {round(failure.wait_seconds / 60)} min" if failure.wait_seconds >= 30 else ""
            parts.append(f"{failure.count} {plural} from {failure.address}{wait}")
    more = f" and from {len(parts) - 3} more" if len(parts) > 3 else ""
    return f"Somebody tried to get in: {'; '.join(parts[:3])}{more}." if parts else ""
