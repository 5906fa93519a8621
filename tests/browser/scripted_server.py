"""A server that says what a test tells it to: the real page's files, and the binary form made with the real packing.

It runs on a thread of its own, because Playwright drives the browser from the test's.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from aiohttp import WSMsgType, web

from server.http.static import load_pages
from server.net.headers import SAFETY_HEADERS
from server.protocol import wire
from server.protocol.options import StreamOptions
from tests.browser.parts import eventually

T = TypeVar("T")

BEAT_SECONDS = 2.0


class ScriptedServer:
    """One source, ``demo``, and one viewer at a time.

    Attributes:
        answers: binary messages of the viewer, in order.
        commands: its text messages.
        queries: what it asked for when it connected, once for each time.
        windows: the list of what is shared; a test may change it.
        is_silent: it says nothing but what it is told to. Else pages, which give up a silent server after eight
            seconds, hear something now and then, as they do from the real one.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.answers: list[bytes] = []
        self.commands: list[dict[str, Any]] = []
        self.queries: list[dict[str, str]] = []
        source = {"handle": "demo", "title": "Demo", "app": "", "width": 64, "height": 48, "state": "live"}
        self.windows: list[dict[str, Any]] = [source, source | {"handle": "other", "title": "Other"}]
        self.is_silent = False
        self._loop = loop
        self._pages = load_pages()
        self._socket: web.WebSocketResponse | None = None
        self._runner: web.AppRunner | None = None
        self._port = 0

    def address(self, path: str = "/watch/demo", host: str = "127.0.0.1") -> str:
        """Return the address of a page."""
        return f"http://{host}:{self._port}{path}"

    def send(self, message: bytes) -> None:
        """Send a binary message to the viewer, who may still be on the way."""
        self._do(eventually(lambda: self._socket).send_bytes(message))

    def say(self, kind: str, data: dict[str, Any]) -> None:
        """Send a text message."""
        text = json.dumps({"type": kind, "timestamp": "2026-01-01T00:00:00.000Z", "data": data})
        self._do(eventually(lambda: self._socket).send_str(text))

    def complain(self, code: str, message: str, field: str | None = None) -> None:
        """Send an error."""
        error = {"code": code, "message": message} | ({"field": field} if field else {})
        self._do(eventually(lambda: self._socket).send_json({"type": "error", "error": error}))

    def drop(self, code: int = 1001, reason: str = "") -> None:
        """Close the connection."""
        socket, self._socket = self._socket, None
        assert socket is not None
        self._do(socket.close(code=code, message=reason.encode()))

    def acks(self) -> list[int]:
        """Return the sequences that the viewer says it drew."""
        read = [wire.read(answer) for answer in self.answers]
        return [answer.sequence for answer in read if answer is not None]

    def requests(self) -> int:
        """Return how often the viewer asked for a whole picture."""
        return sum(wire.read(answer) is None for answer in self.answers)

    def application(self) -> web.Application:
        """Return what the routes are added to."""
        return web.Application()

    async def start(self) -> None:
        """Listen on a free port. Loop only."""
        app = self.application()
        app.router.add_get("/", self._file)
        app.router.add_get("/watch/{id}", self._file)
        app.router.add_get("/viewer/{name:.+}", self._file)
        app.router.add_get("/favicon.ico", self._file)
        app.router.add_get("/api/windows", self._windows)
        app.router.add_get("/stream/{id}", self._stream)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening. Loop only."""
        if self._socket is not None:
            await self._socket.close()
        assert self._runner is not None
        await self._runner.cleanup()

    def _do(self, deed: Awaitable[T]) -> T:
        async def done() -> T:
            return await deed

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(10)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name") or {"/": "index.html", "/favicon.ico": "mark.svg"}.get(request.path)
        found = self._pages[name or ("wall.html" if "+" in request.path else "watch.html")]
        return web.Response(body=found.body, content_type=found.content_type, headers=SAFETY_HEADERS)

    async def _windows(self, request: web.Request) -> web.Response:
        return web.json_response({"windows": self.windows, "count": len(self.windows)})

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=(wire.PROTOCOL,), compress=False)
        await socket.prepare(request)
        self.queries.append(dict(request.query))
        started = {"session_id": "1", "active": True, "options": asked(request)}
        await socket.send_json({"type": "session_started", "data": started})
        await socket.send_json({"type": "state", "data": {"state": "live", "reason": ""}})
        self._socket = socket
        beating = asyncio.create_task(self._beat(socket))
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                self.answers.append(message.data)
            else:
                self.commands.append(json.loads(message.data))
        beating.cancel()
        if self._socket is socket:
            self._socket = None
        return socket

    async def _beat(self, socket: web.WebSocketResponse) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await asyncio.sleep(BEAT_SECONDS)
                if not self.is_silent:
                    await socket.send_json({"type": "heartbeat"})  # nothing a page knows


def asked(request: web.Request) -> dict[str, object]:
    """Return the options that a page asked for, as messages show them."""
    wishes = {name: request.query[name] for name in ("format",) if name in request.query}
    numbers = {name: float(request.query[name]) for name in ("fps", "quality", "scale") if name in request.query}
    switches = {name: request.query[name] == "1" for name in ("adaptive", "cursor") if name in request.query}
    return StreamOptions().to_wire() | wishes | numbers | switches


Server = TypeVar("Server", bound=ScriptedServer)


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    """Have such a server while the block lasts."""
    with on_a_thread(ScriptedServer) as server:
        yield server


@contextmanager
def on_a_thread(kind: Callable[[asyncio.AbstractEventLoop], Server]) -> Iterator[Server]:
    """Have a server of that kind while the block lasts."""
    loop = asyncio.new_event_loop()
    server = kind(loop)
    thread = threading.Thread(target=loop.run_forever, name="scripted-server")
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
        yield server
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
