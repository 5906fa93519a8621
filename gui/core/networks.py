"""Who can reach this computer: what there is to choose from, and what was chosen, found again. Pure."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from capture.platforms.system import Family
from server.net.interfaces import Interface

HERE = "127.0.0.1"
HERE_WORDS = "This computer only"
UFW = Path("etc/ufw/ufw.conf")
FIREWALLD = Path("etc/systemd/system/multi-user.target.wants/firewalld.service")
IF = "If other devices cannot open it"


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
    return f"My network: {interface.label} · {interface.address}"


def is_same_network(one: str, other: str) -> bool:
    """Tell whether two addresses are likely of one network: how large that is only its router knows for sure."""
    first, second = ipaddress.ip_address(one), ipaddress.ip_address(other)
    if first.version != second.version:
        return False
    return second in ipaddress.ip_network((first, 24 if first.version == 4 else 64), strict=False)


def gone_words(wanted: ChosenNetwork) -> str:
    """Return what to say when the interface that was chosen has no address."""
    return (
        f"The network “{wanted.name}” that you chose is not connected, so only this computer can watch. "
        "Others can too as soon as it is connected again."
    )


def other_network_words(wanted: ChosenNetwork, address: str) -> str:
    """Return what to say when the interface that was chosen is in another network than it was then."""
    return (
        f"“{wanted.name}” is in another network now ({address}) than when you chose it, "
        "so only this computer can watch."
    )


def new_address_words(address: str) -> str:
    """Return what to say when links that were given away lead nowhere any more."""
    return f"This computer has the address {address} now. Links that you gave away hold the old one: copy them anew."


def firewall_hint(port: int, system: Family, root: Path = Path("/")) -> str:
    """Return what to try when other devices cannot open what is listened at ``port``; a guess, and worded as one.

    Whether a firewall is on is read from files (below ``root``) that anybody may read;
    what it lets through only an administrator may ask.
    """
    if system == "windows":
        what = (
            "Windows may have asked whether to allow Panecast on private networks: choose Allow. "
            "You find it again under “Allow an app through Windows Firewall”"
        )
    elif system == "macos":
        what = "allow incoming connections for Panecast in System Settings → Network → Firewall → Options"
    elif _has_line(root / UFW, "enabled=yes"):
        what = f"a firewall is on here that may block port {port}. To allow it: sudo ufw allow {port}/tcp"
    elif (root / FIREWALLD).is_symlink() or (root / FIREWALLD).exists():
        what = (
            f"a firewall is on here that may block port {port}. "
            f"To allow it until the next start: sudo firewall-cmd --add-port={port}/tcp"
        )
    else:
        what = f"a firewall may block port {port}, or they are in another network, such as one for guests"
    return f"{IF}: {what}."


def _has_line(path: Path, line: str) -> bool:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        lines = path.read_text(encoding="utf-8").lower().splitlines()
        return any(each.replace(" ", "") == line for each in lines)
    return False
