"""Requests that come through a program on this computer: a proxy, a tunnel, something that speaks HTTP/1.0."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.net.limits import ConnectionLimits
from server.protocol.options import StreamOptions
from server.server import Server
from server.sharing import ShareRule
from server.stream.registry import SessionRegistry
from tests.helpers.nginx import RIGHTLY, proxy
from tests.helpers.raw_http import asked, get, status
from tests.helpers.studio import Studio

NAME = "screen.example"


@pytest.fixture
async def named(studio: Studio) -> AsyncIterator[Server]:
    """The studio once more, at a name of its own as well."""
    registry = SessionRegistry(studio.hub, studio.shares, StreamOptions())
    server = Server(studio.hub, studio.catalog, studio.shares, registry, names=frozenset({NAME}))
    await server.start(port=0)
    yield server
    await server.stop()
    registry.close()


async def through(place: Path, request: str) -> bytes:
    """Return the answer that comes through a proxy, which may still be starting."""
    async with asyncio.timeout(20):
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(str(place))
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.write(request.encode())
            answer = await reader.read()
            writer.close()
            return answer


async def test_through_a_proxy_that_says_nothing_strangers_are_strangers(named: Server, tmp_path: Path) -> None:
    """As nginx comes it speaks HTTP/1.0 and writes a Host of its own, whoever asks for whatever."""
    with proxy(tmp_path, named.port) as place:
        for host in (NAME, "evil.example", f"localhost:{named.port}"):
            answer = await through(place, get("/api/windows", f"Host: {host}"))
            assert status(answer) == 401
            assert b"proxy" in answer
            assert b"build" not in answer


async def test_through_a_proxy_that_is_set_up_rightly_a_link_lets_in(named: Server, tmp_path: Path) -> None:
    token = named.registry.access.links.make("TV", (ShareRule("all"),)).token
    with proxy(tmp_path, named.port, RIGHTLY) as place:
        page = await through(place, get("/", f"Host: {NAME}"))
        without = await through(place, get("/api/windows", f"Host: {NAME}"))
        by_link = await through(place, get("/api/windows", f"Host: {NAME}", f"Authorization: Bearer {token}"))
        as_owner = await through(place, get("/api/windows", f"Host: localhost:{named.port}"))

    assert [status(answer) for answer in (page, without, by_link, as_owner)] == [200, 401, 200, 401]
    assert b"build" in by_link
    assert b"build" not in without + as_owner


async def test_pages_behind_a_name_may_have_come_encrypted(named: Server) -> None:
    token = named.registry.access.links.make("TV", (ShareRule("all"),)).token
    for origin, expected in ((f"https://{NAME}", 200), (f"http://{NAME}", 200), (f"https://x{NAME}", 403)):
        shown = get("/api/windows", f"Host: {NAME}", f"Origin: {origin}", f"Authorization: Bearer {token}")
        assert status(await asked(named.port, shown)) == expected


async def test_what_comes_through_a_proxy_takes_places_of_guests(
    named: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though its socket is of this computer, for which places are kept."""
    monkeypatch.setattr(ConnectionLimits, "for_strangers", 0)
    through_proxy = [f"Host: {NAME}", "X-Forwarded-For: 192.0.2.7"]
    refused = await asked(named.port, get("/", *through_proxy))

    assert status(refused) == 503
    assert b"too_many_viewers" in refused
    assert status(await asked(named.port, get("/", f"Host: localhost:{named.port}"))) == 200


@pytest.mark.parametrize("host", ["", "Host: 127.0.0.1", "Host: localhost:{port}"])
async def test_old_programs_are_told_what_to_show_and_get_in_with_it(studio: Studio, host: str) -> None:
    """As cameras' programs do (Motion, ZoneMinder): HTTP/1.0, with a Host or without."""
    port, token = studio.server.port, studio.registry.access.links.make("camera", (ShareRule("all"),)).token
    named = [host.format(port=port)] if host else []
    refused = await asked(port, get("/snapshot/4711.jpg", *named, version="1.0"))
    mark_authenticated = await asked(port, get(f"/snapshot/4711.jpg?token={token}", *named, version="1.0"))

    assert status(refused) == 401
    assert b"?token=" in refused
    assert status(mark_authenticated) == 200


@pytest.mark.parametrize("host", ["localhost:9", "localhost", "127.0.0.1", "localhost.:{port}", "[::1]:9"])
async def test_through_a_tunnel_to_another_port_it_is_still_this_computer(studio: Studio, host: str) -> None:
    """As ``ssh -L 9000:localhost:8080`` or a container's published port have it."""
    named = host.format(port=studio.server.port)
    for headers in ([f"Host: {named}"], [f"Host: {named}", f"Origin: http://{named}"]):
        assert status(await asked(studio.server.port, get("/api/windows", *headers))) == 200
