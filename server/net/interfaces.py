"""Under which addresses other computers can reach this one: those that people mean first, VPN and virtual ones last."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import ifaddr

from resources.translate import N_, _
from server import reasons
from server.errors import ListenError

Kind = Literal["cable", "wifi", "other", "vpn", "virtual"]
RANK: tuple[Kind, ...] = ("cable", "wifi", "other", "vpn", "virtual")
WORDS: dict[Kind, str] = {
    "cable": N_("Network cable"),
    "wifi": N_("Wi-Fi"),
    "other": N_("Network"),
    "vpn": N_("VPN"),
    "virtual": N_("Virtual network"),
}
VPN = ("tun", "tap", "wg", "tailscale", "utun", "ppp", "zt", "nordlynx", "proton", "ipsec", "vpn", "wireguard")
VIRTUAL = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "vethernet", "lxc", "lxd", "podman", "cni", "flannel")
VIRTUAL_WORDS = ("virtualbox", "vmware", "hyper-v", "wsl", "docker", "loopback pseudo")
SYSTEM = Path("/sys/class/net")
"""Linux says there what an interface is."""


@dataclass(frozen=True, slots=True)
class Interface:
    """An address of this computer that others may reach.

    Attributes:
        address: IPv4 or IPv6, without a zone.
        name: what the system calls the interface, ``eth0``.
        kind: what it is, as far as can be told.
    """

    address: str
    name: str
    kind: Kind

    @property
    def label(self) -> str:
        """Return what a person chooses by: what it is and, where that helps, what the system calls it."""
        return f"{_(WORDS[self.kind])} ({self.name})"


def interfaces() -> tuple[Interface, ...]:
    """Return the addresses of this computer but loopback, the likeliest first.

    Addresses with a zone (``fe80::``) are left out: they cannot stand in a link. An IPv6 address is listed only where
    its interface has no IPv4 one, for that is the one that people can read out.
    """
    found = []
    for adapter in ifaddr.get_adapters():
        usable = [_plain(ip.ip) for ip in adapter.ips if _is_usable(_plain(ip.ip))]
        short = [address for address in usable if ":" not in address] or usable[:1]
        found += [Interface(address, adapter.name, kind_of(adapter.name, adapter.nice_name)) for address in short]
    return tuple(sorted(found, key=lambda each: (RANK.index(each.kind), not _is_private(each.address), each.name)))


def own_addresses() -> tuple[str, ...]:
    """Return every address of this computer that can stand in a link, of both kinds, in no order that counts."""
    return tuple(_plain(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if _is_usable(_plain(ip.ip)))


def checked_address(host: str) -> str:
    """Return an address of this computer that others reach, as browsers write it.

    Raises:
        ListenError: it is none; the message says why, and which there are.
    """
    known = [each.address for each in interfaces()]
    listed = reasons.ADDRESSES.of(addresses=", ".join(known), count=len(known))
    others = listed if known else reasons.NO_ADDRESSES
    try:
        address = ipaddress.ip_address(host.partition("%")[0].strip("[]"))
    except ValueError:
        raise ListenError(reasons.ADDRESS_NOT_OURS.of(address=host, others=others)) from None
    if address.is_unspecified:
        raise ListenError(reasons.ADDRESS_OF_ALL.of(address=host, others=others))
    if address.is_link_local:
        raise ListenError(reasons.ADDRESS_OF_ONE_CABLE.of(address=host, others=others))
    if str(address) not in own_addresses():
        raise ListenError(reasons.ADDRESS_NOT_OURS.of(address=host, others=others))
    return str(address)


def own_names() -> tuple[str, ...]:
    """Return the names by which others on the network may call this computer, in lower case."""
    name = socket.gethostname().lower().partition(".")[0]
    is_name = bool(name) and name.replace("-", "").isalnum() and name.isascii()
    return (name, f"{name}.local") if is_name and name != "localhost" else ()


def kind_of(name: str, nice_name: str, system: Path = SYSTEM) -> Kind:
    """Return what an interface is, by what the system says of it and by what such things are called."""
    short, words = name.lower(), nice_name.lower()
    if short.startswith(VPN) or any(word in words for word in ("vpn", "wireguard", "tailscale", "tap-windows")):
        return "vpn"
    if short.startswith(VIRTUAL) or any(word in words for word in VIRTUAL_WORDS):
        return "virtual"
    place = system / name
    if (place / "wireless").exists() or short.startswith(("wl", "wifi", "wi-fi")) or "wi-fi" in words:
        return "wifi"
    if (place / "device").exists() or short.startswith(("eth", "en", "em")) or "ethernet" in words:
        return "cable"
    return "other"


def _plain(ip: str | tuple[str, int, int]) -> str:
    return ip if isinstance(ip, str) else ip[0].partition("%")[0]


def _is_usable(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return not (found.is_loopback or found.is_link_local or found.is_unspecified or found.is_multicast)


def _is_private(address: str) -> bool:
    return ipaddress.ip_address(address).is_private
