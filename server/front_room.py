"""How many connections there may be, and who makes way for whom. Pure: no socket in sight."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from server.access_peers import Peer

OTHER_DESCRIPTORS = 96
"""What the rest of the program may hold open: display connections, shared memory, files, encoders."""

Guest = TypeVar("Guest", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Caps:
    """How many connections are held at once.

    Attributes:
        total: in all.
        reserve: how many of these only this computer may take, so that its owner gets in when strangers hold the rest.
        per_address: from one stranger's address.
        unproven: from all strangers together that showed no credential yet.
        unproven_per_address: the same from one address.
    """

    total: int = 256
    reserve: int = 16
    per_address: int = 32
    unproven: int = 64
    unproven_per_address: int = 16

    @classmethod
    def fitting(cls, descriptors: int | None) -> Caps:
        """Return caps that leave something over of as many file descriptors as a program may have; None: no limit."""
        caps = cls()
        if descriptors is None or descriptors >= caps.total + OTHER_DESCRIPTORS:
            return caps
        total = max(32, descriptors - OTHER_DESCRIPTORS)
        return replace(
            caps, total=total, reserve=min(caps.reserve, total // 4), unproven=min(caps.unproven, total // 3)
        )


@dataclass(slots=True)
class _Crowd(Generic[Guest]):
    """All from one address, oldest first."""

    everybody: dict[Guest, None] = field(default_factory=dict)
    unproven: dict[Guest, None] = field(default_factory=dict)


class Full(Exception):
    """Nobody may come in there now, and nobody has to make way."""


class Room(Generic[Guest]):
    """Who is connected. Loop only.

    A stranger is unproven until it has shown a credential, a program of this computer until it has asked for something.
    """

    def __init__(self, caps: Caps) -> None:
        self.caps = caps
        self._peers: dict[Guest, Peer] = {}
        self._hosts: _Crowd[Guest] = _Crowd()
        self._crowds: dict[str, _Crowd[Guest]] = {}

    def __len__(self) -> int:
        return len(self._peers)

    @property
    def unproven(self) -> int:
        """Return how many strangers have shown no credential yet."""
        return sum(len(crowd.unproven) for crowd in self._crowds.values())

    def everybody(self) -> tuple[Guest, ...]:
        """Return all who are connected, oldest first."""
        return tuple(self._peers)

    def enter(self, guest: Guest, peer: Peer) -> Guest | None:
        """Take ``guest`` in; return who had to make way and is gone, None if there was room.

        Raises:
            Full: it cannot come in.
        """
        leaving = self._way_for_host() if peer.is_host else self._way_for_stranger(peer)
        if leaving is not None:
            self.leave(leaving)
        crowd = self._hosts if peer.is_host else self._crowds.setdefault(peer.key, _Crowd())
        crowd.everybody[guest] = crowd.unproven[guest] = None
        self._peers[guest] = peer
        return leaving

    def prove(self, guest: Guest) -> None:
        """Note that ``guest`` is one who may stay; who is gone is ignored."""
        peer = self._peers.get(guest)
        if peer is not None:
            self._crowd(peer).unproven.pop(guest, None)

    def leave(self, guest: Guest) -> None:
        """Note that ``guest`` is gone; that may be said twice."""
        peer = self._peers.pop(guest, None)
        if peer is None:
            return
        crowd = self._crowd(peer)
        del crowd.everybody[guest]
        crowd.unproven.pop(guest, None)
        if not peer.is_host and not crowd.everybody:
            del self._crowds[peer.key]

    def oldest_unproven(self) -> Guest | None:
        """Return whom to send away first when something has to give."""
        stranger = self._oldest_of_largest_crowd()
        return stranger if stranger is not None else next(iter(self._hosts.unproven), None)

    def _crowd(self, peer: Peer) -> _Crowd[Guest]:
        return self._hosts if peer.is_host else self._crowds[peer.key]

    def _way_for_host(self) -> Guest | None:
        return self._oldest_or_full() if len(self) >= self.caps.total else None

    def _way_for_stranger(self, peer: Peer) -> Guest | None:
        caps, crowd = self.caps, self._crowds.get(peer.key)
        if crowd is not None and (
            len(crowd.everybody) >= caps.per_address or len(crowd.unproven) >= caps.unproven_per_address
        ):
            raise Full
        strangers = len(self) - len(self._hosts.everybody)
        if self.unproven >= caps.unproven or strangers >= caps.total - caps.reserve:
            # Else whoever comes from many addresses could keep everybody out by being there first.
            leaving = self._oldest_of_largest_crowd()
            if leaving is None:
                raise Full
            return leaving
        return self._oldest_or_full() if len(self) >= caps.total else None

    def _oldest_or_full(self) -> Guest:
        leaving = self.oldest_unproven()
        if leaving is None:
            raise Full
        return leaving

    def _oldest_of_largest_crowd(self) -> Guest | None:
        crowd = max(self._crowds.values(), key=lambda crowd: len(crowd.unproven), default=None)
        return None if crowd is None else next(iter(crowd.unproven), None)
