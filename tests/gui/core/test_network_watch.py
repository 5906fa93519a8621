"""This computer gets other addresses, loses its network and sleeps while it shares: a real cable, real messages of the
kernel, and something that talks like logind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import websockets

from capture.feed.blank_on_lock import BlankOnLock
from capture.platforms.demo import demo_source
from gui.core.access import AccessController
from gui.core.access_state import EVERYTHING
from gui.core.networks import HERE
from gui.core.settings import Settings
from server.net.interfaces import interfaces
from tests.capture.platforms.fake_logind import FakeLogind, message_bus
from tests.helpers.desk import Desk
from tests.helpers.lan import CARD, HOME, Cable
from tests.helpers.ports import free_port
from tests.helpers.waiting import receive

LIMIT_SECONDS = 5.0
"""What a person may have to wait for."""
NEVER = 3600.0
"""So seldom does a desk look by itself: what it knows, it was told."""


@pytest.fixture
def cable() -> Iterator[Cable]:
    made = Cable()
    yield made
    made.close()


class WiredDesk(Desk):
    """A desk that shares the demo with the network on its cable."""

    def __init__(self, cable: Cable, look_seconds: float = NEVER) -> None:
        super().__init__(Settings(port=free_port(), mode="network", interface=CARD, address=HOME))
        self.access = AccessController(
            self.controller, self.registry, self.server, list_interfaces=interfaces, look_seconds=look_seconds
        )
        self.link = self.access.access.links.make("TV", EVERYTHING)

    async def start(self) -> None:
        self.catalog.feed()
        self.controller.set_shared(demo_source(), True)
        self.controller.start()
        await self.is_at(HOME)

    async def is_at(self, host: str) -> None:
        """Return once it is listened there, and only there."""
        async with asyncio.timeout(LIMIT_SECONDS):
            await self.until(lambda: self.controller.state.is_sharing and self.server.host == host)

    async def close(self) -> None:
        self.access.close()
        await super().close()


@pytest.fixture
async def desk(cable: Cable) -> AsyncIterator[WiredDesk]:
    with cable.home.inside():
        made = WiredDesk(cable)
        await made.start()
        yield made
        await made.close()


async def watched(cable: Cable, desk: WiredDesk) -> None:
    """Return once the person on the other computer, who has the link, gets a picture."""
    with cable.away.inside():
        connection = await websockets.connect(
            f"ws://{desk.server.host}:{desk.server.port}/stream/demo",
            additional_headers={"Authorization": f"Bearer {desk.link.token}"},
            max_size=None,
            close_timeout=1,
        )
    async with connection as viewer:
        await receive(viewer, "frame")


ELSEWHERE, OTHER_NETWORK = "192.168.77.9", "10.0.0.7"


async def test_another_address_of_the_network_is_taken_up_as_soon_as_it_is_told(cable: Cable, desk: WiredDesk) -> None:
    await watched(cable, desk)
    cable.give(ELSEWHERE)
    await desk.is_at(ELSEWHERE)

    await watched(cable, desk)
    assert f"address is now {ELSEWHERE}" in desk.controller.state.message.text


async def test_another_network_is_not_let_in_and_the_chosen_one_again_when_it_is_back(
    cable: Cable, desk: WiredDesk
) -> None:
    cable.give(OTHER_NETWORK)
    await desk.is_at(HERE)
    assert f"another network now ({OTHER_NETWORK})" in desk.controller.state.message.text
    cable.give(OTHER_NETWORK, HOME)
    await desk.is_at(HOME)

    await watched(cable, desk)


async def test_a_further_network_changes_nothing(cable: Cable, desk: WiredDesk) -> None:
    cable.home.ip("link", "add", "tun7", "type", "veth", "peer", "name", "tun8")
    cable.home.ip("address", "add", "10.9.9.1/24", "dev", "tun7")
    cable.home.ip("link", "set", "tun7", "up")
    cable.give(ELSEWHERE)  # which is taken up after the other one was told
    await desk.is_at(ELSEWHERE)

    assert (desk.controller.settings.interface, desk.controller.settings.address) == (CARD, ELSEWHERE)


async def test_no_address_at_all_is_said_and_is_over_by_itself(cable: Cable, desk: WiredDesk) -> None:
    cable.give()
    await desk.is_at(HERE)
    assert "not connected" in desk.controller.state.message.text
    cable.give(HOME)
    await desk.is_at(HOME)

    await watched(cable, desk)
    assert desk.controller.state.message is None


async def test_where_the_system_tells_nothing_it_is_looked_at(cable: Cable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.net.address_news.family", lambda: "macos")
    with cable.home.inside():
        desk = WiredDesk(cable, look_seconds=0.05)
        await desk.start()
        cable.give(ELSEWHERE)
        await desk.is_at(ELSEWHERE)
        await desk.close()


async def test_after_sleep_in_another_place_nothing_is_shown_there_and_at_home_all_goes_on(
    cable: Cable, desk: WiredDesk, tmp_path: Path
) -> None:
    with message_bus(tmp_path) as address:
        logind = FakeLogind(address)
        await logind.open()
        lock = BlankOnLock(desk.hub, address=address)
        lock.start()
        await asyncio.wait_for(logind.asked.wait(), 5)
        for woken_at, listened_at in ((OTHER_NETWORK, HERE), (HOME, HOME)):
            logind.sleep(begins=True)
            await desk.until(lambda: desk.hub.blanking is not None)
            cable.give()
            await desk.is_at(HERE)
            cable.give(woken_at)
            logind.sleep(begins=False)
            await desk.until(lambda: desk.hub.blanking is None)
            await desk.is_at(listened_at)
        await watched(cable, desk)
        await lock.stop()
        logind.close()
