"""Starting and stopping: sockets, the web application on them, and the address to open."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import ssl

from aiohttp import web

from capture.feed.catalog import Catalog
from capture.feed.hub import Hub
from server import DEFAULT_PORT, reasons
from server.access.links import Link
from server.access.origins import OriginPolicy, Scheme, host_names
from server.errors import STOPPED, Farewell, ListenError, PortInUse
from server.http.app import make_app
from server.net.interfaces import checked_address, own_names
from server.net.listener import Listener
from server.sharing import ShareList
from server.stream.registry import SessionRegistry

log = logging.getLogger(__name__)

PORTS_TRIED = 50
"""How many ports after a busy one are looked at for a free one."""
KEEPALIVE_SECONDS = 5.0
"""aiohttp would keep a silent connection for an hour."""
BACKLOG = 1024
"""How many may wait to be accepted. Over it the system drops them, and who is lawful comes again a second later."""
BAD_PORTS = frozenset(
    {
        1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
        531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
        5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    }
)  # fmt: skip
"""Ports that browsers do not open, whoever listens there (Fetch Standard, "port blocking")."""
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")
WINDOWS_ACCESS_DENIED = 10013
"""The fault Windows tells of a port that another program has for itself, or that the system keeps for one."""


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
        names: frozenset[str] = frozenset(),
    ) -> None:
        """``allow_origins`` are other people's pages that may use this server, ``names`` what else it is called.

        Both are as `parse_origin` and `parse_name` return them.
        """
        self.hub = hub
        self.catalog = catalog
        self.shares = shares
        self.registry = registry
        self._allow_origins = allow_origins
        self._names = names
        self._runner: web.AppRunner | None = None
        self._listener: Listener | None = None
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
        name = "localhost" if self._host in LOOPBACK_HOSTS else self._host
        shown = f"[{name}]" if ":" in name else name
        return f"{self._scheme}://{shown}:{self._port}"

    def url_of(self, link: Link) -> str:
        """Return the address that lets in everybody who opens it.

        The token is in the fragment, which is sent nowhere.
        """
        return f"{self.url}/#t={link.token}"

    @property
    def _scheme(self) -> Scheme:
        return "http" if self._tls is None else "https"

    async def start(self, host: str = "127.0.0.1", port: int = DEFAULT_PORT, tls: ssl.SSLContext | None = None) -> None:
        """Listen at ``port`` (0: any free one), on IPv4 and IPv6 loopback; with ``tls``, for HTTPS.

        With an address that other computers reach, at that one too; those who come by it need a credential.

        Raises:
            PortInUse: another program has the port.
            ListenError: the address is not one that can be listened at.
        """
        if self._runner is not None:
            raise ListenError(reasons.RUNNING_ALREADY)
        sockets = listen(host, port)
        address, self._port = sockets[0].getsockname()[:2]
        # As browsers write it: for IPv6 there are many ways.
        self._host = host if is_loopback(host) else address
        self._tls = tls
        self.registry.access.open_at(self._policy(), network=self.is_open)
        runner = web.AppRunner(
            make_app(self.registry),
            handle_signals=False,
            access_log=None,
            keepalive_timeout=KEEPALIVE_SECONDS,
            shutdown_timeout=0.3,
            # An answer made for somebody who left is of use to nobody.
            handler_cancellation=True,
        )
        try:
            await runner.setup()
            assert runner.server is not None
            listener = Listener(runner.server, self._knows_host, tls=tls)
            listener.open(sockets)
        except BaseException:
            self.registry.access.close()
            await runner.cleanup()
            _close(sockets)
            raise
        self._runner, self._listener = runner, listener
        log.info("serving at %s", self.url)

    def go_by(self, names: frozenset[str]) -> None:
        """Be called ``names`` as well, in place of those before; also while running."""
        self._names = names
        if self.is_running:
            self.registry.access.open_at(self._policy(), network=self.is_open)

    def _policy(self) -> OriginPolicy:
        hosts = host_names((self._host, *own_names()), self._port, self._scheme) if self.is_open else frozenset()
        return OriginPolicy(self._port, hosts, self._names, self._allow_origins, self._scheme)

    def _knows_host(self, host: str) -> bool:
        return self.registry.access.authorizer.policy.knows_host(host)

    async def stop(self, farewell: Farewell = STOPPED) -> None:
        """Part from every viewer and listen no longer; two seconds at most, also with viewers that are stuck.

        ``farewell`` is what they are told.
        """
        runner, self._runner = self._runner, None
        if runner is None:
            return
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        self.registry.access.close()
        await self.registry.end_all(farewell.code, farewell.reason)
        await runner.cleanup()
        if listener is not None:
            await listener.end()
        log.info("stopped")


def is_loopback(host: str) -> bool:
    """Tell whether only this computer itself reaches ``host``."""
    return host in LOOPBACK_HOSTS or host.startswith("127.")


def listen(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets: for loopback one for IPv4 and, where the system has it, one for IPv6; one for ``host``.

    Raises:
        PortInUse, ListenError: as `Server.start`.
    """
    if is_loopback(host):
        addresses: tuple[str, ...] = LOOPBACK_ADDRESSES if host in LOOPBACK_HOSTS else (host,)
    else:
        # The person at this computer watches without a link, and comes by loopback.
        addresses = (checked_address(host), *LOOPBACK_ADDRESSES)
    if not 0 <= port <= 65535:
        raise ListenError(reasons.PORT_IMPOSSIBLE.of(port=port))
    if port in BAD_PORTS:
        raise ListenError(reasons.PORT_REFUSED_BY_BROWSERS.of(port=port))
    return _bind(addresses, port) if port else _bind_free(addresses)


def _bind_free(addresses: tuple[str, ...]) -> list[socket.socket]:
    """Return sockets at a port that the system chooses."""
    for _ in range(10):
        # A port chosen for IPv4 may be taken for IPv6, and browsers may refuse it: have another one chosen.
        with contextlib.suppress(PortInUse):
            bound = _bind(addresses, 0)
            if bound[0].getsockname()[1] not in BAD_PORTS:
                return bound
            _close(bound)
    raise ListenError(reasons.NO_FREE_PORT)


def _bind(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    bound: list[socket.socket] = []
    try:
        for address in addresses:
            chosen = bound[0].getsockname()[1] if bound else port
            listening = _bind_one(address, chosen)
            if listening is not None:
                bound.append(listening)
            elif not is_loopback(address):
                raise ListenError(reasons.ADDRESS_GONE.of(address=address))
    except OSError as error:
        _close(bound)
        if error.errno == errno.EADDRINUSE or getattr(error, "winerror", None) == WINDOWS_ACCESS_DENIED:
            raise PortInUse(port, _free_port(addresses, port + 1) if port else None) from error
        if error.errno == errno.EACCES:
            raise ListenError(reasons.PORT_FOR_ADMINISTRATORS.of(port=port)) from error
        raise ListenError(reasons.PORT_UNUSABLE.of(port=port, problem=error.strerror or str(error))) from error
    if not bound:
        raise ListenError(reasons.NO_LOOPBACK)
    return bound


def _close(sockets: list[socket.socket]) -> None:
    for listening in sockets:
        listening.close()


def _bind_one(address: str, port: int) -> socket.socket | None:
    """Return a listening socket, None where the system has no such address (no IPv6)."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        listening = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return None
    try:
        # The latter would let any program take our port over on Windows, which lets go of one at once anyway.
        alone = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
        listening.setsockopt(socket.SOL_SOCKET, alone, 1)
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
        if port in BAD_PORTS:
            continue
        with contextlib.suppress(OSError):
            for address in addresses:
                listening = _bind_one(address, port)
                if listening is not None:
                    listening.close()
            return port
    return None
