"""Requests by other names and from other pages, on the socket itself (attacks T1 and T2 in docs/security.md)."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.hub import Hub
from server.options import StreamOptions
from server.registry import SessionRegistry
from server.server import Server
from tests.server.conftest import Studio

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


@pytest.fixture
async def strict(studio: Studio) -> AsyncIterator[Server]:
    """The studio once more, with no page of others allowed, not even those opened from a file."""
    registry = SessionRegistry(studio.hub, studio.shares, StreamOptions())
    server = Server(studio.hub, studio.catalog, studio.shares, registry)
    await server.start(port=0)
    yield server
    await server.stop()
    registry.close()


def assert_untouched(hub: Hub, studio: Studio) -> None:
    """Nothing was looked at, not even opened."""
    assert hub.running == 0
    assert [canvas.opens for canvas in studio.canvases.values()] == [0, 0]


ORIGINS = [
    "Origin: null",
    "Origin: NULL",
    "Origin: file://",
    "Origin: http://evil.example",
    "Origin: http://localhost",
    "Origin: http://localhost:{port}/",
    "Origin: http://localhost:{port} ,http://evil.example",
    "Origin: http://localhost:{port}@evil.example",
    "Origin: http://evil.example#http://localhost:{port}",
    "Origin: http://localhost:0{port}",
    "Origin: HTTP://localhost:{port}",
    "Origin: ws://localhost:{port}",
    "Origin: https://127.0.0.1:{port}",
    "Origin: http://127.0.0.1.:{port}",
    "Origin: http://127.1:{port}",
    "Origin: http://2130706433:{port}",
    "Origin: http://[::1]",
    "Origin: http://::1:{port}",
    "Origin: http://[0:0:0:0:0:0:0:1]:{port}",
    "Origin: http://[::ffff:127.0.0.1]:{port}",
    "Origin: http://[::1%25lo]:{port}",
    "Origin: chrome-extension://abcdefghijklmnop",
    "Origin: http://localhost:{port}\r\nOrigin: http://evil.example",
    "Origin: http://evil.example\r\nOrigin: http://localhost:{port}",
    "Origin: http://localhost:{port}\r\nOrigin: http://localhost:{port}",
    "ORIGIN: http://evil.example",
]


@pytest.mark.parametrize("origin", ORIGINS)
async def test_no_other_page_gets_a_socket_or_an_answer(studio: Studio, strict: Server, origin: str) -> None:
    named = (f"Host: localhost:{strict.port}", origin.format(port=strict.port))
    for request in (
        upgrade("/stream/4711", *named),
        upgrade("/streams", *named),
        get("/api/windows", *named),
        get("/snapshot/4711.jpg", *named),
        get("/mjpeg/4711", *named),
        get("/", *named),
    ):
        answer = await asked(strict.port, request)
        # Two of the same header are a fault in themselves to aiohttp's parser.
        assert status(answer) in ((403, 400) if origin.count("Origin") > 1 else (403,)), request
        assert b"build" not in answer
    assert_untouched(studio.hub, studio)


async def test_the_same_requests_of_our_page_get_both(studio: Studio, strict: Server) -> None:
    named = (f"Host: localhost:{strict.port}", f"Origin: http://localhost:{strict.port}")

    assert status(await asked(strict.port, get("/api/windows", *named))) == 200
    assert status(await asked(strict.port, upgrade("/stream/9999", *named))) == 101


HOSTS = [
    "",
    "Host:",
    "Host: evil.example",
    "Host: evil.example:{port}",
    "Host: localhost",
    "Host: localhost:",
    "Host: localhost:0{port}",
    "Host: localhost:{port}.",
    "Host: localhost.:{port}",
    "Host: localhost:{port}, evil.example",
    "Host: evil.example, localhost:{port}",
    "Host: localhost:{port}@evil.example",
    "Host: evil@localhost:{port}",
    "Host: http://localhost:{port}",
    "Host: localhost:{port}/",
    "Host: localhost:{port}#",
    "Host: localhost\t:{port}",
    "Host: 127.1:{port}",
    "Host: 0x7f.1:{port}",
    "Host: 2130706433:{port}",
    "Host: 0.0.0.0:{port}",
    "Host: ::1:{port}",
    "Host: [::]:{port}",
    "Host: [::1]",
    "Host: [0:0:0:0:0:0:0:1]:{port}",
    "Host: [::ffff:127.0.0.1]:{port}",
    "Host: ℓocalhost:{port}",
    "Host: localhost%00.evil.example:{port}",
    "Host: localhost:{port}\r\nHost: evil.example",
    "Host: evil.example\r\nHost: localhost:{port}",
    "Host: localhost:{port}\r\nHost: localhost:{port}",
    "Host: evil.example\r\nX-Forwarded-Host: localhost:{port}",
    "Host: evil.example\r\nForwarded: host=localhost:{port}",
    "Host: localhost:{port}\r\n .evil.example",
    "Host : localhost:{port}",
]


@pytest.mark.parametrize("host", HOSTS)
async def test_by_no_other_name_anything_is_told(studio: Studio, host: str) -> None:
    port = studio.server.port
    named = host.format(port=port).split("\r\n") if host else []
    for request in (get("/api/windows", *named), upgrade("/stream/4711", *named), upgrade("/streams", *named)):
        answer = await asked(port, request)
        assert status(answer) in (400, 421), answer[:200]
        assert b"build" not in answer
    assert_untouched(studio.hub, studio)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize(
    "address", ["http://evil.example/api/windows", "//evil.example/api/windows", "evil.example:80"]
)
async def test_an_address_with_a_foreign_name_in_it_is_none_of_ours(studio: Studio, version: str, address: str) -> None:
    answer = await asked(studio.server.port, get(address, f"Host: localhost:{studio.server.port}", version=version))

    assert status(answer) in (400, 404, 421)
    assert b"build" not in answer


async def test_a_right_address_does_not_make_a_wrong_host_right(studio: Studio) -> None:
    port = studio.server.port
    answer = await asked(port, get(f"http://localhost:{port}/api/windows", "Host: evil.example"))

    assert status(answer) == 421


async def test_an_address_with_our_name_in_it_is_ours(studio: Studio) -> None:
    port = studio.server.port
    answer = await asked(port, get(f"http://localhost:{port}/api/windows", f"Host: localhost:{port}"))

    assert status(answer) == 200


NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_characters="\x7f"), max_size=60)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=NAMES, after=NAMES)
async def test_whatever_stands_around_our_name_it_is_not_ours(studio: Studio, before: str, after: str) -> None:
    port = studio.server.port
    host = f"{before}localhost:{port}{after}"
    if host.strip(" \t").lower() == f"localhost:{port}":
        return
    answer = await asked(port, get("/api/windows", f"Host: {host}"))

    assert status(answer) in (400, 421)
    assert b"build" not in answer
