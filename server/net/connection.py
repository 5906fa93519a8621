"""One accepted connection: who it is from, what it owes by when, and who serves it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable
from typing import Final

from aiohttp import StreamReader, web

from server.net.aiohttp_private import wants_rest
from server.net.peers import Peer

HELLO_SECONDS: Final = 5.0
"""From being accepted to the first byte and, with TLS, to the end of the handshake."""
HEADERS_SECONDS: Final = 5.0
BODY_SECONDS: Final = 5.0
CREDENTIAL_SECONDS: Final = 10.0
READ_BYTES: Final = 4096
"""So much is read of one connection before others get their turn. Frames without content are six bytes each: of the
256 kB that asyncio would read at once, somebody who sends nothing else could have the loop busy for long."""
BYTES_A_SECOND: Final = 128 * 1024
"""More than that, and as much at once, nobody has to say: acknowledging 16 sources at 30 pictures a second takes 18 kB.
It is by bytes because frames without content, pieces of a message that never ends, are seen by the parser alone."""
REST_SECONDS: Final = 0.05
UNREAD_SECONDS: Final = 5.0
"""How long the rest of an answer may wait without the other side taking anything of it."""


class GuardedConnection(asyncio.BufferedProtocol):
    """Stands between a transport and the protocol that serves it, and passes everything on. Loop only.

    Attributes:
        peer: who is at the other end.
        is_authenticated: it showed a credential, or is on this computer and needs none.
        handler: the aiohttp protocol that serves it, None before there is one.
    """

    def __init__(
        self,
        peer: Peer,
        now: Callable[[], float],
        greet: Callable[[GuardedConnection, asyncio.Transport], asyncio.Protocol],
        proven: Callable[[GuardedConnection, str | None], bool],
        relays: Callable[[GuardedConnection, Peer], bool],
        gone: Callable[[GuardedConnection], None],
    ) -> None:
        """``greet`` returns the protocol that speaks with it first.

        ``proven`` is asked whether it may stay by the link that it showed, ``relays`` whether it may that asks for
        somebody else; ``gone`` is told.
        """
        self.peer = peer
        self.is_authenticated = peer.is_host
        self.handler: object = None
        self._now = now
        self._greet = greet
        self._proven = proven
        self._relays = relays
        self._gone = gone
        self._accepted_at = now()
        self._due: float | None = self._accepted_at + HELLO_SECONDS
        self._body: StreamReader | None = None
        self._body_due = 0.0
        self._is_handled = False
        self._waiting = 0
        self._waiting_since = self._accepted_at
        self._is_over = False
        self._transport: asyncio.Transport | None = None
        self._next: asyncio.Protocol | None = None
        self._buffer = bytearray(READ_BYTES)
        self._credit, self._credited_at = float(BYTES_A_SECOND), asyncio.get_running_loop().time()
        self._resting: asyncio.TimerHandle | None = None
        self._is_deaf = False

    @property
    def unsent(self) -> int:
        """Return how many bytes of what was said to it the kernel has not taken yet."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    # What the transport tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless it had to make way in the meantime."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._is_over:
            transport.abort()
        else:
            self.serve_with(self._greet(self, transport), transport)

    def connection_lost(self, exc: Exception | None) -> None:
        following, self._next, self._transport, self._body = self._next, None, None, None
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None
        if following is not None:
            following.connection_lost(exc)
        self._gone(self)

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Pass it on; a sender of too much is not read for a while."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._credit = min(self._credit + (now - self._credited_at) * BYTES_A_SECOND, BYTES_A_SECOND) - nbytes
        self._credited_at = now
        if self._credit < 0 and self._transport is not None and self._resting is None:
            self._transport.pause_reading()
            self._resting = loop.call_later(-self._credit / BYTES_A_SECOND + REST_SECONDS, self._read_on)
        if self._next is not None:
            self._next.data_received(bytes(memoryview(self._buffer)[:nbytes]))

    def stop_reading(self) -> None:
        """Hear nothing more of it; what ends the connection can still be sent."""
        self._is_deaf = True
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def _read_on(self) -> None:
        self._resting = None
        transport, handler = self._transport, self.handler
        if transport is None or transport.is_closing() or self._is_deaf:
            return
        if not wants_rest(handler):
            transport.resume_reading()

    def eof_received(self) -> bool | None:
        return None if self._next is None else self._next.eof_received()

    def pause_writing(self) -> None:
        if self._next is not None:
            self._next.pause_writing()

    def resume_writing(self) -> None:
        if self._next is not None:
            self._next.resume_writing()

    # What those who serve it tell.

    def serve_with(self, protocol: asyncio.Protocol, transport: asyncio.Transport) -> None:
        """Have ``protocol`` speak with it from now on."""
        self._next = protocol
        protocol.connection_made(transport)

    def expect_headers(self) -> None:
        """Note that HTTP begins: now a request's headers are owed."""
        self._due = self._now() + HEADERS_SECONDS

    def note_request(self, body: StreamReader) -> None:
        """Note that a request's headers are complete. Between requests aiohttp's keep-alive is the deadline."""
        self._due = None
        self._body, self._body_due = body, self._now() + BODY_SECONDS
        if self.peer.is_host:
            self._proven(self, None)

    def note_handling(self) -> None:
        """Note that a request is being handled."""
        self._is_handled = True

    def note_handled(self) -> None:
        """Note that the answer is made; it need not be sent yet."""
        self._is_handled = False
        self._waiting, self._waiting_since = 0, self._now()

    def mark_authenticated(self, link_id: str | None) -> bool:
        """Note that it showed a credential; tell whether it may stay, or those by that link are too many already."""
        if not self._proven(self, link_id):
            return False
        self.is_authenticated = True
        return True

    def unmask(self, peer: Peer) -> bool:
        """Note that it asks for somebody else, as ``peer``; tell whether it may stay."""
        if peer != self.peer:
            self.peer, self.is_authenticated = peer, False
            self._accepted_at = self._now()
            return self._relays(self, peer)
        return True

    # What is looked at.

    def is_overdue(self, now: float) -> bool:
        """Tell whether it owes something for too long."""
        if self._due is not None and now >= self._due:
            return True
        if self._body is not None:
            if self._body.is_eof():
                self._body = None
            elif now >= self._body_due:
                return True
        if self._is_handled:
            # We have to answer now: perhaps the person is being asked. Streams know themselves when nobody reads them.
            return False
        if not self.is_authenticated and now >= self._accepted_at + CREDENTIAL_SECONDS:
            return True
        return self._is_unread(now)

    def abort(self) -> None:
        """Cut the connection at once."""
        self._is_over = True
        if self._transport is not None:
            self._transport.abort()

    def _is_unread(self, now: float) -> bool:
        unsent = self.unsent
        # A full kernel buffer takes more only when a third of it, perhaps a megabyte, is free again: over a slow
        # network that takes a while, and what it holds tells sooner that the other side reads.
        waiting = unsent + self._in_kernel()
        if unsent == 0 or waiting < self._waiting:
            self._waiting_since = now
        self._waiting = waiting
        return unsent > 0 and now - self._waiting_since >= UNREAD_SECONDS

    def _in_kernel(self) -> int:
        found = None if self._transport is None else self._transport.get_extra_info("socket")
        return 0 if found is None else unacknowledged(found.fileno())


def unacknowledged(descriptor: int) -> int:
    """Return how many bytes the kernel holds that the other side has not confirmed; 0 where it does not tell."""
    if sys.platform == "linux":
        import fcntl
        import termios

        with contextlib.suppress(OSError):
            return int.from_bytes(fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4)), sys.byteorder)
    return 0


CONNECTION: Final = web.RequestKey("connection", GuardedConnection)


def mark_authenticated(request: web.BaseRequest, link_id: str | None) -> bool:
    """Note that a request showed a credential: its connection may stay, and counts no longer as a stranger's.

    ``link_id`` is None for the owner. Where this is False, those by that link have as many places as they may.
    A request that did not come through the listener, as in a test of its own, has nothing to note.
    """
    connection = request.get(CONNECTION)
    return connection is None or connection.mark_authenticated(link_id)


def unmask(request: web.BaseRequest, peer: Peer) -> bool:
    """Note that a request of this computer asks for somebody else; tell whether its connection may stay."""
    connection = request.get(CONNECTION)
    return connection is None or connection.unmask(peer)
