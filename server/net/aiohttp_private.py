"""Names of aiohttp that are its own, and that nothing public stands for. A test fails when one of them changes."""

# ruff: noqa: SLF001  this is the place for it

from __future__ import annotations

from typing import Any

from aiohttp import web


def handler_options(server: web.Server) -> dict[str, Any]:
    """Return the options that ``server`` gives to each `web.RequestHandler` it makes."""
    return dict(server._kwargs)


def wants_rest(handler: object) -> bool:
    """Tell whether aiohttp has paused reading on a connection for reasons of its own; it reads on by itself."""
    return bool(getattr(handler, "_reading_paused", False) or getattr(handler, "_buffer_paused", False))


async def drained(protocol: Any) -> None:
    """Return when a connection takes more; what aiohttp's own writers wait for.

    Raises:
        ConnectionError: it is lost.
    """
    await protocol._drain_helper()
