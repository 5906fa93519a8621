"""What the person picks is shown, kept and brought back; and nothing is asked that nobody asked for."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from capture.feed.catalog import Catalog
from capture.feed.hub import Hub, Subscription
from capture.picture.pixels import Pixels
from capture.platforms.picks import Pick, Picking, Picks
from capture.platforms.wayland import picked_source, picker, portal
from capture.platforms.wayland.doctor import findings
from capture.platforms.wayland.picker import PortalPicker
from capture.source import Source
from tests.capture.platforms.wayland.fake_screencast import FakeScreenCast
from tests.helpers.waiting import Until
from tests.helpers.wayland.daemons import PipeWire, pipewire_of
from tests.helpers.wayland.person import MemoryStore
from tests.helpers.wayland.producer import Producer, Shot


class Desk:
    """A portal, a picker, and a hub that watches what was picked."""

    def __init__(self, address: str, producer: Producer, pipewire: Path, *, cursors: int = 7) -> None:
        self.address = address
        self.producer = producer
        self.portal = FakeScreenCast(address, producer.node, str(pipewire), cursors=cursors)
        self.store = MemoryStore()
        self.told = Picking()
        self.changes = 0
        self.picker = PortalPicker(self.store, address)
        self.hub = Hub(self.picker.backend)

    async def begin(self) -> None:
        await self.portal.open()
        self.picker.start(self._tell)

    async def end(self) -> None:
        await self.hub.close()
        self.picker.stop()
        await asyncio.to_thread(self.picker.join, 5)
        self.portal.close()

    async def again(self) -> None:
        """Have the program ended and started again."""
        await self.hub.close()
        self.picker.stop()
        await asyncio.to_thread(self.picker.join, 5)
        self.picker = PortalPicker(self.store, self.address)
        self.hub = Hub(self.picker.backend)
        self.picker.start(self._tell)

    def watch(self, source: Source) -> Subscription:
        return self.hub.subscribe(source, fps=60, pointer=True, changed=lambda: None)

    def _tell(self, picking: Picking) -> None:
        self.told = picking
        self.changes += 1


@pytest.fixture
async def desk(address: str, daemons: PipeWire, producer: Producer, until: Until) -> AsyncIterator[Desk]:
    made = Desk(address, producer, daemons.socket)
    await made.begin()
    await until(lambda: made.told.is_there)
    yield made
    await made.end()


@pytest.fixture
async def fragile(address: str, daemons: PipeWire, producer: Producer, until: Until) -> AsyncIterator[Desk]:
    """With a portal like that of wlroots, whose casts are read once, see `ScreenCast.is_fragile`."""
    made = Desk(address, producer, daemons.socket, cursors=3)
    await made.begin()
    await until(lambda: made.told.is_there)
    yield made
    await made.end()


def picture(seed: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 255, (48, 64, 4), np.uint8)


async def picked(desk: Desk, until: Until) -> Source:
    desk.picker.pick()
    await until(lambda: desk.told.sources)
    return desk.told.sources[-1]


async def sees(desk: Desk, watching: Subscription, until: Until, seed: int) -> None:
    """Have a picture be painted until it is seen: the producer may still believe in a reader that has just gone."""

    def is_seen() -> bool:
        return watching.newest is not None and np.array_equal(watching.newest.pixels, picture(seed))

    async with asyncio.timeout(15):
        while not is_seen():
            if desk.producer.is_streaming:
                desk.producer.begin(Shot(picture(seed)))
            with contextlib.suppress(TimeoutError):
                await until(is_seen, 0.1)


async def test_what_is_picked_is_shown_again_after_a_restart_and_no_dialog_comes(desk: Desk, until: Until) -> None:
    source = await picked(desk, until)
    assert (source.id, source.kind, source.title, source.state) == ("portal-1", "portal", "Screen 1", "live")
    assert source.is_screen
    assert desk.portal.asked == [
        {"handle_token": desk.portal.asked[0]["handle_token"], "types": 3, "multiple": False}
        | {"cursor_mode": 4, "persist_mode": 2}
    ]
    watching = desk.watch(source)
    await sees(desk, watching, until, 1)
    assert desk.store.picks == Picks((Pick(1, "screen", "token-1", 64, 48),), 2)

    await desk.again()
    await until(lambda: desk.told.is_there)
    assert desk.told.sources[0].state == "live"
    assert desk.portal.remotes == 1  # it is brought back once somebody wants to see it
    watching = desk.watch(desk.told.sources[0])
    await sees(desk, watching, until, 2)
    assert desk.portal.dialogs == 1
    assert desk.store.picks.each[0].token == "token-2"


async def test_one_session_serves_one_watcher_after_the_other(desk: Desk, until: Until) -> None:
    source = await picked(desk, until)
    for number in range(3):
        watching = desk.watch(source)
        await sees(desk, watching, until, number)
        watching.close()
        await until(lambda: not desk.hub.ending)

    assert len(desk.portal.sessions) == 1
    assert desk.portal.remotes == 3


async def test_a_fragile_cast_is_read_by_one_stream_and_in_one_form(fragile: Desk, until: Until) -> None:
    source = await picked(fragile, until)
    for number, fps in enumerate((60, 5, 30)):
        watching = fragile.hub.subscribe(source, fps=fps, pointer=True, changed=lambda: None)
        if number:
            # What nobody saw change is there at once, also where nothing is sent.
            await until(lambda: watching.newest is not None)  # noqa: B023  looked at within the loop
            assert watching.newest is not None
            assert np.array_equal(watching.newest.pixels, picture(number - 1))
        await sees(fragile, watching, until, number)
        watching.close()
        await until(lambda: not fragile.hub.ending)

    assert fragile.portal.asked[0]["cursor_mode"] == 2  # the pointer in the picture: apart it cannot be had
    assert fragile.portal.remotes == 1
    assert fragile.producer.rates == [60]


async def test_what_was_sent_to_nobody_is_not_shown_when_somebody_comes(fragile: Desk, until: Until) -> None:
    source = await picked(fragile, until)
    watching = fragile.watch(source)
    await sees(fragile, watching, until, 1)
    watching.close()
    await until(lambda: not fragile.hub.ending)
    for number in (2, 3):
        sent = fragile.producer.sent
        fragile.producer.begin(Shot(picture(number)))
        await until(lambda: fragile.producer.sent > sent)  # noqa: B023  looked at within the loop
    seen: list[int] = []

    def note() -> None:
        if watching.newest is not None:
            seen.append(next(each for each in range(5) if np.array_equal(watching.newest.pixels, picture(each))))

    watching = fragile.hub.subscribe(source, fps=60, pointer=True, changed=note)
    await until(lambda: seen)

    assert seen == [3]
    assert fragile.portal.remotes == 1


@pytest.mark.parametrize("gives", [True, False])
async def test_where_the_first_picture_does_not_come_it_is_asked_for_again_or_that_is_said(
    fragile: Desk, until: Until, monkeypatch: pytest.MonkeyPatch, gives: bool
) -> None:
    monkeypatch.setattr(picked_source, "FIRST_SECONDS", 0.05)
    monkeypatch.setattr(picker, "RETRY_SECONDS", (0.01,))
    fragile.portal.gives = gives
    watching = fragile.watch(await picked(fragile, until))
    await until(lambda: fragile.producer.is_streaming)
    if gives:
        await until(lambda: fragile.portal.remotes > 2)
        assert len(fragile.portal.sessions) <= 1
    else:
        await until(lambda: "once something in it has changed" in watching.condition.reason.english)
        assert fragile.portal.remotes == 1
    monkeypatch.setattr(picked_source, "FIRST_SECONDS", 9)
    await sees(fragile, watching, until, 1)

    assert fragile.portal.dialogs == 1


async def test_still_nothing_wakes(desk: Desk, until: Until) -> None:
    watching = desk.watch(await picked(desk, until))
    await sees(desk, watching, until, 1)
    takes = watching.takes
    before = time.process_time()
    await asyncio.sleep(0.5)

    assert watching.takes == takes
    assert time.process_time() - before < 0.25  # a thread that spins needs twice that


async def test_a_dialog_that_is_cancelled_or_answered_twice(desk: Desk, until: Until) -> None:
    desk.portal.answers = "no"
    desk.picker.pick()
    await until(lambda: desk.portal.dialogs == 1)
    desk.portal.answers = "twice"
    await picked(desk, until)
    await until(lambda: len(desk.portal.sessions) == 1)

    assert [source.id for source in desk.told.sources] == ["portal-1"]


async def test_a_dialog_that_is_left_open_holds_nothing_up(desk: Desk, until: Until) -> None:
    first = await picked(desk, until)
    desk.portal.answers = "open"
    desk.picker.pick()
    await until(lambda: desk.portal.dialogs == 2)
    watching = desk.watch(first)
    await sees(desk, watching, until, 1)
    # Pressed again, it is closed and another one is shown.
    desk.portal.answers = "yes"
    desk.picker.pick()
    await until(lambda: len(desk.told.sources) == 2)

    assert desk.portal.closed == 1
    assert [source.id for source in desk.told.sources] == ["portal-1", "portal-2"]


@pytest.mark.parametrize("token", ["forged", ""])
async def test_what_is_not_brought_back_waits_for_the_person(
    desk: Desk, until: Until, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal, "RESTORE_SECONDS", 0.1)
    desk.store.picks = Picks((Pick(4, "window", token, 64, 48),), 5)
    desk.portal.answers = "open"
    await desk.again()
    await until(lambda: desk.told.is_there and desk.told.sources)
    watching = desk.watch(desk.told.sources[0])
    await until(lambda: "Pick it again" in watching.condition.reason.english)

    assert watching.condition.state == "waiting"
    assert desk.told.sources[0].state == "waiting"
    assert desk.portal.closed == desk.portal.dialogs == (1 if token else 0)
    assert desk.store.picks.each[0].token == ""
    desk.portal.answers = "yes"
    desk.picker.pick(again="portal-4")
    await sees(desk, watching, until, 3)
    assert [source.id for source in desk.told.sources] == ["portal-4"]


async def test_stopped_in_the_desktop_it_ends_with_a_reason_and_stays_ended(desk: Desk, until: Until) -> None:
    source = await picked(desk, until)
    watching = desk.watch(source)
    await sees(desk, watching, until, 1)
    desk.portal.stop_sharing()
    await until(lambda: watching.condition.state == "closed")
    assert "ended in the desktop" in watching.condition.reason.english
    assert desk.store.picks.each[0].token == ""
    assert desk.told.sources[0].state == "waiting"
    watching.close()
    await until(lambda: not desk.hub.ending)
    other = desk.watch(source)
    await until(lambda: other.condition.state == "closed")

    assert desk.portal.dialogs == 1
    desk.picker.pick(again=source.id)
    await sees(desk, other, until, 2)


async def test_a_removed_source_is_gone_and_its_number_is_given_to_no_other(desk: Desk, until: Until) -> None:
    source = await picked(desk, until)
    watching = desk.watch(source)
    await sees(desk, watching, until, 1)
    desk.picker.remove(source.id)
    await until(lambda: watching.condition.state == "closed")
    await until(lambda: not desk.portal.sessions)
    assert desk.told.sources == ()
    assert (await picked(desk, until)).id == "portal-2"


async def test_a_node_that_never_starts_is_asked_for_anew_and_then_it_is_said(
    desk: Desk, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picked_source, "START_SECONDS", 0.6)
    monkeypatch.setattr(picker, "RETRY_SECONDS", (0.01,))
    desk.portal.node = 4_000_000
    watching = desk.watch(await picked(desk, until))
    await until(lambda: "tried again" in watching.condition.reason.english and desk.portal.remotes > 2)
    assert watching.condition.state == "waiting"
    desk.portal.node = desk.producer.node
    await sees(desk, watching, until, 1)


async def test_pipewire_stops_and_starts(
    address: str, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picker, "RETRY_SECONDS", (0.02,))
    monkeypatch.setattr(picker, "MOST_REFUSALS", 10**6)
    folder = tmp_path / "own"
    folder.mkdir()
    with pipewire_of(folder) as daemons:
        producer = Producer(daemons, (64, 48))
        desk = Desk(address, producer, daemons.socket)
        await desk.begin()
        watching = desk.watch(await picked(desk, until))
        await sees(desk, watching, until, 1)
        daemons.stop()
        await until(lambda: watching.condition.state == "waiting")
        producer.close()
        daemons.start()
        desk.producer = Producer(daemons, (64, 48))
        desk.portal.node = desk.producer.node
        await sees(desk, watching, until, 2)
        await desk.end()
        desk.producer.close()


async def test_a_portal_that_goes_and_comes_back(desk: Desk, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picker, "RETRY_SECONDS", (0.02,))
    watching = desk.watch(await picked(desk, until))
    await sees(desk, watching, until, 1)
    tokens = desk.portal.tokens
    desk.portal.close()
    await until(lambda: not desk.told.is_there)
    desk.portal = FakeScreenCast(desk.address, desk.producer.node, desk.portal._pipewire)  # noqa: SLF001
    desk.portal.tokens = tokens
    await desk.portal.open()
    await sees(desk, watching, until, 2)

    assert desk.portal.dialogs == 0


@pytest.mark.parametrize(
    ("version", "types", "words"),
    [(None, 3, "it has no portal"), (0, 3, "offers no screen casts"), (4, 4, "offers no screen casts")],
)
async def test_where_there_is_none_it_is_said(
    address: str, until: Until, version: int | None, types: int, words: str
) -> None:
    fake = FakeScreenCast(address, 1, "", version=version or 0, types=types)
    if version is not None:
        await fake.open()
    told: list[Picking] = []
    made = PortalPicker(None, address)
    made.start(told.append)
    await until(lambda: told and told[-1].reason)
    looked = {name: (good, said) for name, good, said, _ in await asyncio.to_thread(lambda: list(findings(address)))}
    made.stop()
    await asyncio.to_thread(made.join, 5)
    fake.close()

    assert not told[-1].is_there
    assert words in told[-1].reason.english
    assert not looked["Screen casts"][0]
    assert words in looked["Screen casts"][1].english
    assert looked["PipeWire"][0]


async def test_a_portal_whose_part_for_the_desktop_has_ended_is_asked_for_something(address: str, until: Until) -> None:
    fake = FakeScreenCast(address, 1, "", types=0)
    fake.sleeping = 3
    await fake.open()
    told: list[Picking] = []
    made = PortalPicker(None, address)
    made.start(told.append)
    await until(lambda: told and told[-1].is_there)
    await until(lambda: not fake.sessions)
    made.stop()
    await asyncio.to_thread(made.join, 5)
    fake.close()


async def test_an_old_portal_knows_no_tokens(address: str, daemons: PipeWire, producer: Producer, until: Until) -> None:
    desk = Desk(address, producer, daemons.socket)
    desk.portal = FakeScreenCast(address, producer.node, str(daemons.socket), version=1)
    await desk.begin()
    await picked(desk, until)
    await desk.end()

    assert desk.portal.asked[0].keys() == {"handle_token", "types", "multiple"}
    assert desk.store.picks.each == (Pick(1, "screen", "", 64, 48),)


async def test_the_catalog_lists_what_was_picked_beside_all_else(desk: Desk, until: Until) -> None:
    await picked(desk, until)
    await desk.again()
    desk.picker.stop()
    catalog = Catalog(picker=PortalPicker(desk.store, desk.address))
    catalog.start()
    await until(lambda: catalog.picking.is_there and catalog.sources)
    await until(lambda: catalog.condition.reason.english.endswith("“Pick a window or screen…”."))

    assert [source.id for source in catalog.sources] == ["portal-1"]
    catalog.stop()
    await catalog.ended()
