"""Starting and stopping: sockets, the web application on them, and the address to open."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import ssl

from aiohttp import web

from capture.catalog import Catalog
from capture.hub import Hub
from capture.source import Source
from server.access import AccessPolicy, Scheme, host_names
from server.access_links import Link
from server.app import make_app
from server.errors import ListenError, PortInUse
from server.front import Front
from server.interfaces import interfaces, own_names
from server.registry import SessionRegistry
from server.sharing import ShareList

log = logging.getLogger(__name__)

DEFAULT_PORT = 8080
PORTS_TRIED = 50
"""How many ports after a busy one are looked at for a free one."""
KEEPALIVE_SECONDS = 5.0
"""aiohttp would keep a silent connection for an hour."""
BACKLOG = 1024
"""How many may wait to be accepted. Over it the system drops them, and who is lawful comes again a second later."""
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")


class Server:
    """Serves what is shared, from `start` to `stop`; may be started again. Loop only, any asyncio loop."""

    def __init__(
        self,
        hub: Hub,
        catalog: Catalog,
        shares: ShareList,
        registry: SessionRegistry,
        *,
        allow_origins: frozenset[str] = frozenset(),
    ) -> None:
        """``allow_origins`` are other people's pages that may use this server."""
        self.hub = hub
        self.catalog = catalog
        self.shares = shares
        self.registry = registry
        self._allow_origins = allow_origins
        self._runner: web.AppRunner | None = None
        self._front: Front | None = None
        self._tls: ssl.SSLContext | None = None
        self._host = "127.0.0.1"
        self._port = 0

    @property
    def is_running(self) -> bool:
        """Tell whether viewers are being served."""
        return self._runner is not None

    @property
    def port(self) -> int:
        """Return the port that is listened at, 0 while none is."""
        return self._port if self._runner is not None else 0

    @property
    def host(self) -> str:
        """Return the address that was to be listened at when this was last started."""
        return self._host

    @property
    def is_open(self) -> bool:
        """Tell whether other computers reach what is listened at."""
        return not is_loopback(self._host)

    @property
    def url(self) -> str:
        """Return the address to open, without a slash at its end."""
        name = "localhost" if self._host in LOOPBACK_NAMES else self._host
        shown = f"[{name}]" if ":" in name else name
        return f"{self._scheme}://{shown}:{self._port}"

    def url_of(self, link: Link) -> str:
        """Return the address that lets in whoever opens it. The token is in the fragment, which is sent nowhere."""
        return f"{self.url}/#t={link.token}"

    def url_for(self, source: Source) -> str:
        """Return the address that shows ``source``."""
        return f"{self.url}/watch/{source.id}"

    @property
    def _scheme(self) -> Scheme:
        return "http" if self._tls is None else "https"

    async def start(self, host: str = "127.0.0.1", port: int = DEFAULT_PORT, tls: ssl.SSLContext | None = None) -> None:
        """Listen at ``port`` (0: any free one), on IPv4 and IPv6 loopback; with ``tls``, for HTTPS.

        With an address that other computers reach, at that one too; whoever comes by it needs a credential.

        Raises:
            PortInUse: another program has the port.
            ListenError: the address is not one that can be listened at.
        """
        if self._runner is not None:
            raise ListenError("The server is running already.")
        sockets = listen(host, port)
        self._host, self._port = host, sockets[0].getsockname()[1]
        self._tls = tls
        names = (*LOOPBACK_NAMES, host) + (own_names() if self.is_open else ())
        hosts = host_names(names, self._port, self._scheme)
        self.registry.access.open_at(
            AccessPolicy(hosts, self._allow_origins, self._scheme), self._port, network=self.is_open
        )
        runner = web.AppRunner(
            make_app(self.registry),
            handle_signals=False,
            access_log=None,
            keepalive_timeout=KEEPALIVE_SECONDS,
            shutdown_timeout=0.3,
        )
        try:
            await runner.setup()
            assert runner.server is not None
            front = Front(runner.server, hosts.__contains__, tls=tls)
            front.open(sockets)
        except BaseException:
            self.registry.access.close()
            await runner.cleanup()
            for listening in sockets:
                listening.close()
            raise
        self._runner, self._front = runner, front
        log.info("serving at %s", self.url)

    async def stop(self) -> None:
        """Part from every viewer and listen no longer; two seconds at most, also with viewers that are stuck."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        front, self._front = self._front, None
        if front is not None:
            front.close()
        self.registry.access.close()
        await self.registry.end_all("server_stopping", "Sharing was stopped on the other computer.")
        await runner.cleanup()
        if front is not None:
            await front.end()
        log.info("stopped")


def is_loopback(host: str) -> bool:
    """Tell whether only this computer itself reaches ``host``."""
    return host in LOOPBACK_NAMES or host.startswith("127.")


def listen(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets: for loopback one for IPv4 and, where the system has it, one for IPv6; one for ``host``.

    Raises:
        PortInUse, ListenError: as `Server.start`.
    """
    if not is_loopback(host) and host not in (known := [each.address for each in interfaces()]):
        reach = f"Others reach it at {' or '.join(known)}." if known else "It is in no network now."
        raise ListenError(f"{host} is no address of this computer. {reach}")
    if is_loopback(host):
        addresses: tuple[str, ...] = LOOPBACK_ADDRESSES if host in LOOPBACK_NAMES else (host,)
    else:
        # The person at this computer watches without a link, and comes by loopback.
        addresses = (host, *LOOPBACK_ADDRESSES)
    if not 0 <= port <= 65535:
        raise ListenError(f"A port is a number from 0 to 65535, not {port}.")
    for _ in range(10):
        try:
            return _bind(addresses, port)
        except PortInUse:
            # A port chosen by the system for IPv4 may be taken for IPv6: have another one chosen.
            if port != 0:
                raise
    raise ListenError("The system has no free port.")


def _bind(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    bound: list[socket.socket] = []
    try:
        for address in addresses:
            chosen = bound[0].getsockname()[1] if bound else port
            listening = _bind_one(address, chosen)
            if listening is not None:
                bound.append(listening)
            elif not is_loopback(address):
                raise ListenError(f"This computer has the address {address} no longer.")
    except OSError as error:
        for listening in bound:
            listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port, _free_port(addresses, port + 1) if port else None) from error
        if error.errno == errno.EACCES:
            raise ListenError(
                f"The system lets only the administrator use port {port}; choose one above 1023."
            ) from error
        raise ListenError(f"Port {port} cannot be used: {error.strerror}.") from error
    if not bound:
        raise ListenError("This computer has no loopback address.")
    return bound


def _bind_one(address: str, port: int) -> socket.socket | None:
    """Return a listening socket, None where the system has no such address (no IPv6)."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        listening = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((address, port))
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            return None
        raise
    return listening


def _free_port(addresses: tuple[str, ...], first: int) -> int | None:
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with contextlib.suppress(OSError):
            for address in addresses:
                listening = _bind_one(address, port)
                if listening is not None:
                    listening.close()
            return port
    return None
