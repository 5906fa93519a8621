"""The HTTP side: thin handlers that parse, look up and delegate."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Sequence
from urllib.parse import quote

from aiohttp import WSMessage, web

from capture.source import Source
from server import __version__, reasons
from server.errors import CLOSE_CODES, ProtocolError
from server.http import login as entering
from server.http import metrics, openapi
from server.http import snapshot as pictures
from server.http.responses import (
    ENTRY,
    PAGES,
    REGISTRY,
    STARTED,
    STARTING_SECONDS,
    not_yet,
    problem,
    shared_with,
    takes_gzip,
    viewer_of,
)
from server.http.snapshot import plain_list
from server.http.starting import until_complete
from server.protocol import messages
from server.protocol.options import BINARY_FORMATS, FORMATS
from server.protocol.wire import MANY_PROTOCOL, PROTOCOL
from server.sharing import listed
from server.stream.limits.message_rate import WORTH_OF_OPENING
from server.stream.multi_session import MultiSession
from server.stream.socket import ViewerSocket, web_socket


def add_routes(app: web.Application) -> None:
    """Give ``app`` every route of the public protocol."""
    app.router.add_get("/", index)
    app.router.add_get("/watch/{id}", watch)
    app.router.add_get("/viewer/{name:.+}", page_file)
    app.router.add_get("/favicon.ico", favicon)
    app.router.add_get("/stream/{id}", stream, allow_head=False)
    app.router.add_get("/streams", streams, allow_head=False)
    app.router.add_get("/api/windows", windows)
    app.router.add_get("/api/health", health)
    app.router.add_get("/health", health)
    app.router.add_get("/metrics", figures)
    app.router.add_get("/openapi.json", description)
    app.router.add_get("/embed.js", embedding)
    pictures.add_routes(app)
    entering.add_routes(app)


async def index(request: web.Request) -> web.Response:
    """The grid of what is shared; with ``?plain=1`` as a list, for browsers in which it does not work."""
    if _wants_plain(request):
        return plain_list(request)
    return _file(request, "index.html")


async def watch(request: web.Request) -> web.Response:
    """The page that watches one source, or several; it says itself when there is nothing under its address."""
    source_id = request.match_info["id"]
    if _wants_plain(request):
        # Relative, for a proxy may have us under a path.
        raise web.HTTPSeeOther("../?plain=1" if "+" in source_id else f"../plain/{quote(source_id, safe='')}")
    if "+" in source_id:
        return _file(request, "wall.html")
    registry, source = request.app[REGISTRY], shared_with(request, source_id)
    if source is not None and request.method == "GET":
        registry.expect(viewer_of(request), source)
    is_there = source is not None or not registry.shares.is_complete
    return _file(request, "watch.html", 200 if is_there else 404)


async def page_file(request: web.Request) -> web.Response:
    """A part of the page, by exact name."""
    return _file(request, request.match_info["name"])


async def favicon(request: web.Request) -> web.Response:
    """The mark, for browsers that ask without looking at the page."""
    return _file(request, "mark.svg")


async def windows(request: web.Request) -> web.Response:
    """The list of sources that are shared now."""
    shares = request.app[REGISTRY].shares
    if not shares.is_ready:
        return not_yet(shares)
    return web.json_response(listed(request[ENTRY].sources, _base_url(request)))


async def health(request: web.Request) -> web.Response:
    """Whether the program answers, whether it knows yet what there is, and how much it has to do."""
    registry, sources = request.app[REGISTRY], request[ENTRY].sources
    is_ready = registry.shares.is_ready
    return web.json_response(
        {
            "status": "ok" if is_ready else "starting",
            "version": __version__,
            "uptime": round(time.monotonic() - request.app[STARTED], 3),
            "viewers": registry.watching(sources),
            "sources": len(sources),
        },
        status=200 if is_ready else 503,
        headers=None if is_ready else {"Retry-After": str(math.ceil(STARTING_SECONDS))},
    )


async def figures(request: web.Request) -> web.Response:
    """Figures of the server's work, for Prometheus."""
    text = metrics.exposition(request.app[REGISTRY], time.monotonic() - request.app[STARTED])
    return web.Response(body=text.encode(), headers={"Content-Type": metrics.CONTENT_TYPE})


async def description(request: web.Request) -> web.Response:
    """The description of the HTTP interface, for programs."""
    return web.json_response(openapi.document())


async def embedding(request: web.Request) -> web.Response:
    """The module for other people's pages."""
    return _file(request, "embed.js")


async def stream(request: web.Request) -> web.StreamResponse:
    """Live pictures over a WebSocket."""
    response = web_socket(PROTOCOL)
    if not response.can_prepare(request).ok:
        return problem(426, "bad_message", reasons.WEBSOCKET_ONLY)
    registry = request.app[REGISTRY]
    await registry.allowance(viewer_of(request)).pace.read_one(WORTH_OF_OPENING)
    await response.prepare(request)
    binary = response.ws_protocol == PROTOCOL
    source, heard = await _found(request, response)
    if source is None:
        return (
            response
            if response.closed
            else await _turn_away(response, ProtocolError("source_not_found", reasons.NOT_SHARED))
        )
    try:
        options = registry.defaults_for(binary).from_query(request.query, BINARY_FORMATS if binary else FORMATS)
        if registry.is_full(viewer_of(request)):
            return await _turn_away(response, ProtocolError("too_many_viewers", reasons.VIEWER_LIMIT))
        session = registry.open(source, options.for_form(binary), viewer_of(request), binary)
    except ProtocolError as refused:
        return await _turn_away(response, refused)
    try:
        await session.run(response, ViewerSocket(response, request), heard)
    except ConnectionError:
        return response  # the viewer left before it was answered
    finally:
        registry.close_session(session)
    return response


async def streams(request: web.Request) -> web.StreamResponse:
    """Live pictures of many sources over one WebSocket."""
    response = web_socket(MANY_PROTOCOL)
    ready = response.can_prepare(request)
    if not ready.ok or ready.protocol != MANY_PROTOCOL:
        return problem(426, "bad_message", reasons.WEBSOCKET_PROTOCOL.of(protocol=MANY_PROTOCOL))
    registry = request.app[REGISTRY]
    await registry.allowance(viewer_of(request)).pace.read_one(WORTH_OF_OPENING)
    await response.prepare(request)
    if registry.is_full(viewer_of(request)):
        return await _turn_away(response, ProtocolError("too_many_viewers", reasons.VIEWER_LIMIT))
    with contextlib.suppress(ConnectionError):  # the viewer left before it was answered
        socket = ViewerSocket(response, request)
        connection = MultiSession(registry, viewer_of(request), _base_url(request), socket)
        registry.enter(connection)
        try:
            await connection.run(response)
        finally:
            registry.leave(connection)
    return response


async def _found(request: web.Request, response: web.WebSocketResponse) -> tuple[Source | None, Sequence[WSMessage]]:
    """Return the source that a stream is for, and what the viewer said while it was waited for.

    None when it is not there for the viewer, or the viewer left.
    """
    registry, source_id = request.app[REGISTRY], request.match_info["id"]
    source = shared_with(request, source_id)
    if source is not None or registry.shares.is_complete:
        return source, ()
    try:
        heard = await until_complete(response, ViewerSocket(response, request), registry.shares)
    except ConnectionError:
        heard = None
    if heard is None:
        await response.close()
        return None, ()
    return registry.access.authorizer.sees(request[ENTRY].who).get(source_id), heard


def _wants_plain(request: web.Request) -> bool:
    return request.query.get("plain") == "1"


def _base_url(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


async def _turn_away(response: web.WebSocketResponse, refused: ProtocolError) -> web.WebSocketResponse:
    with contextlib.suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(5):
            await response.send_str(messages.protocol_error(refused).decode())
            await response.close(code=CLOSE_CODES[refused.code])
    return response


def _file(request: web.Request, name: str, status: int = 200) -> web.Response:
    found = request.app[PAGES].get(name)
    if found is None:
        return problem(404, "not_found", reasons.NO_SUCH_PAGE)
    charset = None if found.content_type.startswith("image/") else "utf-8"
    packs = takes_gzip(request.headers.get("Accept-Encoding", ""))
    headers = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if packs else {})
    body = found.packed if packs else found.body
    return web.Response(body=body, content_type=found.content_type, charset=charset, status=status, headers=headers)
