"""How TCP slows down for a way that loses packets: by BBR where the system lets us.

Linux's usual one, CUBIC, takes each lost packet for a jam and sends a third less, though wireless networks lose packets
all the time. BBR goes by what the way has carried (draft-ietf-ccwg-bbr). A program without special rights may choose
from ``net.ipv4.tcp_allowed_congestion_control`` (tcp(7), TCP_CONGESTION).
"""

from __future__ import annotations

import contextlib
import socket

from resources.translate import _

OPTION: int | None = getattr(socket, "TCP_CONGESTION", None)
"""Linux's, and FreeBSD's; other systems leave no choice."""
BBR = b"bbr"
LONGEST_NAME = 16
"""TCP_CA_NAME_MAX of Linux."""

ALLOWING = "sudo modprobe tcp_bbr && sudo sysctl net.ipv4.tcp_allowed_congestion_control='reno cubic bbr'"


def prefer_bbr(connected: socket.socket) -> None:
    """Have a connection be slowed down by BBR; it stays as it is where the system has none or does not let us."""
    if OPTION is not None:
        with contextlib.suppress(OSError):
            connected.setsockopt(socket.IPPROTO_TCP, OPTION, BBR)


def congestion_words() -> str:
    """Return what slows connections down to viewers far away, and what would bring something better."""
    if OPTION is None:
        return _("the system's own")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        prefer_bbr(trial)
        name = trial.getsockopt(socket.IPPROTO_TCP, OPTION, LONGEST_NAME).rstrip(b"\0").decode()
    if name == BBR.decode():
        return _("BBR, which keeps its speed where a wireless network loses packets")
    return _(
        "{name}. With BBR, viewers on a wireless network that loses packets get more pictures. To allow it: {command}"
    ).format(name=name, command=ALLOWING)
