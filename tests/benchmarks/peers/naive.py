"""A server of the usual kind: for each viewer, at a fixed rate, take a screenshot, make a JPEG, send it as JSON text.

``python -m tests.benchmarks.peers.naive X Y WIDTH HEIGHT`` prints its port. ``/?fps=30`` is its page,
``/stream?fps=30`` its stream. It is what one finds when looking for how to show a window in a browser: mss, Pillow,
base64.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import sys
import time

import mss
from aiohttp import web
from PIL import Image

from tests.benchmarks.peers.serving import page, serve

QUALITY = 80


def make_stream(box: dict[str, int]) -> object:
    """Return the handler of viewers who want to see ``box``."""

    async def stream(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        pause = 1 / float(request.query["fps"])
        due = time.monotonic()
        with mss.MSS() as screen:
            number = 0
            while not socket.closed:
                shot = screen.grab(box)
                image = Image.frombytes("RGB", shot.size, shot.bgra, "raw", "BGRX")
                file = io.BytesIO()
                image.save(file, "JPEG", quality=QUALITY)
                number += 1
                address = "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
                try:
                    await socket.send_str(json.dumps({"type": "frame", "number": number, "data_url": address}))
                except ConnectionError:
                    break
                due = max(due + pause, time.monotonic() - pause)  # one that was late is made up for
                await asyncio.sleep(max(0.0, due - time.monotonic()))
        return socket

    return stream


async def main(x: int, y: int, width: int, height: int) -> None:
    """Serve until killed."""
    box = {"left": x, "top": y, "width": width, "height": height}
    await serve({"/": page("naive.html"), "/stream": make_stream(box)})


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:5])))
