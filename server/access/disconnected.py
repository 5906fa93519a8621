"""Disconnected viewers: they stay out until sharing stops or the person at this computer lets them in again. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dismissal:
    """A device that was disconnected.

    Attributes:
        device_id: of the device, which keeps what it came by.
        peer_key: of where it was (`Peer.key`): no new device comes from there by a link that lets in unasked, or
            clearing the browser's cookies would undo it. Empty behind a proxy on this computer, where all are one.
        address, agent, by: as it was shown (`server.access.control.Viewer`).
    """

    device_id: str
    peer_key: str
    address: str
    agent: str
    by: str


def is_dismissed(dismissals: Iterable[Dismissal], device_id: str) -> bool:
    """Tell whether a device that is known is to stay out."""
    return any(each.device_id == device_id for each in dismissals)


def is_held(dismissals: Iterable[Dismissal], peer_key: str) -> bool:
    """Tell whether no device that is new comes in from there unasked."""
    return any(each.peer_key == peer_key for each in dismissals if each.peer_key)


def without(dismissals: Iterable[Dismissal], device_id: str, peer_key: str = "") -> tuple[Dismissal, ...]:
    """Return ``dismissals`` without those of that device and, where it is not empty, of that place."""
    return tuple(
        each for each in dismissals if each.device_id != device_id and not (peer_key and each.peer_key == peer_key)
    )
