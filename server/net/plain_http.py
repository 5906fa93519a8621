"""What is said to who speaks plain HTTP at an address that speaks HTTPS: a page that explains, then the end."""

from __future__ import annotations

import asyncio
import base64
import functools
import hashlib
import re
from collections.abc import Callable
from html import escape
from importlib.resources import files

from resources.translate import speech
from server.net.headers import SAFETY_HEADERS, SERVER_NAME
from server.protocol.language import language

LARGEST_HEAD = 8 * 1024
HOST_LINE = re.compile(rb"^host:[ \t]*([\x21-\x7e]+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
LANGUAGE_LINE = re.compile(rb"^accept-language:[ \t]*([\x20-\x7e]{1,200})$", re.IGNORECASE | re.MULTILINE)
# As the login looks (resources/viewer/enter.css): a style sheet of its own could only be fetched encrypted.
STYLE = """
:root { --paper: #f5f6f8; --card: #ffffff; --ink: #171c26; --quiet: #5a6474; --edge: #7d8796; --accent: #2f6fed; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #12151b; --card: #1a1f28; --ink: #e9edf4; --quiet: #9aa5b6; --edge: #7d8796; --accent: #7aa5ff; }
}
html, body { height: 100%; margin: 0; }
body { background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
main { display: grid; align-content: center; justify-items: center; gap: 16px; padding: 24px; box-sizing: border-box;
  min-height: 100%; text-align: center; }
main > * { max-width: min(420px, 100%); }
svg { width: 56px; height: 56px; }
h1 { margin: 0; font-size: 20px; font-weight: 600; }
p { margin: 0; color: var(--quiet); }
a { color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 11px 22px;
  text-decoration: none; overflow-wrap: anywhere; }
a:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
"""
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class HttpsHint(asyncio.Protocol):
    """Waits for the end of a request's headers, answers that this address speaks HTTPS, and closes. Loop only.

    Its maker sees to it that the headers do not take for ever.
    """

    def __init__(self, knows_host: Callable[[str], bool]) -> None:
        self._knows_host = knows_host
        self._head = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        self._head += data
        head, end, _ = self._head.partition(b"\r\n\r\n")
        if end or len(self._head) > LARGEST_HEAD:
            transport.write(https_only(head if end else b"", self._knows_host))
            transport.close()


def https_only(head: bytes, knows_host: Callable[[str], bool]) -> bytes:
    """Return the whole answer to a request with these headers, in English or German as it asks for.

    It has a link if the request calls this server, once, by a name that it goes by.
    """
    lines = head.replace(b"\r", b"")
    accepted = ",".join(found.decode("ascii", "replace") for found in LANGUAGE_LINE.findall(lines))
    spoken = language(accepted)
    _ = speech(spoken).gettext
    hosts = [found.decode("ascii").lower() for found in HOST_LINE.findall(lines)]
    how = _("Put https:// in front of the address, in place of http://.")
    way = f"<p>{how}</p>"
    if len(hosts) == 1 and knows_host(hosts[0]):
        address = escape(f"https://{hosts[0]}/")
        label = _("Open {address}").format(address=address)
        way = f'<a href="{address}">{label}</a>'
    title = _("Sharing is encrypted here")
    what = _("What is shown here is only sent encrypted.")
    warning = _(
        "The browser may then say that it does not know the certificate. The person who shares can read its "
        "fingerprint to you. If it is the same that the browser shows, no one is in between."
    )
    body = f"""<!doctype html>
<html lang="{spoken}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title} – Panecast</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{_mark()}
<h1>{title}</h1>
<p>{what}</p>
{way}
<p>{warning}</p>
</main>
</body>
</html>
""".encode()
    headers = [
        "HTTP/1.1 426 Upgrade Required",
        f"Server: {SERVER_NAME}",
        "Upgrade: TLS/1.2, HTTP/1.1",
        "Connection: Upgrade, close",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        f"Content-Language: {spoken}",
        "Vary: Accept-Language",
        *(f"{name}: {value}" for name, value in {**SAFETY_HEADERS, "Content-Security-Policy": POLICY}.items()),
    ]
    return "\r\n".join(headers).encode() + b"\r\n\r\n" + body


@functools.cache
def _mark() -> str:
    """Return our mark, to stand in a page."""
    drawn = files("resources").joinpath("viewer", "mark.svg").read_text(encoding="utf-8")
    return drawn.replace("<svg ", '<svg role="presentation" ', 1)
