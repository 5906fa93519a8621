"""Feeds run while somebody watches, tell of faults as states, and leave nothing behind."""

from __future__ import annotations

import asyncio
import itertools
import logging
import threading
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from capture import reasons
from capture.encode.image import Rendition
from capture.encode.shared import ImageRequest
from capture.errors import DisplayGone, SourceGone
from capture.feed.feed import TOLD_AT_ONCE
from capture.feed.hub import Hub
from capture.picture.frame import Frame
from capture.platforms.contract import Backend
from capture.privacy.blanking import Blanking
from capture.source import Condition, Source, clean_text
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


def nothing() -> None:
    """Listen to no news."""


async def test_it_runs_from_the_first_to_the_last_who_watches(hub: Hub, canvas: Canvas, until: Until) -> None:
    assert hub.running == 0
    one = hub.subscribe(SOURCE, fps=30, pointer=False, changed=nothing)
    two = hub.subscribe(SOURCE, fps=30, pointer=False, changed=nothing)
    await until(lambda: one.newest is not None)
    one.close()
    assert hub.running == 1
    two.close()
    two.close()

    assert hub.running == 0
    assert two.newest is None
    assert canvas.opens == 1
    await until(lambda: not canvas.readers)


async def test_a_still_picture_is_told_to_each_who_comes_later(hub: Hub, canvas: Canvas, until: Until) -> None:
    first = hub.subscribe(SOURCE, fps=30, pointer=False, changed=nothing)
    await until(lambda: first.newest is not None)
    takes = canvas.takes
    told: list[str] = []
    late = hub.subscribe(SOURCE, fps=1, pointer=False, changed=lambda: told.append("late"))
    gone = hub.subscribe(SOURCE, fps=1, pointer=False, changed=lambda: told.append("gone"))
    gone.close()
    await until(lambda: bool(told))

    assert told == ["late"]
    assert late.newest is first.newest
    assert canvas.takes == takes
    # A picture that stands behind a curtain is told as well.
    hub.set_blanking("person", Blanking("paused"))
    later = hub.subscribe(SOURCE, fps=1, pointer=False, changed=lambda: told.append("later"))
    await until(lambda: "later" in told)
    assert later.condition.state == "paused"


async def test_a_window_that_comes_to_keep_itself_out_of_pictures_takes_the_last_ones_back(
    hub: Hub, canvas: Canvas, until: Until
) -> None:
    canvas.fill(1, 2, 3)
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await until(lambda: seen.newest is not None)
    before = seen.newest

    canvas.become(Condition("protected", reasons.WINDOW_PROTECTED))
    await until(lambda: seen.condition.state == "protected")
    plain = seen.newest

    assert before is not None
    assert plain is not None
    assert not seen.shows(before)
    assert seen.shows(plain)
    assert plain.pixels.shape == before.pixels.shape
    assert len(np.unique(plain.pixels.reshape(-1, 4), axis=0)) == 1
    await seen.refresh()
    assert seen.newest is plain

    # Also when it is so a second time, without a picture in between.
    for condition in (Condition("hidden"), Condition("protected", reasons.WINDOW_PROTECTED)):
        canvas.become(condition)
        await until(lambda: seen.condition == condition)  # noqa: B023  awaited before the next turn
    assert seen.newest is plain
    assert seen.shows(plain)

    canvas.become(Condition("live"))
    await until(lambda: seen.condition.state == "live")
    after = seen.newest
    assert after is not None
    assert after.sequence > plain.sequence
    assert (after.pixels[..., :3] == (1, 2, 3)).all()
    # Of those who have the plain one, everybody needs all of it.
    assert after.damage.since(plain.sequence).all()


async def test_a_window_that_is_out_of_pictures_from_the_first_has_none(hub: Hub, canvas: Canvas, until: Until) -> None:
    canvas.become(Condition("protected", reasons.WINDOW_PROTECTED))
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)

    await until(lambda: seen.condition.state == "protected")

    assert seen.newest is None


async def test_numbers_never_restart(hub: Hub, canvas: Canvas, until: Until) -> None:
    numbers = []
    for shade in range(4):
        canvas.fill(shade, 0, 0)
        seen = hub.subscribe(SOURCE, fps=30, pointer=False, changed=nothing)
        await until(lambda: seen.newest is not None)  # noqa: B023  awaited before the next turn
        numbers.append(seen.newest.sequence)
        seen.close()

    assert numbers == sorted(set(numbers))


async def test_nothing_changed_is_no_news(hub: Hub, canvas: Canvas, until: Until) -> None:
    news = []
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=lambda: news.append(1))
    await until(lambda: seen.newest is not None)
    first, told = seen.newest, len(news)
    for _ in range(3):
        takes = canvas.takes
        canvas.fill(0, 0, 0)
        await until(lambda: canvas.takes > takes)  # noqa: B023  awaited before the next turn
    await seen.refresh()

    assert seen.newest is first
    assert len(news) == told


async def test_a_crowd_is_told_in_turns_with_everything_else(hub: Hub, canvas: Canvas, until: Until) -> None:
    told: list[int | None] = []
    seen = [
        hub.subscribe(SOURCE, fps=60, pointer=False, changed=partial(told.append, number))
        for number in range(3 * TOLD_AT_ONCE)
    ]
    await until(lambda: len(told) >= len(seen))
    told.clear()
    loop = asyncio.get_running_loop()
    seen[0].close()

    def turn() -> None:
        told.append(None)
        if len(told) > 1 and told[-2] is not None:
            # Somebody leaves whose turn has not come yet.
            seen[-1].close()
        ticking.append(loop.call_soon(turn))

    ticking: list[asyncio.Handle] = []
    turn()
    canvas.fill(1, 2, 3)
    await until(lambda: len(seen) - 2 in told)
    ticking[-1].cancel()

    heard = [number for number in told if number is not None]
    assert heard == list(range(1, len(seen) - 1))
    stretches = [len(list(run)) for is_turn, run in itertools.groupby(told, key=lambda one: one is None) if not is_turn]
    assert max(stretches) <= TOLD_AT_ONCE
    assert len(stretches) == 3


async def test_without_permission_nothing_is_taken(hub: Hub, canvas: Canvas, until: Until) -> None:
    allowed = True
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing, may_take=lambda: allowed)
    await until(lambda: seen.newest is not None)
    allowed = False
    takes = canvas.takes
    for shade in range(5):
        canvas.fill(shade, 9, 9)
        seen.set_demand(50, False)
    other = hub.subscribe(Source("8", "window", "", "", 1, 1), fps=60, pointer=False, changed=nothing)
    await until(lambda: other.newest is not None)  # the same canvas, to know that time has passed

    assert canvas.takes - takes == 1


class LateTurn:
    """A turn that a thread has to wait for while the test says so."""

    free = threading.Event()
    wanted = threading.Event()

    def __enter__(self) -> None:
        self.wanted.set()
        assert self.free.wait(20)

    def __exit__(self, *error: object) -> None:
        pass

    def give_back(self) -> None:
        """Free no other."""


async def test_what_is_forbidden_while_a_turn_is_waited_for_is_not_taken(
    hub: Hub, canvas: Canvas, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.feed.thread.Turn", LateTurn)
    LateTurn.free.set()
    allowed = True
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing, may_take=lambda: allowed)
    await until(lambda: seen.newest is not None)
    LateTurn.free.clear()
    LateTurn.wanted.clear()
    takes = canvas.takes
    canvas.fill(1, 2, 3)
    await until(LateTurn.wanted.is_set)
    allowed = False
    LateTurn.free.set()
    other = hub.subscribe(Source("8", "window", "", "", 1, 1), fps=60, pointer=False, changed=nothing)
    await until(lambda: other.newest is not None)  # the same canvas, to know that time has passed

    assert canvas.takes - takes == 1


async def test_what_is_stopped_while_a_turn_is_waited_for_is_not_taken(
    hub: Hub, canvas: Canvas, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.feed.thread.Turn", LateTurn)
    LateTurn.free.clear()
    LateTurn.wanted.clear()
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await until(LateTurn.wanted.is_set)
    seen.close()
    LateTurn.free.set()
    await until(lambda: hub.ending == 0)

    assert canvas.takes == 0


class FailingBackend:
    """A backend whose first steps go wrong in a chosen way; after that it is the canvas's."""

    def __init__(self, canvas: Canvas, faults: list[Exception]) -> None:
        self._canvas = canvas
        self._faults = faults

    def __call__(self, source: Source) -> Backend:
        if self._faults:
            raise self._faults.pop()
        return self._canvas.backend(source)


async def test_a_display_that_is_gone_is_waited_for(
    canvas: Canvas, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    monkeypatch.setattr("capture.feed.thread.RETRY_SECONDS", 0.01)
    hub = Hub(FailingBackend(canvas, [DisplayGone(reasons.DISPLAY_SILENT)] * 3))
    conditions: list[Condition] = []
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=lambda: conditions.append(seen.condition))
    await until(lambda: seen.newest is not None)
    await hub.close()

    assert conditions == [Condition("waiting", reasons.DISPLAY_SILENT), Condition("live")]


async def test_an_unforeseen_fault_becomes_a_state_and_is_logged(
    canvas: Canvas, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, until: Until
) -> None:
    monkeypatch.setattr("capture.feed.thread.RETRY_SECONDS", 0.01)
    hub = Hub(FailingBackend(canvas, [RuntimeError("planted")]))
    with caplog.at_level(logging.ERROR, "capture.feed.thread"):
        seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
        await until(lambda: seen.newest is not None)
    await hub.close()

    assert "planted" in caplog.text


async def test_a_source_that_is_gone_is_closed_for_good(canvas: Canvas, until: Until) -> None:
    hub = Hub(FailingBackend(canvas, [SourceGone(reasons.WINDOW_CLOSED)]))
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await until(lambda: seen.condition == Condition("closed", reasons.WINDOW_CLOSED))
    await hub.close()

    assert canvas.takes == 0


async def test_of_a_source_that_is_gone_nothing_is_kept_though_no_more_is_told(
    hub: Hub, canvas: Canvas, until: Until
) -> None:
    """The last list comes while it is still watched, or while the thread that took its pictures has not ended."""
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await until(lambda: seen.newest is not None)
    hub.keep_only([])
    assert hub.kept == 1
    seen.close()
    hub.keep_only([])
    assert hub.kept == hub.ending == 1

    await until(lambda: hub.kept == 0)


async def test_nothing_is_left_after_many_starts_and_stops(hub: Hub, canvas: Canvas, until: Until) -> None:
    def held() -> tuple[int, int]:
        return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

    async def once(wait: Callable[[], object] | None) -> None:
        seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
        if wait is not None:
            await until(lambda: seen.newest is not None)
        seen.close()

    await once(held)
    await until(lambda: hub.ending == 0)
    before = held()
    for number in range(50):
        await once(held if number % 2 else None)
    await until(lambda: hub.ending == 0 and held()[0] <= before[0])

    assert held() == before


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain", "plain"), ("a\0b\nc", "a b c"), ("  x   y ", "x y"), ("\ud800lone", "?lone"), ("<b>", "<b>"),
        ("\u202edesrever", "desrever"), ("x" * 70000, "x" * 256), ("", ""), ("日本 🙂", "日本 🙂"),
    ],
)  # fmt: skip
def test_titles_become_one_printable_line(text: str, clean: str) -> None:
    assert clean_text(text) == clean


async def test_an_order_is_made_ahead_only_for_who_asks(hub: Hub, canvas: Canvas, until: Until) -> None:
    order = ImageRequest(Rendition("jpeg"))
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing, order=order)

    async def next_frame(shade: int) -> Frame:
        before = seen.newest
        canvas.fill(shade, 0, 0)
        await until(lambda: seen.newest is not None and seen.newest is not before)
        return seen.newest

    # Nobody asks: nothing is encoded.
    for shade in (10, 20, 30):
        frame = await next_frame(shade)
    assert hub.encoder.encodes == 0
    # Somebody asked for the last one: the next one is there already, and asking makes no second.
    await hub.encoder.encode(frame, order)
    for number, shade in enumerate((40, 50, 60), 2):
        frame = await next_frame(shade)
        assert hub.encoder.encodes == number
        assert (await hub.encoder.encode(frame, order)).version == frame.sequence
        assert hub.encoder.encodes == number
    # Who skips one is not encoded for any more.
    await next_frame(70)
    made = hub.encoder.encodes
    await next_frame(80)
    await next_frame(90)
    assert hub.encoder.encodes == made


async def test_different_orders_are_left_to_the_workers(hub: Hub, canvas: Canvas, until: Until) -> None:
    orders = [ImageRequest(Rendition("jpeg", quality)) for quality in (40, 80)]
    seen = [hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing, order=order) for order in orders]
    await until(lambda: seen[0].newest is not None)
    await hub.encoder.encode(seen[0].newest, orders[0])
    first = seen[0].newest
    canvas.fill(9, 9, 9)
    await until(lambda: seen[0].newest is not first)

    assert hub.encoder.encodes == 1
