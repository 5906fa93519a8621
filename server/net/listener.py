"""The listener: accepts connections, no more than there is room for, and cuts those that keep us waiting.

Everything that an HTTP request means is aiohttp's and the application's. See docs/decisions/016-front.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import StreamReader, web

from server.net.congestion_control import prefer_bbr
from server.net.connection import CONNECTION, GuardedConnection
from server.net.handler import MalformedCounter, handler_for
from server.net.limits import ConnectionLimiter, ConnectionLimits, Full
from server.net.peers import Peer
from server.net.plain_http import HttpsHint
from server.net.tls import TlsLayer

log = logging.getLogger(__name__)

SWEEP_SECONDS = 0.5
"""How often deadlines are looked at, while there are connections. Qt's timers are coarse and may fire early."""
MOST_AT_ONCE = 32
"""How many connections are accepted before others get their turn on the loop."""
RETRY_SECONDS = 0.2
LOG_SECONDS = 60.0
HANDSHAKE = 0x16
"""The first byte of every TLS connection (RFC 8446 5.1), and of no HTTP request."""
EXHAUSTED = frozenset(
    getattr(errno, name)
    for name in ("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "WSAEMFILE", "WSAENOBUFS")
    if hasattr(errno, name)
)
# Closing then costs nothing more: no last packets, no port that is remembered.
NO_LINGERING = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Listener:
    """Brings connections to an aiohttp server, from `open` to `end`. Loop only; works on any asyncio loop.

    Attributes:
        limiter: who is connected.
        turned_away: how many connections were closed unanswered, because there were too many.
        overdue: how many were cut because they kept us waiting.
    """

    def __init__(
        self,
        server: web.Server,
        knows_host: Callable[[str], bool],
        *,
        tls: ssl.SSLContext | None = None,
        limits: ConnectionLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        peer_of: Callable[[str | None], Peer] = Peer.of,
    ) -> None:
        """Prepare; ``knows_host`` tells whether a Host header, in lower case, names us. With ``tls`` all is HTTPS."""
        self.limiter: ConnectionLimiter[GuardedConnection] = ConnectionLimiter(
            ConnectionLimits.fitting(descriptor_limit()) if limits is None else limits
        )
        self.turned_away = 0
        self.overdue = 0
        self._server = server
        self._knows_host = knows_host
        self._tls = tls
        self._clock = clock
        self._peer_of = peer_of
        self._listening: list[socket.socket] = []
        self._closed: list[socket.socket] = []
        self._loop_tasks: set[asyncio.Task[None]] = set()
        self._joining: set[asyncio.Task[None]] = set()
        self._handlers: dict[object, GuardedConnection] = {}
        self._sweeping: asyncio.Handle | None = None
        self._spare = _spare_descriptor()
        self._told_at: float | None = None
        self._untold = 0
        self._malformed = MalformedCounter(clock)
        self._attend(server)

    @property
    def is_watching(self) -> bool:
        """Tell whether deadlines are looked at: only while there are connections."""
        return self._sweeping is not None

    def open(self, listening: Iterable[socket.socket]) -> None:
        """Accept what comes to these sockets, which do not block; they are closed with the listener."""
        for one in listening:
            self._listening.append(one)
            self._accept_from(one)

    def close(self) -> None:
        """Accept nothing more, and cut those that no request was heard from yet."""
        loop = asyncio.get_running_loop()
        for task in self._loop_tasks:
            task.cancel()
        for one in self._listening:
            # A task still has its socket until it has noticed.
            if not self._loop_tasks:
                loop.remove_reader(one)
                one.close()
        self._closed += self._listening
        self._listening.clear()
        served = set(self._handlers.values())
        for connection in self.limiter.everybody():
            if connection not in served:
                connection.abort()

    async def end(self) -> None:
        """Close, and cut all that are left, whatever they wait for."""
        self.close()
        for connection in self.limiter.everybody():
            connection.abort()
        await asyncio.gather(*self._joining, *self._loop_tasks, return_exceptions=True)
        for one in self._closed:
            one.close()
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None

    def sweep(self) -> None:
        """Cut all that are overdue."""
        now = self._clock()
        for connection in self.limiter.everybody():
            if connection.is_overdue(now):
                self.overdue += 1
                log.debug("%s kept us waiting for too long", connection.peer.address)
                connection.abort()

    # Accepting.

    def _accept_from(self, listening: socket.socket) -> None:
        if listening not in self._listening:
            return
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(listening, self._accept_some, listening)
        except NotImplementedError:
            # Windows tells that a connection is there by handing it over.
            task = loop.create_task(self._accept_each(listening))
            self._loop_tasks.add(task)
            task.add_done_callback(self._loop_tasks.discard)

    def _accept_some(self, listening: socket.socket) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                connected, address = listening.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionError:
                continue  # gone before its turn came
            except OSError as error:
                if not self._make_way(listening, error):
                    loop = asyncio.get_running_loop()
                    loop.remove_reader(listening)
                    loop.call_later(RETRY_SECONDS, self._accept_from, listening)
                return
            self._receive(connected, address)

    async def _accept_each(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        taken = 0
        while listening in self._listening:
            try:
                connected, address = await loop.sock_accept(listening)
            except ConnectionError:
                continue
            except OSError as error:
                if not self._make_way(listening, error):
                    await asyncio.sleep(RETRY_SECONDS)
                continue
            self._receive(connected, address)
            taken += 1
            if taken % MOST_AT_ONCE == 0:
                await asyncio.sleep(0)

    def _receive(self, connected: socket.socket, address: Any) -> None:
        peer = self._peer_of(address[0] if address else None)
        connection = GuardedConnection(peer, self._clock, self._greet, self.limiter.prove, self._unmask, self._forget)
        try:
            leaving = self.limiter.enter(connection, peer)
        except Full:
            self._turn_away(connected)
            return
        if leaving is not None:
            leaving.abort()
            self._count_turned_away()
        connected.setblocking(False)
        if not peer.is_local:
            prefer_bbr(connected)
        task = asyncio.get_running_loop().create_task(self._join(connection, connected))
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)
        self._sweep_later()

    async def _join(self, connection: GuardedConnection, connected: socket.socket) -> None:
        """Give a connection its transport."""
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: connection, connected)
        except OSError as error:
            log.debug("%s left at once: %s", connection.peer.address, error)
            connected.close()
            self._forget(connection)

    def _turn_away(self, connected: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING)
        connected.close()
        self._count_turned_away()

    def _count_turned_away(self) -> None:
        self.turned_away += 1
        self._untold += 1
        now = self._clock()
        if self._told_at is None or now - self._told_at >= LOG_SECONDS:
            log.warning("too many connections at once: %d closed unanswered", self._untold)
            self._told_at, self._untold = now, 0

    def _make_way(self, listening: socket.socket, error: OSError) -> bool:
        """Get a descriptor back after the system had none; return whether it is worth trying again at once."""
        if error.errno not in EXHAUSTED:
            log.error("accepting connections failed: %s", error)
            return False
        leaving = self.limiter.oldest_unproven()
        if leaving is not None:
            # It closes with the loop's next turn.
            self.limiter.leave(leaving)
            leaving.abort()
            self._count_turned_away()
            return True
        if self._spare is None:
            self._spare = _spare_descriptor()
            return False
        # Nobody here has to go, so who waits outside does: else the system would tell of it for ever.
        os.close(self._spare)
        self._spare = None
        try:
            self._turn_away(listening.accept()[0])
        except OSError:
            return False
        finally:
            self._spare = _spare_descriptor()
        return True

    # Serving.

    def _greet(self, connection: GuardedConnection, transport: asyncio.Transport) -> asyncio.Protocol:
        if self._tls is None:
            return self._handler_for(connection)
        return _FirstByte(self._choose, connection)

    def _choose(self, connection: GuardedConnection, first: int) -> asyncio.Protocol:
        """Return who speaks with one that began with this byte at an address that speaks HTTPS."""
        if first != HANDSHAKE or self._tls is None:
            return HttpsHint(self._knows_host)
        return TlsLayer(self._tls, lambda transport: self._serve_inside(connection, transport))

    def _serve_inside(self, connection: GuardedConnection, transport: asyncio.Transport) -> asyncio.Protocol:
        handler = self._handler_for(connection)
        handler.connection_made(transport)
        return handler

    def _handler_for(self, connection: GuardedConnection) -> asyncio.Protocol:
        connection.expect_headers()
        handler = handler_for(self._server, self._malformed)
        self._handlers[handler] = connection
        connection.handler = handler
        return handler

    def _unmask(self, connection: GuardedConnection, peer: Peer) -> bool:
        try:
            leaving = self.limiter.unmask(connection, peer)
        except Full:
            self._count_turned_away()
            return False
        if leaving is not None:
            leaving.abort()
            self._count_turned_away()
        return True

    def _forget(self, connection: GuardedConnection) -> None:
        self.limiter.leave(connection)
        self._handlers.pop(connection.handler, None)

    def _attend(self, server: web.Server) -> None:
        """Have the server tell when a request's headers are complete, and when its answer is made."""
        make_request, handle_request = server.request_factory, server.request_handler

        def request_factory(message: Any, body: StreamReader, handler: Any, writer: Any, task: Any) -> Any:
            request = make_request(message, body, handler, writer, task)
            connection = self._handlers.get(handler)
            if connection is not None:
                connection.note_request(body)
                request[CONNECTION] = connection
            return request

        async def request_handler(request: Any) -> Any:
            connection = request.get(CONNECTION)
            if connection is None:
                return await handle_request(request)
            connection.note_handling()
            try:
                return await handle_request(request)
            finally:
                connection.note_handled()

        server.request_factory = request_factory
        server.request_handler = request_handler

    # Deadlines.

    def _sweep_later(self) -> None:
        if self._sweeping is None and len(self.limiter) > 0:
            self._sweeping = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep_again)

    def _sweep_again(self) -> None:
        self._sweeping = None
        self.sweep()
        self._sweep_later()


class _FirstByte(asyncio.Protocol):
    """Looks at the first byte, and hands over to whom that is for, with what was read."""

    def __init__(
        self, choose: Callable[[GuardedConnection, int], asyncio.Protocol], connection: GuardedConnection
    ) -> None:
        self._choose = choose
        self._connection = connection
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        if self._transport is None or not data:
            return
        following = self._choose(self._connection, data[0])
        self._connection.serve_with(following, self._transport)
        following.data_received(data)


def descriptor_limit() -> int | None:
    """Return how many file descriptors this program may have open; None where the system has no such limit."""
    if sys.platform == "win32":
        return None
    else:  # noqa: RET505  or else type checkers take the rest for unreachable there
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return None if soft == resource.RLIM_INFINITY else soft


def _spare_descriptor() -> int | None:
    """Return a descriptor that can be given up when there are no others."""
    try:
        return os.open(os.devnull, os.O_RDONLY)
    except OSError:
        return None
