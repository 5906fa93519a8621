"""A network of its own (a network namespace of Linux) in which this computer has addresses besides loopback."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Iterator

CLONE_NEWNET = 0x40000000
HOME, NEIGHBOUR, STRANGER = "192.168.77.1", "192.168.77.31", "192.168.77.32"
"""The address that is shared at, and two that others come from; all are this computer's, on no cable at all."""
CARD = "card0"
LIBC = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """A network that has nothing yet. Sockets made while `inside` belong to it for as long as they live; needs root."""

    def __init__(self) -> None:
        made: list[int] = []

        def make() -> None:
            # Of this thread alone; it ends, the descriptor keeps what was made.
            _check(LIBC.unshare(CLONE_NEWNET))
            made.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC))

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        if not made:
            raise PermissionError("no network of its own can be made here")
        self._net = made[0]
        self.ip("link", "set", "lo", "up")

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Be in the network with this thread, and with the programs that it starts meanwhile."""
        outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _check(LIBC.setns(self._net, CLONE_NEWNET))
            try:
                yield
            finally:
                _check(LIBC.setns(outside, CLONE_NEWNET))
        finally:
            os.close(outside)

    def ip(self, *words: str) -> None:
        """Change something of it."""
        with self.inside():
            subprocess.run(["ip", *words], check=True)

    @property
    def path(self) -> str:
        """Return where other programs find it while this one runs."""
        return f"/proc/{os.getpid()}/fd/{self._net}"

    def take(self, name: str, of: Namespace) -> None:
        """Have a device that was one of another network's."""
        with of.inside():
            subprocess.run(["ip", "link", "set", name, "netns", self.path], check=True)

    def close(self) -> None:
        """Let go of the network; it ends with its last socket."""
        os.close(self._net)


class Lan(Namespace):
    """The network, with the addresses of everybody in it."""

    def __init__(self) -> None:
        super().__init__()
        for address in (HOME, NEIGHBOUR, STRANGER):
            self.ip("address", "add", f"{address}/24", "dev", "lo")

    def connect(self, address: str, port: int, to: str = HOME) -> socket.socket:
        """Return a connection from ``address``, not blocking."""
        with self.inside():
            connection = socket.create_connection((to, port), timeout=5, source_address=(address, 0))
        connection.setblocking(False)
        return connection


class Cable:
    """Two computers and a cable between them.

    Attributes:
        home: where things are shared, at `HOME` and under the name `CARD`.
        away: where others are, at `NEIGHBOUR`.
    """

    def __init__(self) -> None:
        self.home, self.away = Namespace(), Namespace()
        self.home.ip("link", "add", CARD, "type", "veth", "peer", "name", "far0")
        self.away.take("far0", self.home)
        self.away.ip("address", "add", f"{NEIGHBOUR}/24", "dev", "far0")
        self.away.ip("link", "set", "far0", "up")
        self.home.ip("link", "set", CARD, "up")
        self.give(HOME)

    def give(self, *addresses: str) -> None:
        """Have the home computer be at these addresses, as when its router gives it others."""
        self.home.ip("address", "flush", "dev", CARD, "scope", "global")
        for address in addresses:
            self.home.ip("address", "add", f"{address}/24", "dev", CARD)

    def pull(self) -> None:
        """Pull the cable out."""
        self.away.ip("link", "set", "far0", "down")

    def plug(self) -> None:
        """Plug it in again."""
        self.away.ip("link", "set", "far0", "up")

    def close(self) -> None:
        """Let go of both."""
        self.home.close()
        self.away.close()


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
