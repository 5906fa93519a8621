"""Where a browser that was given a link, or told a PIN, becomes one that is known: ``POST /api/enter``."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Coroutine
from typing import Annotated, Any

import msgspec
from aiohttp import HttpVersion11, web

from server import reasons
from server.access.authorizer import ENTER_PATH
from server.access.control import AccessControl
from server.access.login import LoggedIn
from server.access.origins import Refusal
from server.access.request import AccessRequest
from server.http.responses import ACCESS, problem, refused
from server.net.connection import mark_authenticated

LARGEST_BODY = 1024
BODY_SECONDS = 5.0
"""For the whole body: it is a line."""
LOOK_SECONDS = 0.5
"""How often it is looked whether who waits for an answer is still there."""
COOKIE_SECONDS = 400 * 86_400
"""As long as browsers keep a cookie at most."""


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The credentials somebody shows: the token of a link, or a PIN and perhaps the one source that is wished for."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=256)] | None = None
    pin: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None
    id: Annotated[str, msgspec.Meta(max_length=64)] | None = None

    def __repr__(self) -> str:
        return "Credentials()"


def add_routes(app: web.Application) -> None:
    """Give ``app`` the address at which one enters."""
    app.router.add_post(ENTER_PATH, enter)


async def enter(request: web.Request) -> web.Response:
    """Let a browser in, after the person was asked where that is needed; the answer sets a cookie."""
    access = request.app[ACCESS]
    wish = await _read(request)
    if wish is None or (wish.token is None) == (wish.pin is None):
        return problem(400, "bad_request", reasons.ENTER_HOW)
    access_request = access_request_of(request)
    found = await _while_there(request, _enter(access, access_request, wish))
    if found is None:
        return problem(499, "gone", reasons.VIEWER_GONE)
    if isinstance(found, Refusal):
        access.log.refused(request.remote or "", access_request.browser, str(found.reason))
        return refused(request, found)
    if not mark_authenticated(request, found.who.link_id):
        return problem(503, "too_many_viewers", reasons.VIEWER_LIMIT)
    answer = web.Response(status=204)
    if found.cookie is not None:
        answer.set_cookie(
            access.authorizer.cookie_name,
            found.cookie,
            max_age=COOKIE_SECONDS,
            path="/",
            httponly=True,
            secure=request.secure,
            samesite="Strict",
        )
    return answer


async def _enter(access: AccessControl, access_request: AccessRequest, wish: Credentials) -> LoggedIn | Refusal:
    if wish.token is not None:
        return await access.login.by_link(access_request, wish.token)
    return await access.login.by_pin(access_request, wish.pin or "", wish.id)


def access_request_of(request: web.Request) -> AccessRequest:
    """Return what a request shows of itself."""
    headers = {name.lower(): request.headers.getall(name) for name in request.headers}
    if not request.raw_path.startswith("/"):
        # An address as it is given to a proxy, with a name in it, which counts for more than Host (RFC 9112 3.2.2).
        name = re.split("[/?#]", request.raw_path.partition("://")[2], maxsplit=1)[0]
        headers["host"] = [each for each in headers.get("host", ()) if each != name] + [name]
    query = {name: request.query.getall(name) for name in request.query}
    is_old = request.version < HttpVersion11
    return AccessRequest(request.remote, request.method, request.path, headers, query, is_old)


async def _read(request: web.Request) -> Credentials | None:
    """Return what is in the body, None when it is nothing that is understood or does not come."""
    # Not a type that a form of another site could send without asking first.
    if request.content_type != "application/json" or (request.content_length or 0) > LARGEST_BODY:
        return None
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await request.read()
        return msgspec.json.decode(body, type=Credentials) if len(body) <= LARGEST_BODY else None
    except (TimeoutError, msgspec.DecodeError, UnicodeError, RecursionError, web.HTTPRequestEntityTooLarge):
        return None


async def _while_there(
    request: web.Request, entering: Coroutine[Any, Any, LoggedIn | Refusal]
) -> LoggedIn | Refusal | None:
    """Return what ``entering`` says; end it, and return None, when who asks is gone: a question to nobody must go."""
    task = asyncio.ensure_future(entering)
    try:
        while not task.done():
            await asyncio.wait((task,), timeout=LOOK_SECONDS)
            if not task.done() and (request.transport is None or request.transport.is_closing()):
                return None
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
