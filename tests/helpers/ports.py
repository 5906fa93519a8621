"""Ports that are free."""

from __future__ import annotations

import random
import socket

LEAST, END = 20_000, 32_000
"""Below those that systems give to whoever asks for any: another test's server is not given one of these meanwhile."""


def free_port() -> int:
    """Return a port of this computer that is free, and that nobody gets by chance."""
    while True:
        port = random.SystemRandom().randrange(LEAST, END)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
