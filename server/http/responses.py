"""Tools of every handler: the parts of the application, who asks, and how to say no."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from capture.feed.snapshots import Snapshots
from capture.source import Source
from server.access.authorizer import Denial, Grant
from server.access.control import AccessControl, Viewer
from server.access.origins import Refusal
from server.http.error_page import error_page
from server.http.static import PageFile
from server.protocol.language import language
from server.sharing import ShareList
from server.stream.registry import SessionRegistry

REGISTRY: Final = web.AppKey("registry", SessionRegistry)
ACCESS: Final = web.AppKey("access", AccessControl)
PAGES: Final = web.AppKey("pages", Mapping[str, PageFile])
SNAPSHOTS: Final = web.AppKey("snapshots", Snapshots)
SECRET: Final = web.AppKey("secret", bytes)
"""Random bytes of this run; what is derived from them tells a stranger nothing."""
STARTED: Final = web.AppKey("started", float)
"""When the application was made, on the monotonic clock."""

ENTRY: Final = web.RequestKey("entry", Grant)
"""The one who asks, and what is there for him; set by the authorizer before anything else."""

PROBLEM: Final = web.ResponseKey("problem", dict[str, str])
"""The body of an error, at its answer."""

NOT_FOUND: Final = "Nothing is shared under this address."
STARTING_SECONDS: Final = 1.0
FULL: Final = "As many viewers as this computer allows are watching already; try again later."


def problem(status: int, code: str, words: str, field: str | None = None, retry_seconds: float = 0.0) -> web.Response:
    """Return an HTTP error that programs and people can read; ``retry_seconds`` says when another try makes sense."""
    body = {"code": code, "message": words} | ({"field": field} if field else {})
    answer = web.json_response({"error": body}, status=status, headers=_retry(retry_seconds))
    answer[PROBLEM] = body
    return answer


def not_yet(shares: ShareList) -> web.Response:
    """Return the answer to a request for something that may only not be known yet."""
    return problem(503, "starting", shares.waits_for.reason, retry_seconds=STARTING_SECONDS)


def for_a_person(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """Return an error as a page where a person asks, who typed an address or followed a link; else as it is.

    Browsers name pages first of what they accept when they are led somewhere, and at no other time; programs do not.
    """
    body = answer.get(PROBLEM)
    if body is None or "text/html" not in request.headers.get("Accept", ""):
        return answer
    speech = language(request.headers.get("Accept-Language", ""))
    text = error_page(request.path, body["code"], body["message"], speech)
    kept = {name: answer.headers[name] for name in ("Retry-After", "Allow") if name in answer.headers}
    headers = kept | {"Vary": "Accept, Accept-Language"}
    return web.Response(text=text, content_type="text/html", status=answer.status, headers=headers)


def refused(request: web.Request, refusal: Refusal) -> web.Response:
    """Return the answer to somebody who does not get in: a sentence for people, with a code for programs.

    A wrong name, or page that it comes from (no `Denial`), is told as text: a person who reads that has typed
    an address, or made a page.
    """
    if not isinstance(refusal, Denial):
        return web.Response(status=refusal.status, text=refusal.message + "\n")
    if "text/html" in request.headers.get("Accept", ""):
        # An address of a picture, opened in a browser.
        return web.Response(status=refusal.status, text=refusal.message + "\n", headers=_retry(refusal.retry_seconds))
    return problem(refusal.status, refusal.code, refusal.message, retry_seconds=refusal.retry_seconds)


def viewer_of(request: web.Request) -> Viewer:
    """Return who asks: the address of the socket's other end (headers can claim anything) and its program."""
    agent = "".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())
    return request.app[ACCESS].viewer(request.remote or "", agent[:200], request[ENTRY].who)


def shared_with(request: web.Request, source_id: str) -> Source | None:
    """Return the source of that id if it is there for who asks; None alike for what is not shared and not there."""
    return request[ENTRY].sources.get(source_id)


def takes_gzip(accepted: str) -> bool:
    """Tell whether an ``Accept-Encoding`` takes gzip: by ``*`` too, but not with a weight of 0 (RFC 9110 12.5.3)."""
    weights = dict(map(_weighted, accepted.lower().split(",")))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weighted(entry: str) -> tuple[str, float]:
    name, _, parameter = entry.partition(";")
    key, _, value = parameter.partition("=")
    if key.strip() != "q":
        return name.strip(), 1.0
    try:
        return name.strip(), float(value)
    except ValueError:
        return name.strip(), 0.0


def _retry(seconds: float) -> dict[str, str] | None:
    return {"Retry-After": str(math.ceil(seconds))} if seconds > 0 else None
