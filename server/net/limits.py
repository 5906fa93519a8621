"""How many connections there may be, and which make way for others. Pure: no socket in sight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from server.net.peers import Peer

OTHER_DESCRIPTORS = 96
"""What the rest of the program may hold open: display connections, shared memory, files, encoders."""

Guest = TypeVar("Guest", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many connections are held at once.

    Attributes:
        total: in all.
        reserve: how many of these only this computer may take, so that its owner gets in when strangers hold the rest.
        per_address: from one stranger's address.
        per_network: from one network of IPv6 (`Peer.key`), which one subscriber has to himself, or a house together.
        unproven: from all strangers together that showed no credential yet.
        unproven_per_network: the same from one address or network.
    """

    total: int = 256
    reserve: int = 16
    per_address: int = 32
    per_network: int = 128
    unproven: int = 64
    unproven_per_network: int = 16

    @property
    def for_strangers(self) -> int:
        """Return how many places there are for all who are not this computer."""
        return self.total - self.reserve

    def share_of_address(self, others: int) -> int:
        """Return how many places one address may have while others have so many: a third of what these left.

        So ten addresses that take what they can leave something to the eleventh.
        """
        return min(self.per_address, max(1, (self.for_strangers - others) // 3))

    def share_of_link(self, others: int) -> int:
        """Return how many places one link may have while other links have so many: four fifths of what these left."""
        return max(1, (self.for_strangers - others) * 4 // 5)

    @classmethod
    def fitting(cls, descriptors: int | None) -> ConnectionLimits:
        """Return limits that leave something over of as many file descriptors as a program may have; None: no limit."""
        limits = cls()
        if descriptors is None or descriptors >= limits.total + OTHER_DESCRIPTORS:
            return limits
        total = max(32, descriptors - OTHER_DESCRIPTORS)
        return replace(
            limits, total=total, reserve=min(limits.reserve, total // 4), unproven=min(limits.unproven, total // 3)
        )


@dataclass(slots=True)
class _Crowd(Generic[Guest]):
    """All from one address, or one network of IPv6, with their addresses, oldest first."""

    everybody: dict[Guest, str] = field(default_factory=dict)
    unproven: dict[Guest, str] = field(default_factory=dict)

    def first_to_go(self) -> Guest | None:
        """Return the oldest unproven one of the address that has most of those, None where all are proven."""
        counts = Counter(self.unproven.values())
        return next(
            (guest for guest, address in self.unproven.items() if counts[address] == max(counts.values())), None
        )


class Full(Exception):
    """Nobody may come in there now, and nobody has to make way."""


class ConnectionLimiter(Generic[Guest]):
    """The guests that are connected. Loop only.

    A stranger is unproven until it has shown a credential, a program of this computer until it has asked for something.
    """

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._peers: dict[Guest, Peer] = {}
        self._links: dict[Guest, str] = {}
        self._hosts: _Crowd[Guest] = _Crowd()
        self._crowds: dict[str, _Crowd[Guest]] = {}

    def __len__(self) -> int:
        return len(self._peers)

    @property
    def unproven(self) -> int:
        """Return how many strangers have shown no credential yet."""
        return sum(len(crowd.unproven) for crowd in self._crowds.values())

    def everybody(self) -> tuple[Guest, ...]:
        """Return all that are connected, oldest first."""
        return tuple(self._peers)

    def enter(self, guest: Guest, peer: Peer) -> Guest | None:
        """Take ``guest`` in; return the one that had to make way and is gone, None if there was room.

        Raises:
            Full: it cannot come in.
        """
        leaving = self._way_for_host() if peer.is_host else self._way_for_stranger(peer)
        if leaving is not None:
            self.leave(leaving)
        self._peers[guest] = peer
        crowd = self._hosts if peer.is_host else self._crowds.setdefault(peer.key, _Crowd())
        crowd.everybody[guest] = crowd.unproven[guest] = peer.address
        return leaving

    def prove(self, guest: Guest, link_id: str | None = None) -> bool:
        """Note that ``guest`` may stay, by a link or (empty) by consent; return False where these have their share.

        The owner has no link (None). A guest that is gone may stay.
        """
        peer = self._peers.get(guest)
        if peer is None:
            return True
        if link_id is not None and not peer.is_host and self._links.get(guest) != link_id:
            others = [other for other in self._links if other != guest]
            same = [other for other in others if self._links[other] == link_id]
            share = self.limits.share_of_link(len(others) - len(same))
            here = sum(self._peers[other].address == peer.address for other in same)
            if len(same) >= share or not (peer.is_local or here < max(1, (share - len(same) + here) // 3)):
                return False
            self._links[guest] = link_id
        self._crowd(peer).unproven.pop(guest, None)
        return True

    def unmask(self, guest: Guest, peer: Peer) -> Guest | None:
        """Note that ``guest`` asks for somebody else, as ``peer``; return the one that had to make way, if any.

        Raises:
            Full: it cannot stay, and is gone.
        """
        if self._peers.get(guest, peer) == peer:
            return None
        self.leave(guest)
        return self.enter(guest, peer)

    def leave(self, guest: Guest) -> None:
        """Note that ``guest`` is gone; that may be said twice."""
        peer = self._peers.pop(guest, None)
        if peer is None:
            return
        self._links.pop(guest, None)
        crowd = self._crowd(peer)
        del crowd.everybody[guest]
        crowd.unproven.pop(guest, None)
        if not peer.is_host and not crowd.everybody:
            del self._crowds[peer.key]

    def oldest_unproven(self) -> Guest | None:
        """Return the one to send away first when something has to give."""
        stranger = self._first_of_largest_crowd()
        return stranger if stranger is not None else next(iter(self._hosts.unproven), None)

    def _crowd(self, peer: Peer) -> _Crowd[Guest]:
        return self._hosts if peer.is_host else self._crowds[peer.key]

    def _way_for_host(self) -> Guest | None:
        return self._oldest_or_full() if len(self) >= self.limits.total else None

    def _way_for_stranger(self, peer: Peer) -> Guest | None:
        limits, crowd = self.limits, self._crowds.get(peer.key, _Crowd[Guest]())
        strangers = len(self) - len(self._hosts.everybody)
        # Behind a proxy on this computer all have one address: there only what holds for everybody counts.
        if not peer.is_local and (
            len(crowd.unproven) >= limits.unproven_per_network or self._has_its_share(crowd, peer, strangers)
        ):
            # In its own crowd: silent connections of one neighbour keep nobody out, and cost nobody else anything.
            return _found(crowd.first_to_go())
        if self.unproven >= limits.unproven or strangers >= limits.for_strangers:
            # Else a stranger with many addresses could keep everybody out by being there first.
            return _found(self._first_of_largest_crowd())
        return self._oldest_or_full() if len(self) >= limits.total else None

    def _has_its_share(self, crowd: _Crowd[Guest], peer: Peer, strangers: int) -> bool:
        """Tell whether an address, or the network of IPv6 that it is of, has as many places as it may."""
        same = sum(address == peer.address for address in crowd.everybody.values())
        if same >= self.limits.share_of_address(strangers - same):
            return True
        return len(crowd.everybody) >= self.limits.per_network

    def _oldest_or_full(self) -> Guest:
        return _found(self.oldest_unproven())

    def _first_of_largest_crowd(self) -> Guest | None:
        crowd = max(self._crowds.values(), key=lambda crowd: len(crowd.unproven), default=None)
        return None if crowd is None else crowd.first_to_go()


def _found(guest: Guest | None) -> Guest:
    if guest is None:
        raise Full
    return guest
