"""TLS between a transport and a protocol, for a connection of which the first bytes have been read already.

asyncio's own TLS takes 256 kB for each connection, and ends those with which it cannot speak without an alert: see
docs/decisions/016-front.md. Writing, waiting and sizes here are those of the transport below, so that a viewer that
takes nothing does not look as if it took everything.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable, Iterable
from typing import Any

log = logging.getLogger(__name__)

READ_BYTES = 64 * 1024


class TlsLayer(asyncio.Protocol):
    """The server's side of TLS below one protocol. Loop only.

    ``serve`` is called with the transport to use once the handshake is done, and returns the protocol that gets what
    the other side says; `connection_made` has been called on it by then.
    """

    def __init__(self, context: ssl.SSLContext, serve: Callable[[asyncio.Transport], asyncio.Protocol]) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._serve = serve
        self._below: asyncio.Transport | None = None
        self._transport: TlsTransport | None = None
        self.protocol: asyncio.BaseProtocol | None = None
        self._is_reading = True
        self._is_paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; nothing is sent before the other side has spoken."""
        assert isinstance(transport, asyncio.Transport)
        self._below = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass it on, and let go of everybody: the application holds its transport, and so this layer, for a while."""
        protocol, self.protocol, self._below, self._transport = self.protocol, None, None, None
        if protocol is not None:
            protocol.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        below = self._below
        if below is None or below.is_closing():
            return
        self._incoming.write(data)
        try:
            if self._transport is None and not self._shake_hands(below):
                return
            self._deliver()
        except ssl.SSLError as error:
            # A browser that does not trust the certificate ends it like this, too.
            log.debug("TLS ended: %s", error)
            self._flush()
            below.close()

    def eof_received(self) -> bool | None:
        """Take the end of what the other side sends as the end of the connection."""
        if isinstance(self.protocol, asyncio.Protocol):
            self.protocol.eof_received()
        return None

    def pause_writing(self) -> None:
        self._is_paused = True
        if self.protocol is not None:
            self.protocol.pause_writing()

    def resume_writing(self) -> None:
        self._is_paused = False
        if self.protocol is not None:
            self.protocol.resume_writing()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt and send; for `TlsTransport`."""
        below = self._below
        if below is None or below.is_closing() or not data:
            return
        try:
            self.tls.write(data)
        except ssl.SSLError as error:
            log.debug("TLS ended: %s", error)
            below.abort()
            return
        self._flush()

    def set_reading(self, is_reading: bool) -> None:
        """Have what is said delivered, or kept; for `TlsTransport`."""
        self._is_reading = is_reading
        if is_reading:
            asyncio.get_running_loop().call_soon(self.data_received, b"")

    @property
    def is_reading(self) -> bool:
        """Tell whether what is said is delivered."""
        return self._is_reading

    def say_goodbye(self) -> None:
        """Tell the other side that nothing more comes; its answer is not waited for."""
        if self._below is None or self._below.is_closing():
            return
        # It fails as long as the other side has not said its own, and in the middle of a handshake there is none.
        with contextlib.suppress(ssl.SSLError):
            self.tls.unwrap()
        self._flush()

    def _shake_hands(self, below: asyncio.Transport) -> bool:
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return False
        self._flush()
        self._transport = TlsTransport(self, below)
        self.protocol = self._serve(self._transport)
        if self._is_paused and self.protocol is not None:
            self.protocol.pause_writing()
        return True

    def _deliver(self) -> None:
        while self._is_reading and isinstance(self.protocol, asyncio.Protocol):
            try:
                clear = self.tls.read(READ_BYTES)
            except ssl.SSLWantReadError:
                break
            except ssl.SSLZeroReturnError:
                clear = b""
            if not clear:
                self.eof_received()
                if self._transport is not None:
                    self._transport.close()
                break
            self.protocol.data_received(clear)
        self._flush()

    def _flush(self) -> None:
        if self._outgoing.pending and self._below is not None:
            self._below.write(self._outgoing.read())


class TlsTransport(asyncio.Transport):
    """What a protocol above TLS writes to. Loop only. Sizes are those of the ciphertext."""

    def __init__(self, layer: TlsLayer, below: asyncio.Transport) -> None:
        super().__init__()
        self._layer = layer
        self._below = below

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection, such as ``socket``, ``peername`` and ``ssl_object``."""
        if name == "ssl_object":
            return self._layer.tls
        if name == "sslcontext":
            return self._layer.tls.context
        return self._below.get_extra_info(name, default)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return who gets what the other side says."""
        assert self._layer.protocol is not None
        return self._layer.protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Have another one get it."""
        self._layer.protocol = protocol

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send."""
        self._layer.write(data)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Send what is in pieces."""
        self._layer.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        """Tell that one cannot go on reading after the last word."""
        return False

    def get_write_buffer_size(self) -> int:
        """Return how many bytes the kernel has not taken yet."""
        return self._below.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return the low and the high mark."""
        return self._below.get_write_buffer_limits()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set between how many unsent bytes the protocol is told to wait, and to go on."""
        self._below.set_write_buffer_limits(high, low)

    def is_reading(self) -> bool:
        """Tell whether what is said is delivered."""
        return self._layer.is_reading and not self.is_closing()

    def pause_reading(self) -> None:
        """Keep what is said, and soon leave it with the kernel."""
        self._layer.set_reading(False)
        self._below.pause_reading()

    def resume_reading(self) -> None:
        """Deliver what was kept, and what comes."""
        self._layer.set_reading(True)
        self._below.resume_reading()

    def is_closing(self) -> bool:
        """Tell whether it is closed, or will be."""
        return self._below.is_closing()

    def close(self) -> None:
        """Close once what was written is sent."""
        self._layer.say_goodbye()
        self._below.close()

    def abort(self) -> None:
        """Close at once."""
        self._below.abort()
