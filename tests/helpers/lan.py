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
LIBC = ctypes.CDLL(None, use_errno=True)


class Lan:
    """The network. Sockets made while `inside` belong to it for as long as they live; needs the rights of root."""

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
        with self.inside():
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            for address in (HOME, NEIGHBOUR, STRANGER):
                subprocess.run(["ip", "address", "add", f"{address}/24", "dev", "lo"], check=True)

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

    def connect(self, address: str, port: int, to: str = HOME) -> socket.socket:
        """Return a connection from ``address``, not blocking."""
        with self.inside():
            connection = socket.create_connection((to, port), timeout=5, source_address=(address, 0))
        connection.setblocking(False)
        return connection

    def close(self) -> None:
        """Let go of the network; it ends with its last socket."""
        os.close(self._net)


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
