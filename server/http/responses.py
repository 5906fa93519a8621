"""Tools of every handler: the parts of the application, who asks, and how to say no."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from capture.feed.snapshots import Snapshots
from capture.reason import Reason
from capture.source import Source
from server import reasons
from server.access.authorizer import Denial, Grant
from server.access.control import AccessControl, Viewer
from server.access.origins import Refusal
from server.http.error_page import error_page
from server.http.static import PageFile
from server.protocol.language import language
from server.protocol.messages import error_body
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

PROBLEM: Final = web.ResponseKey("problem", Reason)
"""Why an answer is an error."""

STARTING_SECONDS: Final = 1.0


def problem(
    status: int, code: str, reason: Reason, field: str | None = None, retry_seconds: float = 0.0
) -> web.Response:
    """Return an HTTP error that programs and people can read; ``retry_seconds`` says when another try makes sense."""
    body = {"error": error_body(code, reason, field)}
    answer = web.json_response(body, status=status, headers=_retry(retry_seconds))
    answer[PROBLEM] = reason
    return answer


def not_yet(shares: ShareList) -> web.Response:
    """Return the answer to a request for something that may only not be known yet."""
    answer = problem(503, "starting", shares.waits_for.reason, retry_seconds=STARTING_SECONDS)
    answer[PROBLEM] = reasons.JUST_STARTED  # which step of the start it is says nothing to a person
    return answer


def for_a_person(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """Return an error as a page where a person asks, who typed an address or followed a link; else as it is.

    Browsers name pages first of what they accept when they are led somewhere, and at no other time; programs do not.
    """
    reason = answer.get(PROBLEM)
    if reason is None or "text/html" not in request.headers.get("Accept", ""):
        return answer
    text = error_page(request.path, reason, language(request.headers.get("Accept-Language", "")))
    kept = {name: answer.headers[name] for name in ("Retry-After", "Allow") if name in answer.headers}
    headers = kept | {"Vary": "Accept, Accept-Language"}
    return web.Response(text=text, content_type="text/html", status=answer.status, headers=headers)


def refused(request: web.Request, refusal: Refusal) -> web.Response:
    """Return the answer to somebody who does not get in: a sentence for people, with a code for programs.

    A wrong name, or page that it comes from (no `Denial`), is told as text: a person who reads that has typed
    an address, or made a page.
    """
    is_read = "text/html" in request.headers.get("Accept", "")  # an address of a picture, opened in a browser
    if isinstance(refusal, Denial) and not is_read:
        return problem(refusal.status, refusal.code, refusal.reason, retry_seconds=refusal.retry_seconds)
    speech = language(request.headers.get("Accept-Language", ""))
    headers = {"Content-Language": speech, "Vary": "Accept, Accept-Language"}
    if isinstance(refusal, Denial):
        headers |= _retry(refusal.retry_seconds) or {}
    return web.Response(status=refusal.status, text=refusal.reason.words_in(speech) + "\n", headers=headers)


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
