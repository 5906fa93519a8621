"""Whom a request came from, as the socket says; what headers claim is never believed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

HOST, RELAYED = "host", "relayed"
FORWARDED = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"})
"""Headers by which a proxy says that it asks for somebody else."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of a connection.

    Attributes:
        address: as people read it; empty where the system does not tell.
        key: what failures are counted by: one IPv4 address, or the /64 that one IPv6 subscriber has to himself.
        is_host: it is a program on this very computer that asks for itself.
    """

    address: str
    key: str
    is_host: bool

    @property
    def is_local(self) -> bool:
        """Tell whether its socket is on this computer, whomever it asks for."""
        return self.key in (HOST, RELAYED)

    @classmethod
    def of(cls, address: str | None, header_names: Iterable[str] = ()) -> Peer:
        """Return the peer at ``address``, as the socket gave it.

        ``header_names`` (in lower case) can only take away: a proxy on this computer connects from loopback too,
        and who stands behind it is not the person who sits here.
        """
        try:
            found = ipaddress.ip_address((address or "").partition("%")[0])
        except ValueError:
            return cls("", "unknown", is_host=False)
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        if found.is_loopback:
            relayed = not FORWARDED.isdisjoint(header_names)
            return cls(str(found), RELAYED if relayed else HOST, is_host=not relayed)
        if found.version == 4:
            return cls(str(found), str(found), is_host=False)
        return cls(str(found), str(ipaddress.ip_network((found, 64), strict=False)), is_host=False)
