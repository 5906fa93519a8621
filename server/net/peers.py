"""Whom a request came from, as the socket says; what headers claim is never believed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

HOST, RELAYED = "host", "relayed"
RELAYING = frozenset(
    {
        "forwarded", "via", "x-real-ip", "true-client-ip", "x-client-ip", "client-ip", "x-cluster-client-ip",
        "fastly-client-ip", "fly-client-ip", "x-remote-addr", "x-remote-ip", "x-originating-ip", "x-proxyuser-ip",
        "x-host", "cdn-loop", "proxy-connection", "x-scheme", "x-script-name", "wl-proxy-client-ip",
    }
)  # fmt: skip
RELAYING_FAMILIES = (
    "x-forwarded", "cf-", "x-original-", "x-envoy-", "x-azure-", "x-arr-", "x-amzn-", "x-amz-cf-", "x-appengine-",
    "x-vercel-", "x-nginx-", "x-haproxy-", "x-traefik-", "tailscale-", "ngrok-",
)  # fmt: skip
"""Headers by which proxies and tunnels say that they ask for somebody else, and beginnings of their names."""


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
    def of(cls, address: str | None, header_names: Iterable[str] = (), *, is_old: bool = False) -> Peer:
        """Return the peer at ``address``, as the socket gave it.

        ``header_names`` (in lower case) and ``is_old`` (HTTP/1.0) can only take away: a proxy on this computer connects
        from loopback too, and the people behind it do not sit here. nginx speaks HTTP/1.0 unless told otherwise.
        """
        try:
            found = ipaddress.ip_address((address or "").partition("%")[0])
        except ValueError:
            return cls("", "unknown", is_host=False)
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        if found.is_loopback:
            relayed = is_old or any(map(_tells_of_relay, header_names))
            return cls(str(found), RELAYED if relayed else HOST, is_host=not relayed)
        if found.version == 4:
            return cls(str(found), str(found), is_host=False)
        return cls(str(found), str(ipaddress.ip_network((found, 64), strict=False)), is_host=False)


def _tells_of_relay(header: str) -> bool:
    # Some servers and proxies write underscores for hyphens.
    name = header.replace("_", "-")
    return name in RELAYING or name.startswith(RELAYING_FAMILIES)
