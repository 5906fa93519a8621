"""Who gets in, as the person at this computer arranges it: real access, registry and server, real addresses."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
import websockets

from capture.platforms.demo import demo_source
from capture.source import Source
from gui.core.access import MY_LINK, AccessController
from gui.core.settings import Settings
from gui.core.state import watchers
from gui.panel.viewers.model import cells
from server.access import lockout as access_lockout
from server.access.links import Link
from server.access.rebinding import Rebinding
from server.net.interfaces import Interface
from server.net.peers import Peer
from server.sharing import ShareRule
from tests.helpers.desk import Desk
from tests.helpers.lan import HOME, NEIGHBOUR, Lan
from tests.helpers.ports import free_port
from tests.helpers.visitor import Visitor

LAN_CARD = Interface(HOME, "eth7", "cable")
OTHER_CARD = Interface("10.8.0.2", "wg0", "vpn")

LOOK_SECONDS = 0.05


@pytest.fixture(scope="module")
def lan() -> Iterator[Lan]:
    network = Lan()
    yield network
    network.close()


class OpenDesk(Desk):
    """A desk whose computer is in a network of its own, and whose list of networks a test may change."""

    def __init__(self, lan: Lan, settings: Settings, undo_seconds: float = 10.0) -> None:
        super().__init__(settings)
        self.cards: tuple[Interface, ...] = (LAN_CARD, OTHER_CARD)
        self.lan = lan
        self.looks = 0
        self.access_controller = AccessController(
            self.controller,
            self.registry,
            self.server,
            list_interfaces=self._look,
            look_seconds=LOOK_SECONDS,
            undo_seconds=undo_seconds,
        )

    def _look(self) -> tuple[Interface, ...]:
        self.looks += 1
        return self.cards

    async def start(self) -> None:
        """Share the demo picture, from within the network."""
        self.controller.set_shared(demo_source(), True)
        with self.lan.inside():
            self.controller.start()
            await self.until(lambda: self.controller.state.is_sharing)

    async def moved(self, is_open: bool) -> None:
        await self.until(lambda: self.controller.state.is_sharing and self.server.is_open == is_open)

    async def close(self) -> None:
        self.access_controller.close()
        await super().close()


@pytest.fixture
async def desk(lan: Lan) -> AsyncIterator[OpenDesk]:
    desk = OpenDesk(lan, Settings(port=free_port()))
    desk.catalog.feed()
    with lan.inside():
        yield desk
        await desk.close()


@pytest.fixture
async def visitor(desk: OpenDesk) -> AsyncIterator[Visitor]:
    somebody = Visitor(desk.lan, NEIGHBOUR, desk.controller.settings.port)
    yield somebody
    await somebody.http.close()


async def test_at_first_only_this_computer_gets_in(desk: OpenDesk) -> None:
    await desk.start()

    assert not desk.server.is_open
    assert not desk.access_controller.access.links.all
    assert desk.access_controller.state.interfaces == (LAN_CARD, OTHER_CARD)


async def test_choosing_a_network_opens_it_at_once_with_a_link_to_give_away(desk: OpenDesk, visitor: Visitor) -> None:
    await desk.start()
    desk.access_controller.choose(LAN_CARD)
    await desk.moved(is_open=True)
    desk.access_controller.refresh_now()
    state = desk.access_controller.state

    assert (desk.controller.settings.mode, desk.controller.settings.interface) == ("network", "eth7")
    assert state.link is not None
    assert state.link.name == MY_LINK
    assert state.full_url == f"http://{HOME}:{desk.server.port}/#t={state.link.token}"
    assert state.link.token not in state.shown_url + repr(state)
    assert "Other devices can't connect?" in state.hint
    assert (await visitor.enter(token=state.link.token))[0] == 204
    desk.access_controller.refresh_now()
    assert desk.access_controller.state.hint == ""
    desk.access_controller.choose(None)
    await desk.moved(is_open=False)
    with pytest.raises(aiohttp.ClientError):
        await visitor.get("/")


async def test_this_computer_is_asked_for_a_link_once_that_is_wished(desk: OpenDesk) -> None:
    await desk.start()
    assert desk.access_controller.state.link is None
    address = f"http://localhost:{desk.server.port}/api/windows"
    with desk.lan.inside():
        async with aiohttp.ClientSession() as http:
            async with http.get(address) as seen:
                assert seen.status == 200
            desk.access_controller.set_asks_here(True)
            desk.access_controller.refresh_now()
            link = desk.access_controller.state.link
            assert link is not None
            async with http.get(address) as refused:
                assert refused.status == 401
            async with http.get(address, headers={"Authorization": f"Bearer {link.token}"}) as mark_authenticated:
                assert mark_authenticated.status == 200
            desk.access_controller.set_asks_here(False)
            async with http.get(address) as seen:
                assert seen.status == 200
    desk.access_controller.refresh_now()
    assert desk.access_controller.state.link is None
    assert not desk.controller.settings.asks_here


async def test_another_name_is_gone_by_at_once_and_needs_a_link(desk: OpenDesk) -> None:
    """As behind a proxy that passes on the name by which it was asked."""
    await desk.start()
    address = f"http://localhost:{desk.server.port}/api/windows"
    name = {"Host": "screen.example.org"}
    with desk.lan.inside():
        async with aiohttp.ClientSession() as http:
            async with http.get(address, headers=name) as refused:
                assert refused.status == 421
            assert "is no name" in desk.access_controller.set_names(("screen.example.org", "https://x/"))
            assert desk.controller.settings.names == ()
            assert desk.access_controller.set_names(("Screen.example.org",)) == ""
            desk.access_controller.refresh_now()
            link = desk.access_controller.state.link
            assert link is not None
            assert desk.access_controller.state.sentence == "Anyone with the link can watch via screen.example.org"
            async with http.get(address, headers=name) as asked:
                assert asked.status == 401
            async with http.get(
                address, headers=name | {"Authorization": f"Bearer {link.token}"}
            ) as mark_authenticated:
                assert mark_authenticated.status == 200
            async with http.get(address) as here:
                assert here.status == 200
            assert desk.access_controller.set_names(()) == ""
            async with http.get(address, headers=name) as refused:
                assert refused.status == 421


async def test_names_are_remembered_and_one_that_is_none_is_said(lan: Lan) -> None:
    desk = OpenDesk(lan, Settings(port=free_port(), names=("screen.example.org", "no name")))
    with lan.inside():
        await desk.start()
        try:
            assert desk.server.registry.access.authorizer.policy.names == {"screen.example.org"}
            assert "“no name” is no name" in desk.controller.state.message.text
        finally:
            await desk.close()


async def test_chosen_network_is_found_again_by_its_name_at_its_new_address(lan: Lan) -> None:
    desk = OpenDesk(lan, Settings(port=free_port(), mode="network", interface="eth7", address="192.168.77.9"))
    link = desk.access_controller.access.links.make("TV", (ShareRule("all"),))
    with lan.inside():
        await desk.start()
        try:
            assert desk.server.is_open
            assert desk.controller.settings.address == HOME
            # Who has the link has it with the old address.
            assert link.id in desk.access_controller.access.links.all
            assert f"address is now {HOME}" in desk.controller.state.message.text
        finally:
            await desk.close()


async def test_the_same_name_in_another_network_is_asked_about(lan: Lan) -> None:
    desk = OpenDesk(lan, Settings(port=free_port(), mode="network", interface="eth7", address="192.168.5.5"))
    with lan.inside():
        await desk.start()
        try:
            message = desk.controller.state.message
            assert not desk.server.is_open
            assert f"another network now ({HOME})" in message.text
            message.act()
            await desk.moved(is_open=True)
            assert desk.controller.settings.address == HOME
            assert desk.controller.state.message is None
        finally:
            await desk.close()


async def test_network_that_goes_and_comes_while_sharing_is_followed(desk: OpenDesk, visitor: Visitor) -> None:
    await desk.start()
    desk.access_controller.choose(LAN_CARD)
    await desk.moved(is_open=True)
    desk.cards = (OTHER_CARD,)
    await desk.moved(is_open=False)
    assert "not connected" in desk.controller.state.message.text
    # Back at another address of the same network, it is followed; in another one it is asked first.
    desk.cards = (replace(LAN_CARD, address=NEIGHBOUR), OTHER_CARD)
    await desk.moved(is_open=True)
    assert desk.server.host == NEIGHBOUR
    assert f"address is now {NEIGHBOUR}" in desk.controller.state.message.text
    desk.cards = (replace(LAN_CARD, address="10.0.0.7"), OTHER_CARD)
    await desk.moved(is_open=False)
    assert "another network now (10.0.0.7)" in desk.controller.state.message.text
    desk.cards = (LAN_CARD, OTHER_CARD)
    await desk.moved(is_open=True)

    assert desk.server.host == HOME
    desk.access_controller.refresh_now()
    assert (await visitor.enter(token=desk.access_controller.state.link.token))[0] == 204


async def test_nothing_is_looked_at_while_nothing_is_shared_with_a_network(desk: OpenDesk) -> None:
    await desk.start()
    desk.access_controller.choose(LAN_CARD)
    await desk.moved(is_open=True)
    looks = desk.looks
    await desk.until(lambda: desk.looks > looks + 2)
    desk.access_controller.choose(None)
    await desk.moved(is_open=False)
    looks = desk.looks
    await asyncio.sleep(4 * LOOK_SECONDS)

    assert desk.looks == looks


async def test_network_that_is_gone_is_said_and_no_other_one_opened(lan: Lan) -> None:
    desk = OpenDesk(lan, Settings(port=free_port(), mode="network", interface="wlan3", address=HOME))
    with lan.inside():
        await desk.start()
        try:
            message = desk.controller.state.message
            assert message is not None
            assert "wlan3" in message.text
            assert "only this computer" in message.text
            assert not desk.server.is_open
            assert desk.controller.settings.mode == "network"
        finally:
            await desk.close()


async def entered(desk: OpenDesk, visitor: Visitor, answer: str) -> Any:
    """Have the visitor come in by a PIN and be answered."""
    pin = desk.access_controller.access.pins.show().digits
    entering = asyncio.ensure_future(visitor.enter(pin=pin))
    await desk.until(lambda: bool(desk.access_controller.state.questions))
    question_id = desk.access_controller.state.questions[0].id
    await desk.until(lambda: desk.access_controller.answer(question_id, answer))
    return await entering


async def test_who_was_allowed_once_is_forgotten_soon_after_leaving(desk: OpenDesk, visitor: Visitor) -> None:
    desk.access_controller.choose(LAN_CARD)
    await desk.start()
    assert (await entered(desk, visitor, "once"))[0] == 204
    devices = desk.access_controller.access.devices
    async with visitor.watch("/stream/demo") as first:
        await first.recv()
        async with visitor.watch("/stream/demo") as second:
            await second.recv()
        assert len(devices.all) == 1
    await desk.until(lambda: not devices.all)

    assert (await visitor.get("/api/windows"))[0] == 403


async def test_who_was_allowed_may_come_again(desk: OpenDesk, visitor: Visitor) -> None:
    desk.access_controller.choose(LAN_CARD)
    await desk.start()
    await entered(desk, visitor, "allow")
    async with visitor.watch("/stream/demo") as viewer:
        await viewer.recv()
    await desk.until(lambda: not desk.registry.sessions())
    await asyncio.sleep(0.4)  # twice as long as one who was allowed once would be known

    assert (await visitor.get("/api/windows"))[0] == 200


@pytest.mark.parametrize("how", ["block", "forget"])
async def test_viewer_that_is_kept_out_does_not_come_again(desk: OpenDesk, visitor: Visitor, how: str) -> None:
    desk.access_controller.choose(LAN_CARD)
    await desk.start()
    await entered(desk, visitor, "allow")
    async with visitor.watch("/stream/demo") as viewer:
        await viewer.recv()
        (row,) = watchers(desk.registry.sessions())
        getattr(desk.access_controller.partings, how)(row)
        await desk.until(lambda: not desk.registry.sessions())
    desk.access_controller.refresh_now()

    assert (await visitor.get("/api/windows"))[0] == 403
    assert desk.access_controller.state.blocked == ((NEIGHBOUR,) if how == "block" else ())


@pytest.mark.parametrize("how", ["block", "forget", "disconnect"])
async def test_who_looks_by_single_pictures_is_in_the_table_and_put_out_alike(
    desk: OpenDesk, visitor: Visitor, how: str
) -> None:
    desk.access_controller.choose(LAN_CARD)
    await desk.start()
    await entered(desk, visitor, "allow")
    for _ in range(2):
        assert (await visitor.get("/snapshot/demo.jpg"))[0] == 200
    await desk.until(lambda: bool(desk.controller.state.viewers))
    (row,) = desk.controller.state.viewers
    desk.controller.refresh()
    await desk.until(lambda: desk.controller.state.viewers[0].looks == 2)
    said = cells(desk.controller.state.viewers[0], time.monotonic())
    part = getattr(desk.access_controller.partings, how)
    part(row.id if how == "disconnect" else row)
    await desk.until(lambda: not desk.registry.sessions())

    assert {"Single pictures", "2 pictures", NEIGHBOUR} <= set(said)
    assert (await visitor.get("/snapshot/demo.jpg"))[0] == 403
    assert not desk.registry.sessions()


async def test_failures_are_said_from_the_third_on_until_they_are_over(desk: OpenDesk, visitor: Visitor) -> None:
    desk.access_controller.choose(LAN_CARD)
    await desk.start()
    for tries in (1, 2):
        assert (await visitor.enter(pin="000000"))[1]["error"]["message"] == "That PIN is wrong or has expired."
        desk.controller.refresh()
        await asyncio.sleep(0)
        assert desk.controller.state.message is None, f"said after {tries}"
    await visitor.enter(pin="000000")
    await desk.until(lambda: desk.controller.state.message is not None)
    message = desk.controller.state.message
    assert message.text == f"3 wrong PINs were entered from {NEIGHBOUR}."
    assert (await entered(desk, visitor, "allow"))[0] == 204

    await desk.until(lambda: desk.controller.state.message is None)


async def test_failures_are_over_some_time_after_the_last(desk: OpenDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_lockout, "NEWS_SECONDS", 0.2)
    for address in ("192.168.1.7", "192.168.1.8", "192.168.1.9"):
        desk.access_controller.access.lockout.failed(Peer.of(address), "PIN")
    await desk.until(lambda: desk.controller.state.message is not None)
    # Each from another address: it is the sum that counts.
    assert desk.controller.state.message.text.count("A wrong PIN was entered from") == 3

    await desk.until(lambda: desk.controller.state.message is None)


async def test_disconnecting_holds_until_sharing_stops_or_it_is_allowed_again(desk: OpenDesk, visitor: Visitor) -> None:
    desk.access_controller.choose(LAN_CARD)
    await desk.start()
    link = desk.access_controller.access.links.make("TV", (ShareRule("all"),))
    assert (await visitor.enter(token=link.token))[0] == 204
    disconnect = desk.access_controller.partings.disconnect

    async def watch_until_disconnected() -> Any:
        async with visitor.watch("/stream/demo") as viewer:
            await viewer.recv()
            (row,) = watchers(desk.registry.sessions())
            disconnect(row.id)
            last = {}
            with contextlib.suppress(websockets.ConnectionClosed):
                while True:
                    last = json.loads(await viewer.recv())
        return viewer.close_code, viewer.close_reason, last["error"]["code"]

    assert await watch_until_disconnected() == (4403, "disconnected", "disconnected")
    assert (await visitor.get("/api/windows"))[1]["error"]["code"] == "disconnected"
    assert (await visitor.enter(token=link.token))[1]["error"]["code"] == "disconnected"
    desk.access_controller.refresh_now()
    (gone,) = desk.access_controller.state.dismissed
    assert (gone.address, gone.by) == (NEIGHBOUR, "TV")
    desk.access_controller.partings.allow_again(gone.device_id)
    assert (await visitor.get("/api/windows"))[0] == 200

    await watch_until_disconnected()
    # Another way to be reached is the same session of sharing.
    port = free_port()
    desk.controller.set_port(port)
    await desk.until(lambda: desk.controller.state.is_sharing and desk.server.port == port)
    assert desk.access_controller.access.authorizer.rules.dismissed
    desk.controller.stop()
    await desk.until(lambda: desk.controller.state.phase == "idle")
    assert not desk.access_controller.access.authorizer.rules.dismissed


async def test_revoking_and_forgetting_say_how_many_lose_access_and_can_be_taken_back(
    desk: OpenDesk, visitor: Visitor
) -> None:
    desk.access_controller.choose(LAN_CARD)
    await desk.start()
    partings, links = desk.access_controller.partings, desk.access_controller.access.links
    link = links.make("TV", (ShareRule("all"),))
    assert (await visitor.enter(token=link.token))[0] == 204
    (device,) = desk.access_controller.access.devices.all

    for end, words in (
        (lambda: partings.revoke_link(link.id), "“TV” was revoked. 1 device has lost access."),
        (lambda: partings.forget_devices((device,)), f"at {NEIGHBOUR} was forgotten and has lost access."),
    ):
        end()
        assert (await visitor.get("/api/windows"))[0] == 403
        await desk.until(lambda: desk.controller.state.message is not None)
        message = desk.controller.state.message
        assert message.text.endswith(words)
        assert (message.action, partings.undo_words) == ("Undo", message.text)
        message.act()
        assert (await visitor.get("/api/windows"))[0] == 200
        assert partings.undo_words == ""
        await desk.until(lambda: desk.controller.state.message is None)


async def test_each_of_several_is_taken_back_while_there_is_time(lan: Lan) -> None:
    desk = OpenDesk(lan, Settings(port=free_port()), undo_seconds=0.3)
    partings, links = desk.access_controller.partings, desk.access_controller.access.links
    first, second = (links.make(name, (ShareRule("all"),)) for name in ("first", "second"))
    partings.revoke_link(first.id)
    partings.revoke_link(second.id)
    partings.undo()
    assert [link.name for link in links.all.values()] == ["second"]
    assert partings.undo_words == "“first” was revoked. No device used it."
    await desk.until(lambda: not partings.undo_words)
    partings.undo()

    assert [link.name for link in links.all.values()] == ["second"]
    await desk.until(lambda: desk.controller.state.message is None)
    await desk.close()


async def test_link_for_a_window_of_an_earlier_run_shows_it_again_once_it_is_shared(
    window: Callable[..., Source],
) -> None:
    desk = Desk(Settings(port=free_port()))
    links = desk.registry.access.links
    link = links.make("TV", (ShareRule.for_source(window(1, "build log")),))
    rebinding = Rebinding(desk.registry.access, desk.shares)
    desk.shares.subscribe(rebinding.follow)
    try:
        again = window(9, "build log")
        desk.catalog.feed(again)
        assert not shown(links.all[link.id], again)
        desk.controller.set_shared(again, True)

        assert shown(links.all[link.id], again)
        # What was bound in this run is not given to another window any more.
        desk.controller.set_shared(again, False)
        other = window(10, "build log")
        desk.catalog.feed(other)
        desk.controller.set_shared(other, True)
        assert not shown(links.all[link.id], other)
    finally:
        await desk.close()


def shown(link: Link, source: Source) -> bool:
    return link.shows(source)


async def test_who_was_let_in_for_one_window_is_so_for_it_after_a_restart(
    desk: OpenDesk, window: Callable[..., Source]
) -> None:
    before, now = window(1, "build log"), window(7, "build log")
    access, rule = desk.access_controller.access, ShareRule.for_source(before)
    link = access.links.make("TV", (rule,))
    device, _ = access.devices.admit_by_consent((rule,), Peer.of(NEIGHBOUR), "Firefox")
    desk.shares.subscribe(Rebinding(access, desk.shares).follow)
    desk.catalog.feed(now)
    assert not access.devices.may_see(device.id, now)
    desk.controller.set_shared(now, True)

    assert access.links.all[link.id].shows(now)
    assert access.devices.may_see(device.id, now)
