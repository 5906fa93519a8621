"""A viewer that reads nothing, and pictures that fill its connection."""

from __future__ import annotations

import asyncio
import base64
import os
import socket

from tests.helpers.studio import Studio


def stuck_viewer(studio: Studio, query: str = "fps=60&quality=100") -> socket.socket:
    """Return a socket that has asked for pictures and will never read one."""
    raw = socket.create_connection(("127.0.0.1", studio.server.port))
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET /stream/4711?{query} HTTP/1.1\r\nHost: 127.0.0.1:{studio.server.port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    raw.sendall(request.encode())
    return raw


async def paint(studio: Studio) -> None:
    """Keep the picture changing, with something that no codec makes small."""
    seed = 0
    while True:
        studio.canvas.noise(seed % 50)
        seed += 1
        await asyncio.sleep(0.02)
