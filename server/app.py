"""The web application: routes, the gate in front of them, and the headers on every answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from server.access import AccessPolicy
from server.pages import SAFETY_HEADERS, load_pages
from server.registry import SessionRegistry
from server.routes import PAGES, REGISTRY, STARTED, add_routes, problem

log = logging.getLogger(__name__)

LARGEST_BODY = 16 * 1024


def make_app(registry: SessionRegistry, policy: AccessPolicy) -> web.Application:
    """Return the application that shows ``registry``'s sources to whom ``policy`` lets in."""
    app = web.Application(middlewares=[_gate(policy)], client_max_size=LARGEST_BODY)
    app[REGISTRY] = registry
    app[PAGES] = load_pages()
    app[STARTED] = time.monotonic()
    app.on_response_prepare.append(_headers(policy))
    add_routes(app)
    return app


def _gate(policy: AccessPolicy) -> Middleware:
    """Return the first thing every request meets; nothing is looked up or taken before it says yes."""

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        headers = {name.lower(): request.headers.getall(name) for name in request.headers}
        refusal = policy.refuses(headers)
        if refusal is not None:
            log.info("refused %s from %s: %s", request.path[:80], request.remote, refusal.message)
            return web.Response(status=refusal.status, text=refusal.message + "\n")
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return problem(error.status, "not_found" if error.status == 404 else "bad_request", error.reason)

    return gate


def _headers(policy: AccessPolicy) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def add(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in SAFETY_HEADERS.items():
            response.headers.setdefault(name, value)
        origin = request.headers.get("Origin")
        if origin is not None and policy.allows_foreign(origin) and request.path.startswith(("/api/", "/snapshot/")):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            response.headers["Vary"] = "Origin"

    return add
