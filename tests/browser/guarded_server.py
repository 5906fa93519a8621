"""A scripted server that lets in whoever shows a link's token or a PIN, as far as a page can tell the difference."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from capture.reason import Reason
from server.http.responses import problem
from server.net.headers import content_policy
from server.protocol import wire
from tests.browser.scripted_server import ScriptedServer

COOKIE = "panecast"
TOKEN = "a-token_that.nobody-guesses"
PIN = "407193"
MOST_FAILURES = 3
WAIT_SECONDS = 90

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class GuardedServer(ScriptedServer):
    """Guards its sources with one link and one PIN. Tests set what they like from their own thread.

    Attributes:
        asks: whether a person is asked before anybody is let in; `answer` is what he says.
        refusal: what every guarded request gets, status, code and sentence, whatever it shows; None for the usual.
        entering: the bodies of what asked to be let in, in order.
        refused: how many other requests were refused.
        framed: where else the pages may be shown in a frame.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.asks = False
        self.refusal: tuple[int, str, str] | None = None
        self.entering: list[dict[str, Any]] = []
        self.refused = 0
        self.framed = "'none'"
        self._failures = 0
        self._devices: set[str] = set()
        self._forgotten: set[str] = set()
        self._asked: asyncio.Future[bool] | None = None

    @property
    def is_asking(self) -> bool:
        """Tell whether somebody waits for an answer."""
        return self._asked is not None

    def answer(self, may_come: bool) -> None:
        """Have the person answer."""
        asked = self._asked
        assert asked is not None
        self._loop.call_soon_threadsafe(asked.set_result, may_come)

    def forget(self) -> None:
        """Forget every device, and end what they watch."""
        self._forgotten |= self._devices
        self._devices.clear()
        self.drop(4403)

    def forgive(self) -> None:
        """Count failures from the beginning."""
        self._failures = 0

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        app.router.add_post("/api/enter", self._enter)
        app.router.add_get("/streams", self._streams)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(("/api/windows", "/stream")):
            found = await handler(request)
            if not found.prepared:
                found.headers["Content-Security-Policy"] = content_policy(self.framed)
            return found
        device = request.cookies.get(COOKIE, "")
        if device in self._devices and self.refusal is None:
            return await handler(request)
        self.refused += 1
        if self.refusal is not None:
            return _problem(*self.refusal)
        if device in self._forgotten:
            return _problem(403, "removed", "The person at the other computer removed this device.")
        return _problem(401, "credential_missing", "Programs show a token.")

    async def _enter(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return _problem(415, "wrong_type", "JSON is expected.")
        shown = await request.json()
        self.entering.append(shown)
        if self._failures >= MOST_FAILURES:
            waiting = _problem(429, "locked_out", "There were too many wrong tries. Try again in 2 minutes.")
            waiting.headers["Retry-After"] = str(WAIT_SECONDS)
            return waiting
        if shown.get("token") != TOKEN and shown.get("pin") != PIN:
            self._failures += 1
            return _problem(401, "credential_wrong", "That is not it. Ask for another.")
        if self.asks:
            self._asked = asyncio.get_running_loop().create_future()
            may_come = await self._asked
            self._asked = None
            if not may_come:
                return _problem(403, "refused", "The person at the other computer did not allow it.")
        device = secrets.token_urlsafe()
        self._devices.add(device)
        found = web.Response(status=204)
        found.set_cookie(COOKIE, device, httponly=True, samesite="Strict", path="/")
        return found

    async def _streams(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=(wire.MANY_PROTOCOL,), compress=False)
        await socket.prepare(request)
        await socket.send_json({"type": "sources", "data": {"windows": self.windows}})
        self._socket = socket
        async for _ in socket:
            pass
        return socket


def _problem(status: int, code: str, words: str) -> web.Response:
    """Return a refusal in words of this server's own, which no page knows by their code."""
    return problem(status, code, Reason("own_words", words))
