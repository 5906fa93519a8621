"""Pictures for what is no browser page: one at a time, or as a stream that every program can read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from aiohttp import ETag, web

from capture.encode import Format
from capture.encoder import WholeWish
from capture.errors import EncodeError, NoPicture
from server import plain
from server.answers import FULL, NOT_FOUND, REGISTRY, SECRET, SNAPSHOTS, problem, shared_with, viewer_of
from server.mjpeg import MJPEG_OPTIONS
from server.multipart import MultipartResponse, MultipartSocket
from server.options import Choice, InvalidOption, StreamOptions, Whole, number

SNAPSHOT_FORMATS: Final[Mapping[str, Format]] = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp"}
PLAIN_FORMATS: Final = Choice({"jpg": "jpg", "jpeg": "jpg", "png": "png"})
EVERY: Final = Whole(1, 3600)
"""Seconds between two loads of the page without scripts."""
PICTURE_OPTIONS: Final = ("quality", "scale", "max_width", "max_height", "cursor")
"""What may be wished of a single picture."""


def add_routes(app: web.Application) -> None:
    """Give ``app`` the addresses of pictures."""
    app.router.add_get("/snapshot/{id}.{suffix:jpg|jpeg|png|webp}", snapshot, allow_head=False)
    app.router.add_get("/mjpeg/{id}", mjpeg, allow_head=False)
    app.router.add_get("/plain/{id}", plain_page)


async def snapshot(request: web.Request) -> web.Response:
    """One fresh picture, or the word that it is still the one that was given before."""
    registry = request.app[REGISTRY]
    source = shared_with(request, request.match_info["id"])
    if source is None:
        return problem(404, "source_not_found", NOT_FOUND)
    may_see = registry.may_see(viewer_of(request))
    try:
        options = StreamOptions(format=SNAPSHOT_FORMATS[request.match_info["suffix"]]).from_query(
            only(request.query, PICTURE_OPTIONS)
        )
        rendition = options.rendition
        frame = await request.app[SNAPSHOTS].fresh(source, rendition.cursor, may_take=lambda: may_see(source))
        size = rendition.size_for(frame.width, frame.height)
        tag = _tag(request.app[SECRET], source.identity, frame.version(rendition.cursor), rendition, size)
        has_it = any(known.value in ("*", tag) for known in request.if_none_match or ())
        encoded = None if has_it else await registry.hub.encoder.encode(frame, WholeWish(rendition))
    except InvalidOption as bad:
        return problem(400, "invalid_option", bad.message, bad.field)
    except (NoPicture, EncodeError) as missing:
        if may_see(source):
            return problem(503, "no_picture", missing.message)
        return problem(404, "source_not_found", NOT_FOUND)
    if not may_see(source):
        return problem(404, "source_not_found", NOT_FOUND)
    if encoded is None:
        answer = web.Response(status=304)
    else:
        answer = web.Response(body=encoded.data, content_type=f"image/{encoded.format}")
    answer.etag = ETag(tag)
    return answer


async def mjpeg(request: web.Request) -> web.StreamResponse:
    """Live pictures as an answer that does not end."""
    registry = request.app[REGISTRY]
    source = shared_with(request, request.match_info["id"])
    if source is None:
        return problem(404, "source_not_found", NOT_FOUND)
    try:
        defaults = replace(registry.defaults_for(binary=False), format="jpeg", unchanged="skip", adaptive=False)
        options = defaults.from_query(only(request.query, MJPEG_OPTIONS))
    except InvalidOption as bad:
        return problem(400, "invalid_option", bad.message, bad.field)
    if registry.is_full:
        return problem(503, "too_many_viewers", FULL)
    session = registry.open_mjpeg(source, options, viewer_of(request))
    response = MultipartResponse()
    try:
        await response.prepare(request)
        await session.run(MultipartSocket(request))
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
        StreamOptions().from_query(wishes)
        every = EVERY.read("every", number(query.get("every", "5")))
        suffix = PLAIN_FORMATS.read("format", query.get("format", "jpg"))
    except InvalidOption as bad:
        return problem(400, "invalid_option", bad.message, bad.field)
    speech = plain.language(request.headers.get("Accept-Language", ""))
    text = plain.page(source, every or 5, suffix, wishes, speech)
    headers = {"Content-Security-Policy": plain.PLAIN_POLICY, "Vary": "Accept-Language"}
    return web.Response(text=text, content_type="text/html", status=200 if source else 404, headers=headers)


def only(query: Mapping[str, str], names: tuple[str, ...]) -> Mapping[str, str]:
    """Return those parameters of an address that mean something there; others are ignored."""
    return {name: query[name] for name in names if name in query}


def _tag(secret: bytes, *what: object) -> str:
    """Return a name for exactly this picture, from which nobody learns what it is a picture of."""
    return hashlib.blake2b(repr(what).encode(), key=secret, digest_size=16).hexdigest()
