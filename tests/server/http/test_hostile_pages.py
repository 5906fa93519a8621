"""Requests by other names and from other pages, on the socket itself (attacks T1 and T2 in docs/security.md)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.feed.hub import Hub
from server.protocol.options import StreamOptions
from server.server import Server
from server.stream.registry import SessionRegistry
from tests.helpers.raw_http import asked, get, status, upgrade
from tests.helpers.studio import Studio


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
    "Origin: http://localhost:9",
    "Origin: http://127.0.0.1:{port}",
    "Origin: http://[::1]:{port}",
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


FRAMED = [("navigate", kind) for kind in ("iframe", "frame", "object", "embed")] + [
    ("no-cors", kind) for kind in ("image", "video", "audio", "empty")
]


@pytest.mark.parametrize(("mode", "kind"), FRAMED)
async def test_what_a_page_embeds_is_refused_alike_whether_it_is_shared_or_not(
    studio: Studio, strict: Server, mode: str, kind: str
) -> None:
    said = (f"Sec-Fetch-Mode: {mode}", f"Sec-Fetch-Dest: {kind}", "Referer: http://evil.example/")
    for site in ("cross-site", "same-site"):
        for path in ("/snapshot/{id}.jpg?quality=61", "/mjpeg/{id}", "/watch/{id}", "/plain/{id}"):
            answers = {
                await asked(
                    strict.port,
                    get(path.format(id=number), f"Host: localhost:{strict.port}", f"Sec-Fetch-Site: {site}", *said),
                )
                for number in (4711, 4712, 9999)
            }
            without_date = {re.sub(rb"\r\nDate: [^\r]+", b"", answer) for answer in answers}
            assert [status(answer) for answer in without_date] == [403]
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
    "Host: localhost:",
    "Host: localhost:0",
    "Host: localhost:65536",
    "Host: [::1",
    "Host: localhost.evil.example:{port}",
    "Host: localhost:0{port}",
    "Host: localhost:{port}.",
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
    "Host: [::2]",
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

    assert status(answer) in (400, 404, 421) if version == "1.1" else (400, 401, 421)
    assert b"build" not in answer


async def test_a_right_address_does_not_make_a_wrong_host_right(studio: Studio) -> None:
    port = studio.server.port
    answer = await asked(port, get(f"http://localhost:{port}/api/windows", "Host: evil.example"))

    assert status(answer) == 421


async def test_an_address_with_our_name_in_it_is_ours(studio: Studio) -> None:
    port = studio.server.port
    answer = await asked(port, get(f"http://localhost:{port}/api/windows", f"Host: localhost:{port}"))

    assert status(answer) == 200


OURS = re.compile(r"localhost:[1-9][0-9]{0,4}")
NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_characters="\x7f"), max_size=60)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=NAMES, after=NAMES)
async def test_whatever_stands_around_our_name_it_is_not_ours(studio: Studio, before: str, after: str) -> None:
    port = studio.server.port
    host = f"{before}localhost:{port}{after}"
    if OURS.fullmatch(host.strip(" \t").lower()):
        return
    answer = await asked(port, get("/api/windows", f"Host: {host}"))

    assert status(answer) in (400, 421)
    assert b"build" not in answer
