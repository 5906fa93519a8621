"""What is said to who speaks plain HTTP at an address that speaks HTTPS: a page that explains, then the end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from html import escape

from server.pages import SAFETY_HEADERS, SERVER_NAME

LARGEST_HEAD = 8 * 1024
HOST_LINE = re.compile(rb"^host:[ \t]*([\x21-\x7e]+)[ \t]*$", re.IGNORECASE | re.MULTILINE)


class PlainAnswer(asyncio.Protocol):
    """Waits for the end of a request's headers, answers that this address speaks HTTPS, and closes. Loop only.

    Whoever makes it sees to it that the headers do not take for ever.
    """

    def __init__(self, knows_host: Callable[[str], bool]) -> None:
        self._knows_host = knows_host
        self._head = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the transport."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Take a piece of the request."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        self._head += data
        head, end, _ = self._head.partition(b"\r\n\r\n")
        if end or len(self._head) > LARGEST_HEAD:
            transport.write(https_only(head if end else b"", self._knows_host))
            transport.close()


def https_only(head: bytes, knows_host: Callable[[str], bool]) -> bytes:
    """Return the whole answer to a request with these headers.

    It has a link if the request calls this server, once, by a name that it goes by.
    """
    hosts = [found.decode("ascii").lower() for found in HOST_LINE.findall(head.replace(b"\r", b""))]
    way = "Put https:// in front of the address, in place of http://."
    if len(hosts) == 1 and knows_host(hosts[0]):
        address = escape(f"https://{hosts[0]}/")
        way = f'Open <a href="{address}">{address}</a> instead.'
    body = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>This address speaks HTTPS</title>
</head>
<body>
<h1>This address speaks HTTPS</h1>
<p>What is shown here is only sent encrypted. {way}</p>
<p>The browser may then say that it does not know the certificate. The person who shares can read its fingerprint to
you; if it is the same that the browser shows, nobody is in between.</p>
</body>
</html>
""".encode()
    lines = [
        "HTTP/1.1 426 Upgrade Required",
        f"Server: {SERVER_NAME}",
        "Upgrade: TLS/1.2, HTTP/1.1",
        "Connection: Upgrade, close",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in SAFETY_HEADERS.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
