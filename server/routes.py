"""The HTTP side: thin handlers that parse, look up and delegate."""

from __future__ import annotations

import asyncio
import time

from aiohttp import web

from server import __version__, entering, messages, metrics, openapi, pictures
from server.answers import ENTRY, FULL, NOT_FOUND, PAGES, REGISTRY, STARTED, problem, shared_with, viewer_of
from server.connection import Connection
from server.errors import BAD_REQUEST, CLOSE_CODES
from server.options import BINARY_FORMATS, FORMATS, InvalidOption
from server.sharing import listed
from server.socket import ViewerSocket, web_socket
from server.wire import MANY_PROTOCOL, PROTOCOL


def add_routes(app: web.Application) -> None:
    """Give ``app`` every route of the public protocol."""
    app.router.add_get("/", index)
    app.router.add_get("/watch/{id}", watch)
    app.router.add_get("/viewer/{name}", page_file)
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
    """The grid of what is shared."""
    return _file(request, "index.html")


async def watch(request: web.Request) -> web.Response:
    """The page that watches one source, or several; it says itself when there is nothing under its address."""
    if "+" in request.match_info["id"]:
        return _file(request, "wall.html")
    shared = shared_with(request, request.match_info["id"])
    return _file(request, "watch.html", 200 if shared else 404)


async def page_file(request: web.Request) -> web.Response:
    """A part of the page, by exact name."""
    return _file(request, request.match_info["name"])


async def favicon(request: web.Request) -> web.Response:
    """The mark, for browsers that ask without looking at the page."""
    return _file(request, "mark.svg")


async def windows(request: web.Request) -> web.Response:
    """What is shared now."""
    return web.json_response(listed(request[ENTRY].sources, _base_url(request)))


async def health(request: web.Request) -> web.Response:
    """Whether the program answers, and how much it has to do."""
    registry, sources = request.app[REGISTRY], request[ENTRY].sources
    return web.json_response(
        {
            "status": "ok",
            "version": __version__,
            "uptime": round(time.monotonic() - request.app[STARTED], 3),
            "viewers": registry.watching(sources),
            "sources": len(sources),
        }
    )


async def figures(request: web.Request) -> web.Response:
    """What the server has done, for Prometheus."""
    text = metrics.exposition(request.app[REGISTRY], time.monotonic() - request.app[STARTED])
    return web.Response(body=text.encode(), headers={"Content-Type": metrics.CONTENT_TYPE})


async def description(request: web.Request) -> web.Response:
    """What can be asked for over HTTP, for programs."""
    return web.json_response(openapi.document())


async def embedding(request: web.Request) -> web.Response:
    """The module for other people's pages."""
    return _file(request, "embed.js")


async def stream(request: web.Request) -> web.StreamResponse:
    """Live pictures over a WebSocket."""
    response = web_socket(PROTOCOL)
    if not response.can_prepare(request).ok:
        return problem(426, "bad_message", "This address speaks WebSocket; open /watch/… in a browser instead.")
    registry = request.app[REGISTRY]
    await response.prepare(request)
    binary = response.ws_protocol == PROTOCOL
    source = shared_with(request, request.match_info["id"])
    if source is None:
        return await _turn_away(response, "source_not_found", NOT_FOUND)
    try:
        options = registry.defaults_for(binary).from_query(request.query, BINARY_FORMATS if binary else FORMATS)
    except InvalidOption as bad:
        await _last_words(response, messages.error("invalid_option", bad.message, bad.field), BAD_REQUEST)
        return response
    if registry.is_full:
        return await _turn_away(response, "too_many_viewers", FULL)
    session = registry.open(source, options.for_form(binary), viewer_of(request), binary)
    try:
        await session.run(response, ViewerSocket(response, request))
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
        return problem(426, "bad_message", f"This address speaks WebSocket with the subprotocol {MANY_PROTOCOL}.")
    registry = request.app[REGISTRY]
    await response.prepare(request)
    if registry.is_full:
        return await _turn_away(response, "too_many_viewers", FULL)
    connection = Connection(registry, viewer_of(request), _base_url(request))
    registry.enter(connection)
    try:
        await connection.run(response, ViewerSocket(response, request))
    except ConnectionError:
        return response  # the viewer left before it was answered
    finally:
        registry.leave(connection)
    return response


def _base_url(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


async def _turn_away(response: web.WebSocketResponse, code: str, words: str) -> web.WebSocketResponse:
    await _last_words(response, messages.error(code, words), CLOSE_CODES[code])
    return response


async def _last_words(response: web.WebSocketResponse, text: bytes, code: int) -> None:
    try:
        async with asyncio.timeout(5):
            await response.send_str(text.decode())
            await response.close(code=code)
    except (ConnectionError, TimeoutError):
        return


def _file(request: web.Request, name: str, status: int = 200) -> web.Response:
    found = request.app[PAGES].get(name)
    if found is None:
        return problem(404, "not_found", "There is no such page.")
    charset = None if found.content_type.startswith("image/") else "utf-8"
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    headers = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if packs else {})
    body = found.packed if packs else found.body
    return web.Response(body=body, content_type=found.content_type, charset=charset, status=status, headers=headers)
