"""A source is looked at as soon as its page is asked for, by those who may see it, and rests again soon."""

from __future__ import annotations

import aiohttp
import pytest

from tests.helpers.binary_viewer import Watching, watch
from tests.helpers.studio import Studio
from tests.helpers.waiting import until


async def asked(studio: Studio, path: str, method: str = "GET") -> int:
    address = f"http://127.0.0.1:{studio.server.port}{path}"
    async with aiohttp.ClientSession() as http, http.request(method, address) as answer:
        await answer.read()
        return answer.status


async def test_a_picture_is_there_before_the_socket_is(studio: Studio) -> None:
    assert await asked(studio, "/watch/4711") == 200
    await until(lambda: studio.hub.takes == 1)

    async with watch(studio) as socket:
        seen = Watching(socket)
        await seen.until(lambda: seen.shows(studio))
        assert studio.hub.running == 1


async def test_it_rests_again_when_nobody_comes(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.stream.warm_up.WARM_SECONDS", 0.2)
    for _ in range(3):
        await asked(studio, "/watch/4711")
    await until(lambda: studio.hub.takes > 0 and studio.hub.running == 0)
    assert len(studio.registry) == 0


@pytest.mark.parametrize(
    ("path", "method"), [("/watch/4711", "HEAD"), ("/watch/nowhere", "GET"), ("/watch/4711?plain=1", "HEAD")]
)
async def test_nothing_is_taken_for_those_who_do_not_look(studio: Studio, path: str, method: str) -> None:
    await asked(studio, path, method)

    assert studio.hub.running == 0
