"""Requests and answers as they are on the socket, for what no client would send."""

from __future__ import annotations

import asyncio
import base64
import re

KEY = base64.b64encode(b"sixteen bytes ..").decode()


async def asked(port: int, request: str) -> bytes:
    """Return the answer to a request, without the body of one that has no length."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode("utf-8", "surrogateescape"))
    try:
        async with asyncio.timeout(20):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"\r\nContent-Length: (\d+)", head)
            return head + (await reader.readexactly(int(length[1])) if length else b"")
    finally:
        writer.close()


def status(answer: bytes) -> int:
    """Return the status of the first answer, 0 for none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


def get(path: str, *headers: str, version: str = "1.1") -> str:
    """Return a request that is the last one on its connection."""
    return "\r\n".join((f"GET {path} HTTP/{version}", "Connection: close", *headers, "", ""))


def upgrade(path: str, *headers: str) -> str:
    """Return a request for a WebSocket."""
    return "\r\n".join(
        (
            f"GET {path} HTTP/1.1",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: panecast.v1, panecast.many.v1",
            f"Sec-WebSocket-Key: {KEY}",
            *headers,
            "",
            "",
        )
    )
