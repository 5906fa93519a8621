"""Pictures for what is no browser page: one at a time, or as a stream that every program can read."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Final

from aiohttp import ETag, web

from capture.encode.image import Format
from capture.encode.shared import ImageRequest
from capture.errors import EncodeError, NoPicture
from server import reasons
from server.http import no_script as plain
from server.http.responses import (
    ENTRY,
    REGISTRY,
    SECRET,
    SNAPSHOTS,
    not_yet,
    problem,
    shared_with,
    viewer_of,
)
from server.net.aiohttp_private import drained
from server.protocol.language import language
from server.protocol.options import Choice, InvalidOption, StreamOptions, Whole, number
from server.sharing import ShareList
from server.stream.limits.device_limits import TooMuch
from server.stream.limits.message_rate import WORTH_OF_LOOK, WORTH_OF_OPENING
from server.stream.mjpeg import (
    CONTENT_TYPE,
    MJPEG_OPTIONS,
    MjpegConsumer,
    MultipartResponse,
    MultipartSocket,
    wants_early_heads,
)
from server.stream.socket import cut, keep_little_unsent

SNAPSHOT_FORMATS: Final[Mapping[str, Format]] = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp"}
PLAIN_FORMATS: Final = Choice({"jpg": "jpg", "jpeg": "jpg", "png": "png"})
EVERY: Final = Whole(1, 3600)
"""Seconds between two loads of the page without scripts."""
PICTURE_OPTIONS: Final = ("quality", "scale", "max_width", "max_height", "cursor")
"""Options of a single picture."""
Given = Callable[[Callable[[], None]], AbstractContextManager[None]]
"""Calls back if what is given away while it is open is withdrawn."""


def add_routes(app: web.Application) -> None:
    """Give ``app`` the addresses of pictures."""
    app.router.add_get("/snapshot/{id}.{suffix:jpg|jpeg|png|webp}", snapshot)
    app.router.add_get("/mjpeg/{id}", mjpeg)
    app.router.add_get("/plain/{id}", plain_page)


async def snapshot(request: web.Request) -> web.StreamResponse:
    """One fresh picture, or the word that it is still the one that was given before."""
    registry = request.app[REGISTRY]
    source = shared_with(request, request.match_info["id"])
    if source is None:
        return _missing(registry.shares)
    viewer = viewer_of(request)
    may_see, allowance = registry.may_see(viewer), registry.allowance(viewer)
    await allowance.pace.read_one(WORTH_OF_LOOK)
    try:
        options = StreamOptions(format=SNAPSHOT_FORMATS[request.match_info["suffix"]]).from_query(
            only(request.query, PICTURE_OPTIONS)
        )
        rendition = options.rendition
        snapshots = request.app[SNAPSHOTS]
        looker = registry.looker(source, options, viewer)
        looker.look(options)
        async with allowance.snapshot():
            is_shown = False
            while not is_shown:  # what is withdrawn while it is being encoded is taken anew
                await snapshots.fresh(source, rendition.cursor, may_take=lambda: may_see(source))
                async with allowance.place(source):
                    frame = snapshots.newest(source, rendition.cursor)
                    size = rendition.size_for(frame.width, frame.height)
                    tag = _tag(request.app[SECRET], source.identity, frame.version(rendition.cursor), rendition, size)
                    has_it = any(known.value in ("*", tag) for known in request.if_none_match or ())
                    wish = ImageRequest(rendition)
                    encoded = None if has_it else await registry.hub.encoder.encode(frame, wish, allowance.party)
                is_shown = snapshots.shows(frame, rendition.cursor)
    except TooMuch as much:
        return too_much(much)
    except InvalidOption as bad:
        return problem(400, "invalid_option", bad.reason, bad.field)
    except (NoPicture, EncodeError) as missing:
        if may_see(source):
            return problem(503, "no_picture", missing.reason)
        return problem(404, "source_not_found", reasons.NOT_SHARED)
    if not may_see(source):
        return problem(404, "source_not_found", reasons.NOT_SHARED)
    if encoded is None:
        answer = web.Response(status=304)
    else:
        looker.sent(len(encoded.data))
        answer = web.Response(body=encoded.data, content_type=f"image/{encoded.format}")
    answer.etag = ETag(tag)
    await _send(request, answer, partial(snapshots.given, frame, rendition.cursor))
    return answer


async def _send(request: web.Request, answer: web.Response, given: Given) -> None:
    """Send ``answer``, all of it or, where it may not be seen any more before the system has it, no more of it."""
    transport = request.transport
    if transport is None:
        return  # the viewer has left
    keep_little_unsent(transport)
    with given(partial(cut, transport)), contextlib.suppress(ConnectionError):
        await answer.prepare(request)
        await answer.write_eof()
        await drained(request.protocol)


async def mjpeg(request: web.Request) -> web.StreamResponse:
    """Live pictures as an answer that does not end."""
    registry = request.app[REGISTRY]
    source = shared_with(request, request.match_info["id"])
    if source is None:
        return _missing(registry.shares)
    try:
        options = MjpegConsumer.suited(registry.defaults).from_query(only(request.query, MJPEG_OPTIONS))
    except InvalidOption as bad:
        return problem(400, "invalid_option", bad.reason, bad.field)
    if request.method == "HEAD":
        return web.Response(headers={"Content-Type": CONTENT_TYPE})
    if registry.is_full(viewer_of(request)):
        return problem(503, "too_many_viewers", reasons.VIEWER_LIMIT)
    await registry.allowance(viewer_of(request)).pace.read_one(WORTH_OF_OPENING)
    try:
        session = registry.open_mjpeg(source, options, viewer_of(request))
    except TooMuch as much:
        return too_much(much)
    response = MultipartResponse()
    try:
        await response.prepare(request)
        socket = MultipartSocket(request, wants_early_heads(session.viewer.agent))
        await socket.begin()
        await session.write(socket)
    except ConnectionError:
        pass  # the viewer left
    finally:
        registry.close_session(session)
    return response


async def plain_page(request: web.Request) -> web.Response:
    """A page without scripts that reloads a picture; it goes on looking for a source that is not there."""
    source = shared_with(request, request.match_info["id"])
    query, wishes = request.query, only(request.query, PICTURE_OPTIONS)
    try:
        options = StreamOptions().from_query(wishes)
        every = EVERY.read("every", number(query.get("every", "5")))
        suffix = PLAIN_FORMATS.read("format", query.get("format", "jpg"))
    except InvalidOption as bad:
        return problem(400, "invalid_option", bad.reason, bad.field)
    if source is not None:
        # The page itself has a title; the picture in it counts when it is asked for.
        request.app[REGISTRY].looker(source, options, viewer_of(request))
    speech = language(request.headers.get("Accept-Language", ""))
    is_early = source is None and not request.app[REGISTRY].shares.is_complete
    text = plain.page(source, every or 5, suffix, wishes, speech, is_early=is_early)
    status = 200 if source else 503 if is_early else 404
    return _plain_page(text, status)


def too_much(much: TooMuch) -> web.Response:
    """Answer that the device has as much as it may."""
    return problem(429, much.code, much.reason, retry_seconds=1.0)


def plain_list(request: web.Request) -> web.Response:
    """Return what is shared as a page without scripts."""
    speech = language(request.headers.get("Accept-Language", ""))
    is_ready = request.app[REGISTRY].shares.is_ready
    text = plain.listing(request[ENTRY].sources.values(), speech, is_early=not is_ready)
    return _plain_page(text, 200 if is_ready else 503)


def _missing(shares: ShareList) -> web.Response:
    """Return the answer to a request for something that is not there for the viewer, or not yet."""
    return problem(404, "source_not_found", reasons.NOT_SHARED) if shares.is_complete else not_yet(shares)


def _plain_page(text: str, status: int) -> web.Response:
    headers = {"Content-Security-Policy": plain.PLAIN_POLICY, "Vary": "Accept-Language"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def only(query: Mapping[str, str], names: tuple[str, ...]) -> Mapping[str, str]:
    """Return those parameters of an address that mean something there; others are ignored."""
    return {name: query[name] for name in names if name in query}


def _tag(secret: bytes, *what: object) -> str:
    """Return a name for exactly this picture, from which nobody learns what it is a picture of."""
    return hashlib.blake2b(repr(what).encode(), key=secret, digest_size=16).hexdigest()
