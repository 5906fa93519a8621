"""News that this computer has got or lost an address, from the system that gave it, so that nobody need look for it.

Linux tells by rtnetlink (rtnetlink(7)) whatever manages its networks; elsewhere nothing is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable

from capture.platforms.system import family

log = logging.getLogger(__name__)

SETTLE_SECONDS = 0.25
"""An address comes with several messages: link, address, routes."""
AF_NETLINK, NETLINK_ROUTE = 16, 0
RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR = 0x1, 0x10, 0x100
"""As Linux has them; Python has the first two there only."""


class AddressNews:
    """Calls back some time after the first of several changes, from `open` to `close`. Loop only."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._socket: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Begin to listen; where the system does not tell, nothing happens."""
        if self._socket is not None or family() != "linux":
            return
        made = None
        try:
            made = socket.socket(AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE)
            made.setblocking(False)
            made.bind((0, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR))
        except OSError as fault:  # in a sandbox that has none
            log.info("the system does not tell of its addresses: %s", fault)
            if made is not None:
                made.close()
            return
        self._socket = made
        asyncio.get_running_loop().add_reader(made.fileno(), self._read)

    def close(self) -> None:
        """Listen no longer; may be called twice."""
        made, self._socket = self._socket, None
        if made is not None:
            asyncio.get_running_loop().remove_reader(made.fileno())
            made.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _read(self) -> None:
        # What they say is not read: the addresses are listed anyway. When there were too many to keep (ENOBUFS), there
        # was news as well.
        with contextlib.suppress(OSError):
            while self._socket is not None and self._socket.recv(65536):
                pass
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SETTLE_SECONDS, self._tell)

    def _tell(self) -> None:
        self._timer = None
        self._changed()
