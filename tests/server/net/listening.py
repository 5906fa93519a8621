"""A front door with a small application behind it, on each kind of loop, and callers that are programs of their own
address: 127.0.0.1 is the host itself, every other loopback address stands for a stranger."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

from aiohttp import web
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from server.net.connection import mark_authenticated
from server.net.limits import ConnectionLimits
from server.net.listener import Listener
from server.net.peers import Peer
from server.server import listen
from tests.server.access.fakes import FakeClock

Result = TypeVar("Result")
LARGE = 8 * 1024 * 1024
KEPT_LOOPS: list[QEventLoop] = []
"""Loops on Qt that are over. One that is collected as garbage takes its timers along, and that may happen in any thread
that Python runs in; Qt cannot stop timers from there, and later calls what is gone."""


class LoopWithoutReaders(asyncio.SelectorEventLoop):
    """Cannot watch sockets of others, like the loop that Windows has."""

    def add_reader(self, *_: Any) -> None:
        raise NotImplementedError


def run_on(kind: str, scenario: Callable[[], Awaitable[Result]]) -> Result:
    """Run on the loop of that kind: ``asyncio``, ``qt`` (with the fixture ``qapp``), or ``no readers``."""

    async def timed() -> Result:
        async with asyncio.timeout(60):
            return await scenario()

    if kind == "qt":
        loop = QEventLoop(QApplication.instance())
        KEPT_LOOPS.append(loop)
        with loop:
            return loop.run_until_complete(timed())
    with asyncio.Runner(loop_factory=LoopWithoutReaders if kind == "no readers" else None) as runner:
        return runner.run(timed())


def peer_of(address: str | None) -> Peer:
    """Return the host for 127.0.0.1, and a stranger for every other address."""
    return Peer.of(address) if address == "127.0.0.1" else Peer(address or "", address or "", is_host=False)


class House:
    """Holds what a test needs of the front door."""

    def __init__(
        self, listener: Listener, runner: web.AppRunner, clock: FakeClock, port: int, reached: asyncio.Event
    ) -> None:
        self.listener = listener
        self._runner = runner
        self.clock = clock
        self.port = port
        self.reached = reached

    async def end(self) -> None:
        """End everything in the order in which the server does; may be called twice."""
        self.listener.close()
        await self._runner.cleanup()
        await self.listener.end()

    def call(self, source: str = "127.0.0.1", said: bytes = b"") -> socket.socket:
        """Return a socket that does not block, connected from there; ``said`` is sent at once."""
        caller = socket.socket()
        try:
            caller.bind((source, 0))
            caller.connect(("127.0.0.1", self.port))
            caller.sendall(said)
        except OSError:
            caller.close()
            raise
        caller.setblocking(False)
        return caller

    async def until(self, true: Callable[[], bool]) -> None:
        """Return once it is so."""
        while not true():  # noqa: ASYNC110  what is waited for has no event of its own
            await asyncio.sleep(0.005)


def get(path: str = "/", host: str = "localhost", *headers: str) -> bytes:
    """Return a whole request."""
    return "\r\n".join((f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", "")).encode()


async def answer(caller: socket.socket) -> bytes:
    """Return all that is said until the connection ends, however it does."""
    said = b""
    while True:
        try:
            chunk = await asyncio.get_running_loop().sock_recv(caller, 1 << 16)
        except ConnectionError:
            chunk = b""
        if not chunk:
            caller.close()
            return said
        said += chunk


async def first(caller: socket.socket, length: int = 1) -> bytes:
    """Return what is said first, and leave the connection open."""
    said = b""
    while len(said) < length:
        chunk = await asyncio.get_running_loop().sock_recv(caller, 1 << 16)
        if not chunk:
            raise ConnectionResetError("ended instead")
        said += chunk
    return said


@contextmanager
def closing(*callers: socket.socket) -> Iterator[None]:
    """Close them in the end."""
    try:
        yield
    finally:
        for caller in callers:
            caller.close()


@asynccontextmanager
async def house(limits: ConnectionLimits | None = None, tls: ssl.SSLContext | None = None) -> AsyncIterator[House]:
    """Open a house, in which ``/in`` is where a credential is shown, and ``/wait`` is never answered."""
    reached = asyncio.Event()

    async def hello(request: web.Request) -> web.Response:
        return web.Response(text=f"hello over {request.scheme}")

    async def enter(request: web.Request) -> web.Response:
        is_in = mark_authenticated(request, request.query.get("link", ""))
        return web.Response(text="come in" if is_in else "no place")

    async def wait(request: web.Request) -> web.Response:
        reached.set()
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    async def echo(request: web.Request) -> web.Response:
        reached.set()
        return web.Response(body=await request.read())

    async def ignore(request: web.Request) -> web.Response:
        return web.Response(text="not read")

    async def large(request: web.Request) -> web.Response:
        return web.Response(body=bytes(LARGE))

    async def fail(request: web.Request) -> web.Response:
        raise ValueError(f"could not read {request.rel_url}")

    async def chat(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        await response.prepare(request)
        reached.set()
        async for message in response:
            await response.send_str(message.data.upper())
        return response

    app = web.Application()
    app.router.add_get("/", hello)
    app.router.add_get("/in", enter)
    app.router.add_get("/wait", wait)
    app.router.add_post("/echo", echo)
    app.router.add_post("/ignore", ignore)
    app.router.add_get("/large", large)
    app.router.add_get("/chat", chat)
    app.router.add_get("/fail", fail)
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=60, shutdown_timeout=0.1, handle_signals=False)
    await runner.setup()
    assert runner.server is not None
    sockets = listen("127.0.0.1", 0)
    port = sockets[0].getsockname()[1]
    clock = FakeClock()
    names = {f"localhost:{port}", f"127.0.0.1:{port}"}
    listener = Listener(runner.server, names.__contains__, tls=tls, limits=limits, clock=clock, peer_of=peer_of)
    listener.open(sockets)
    opened = House(listener, runner, clock, port, reached)
    try:
        yield opened
    finally:
        await opened.end()
