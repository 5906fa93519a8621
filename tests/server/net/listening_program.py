"""A listener in a program of its own, which may have so few descriptors open.

``python -m tests.server.net.listening_program 64``.

It says its port, and ends when nothing more is said to it.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys

from aiohttp import web

from server.net.limits import ConnectionLimits
from server.net.listener import Listener
from server.server import KEEPALIVE_SECONDS, listen


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="hello")


async def main(descriptors: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=KEEPALIVE_SECONDS, handle_signals=False)
    await runner.setup()
    assert runner.server is not None
    sockets = listen("127.0.0.1", 0)
    listener = Listener(runner.server, lambda host: True, limits=ConnectionLimits())
    listener.open(sockets)
    print(sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    listener.close()
    await runner.cleanup()
    await listener.end()
    # What came with the program, the loop's own and the interpreter's; nothing of the front's.
    print(f"{listener.turned_away > 0} {len(listener.limiter)} {len(os.listdir('/proc/self/fd'))}", flush=True)  # noqa: PTH208  no paths are wanted


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
