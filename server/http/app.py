"""The web application: routes, the authorizer in front of them, and the headers on every answer."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from capture.feed.snapshots import Snapshots
from server import reasons
from server.access.authorizer import Anonymous, Authorizer, Denial, Grant, Guest
from server.access.control import AccessControl
from server.http.login import access_request_of
from server.http.responses import (
    ACCESS,
    ENTRY,
    PAGES,
    REGISTRY,
    SECRET,
    SNAPSHOTS,
    STARTED,
    for_a_person,
    problem,
    refused,
)
from server.http.routes import add_routes
from server.http.static import load_pages
from server.net.connection import mark_authenticated, unmask
from server.net.headers import SAFETY_HEADERS, SERVER_NAME, content_policy
from server.redact import redacted
from server.stream.registry import SessionRegistry

log = logging.getLogger(__name__)

LARGEST_BODY = 16 * 1024
FULL_RETRY_SECONDS = 30.0
FOREIGN_PATHS = ("/api/", "/snapshot/", "/mjpeg/", "/embed.js")
"""Addresses that pages which the owner allowed may read by scripts, and by pictures with ``crossorigin``."""

EMBEDDED_PATHS = ("/watch/", "/snapshot/", "/mjpeg/")
"""Addresses that such pages may show in a frame, with ``?clean=1``."""


def make_app(registry: SessionRegistry) -> web.Application:
    """Return the application that shows ``registry``'s sources to whom its access lets in."""
    access = registry.access
    app = web.Application(middlewares=[_authorizer(access)], client_max_size=LARGEST_BODY)
    app[REGISTRY] = registry
    app[PAGES] = load_pages()
    app[ACCESS] = access
    app[SNAPSHOTS] = Snapshots(registry.hub)
    app[SECRET] = secrets.token_bytes(32)
    app[STARTED] = time.monotonic()
    app.on_cleanup.append(_close_snapshots)
    app.on_response_prepare.append(_headers(access.authorizer))
    add_routes(app)
    return app


async def _close_snapshots(app: web.Application) -> None:
    app[SNAPSHOTS].close()


def _authorizer(access: AccessControl) -> Middleware:
    """Return the first thing every request meets; nothing is looked up or taken before it says yes."""

    @web.middleware
    async def authorizer(request: web.Request, handler: Handler) -> web.StreamResponse:
        entry = _judged(access, request)
        if isinstance(entry, web.Response):
            return entry
        if request.method == "OPTIONS" and _is_foreign(access.authorizer, request):
            return _permission()
        request[ENTRY] = entry
        who = entry.who
        if not isinstance(who, Anonymous) and not mark_authenticated(
            request, who.link_id if isinstance(who, Guest) else None
        ):
            return _crowded()
        return await _answered(request, handler)

    return authorizer


def _judged(access: AccessControl, request: web.Request) -> Grant | web.Response:
    """Return who asks and what is there for them, or the answer that nothing is."""
    access_request = access_request_of(request)
    peer = access_request.peer
    if peer.is_local and not peer.is_host and not unmask(request, peer):
        return _crowded()
    entry = access.authorizer.authorize(access_request)
    if isinstance(entry, Grant):
        return entry
    log.info("refused %s from %s: %s", redacted(request.path), request.remote, entry.reason)
    access.log.refused(request.remote or "", access_request.browser, str(entry.reason))
    response = refused(request, entry)
    if isinstance(entry, Denial) and entry.code == "credential_missing":
        _take_back(access.authorizer, request, response)
    return response


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Return what ``handler`` answers, and words where it fails."""
    try:
        return for_a_person(request, await handler(request))
    except ConnectionError:
        # The connection ended before there was an answer; aiohttp would log that as a fault of ours.
        log.debug("%s left before %s was answered", request.remote, redacted(request.path))
        return web.Response(status=499)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        is_missing = error.status == 404
        reason = reasons.NO_SUCH_PAGE if is_missing else reasons.HTTP_ERROR.of(phrase=error.reason)
        answer = problem(error.status, "not_found" if is_missing else "bad_request", reason)
        if isinstance(error, web.HTTPMethodNotAllowed):
            answer.headers["Allow"] = error.headers["Allow"]  # RFC 9110 15.5.6: the caller learns the right ones
        return for_a_person(request, answer)


def _crowded() -> web.Response:
    """Answer a request for whose connection there is no place, and end that."""
    response = problem(503, "too_many_viewers", reasons.VIEWER_LIMIT, retry_seconds=FULL_RETRY_SECONDS)
    response.force_close()
    return response


def _take_back(authorizer: Authorizer, request: web.Request, response: web.Response) -> None:
    """Have the browser forget a cookie that is not known here any more."""
    if authorizer.cookie_name in request.cookies:
        response.del_cookie(authorizer.cookie_name, path="/", httponly=True, samesite="Strict")


def _headers(authorizer: Authorizer) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def add(request: web.Request, response: web.StreamResponse) -> None:
        if request.query.get("clean") == "1" and request.path.startswith(EMBEDDED_PATHS):
            response.headers.setdefault("Content-Security-Policy", content_policy(authorizer.policy.embedders))
        response.headers["Server"] = SERVER_NAME
        for name, value in SAFETY_HEADERS.items():
            response.headers.setdefault(name, value)
        if _is_foreign(authorizer, request):
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers["Access-Control-Expose-Headers"] = "ETag"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary"), "Origin")))

    return add


def _is_foreign(authorizer: Authorizer, request: web.Request) -> bool:
    """Tell whether another's page that the owner allowed asks for something that it may read."""
    return authorizer.policy.allows_foreign(request.headers.get("Origin")) and request.path.startswith(FOREIGN_PATHS)


def _permission() -> web.Response:
    """Answer the question that browsers ask first when a script is to send a header of its own."""
    headers = {
        "Access-Control-Allow-Methods": "GET",
        "Access-Control-Allow-Headers": "If-None-Match",
        "Access-Control-Max-Age": "600",
    }
    return web.Response(status=204, headers=headers)
