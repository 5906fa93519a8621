"""What is asked of every technique (`capture.trial`), asked of pictures that come through portal and PipeWire."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from capture.platforms.contract import Around
from capture.platforms.picks import Picking
from capture.platforms.wayland.offers import PIPEWIRE
from capture.platforms.wayland.picker import PortalPicker
from capture.trial.outcome import Outcome
from capture.trial.story import try_window
from tests.capture.platforms.wayland.fake_screencast import FakeScreenCast
from tests.capture.platforms.wayland.painted_node import SIZES, PaintedNode
from tests.helpers.waiting import Until
from tests.helpers.wayland.daemons import PipeWire
from tests.helpers.wayland.producer import Producer


@pytest.fixture
def node(daemons: PipeWire) -> Iterator[tuple[Producer, PaintedNode]]:
    producer = Producer(daemons, SIZES[0])
    painted = PaintedNode(producer)
    yield producer, painted
    painted.close()
    producer.close()


async def test_what_was_picked_shows_its_own_pixels_and_tells_of_changes(
    address: str, daemons: PipeWire, node: tuple[Producer, PaintedNode], until: Until
) -> None:
    producer, painted = node
    portal = FakeScreenCast(address, producer.node, str(daemons.socket))
    await portal.open()
    picker = PortalPicker(None, address)
    told: list[Picking] = []
    picker.start(told.append)
    picker.pick()
    await until(lambda: told and told[-1].sources)
    (source,) = told[-1].sources
    outcome = Outcome(PIPEWIRE, "portal")

    await asyncio.to_thread(
        try_window, PIPEWIRE, source, Around(picker=picker), painted, outcome, ("own", "told", "resized")
    )

    assert outcome.answers == {"own": "yes", "told": "yes", "damage": "yes", "resized": "yes"}
    assert outcome.milliseconds is not None
    picker.stop()
    await asyncio.to_thread(picker.join, 5)
    portal.close()
