"""Who can reach this computer: what there is to choose from, and what was chosen, found again. Pure."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from capture.platforms.system import Family
from resources.translate import N_, _
from server.net.interfaces import Interface

HERE = "127.0.0.1"
HERE_WORDS = N_("This computer only")
UFW = Path("etc/ufw/ufw.conf")
FIREWALLD = Path("etc/systemd/system/multi-user.target.wants/firewalld.service")


@dataclass(frozen=True, slots=True)
class ChosenNetwork:
    """What the person chose.

    Attributes:
        name: of the interface, as the system calls it; empty for this computer only.
        address: that it had then.
    """

    name: str = ""
    address: str = ""


def found_interface(wanted: ChosenNetwork, interfaces: Iterable[Interface]) -> Interface | None:
    """Return the interface that was chosen, under the address that it has now; None when it has none.

    Never another one: what is open in one network is not therefore to be open in another.
    """
    named = [each for each in interfaces if each.name == wanted.name]
    return next((each for each in named if each.address == wanted.address), named[0] if named else None)


def choice_words(interface: Interface) -> str:
    """Return an interface as it stands in the list of choices."""
    return _("My network: {name} · {address}").format(name=interface.label, address=interface.address)


def is_same_network(one: str, other: str) -> bool:
    """Tell whether two addresses are likely of one network: how large that is only its router knows for sure."""
    first, second = ipaddress.ip_address(one), ipaddress.ip_address(other)
    if first.version != second.version:
        return False
    return second in ipaddress.ip_network((first, 24 if first.version == 4 else 64), strict=False)


def network_words(interface: Interface) -> str:
    """Return the network that an interface is in, as it is kept: how large it is only its router knows for sure."""
    length = 24 if ":" not in interface.address else 64
    return f"{interface.name} {ipaddress.ip_network((interface.address, length), strict=False)}"


def gone_words(wanted: ChosenNetwork) -> str:
    """Return what to say when the interface that was chosen has no address."""
    return _(
        "The network “{name}” that you chose is not connected, so only this computer can watch. "
        "Others can too as soon as it is connected again."
    ).format(name=wanted.name)


def other_network_words(wanted: ChosenNetwork, address: str) -> str:
    """Return what to say when the interface that was chosen is in another network than it was then."""
    return _(
        "“{name}” is in another network now ({address}) than when you chose it, so only this computer can watch."
    ).format(name=wanted.name, address=address)


def new_address_words(address: str) -> str:
    """Return what to say when links that were given away lead nowhere any more."""
    return _(
        "This computer's address is now {address}. Links that you sent still have the old one: "
        "copy and send them again."
    ).format(address=address)


def firewall_hint(port: int, system: Family, root: Path = Path("/")) -> str:
    """Return what to try when other devices cannot open what is listened at ``port``; a guess, and worded as one.

    Whether a firewall is on is read from files (below ``root``) that anybody may read;
    what it lets through only an administrator may ask.
    """
    if system == "windows":
        words = _(
            "Other devices can't connect? Windows may have asked whether to allow Panecast on private networks: "
            "choose Allow. You can change this under “Allow an app through Windows Firewall”."
        )
    elif system == "macos":
        words = _(
            "Other devices can't connect? Allow incoming connections for Panecast in System Settings → Network → "
            "Firewall → Options."
        )
    elif _has_line(root / UFW, "enabled=yes"):
        words = _(
            "Other devices can't connect? A firewall on this computer may be blocking port {port}. "
            "To allow it: sudo ufw allow {port}/tcp"
        )
    elif (root / FIREWALLD).is_symlink() or (root / FIREWALLD).exists():
        words = _(
            "Other devices can't connect? A firewall on this computer may be blocking port {port}. "
            "To allow it until the next start: sudo firewall-cmd --add-port={port}/tcp"
        )
    else:
        words = _(
            "Other devices can't connect? A firewall may be blocking port {port}, or they may be on another network, "
            "such as guest Wi-Fi."
        )
    return words.format(port=port)


def _has_line(path: Path, line: str) -> bool:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        lines = path.read_text(encoding="utf-8").lower().splitlines()
        return any(each.replace(" ", "") == line for each in lines)
    return False
