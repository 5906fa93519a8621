"""Whoever asks for single pictures watches like everybody else: counted, shown, written down, and put out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from server.access.audit_log import AuditLog
from server.access.authorizer import Guest
from server.access.control import Viewer
from server.net.peers import Peer
from server.protocol.options import StreamOptions
from server.sharing import ShareRule
from server.stream.snapshot_viewers import MOST_LOOKERS
from tests.helpers.channel_viewer import share_both
from tests.helpers.studio import SECRET, SHARED, Studio
from tests.helpers.waiting import until


class House:
    """A studio, somebody who asks it for pictures, and what was written down of that."""

    def __init__(self, studio: Studio, client: aiohttp.ClientSession) -> None:
        self.studio = studio
        self.lines: list[str] = []
        studio.registry.access.log = AuditLog(self.lines.append)
        self._client = client

    async def get(self, path: str, token: str = "", **headers: str) -> tuple[int, Any]:
        """Return status and body; with a token as somebody behind a proxy, who is a guest."""
        if token:
            headers |= {"Authorization": f"Bearer {token}", "X-Forwarded-For": "10.0.0.9"}
        async with self._client.get(f"http://127.0.0.1:{self.studio.server.port}{path}", headers=headers) as answer:
            return answer.status, await answer.read()

    @property
    def viewers(self) -> int:
        return len(self.studio.registry)

    def looks(self) -> list[tuple[str, str, int]]:
        """Return by what each came who looks, at what, and how often."""
        return [(view.viewer.by, view.source.id, view.looks) for view in self.studio.registry.sessions() if view.looks]


@pytest.fixture
async def house(studio: Studio) -> AsyncIterator[House]:
    async with aiohttp.ClientSession() as client:
        yield House(studio, client)


def link(studio: Studio, name: str) -> str:
    return studio.registry.access.links.make(name, (ShareRule("all"),)).token


async def test_twenty_pictures_are_one_viewer_who_looked_twenty_times(
    house: House, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.stream.snapshot_viewers.KEPT_SECONDS", 0.4)
    token = link(studio, "kiosk")
    _, first = await house.get("/snapshot/4711.png", token)
    for _ in range(19):
        assert (await house.get("/snapshot/4711.png", token))[0] == 200
    (view,) = studio.registry.sessions()
    health = (await house.get("/api/health"))[1]

    assert b'"viewers": 1' in health
    assert house.looks() == [("kiosk", SHARED.id, 20)]
    assert studio.registry.totals.pictures == 20
    assert studio.registry.totals.bytes == 20 * len(first)
    assert (view.state, view.viewer.address) == ("live", "127.0.0.1")
    assert len(house.lines) == 1
    await until(lambda: house.viewers == 0)
    assert len(house.lines) == 2
    assert "by kiosk: build <log>" in house.lines[1]
    assert "looked 20 times" in house.lines[1]


async def test_a_page_without_scripts_is_a_look_with_the_picture_in_it(house: House, studio: Studio) -> None:
    share_both(studio)
    assert (await house.get("/plain/4711"))[0] == 200
    assert house.looks() == [("this computer", SHARED.id, 1)]
    assert (await house.get("/snapshot/4711.jpg"))[0] == 200
    assert house.looks() == [("this computer", SHARED.id, 1)]
    tag = None
    for _ in range(2):
        status, _ = await house.get("/snapshot/4711.jpg", **({} if tag is None else {"If-None-Match": tag}))
        tag = "*"

    # That it is the same as before has been seen as well.
    assert status == 304
    assert house.looks() == [("this computer", SHARED.id, 3)]
    assert (await house.get("/snapshot/4712.jpg"))[0] == 200
    assert len(house.looks()) == house.viewers == 2


@pytest.mark.parametrize("path", ["/plain/99", "/snapshot/99.jpg", "/snapshot/4711.jpg?quality=1", "/?plain=1", "/"])
async def test_who_sees_nothing_has_not_looked(house: House, path: str) -> None:
    await house.get(path)

    assert house.viewers == 0
    assert house.lines == []


async def test_each_device_is_a_row_and_what_puts_out_others_puts_it_out(house: House, studio: Studio) -> None:
    tokens = [link(studio, name) for name in ("one", "two")]
    for token in tokens:
        await house.get("/snapshot/4711.jpg", token)
    await house.get("/snapshot/4711.jpg")
    assert sorted(by for by, _, _ in house.looks()) == ["one", "this computer", "two"]

    views = {view.viewer.by: view for view in studio.registry.sessions()}
    studio.registry.access.dismiss(views["one"].viewer)
    assert sorted(by for by, _, _ in house.looks()) == ["this computer", "two"]
    assert (await house.get("/snapshot/4711.jpg", tokens[0]))[0] == 403
    links = studio.registry.access.links
    links.revoke(next(each.id for each in links.all.values() if each.name == "two"))
    await until(lambda: [by for by, _, _ in house.looks()] == ["this computer"])
    assert (await house.get("/snapshot/4711.jpg", tokens[1]))[0] == 403
    studio.registry.disconnect(views["this computer"].session_id)
    assert house.looks() == []
    assert studio.canvases[SECRET.id].takes == 0


async def test_what_is_shared_no_longer_has_no_lookers(house: House, studio: Studio) -> None:
    await house.get("/snapshot/4711.jpg")
    assert house.viewers == 1
    studio.shares.set_rules(())

    assert house.viewers == 0
    assert "looked once" in house.lines[-1]


async def test_nothing_is_looked_after_while_somebody_only_looked(house: House, studio: Studio) -> None:
    await house.get("/snapshot/4711.jpg")
    assert house.viewers == 1
    await until(lambda: studio.registry._checking is None)  # noqa: SLF001  no timer is left
    await studio.server.stop()

    assert house.viewers == 0


async def test_lookers_take_no_places_and_are_bounded(house: House, studio: Studio) -> None:
    registry = studio.registry
    registry.limit = 4
    for number in range(MOST_LOOKERS + 10):
        peer = Peer.of(f"10.0.{number // 250}.{number % 250}")
        looker = registry.looker(SHARED, StreamOptions(), Viewer(peer.address, "x", Guest(peer, f"d{number}", "l")))
        looker.look(StreamOptions())
    busy = Peer.of("10.9.9.9")
    kept = {view.viewer.address for view in registry.sessions()}

    assert len(registry) == MOST_LOOKERS
    assert not registry.is_full(Viewer("10.8.8.8", "x", Guest(busy, "b", "l")))
    # Whoever looked longest ago made way.
    assert "10.0.0.3" not in kept
    assert f"10.0.1.{MOST_LOOKERS + 9 - 250}" in kept
