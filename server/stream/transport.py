"""The connection of one viewer, whatever goes over it: what waits in it, how long, and whether it may still go."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from server.net.aiohttp_private import drained

NOTSENT_LOWAT: Final = getattr(socket, "TCP_NOTSENT_LOWAT", 25)
UNSENT_BYTES: Final = 128 * 1024
"""How much may wait in the kernel unsent: about a picture. More would be delay that nobody can take back, less would
cut every picture into pieces."""


def anything() -> bool:
    """Let go what holds no picture."""
    return True


class ViewerTransport:
    """The sending side of a connection. Loop only; one send at a time."""

    def __init__(self, request: web.Request) -> None:
        """Raises `ConnectionResetError` where the viewer has left already."""
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the viewer left before it was answered")
        self._protocol = request.protocol
        self._transport = transport
        self._sending_since: float | None = None
        self._unsent = 0
        self._may_go: Callable[[], bool] = anything
        keep_little_unsent(transport)

    @property
    def is_gone(self) -> bool:
        """Tell whether the viewer has left."""
        return self._transport.is_closing()

    def stuck_for(self, now: float, owes_since: float | None = None) -> float:
        """Return for how many seconds the viewer has taken, or acknowledged, nothing that it should have.

        ``owes_since``: since when it owes an acknowledgement, None while it owes none.
        """
        unsent = self._transport.get_write_buffer_size()
        if unsent < self._unsent and self._sending_since is not None:
            self._sending_since = now
        self._unsent = unsent
        since = [moment for moment in (owes_since, self._sending_since) if moment is not None]
        return max((now - moment for moment in since), default=0.0)

    def recheck(self) -> None:
        """Cut the connection where the rest of what is being sent may not go any more."""
        if not self._may_go():
            cut(self._transport)

    def abort(self) -> None:
        """Cut the connection at once."""
        self._transport.abort()

    async def _put(self, pieces: tuple[bytes, ...], may_go: Callable[[], bool]) -> bool:
        """Send ``pieces`` as one; returns when the kernel has taken them, or False where ``may_go()`` says no.

        Raises:
            ConnectionError: the viewer is gone.
        """
        if self._transport.is_closing():
            raise ConnectionResetError("the viewer is gone")
        if not may_go():
            return False
        self._may_go = may_go
        try:
            if len(pieces) == 1:
                self._transport.write(pieces[0])
            else:
                self._transport.writelines(pieces)
            await self._timed(drained(self._protocol))
        finally:
            self._may_go = anything
        return True

    async def _timed(self, sending: Awaitable[None]) -> None:
        self._sending_since = time.monotonic()
        try:
            await sending
        finally:
            self._sending_since = None


def keep_little_unsent(transport: asyncio.WriteTransport) -> None:
    """Have sending wait until the kernel has all but `UNSENT_BYTES` on the way: what waits unsent gets old."""
    transport.set_write_buffer_limits(high=0)
    raw: socket.socket | None = transport.get_extra_info("socket")
    if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "SO_REUSEPORT"):
        raw.setsockopt(socket.IPPROTO_TCP, NOTSENT_LOWAT, UNSENT_BYTES)


def cut(transport: asyncio.Transport) -> None:
    """End a connection at once, together with what the system holds of it and has not sent yet."""
    raw: socket.socket | None = transport.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):  # it is gone already
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
