"""Links: what the person at this computer gives away, so that others can watch what was chosen for it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from capture.events import Listeners
from capture.source import Source, Unsubscribe, clean_text
from server import reasons
from server.access.tokens import ID_BYTES, LONGEST_ID, LONGEST_SECRET, RandomBytes, digest, is_among, random_word, same
from server.errors import ServerError
from server.sharing import ShareRule

TOKEN_BYTES = 24
"""192 random bits: more than the 128 that cannot be guessed, and no shorter in a QR code."""
SHORTEST_TOKEN = 22
"""Characters of 128 bits: a file in which somebody wrote a shorter one is not used."""
NAME_LIMIT = 64
MOST_LINKS = 64
MOST_DEVICES = 256
REVOKED_KEPT = 64
"""Revoked links that are known as such, so that who still has one is told so and does not count as a guesser."""
SEEN_SECONDS = 60.0
"""How fine it is noted when something was last used: finer would only write the file more often."""
LAST_MOMENT = 253_402_214_400.0
"""The last day of the year 9999, in seconds since the epoch: no calendar goes further."""


class LinkError(ServerError, ValueError):
    """A link cannot be made or changed like that."""


class Link(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link as the person made it. Its holders may look and never order.

    Times are seconds since the epoch.

    Attributes:
        id: what it is called in the program; no secret.
        name: what the person calls it.
        token: the secret in the address; everybody who knows it gets in.
        scope: of what is shared, what it shows.
        created, last_used: ``last_used`` is 0 before the first time.
        expires: from when on it is good no longer, None for never.
        most_devices: on how many devices it may be used, None where nobody counts.
        asks: each new device waits until the person at this computer has allowed it.
    """

    id: str
    name: str
    token: str
    scope: tuple[ShareRule, ...]
    created: float
    last_used: float = 0.0
    expires: float | None = None
    most_devices: int | None = None
    asks: bool = False

    def __post_init__(self) -> None:
        if self.name != clean_name(self.name) or not self.name:
            raise LinkError(reasons.LINK_NAME.of(most=NAME_LIMIT))
        check_id(self.id)
        if not SHORTEST_TOKEN <= len(self.token) <= LONGEST_SECRET:
            raise LinkError(reasons.LINK_TOKEN)
        check_moments(self.created, self.last_used, 0.0 if self.expires is None else self.expires)
        if self.most_devices is not None and not 1 <= self.most_devices <= MOST_DEVICES:
            raise LinkError(reasons.LINK_DEVICES.of(most=MOST_DEVICES))
        check_scope(self.scope)

    def __repr__(self) -> str:
        return f"Link(id={self.id!r}, name={self.name!r})"

    def is_over(self, now: float) -> bool:
        """Tell whether its time is up."""
        return self.expires is not None and now >= self.expires

    def shows(self, source: Source) -> bool:
        """Tell whether it is for ``source``; whether that is shared at all is another question."""
        return any(rule.matches(source) for rule in self.scope)


class Links:
    """Every link there is. Loop only, but for `all` and `is_good`, which any thread may ask.

    Attributes:
        all: by id; an immutable snapshot, swapped whole.
        revoked: digests of the tokens of links that were revoked lately.
    """

    def __init__(
        self,
        known: tuple[Link, ...] = (),
        revoked: tuple[str, ...] = (),
        *,
        now: Callable[[], float] = time.time,
        random_bytes: RandomBytes = secrets.token_bytes,
    ) -> None:
        """``known`` and ``revoked`` are from an earlier run; ``now`` gives seconds since the epoch."""
        self.all: Mapping[str, Link] = MappingProxyType({link.id: link for link in known})
        self.revoked = revoked
        self._now = now
        self._random_bytes = random_bytes
        self._listeners = Listeners()

    def make(
        self,
        name: str,
        scope: tuple[ShareRule, ...],
        *,
        expires: float | None = None,
        most_devices: int | None = None,
        asks: bool = False,
    ) -> Link:
        """Return a new link; `Link` says what the arguments mean.

        Raises:
            LinkError: there are as many as there may be, or a value is not possible.
        """
        if len(self.all) >= MOST_LINKS:
            raise LinkError(reasons.LINK_LIMIT.of(most=MOST_LINKS))
        link = Link(
            id=random_word(self._random_bytes, ID_BYTES),
            name=clean_name(name),
            token=random_word(self._random_bytes, TOKEN_BYTES),
            scope=scope,
            created=self._now(),
            expires=expires,
            most_devices=most_devices,
            asks=asks,
        )
        self._put(link)
        return link

    def change(
        self,
        link_id: str,
        name: str,
        scope: tuple[ShareRule, ...],
        *,
        expires: float | None,
        most_devices: int | None,
        asks: bool,
    ) -> None:
        """Have a link be all this from now on, and keep its address; `Link` says what the arguments mean.

        It holds also for those who are watching. Devices that it has let in already stay, also when they are more
        than ``most_devices``. One that is not there any more is left alone.

        Raises:
            LinkError: a value is not possible; nothing is changed then.
        """
        self._change(link_id, name=clean_name(name), scope=scope, expires=expires, most_devices=most_devices, asks=asks)

    def rename(self, link_id: str, name: str) -> None:
        """Call a link ``name`` from now on; one that is not there any more is left alone.

        Raises:
            LinkError: the name is empty.
        """
        self._change(link_id, name=clean_name(name))

    def rescope(self, link_id: str, scope: tuple[ShareRule, ...]) -> None:
        """Have a link show what ``scope`` says, from now on, also to those who are watching.

        Raises:
            LinkError: a rule would match everything by mistake.
        """
        self._change(link_id, scope=scope)

    def revoke(self, link_id: str) -> None:
        """Let nobody in by that link any more; subscribers end what was opened by it."""
        link = self.all.get(link_id)
        if link is not None:
            self.revoked = (*self.revoked, digest(link.token))[-REVOKED_KEPT:]
            self._swap({each.id: each for each in self.all.values() if each.id != link_id})

    def restore(self, link: Link) -> None:
        """Have a link that was revoked a moment ago be good again, as if nothing had been."""
        self.revoked = tuple(each for each in self.revoked if each != digest(link.token))
        self._put(link)

    def find(self, token: str) -> Link | None:
        """Return the link with that token, also when its time is up; None when there is none."""
        # All of them, also after a hit: the time it takes tells nothing.
        found = [link for link in self.all.values() if same(link.token, token)]
        return found[0] if found else None

    def was_revoked(self, token: str) -> bool:
        """Tell whether ``token`` was that of a link that was revoked lately."""
        return is_among(self.revoked, token)

    def is_good(self, link_id: str) -> bool:
        """Tell whether that link lets anybody in now."""
        link = self.all.get(link_id)
        return link is not None and not link.is_over(self._now())

    def used(self, link_id: str) -> None:
        """Note that somebody came by that link."""
        link = self.all.get(link_id)
        if link is not None and abs(self._now() - link.last_used) >= SEEN_SECONDS:
            self._put(msgspec.structs.replace(link, last_used=self._now()))

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called after each change of `all`, not when a link's time is up; return what ends that."""
        return self._listeners.subscribe(changed)

    def _change(self, link_id: str, **changes: object) -> None:
        link = self.all.get(link_id)
        if link is not None:
            self._put(msgspec.structs.replace(link, **changes))

    def _put(self, link: Link) -> None:
        self._swap({**self.all, link.id: link})

    def _swap(self, links: dict[str, Link]) -> None:
        self.all = MappingProxyType(links)
        self._listeners.tell()


def check_scope(scope: tuple[ShareRule, ...]) -> None:
    """Do nothing when ``scope`` is one that a person can have meant.

    Raises:
        LinkError: a part of a title is empty, and would be found in every title.
    """
    if any(rule.kind == "title" and not rule.text.strip() for rule in scope):
        raise LinkError(reasons.LINK_TITLE)


def check_id(text: str) -> None:
    """Do nothing when ``text`` can be what a link or device is called in the program. Raises `LinkError`."""
    if not 0 < len(text) <= LONGEST_ID:
        raise LinkError(reasons.LINK_ID.of(most=LONGEST_ID))


def check_moments(*moments: float) -> None:
    """Do nothing when ``moments``, in seconds since the epoch, can be shown as a day and a time. Raises `LinkError`."""
    if not all(0 <= moment <= LAST_MOMENT for moment in moments):
        raise LinkError(reasons.LINK_TIME)


def clean_name(text: str) -> str:
    """Return ``text`` as a name can be: one line, not too long."""
    return clean_text(text)[:NAME_LIMIT].strip()
