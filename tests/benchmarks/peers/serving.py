"""What the peers' servers share: a page, a port of their own, and printing it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def page(name: str) -> Handler:
    """Return the handler that serves a page of this folder."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")

    async def serve_page(request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type="text/html")

    return serve_page


async def serve(routes: Mapping[str, Handler]) -> None:
    """Serve ``routes`` on loopback, print the port, and go on until the process is killed."""
    application = web.Application()
    application.add_routes([web.get(path, handler) for path, handler in routes.items()])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()
