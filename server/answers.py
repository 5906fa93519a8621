"""What every handler has at hand: the parts of the application, who asks, and how to say no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from capture.snapshots import Snapshots
from server.access import AccessPolicy
from server.pages import PageFile
from server.registry import SessionRegistry

REGISTRY: Final = web.AppKey("registry", SessionRegistry)
POLICY: Final = web.AppKey("policy", AccessPolicy)
PAGES: Final = web.AppKey("pages", Mapping[str, PageFile])
SNAPSHOTS: Final = web.AppKey("snapshots", Snapshots)
SECRET: Final = web.AppKey("secret", bytes)
"""Random bytes of this run; what is derived from them tells a stranger nothing."""
STARTED: Final = web.AppKey("started", float)
"""When the application was made, on the monotonic clock."""

NOT_FOUND: Final = "Nothing is shared under this address."
FULL: Final = "As many viewers as this computer allows are watching already; try again later."


def problem(status: int, code: str, words: str, field: str | None = None) -> web.Response:
    """Return an HTTP error that programs and people can read."""
    body = {"code": code, "message": words} | ({"field": field} if field else {})
    return web.json_response({"error": body}, status=status)


def viewer_of(request: web.Request) -> tuple[str, str]:
    """Return who asks: the address of the socket's other end (headers can claim anything) and its program."""
    agent = "".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())
    return request.remote or "", agent[:200]
