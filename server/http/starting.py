"""Before the first list of windows is there, a viewer hears that it is waited for, not that nothing is shared.

That is said of whatever is not in the list yet, so that nobody learns from it what there is.
"""

from __future__ import annotations

import asyncio

from aiohttp import WSMessage, web

from server.protocol import messages
from server.sharing import ShareList
from server.stream.limits.message_rate import MOST_HEARD, MessageRateLimit
from server.stream.socket import CLOSING, ViewerSocket

BEAT_SECONDS = 3.0
"""So often it is said again, for a page takes a silent connection for a dead one."""


async def until_complete(
    response: web.WebSocketResponse, socket: ViewerSocket, shares: ShareList
) -> list[WSMessage] | None:
    """Return, once `shares` is complete, what the viewer said meanwhile; None when it left, or said too much.

    Raises:
        ConnectionError: the viewer is gone.
    """
    changed = asyncio.Event()
    unsubscribe = shares.subscribe(changed.set)
    heard: list[WSMessage] = []
    flood = MessageRateLimit()
    reading: asyncio.Future[WSMessage] | None = None
    waking = asyncio.ensure_future(changed.wait())
    try:
        while not shares.is_complete:
            await socket.send(messages.state(shares.waits_for))
            until = asyncio.get_running_loop().time() + BEAT_SECONDS
            while not waking.done() and (left := until - asyncio.get_running_loop().time()) > 0:
                reading = reading or asyncio.ensure_future(response.receive())
                await asyncio.wait((reading, waking), timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if reading.done():
                    message, reading = reading.result(), None
                    is_flooded = flood.is_flooded(asyncio.get_running_loop().time())
                    if message.type in CLOSING or is_flooded or len(heard) >= MOST_HEARD:
                        return None
                    if not await socket.takes_sign_of_life(message):
                        heard.append(message)
            if waking.done():
                changed.clear()
                waking = asyncio.ensure_future(changed.wait())
        return heard
    finally:
        unsubscribe()
        for task in (waking, reading):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
