"""Single pictures are fresh, come from memory while nothing changes, and leave nothing behind."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from capture import reasons
from capture.errors import NoPicture
from capture.feed.hub import Hub
from capture.feed.snapshots import Snapshots
from capture.source import Condition
from tests.helpers.canned import SOURCE
from tests.helpers.canvas import Canvas
from tests.helpers.waiting import Until


@pytest.fixture
def canvas() -> Canvas:
    return Canvas(100, 60)


@pytest.fixture
async def hub(canvas: Canvas) -> AsyncIterator[Hub]:
    made = Hub(canvas.backend)
    yield made
    await made.close()


@pytest.fixture
def snapshots(hub: Hub) -> Snapshots:
    return Snapshots(hub)


async def test_what_has_not_changed_is_the_same_picture_and_what_has_is_another(
    snapshots: Snapshots, canvas: Canvas
) -> None:
    first = await snapshots.fresh(SOURCE, pointer=False)
    second = await snapshots.fresh(SOURCE, pointer=False)
    canvas.fill(9, 9, 9)
    third = await snapshots.fresh(SOURCE, pointer=False)

    assert first is second
    assert third.sequence > second.sequence
    assert third.pixels[0, 0, 0] == 9
    assert canvas.opens == 1


async def test_a_source_is_left_alone_when_nobody_asks_again(
    snapshots: Snapshots, hub: Hub, canvas: Canvas, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.feed.snapshots.KEPT_SECONDS", 0.05)
    await snapshots.fresh(SOURCE, pointer=False)
    await until(lambda: hub.running == 0 and not canvas.readers)
    await snapshots.fresh(SOURCE, pointer=False)

    assert canvas.opens == 2


async def test_nothing_is_let_go_that_somebody_still_waits_for(
    snapshots: Snapshots, hub: Hub, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.feed.snapshots.KEPT_SECONDS", 0.0)
    assert (await snapshots.fresh(SOURCE, pointer=False)).sequence == 1
    await until(lambda: hub.running == 0)


async def test_what_moves_between_two_requests_is_not_looked_at(snapshots: Snapshots, canvas: Canvas) -> None:
    await snapshots.fresh(SOURCE, pointer=False)
    before = canvas.takes
    for shade in range(1, 20):
        canvas.fill(shade, 0, 0)
    await snapshots.fresh(SOURCE, pointer=False)

    assert canvas.takes == before + 1


async def test_without_a_picture_of_now_the_reason_is_said(snapshots: Snapshots, hub: Hub, canvas: Canvas) -> None:
    await snapshots.fresh(SOURCE, pointer=False)
    canvas.become(Condition("minimised", reasons.WINDOW_MINIMISED))
    with pytest.raises(NoPicture, match="minimised"):
        await snapshots.fresh(SOURCE, pointer=False)
    canvas.close()
    with pytest.raises(NoPicture, match="was closed"):
        await snapshots.fresh(SOURCE, pointer=False)

    assert hub.running == 0


async def test_a_source_that_may_not_be_taken_gives_none(
    snapshots: Snapshots, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.feed.snapshots.FIRST_PICTURE_SECONDS", 0.1)
    with pytest.raises(NoPicture, match="no picture within"):
        await snapshots.fresh(SOURCE, pointer=False, may_take=lambda: False)

    assert canvas.takes == 0


async def test_closing_ends_what_is_kept(snapshots: Snapshots, hub: Hub) -> None:
    await snapshots.fresh(SOURCE, pointer=True)
    await snapshots.fresh(SOURCE, pointer=False)
    snapshots.close()

    assert hub.running == 0


async def test_each_picture_is_taken_by_the_right_of_who_asks_for_it(snapshots: Snapshots, canvas: Canvas) -> None:
    may = {"first": True}
    await snapshots.fresh(SOURCE, pointer=False, may_take=lambda: may["first"])
    may["first"] = False
    canvas.fill(9, 9, 9)

    second = await snapshots.fresh(SOURCE, pointer=False, may_take=lambda: True)

    assert second.pixels[0, 0, 0] == 9
    taken = canvas.takes
    canvas.fill(1, 1, 1)
    with pytest.raises(NoPicture):
        await snapshots.fresh(SOURCE, pointer=False, may_take=lambda: may["first"])
    assert canvas.takes == taken
