"""A WebSocket server that gives back what it gets, on the upgrade code of Panecast.

``python -m tests.conformance.echo``.

It prints its port and ends with its standard input. Frames, their masks, fragments, UTF-8 and closing are judged here;
how large a message may be is another question, so that limit alone is lifted.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import WSMsgType, web

from server.stream.socket import ViewerSocket, web_socket

LARGEST_CASE = 64 * 1024 * 1024
"""Bytes; the largest message of the cases has 16 MB."""


async def echo(request: web.Request) -> web.WebSocketResponse:
    """Give back every message and answer every ping, as `server.stream.multi_session` does."""
    response = web_socket("echo", LARGEST_CASE)
    await response.prepare(request)
    socket = ViewerSocket(response, request)
    try:
        async for received in response:
            if await socket.takes_sign_of_life(received):
                continue
            if received.type is WSMsgType.TEXT:
                await response.send_str(received.data)
            elif received.type is WSMsgType.BINARY:
                await response.send_bytes(received.data)
    except ConnectionError:
        pass  # the other side left in the middle of it, as some cases do
    return response


async def serve() -> None:
    """Echo at a free port until nobody holds the other end of standard input."""
    app = web.Application()
    app.router.add_get("/", echo)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.3)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
