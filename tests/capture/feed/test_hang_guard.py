"""A capture that hangs is begun anew; who watches is told, and other sources keep their pace."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from capture.feed.feed import HANGS, MOST_THREADS
from capture.feed.hang_guard import HangGuard
from capture.feed.hub import Hub
from capture.platforms.contract import Backend
from capture.source import Condition, Source
from tests.capture.feed.hanging import Hangs
from tests.helpers.canned import SOURCE
from tests.helpers.canvas import Canvas
from tests.helpers.waiting import Until

OTHER = Source("8", "window", "other", "", 100, 60)
SHORT_SECONDS = 0.1


def nothing() -> None:
    """Listen to no news."""


@pytest.fixture
def canvas() -> Canvas:
    return Canvas(100, 60)


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.feed.hang_guard.HANG_SECONDS", SHORT_SECONDS)


@pytest.fixture
def hangs(canvas: Canvas, request: pytest.FixtureRequest) -> Iterator[Hangs]:
    """Backends of which some hang; the step and their number are the test's parameters."""
    made = Hangs(canvas, *request.param)
    yield made
    made.release()


@pytest.fixture
async def hub(canvas: Canvas, hangs: Hangs) -> AsyncIterator[Hub]:
    def make_backend(source: Source) -> Backend:
        return canvas.backend(source) if source is OTHER else hangs.backend(source)

    made = Hub(make_backend)
    yield made
    hangs.release()
    await made.close()


@pytest.mark.parametrize("hangs", [("open", 1), ("first take", 1)], indirect=True)
async def test_what_hangs_at_the_start_is_begun_anew(hub: Hub, hangs: Hangs, until: Until) -> None:
    conditions: list[Condition] = []
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=lambda: conditions.append(seen.condition))
    await until(lambda: seen.newest is not None)

    assert hangs.hanging == 1
    assert conditions == [HANGS, Condition("live")]


@pytest.mark.parametrize("hangs", [("take", 1)], indirect=True)
async def test_what_hangs_later_keeps_the_last_picture_until_there_is_a_new_one(
    hub: Hub, hangs: Hangs, canvas: Canvas, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[tuple[str, int]] = []
    seen = hub.subscribe(
        SOURCE,
        fps=60,
        pointer=False,
        changed=lambda: told.append((seen.condition.state, 0 if seen.newest is None else seen.newest.sequence)),
    )
    await until(lambda: seen.newest is not None)
    canvas.fill(1, 2, 3)
    await until(lambda: hangs.made == 2 and seen.condition.state == "live")

    assert told[:2] == [("live", 1), ("waiting", 1)]
    assert seen.newest.sequence == 2
    assert seen.newest.pixels[0, 0].tolist() == [1, 2, 3, 0]
    assert "hangs" in caplog.text
    # What the first thread still brings, once it goes on, is no news.
    hangs.release()
    await until(lambda: hub.ending == 1)
    assert seen.newest.sequence == 2


@pytest.mark.parametrize("hangs", [("take", 1)], indirect=True)
async def test_other_sources_keep_their_pace(hub: Hub, hangs: Hangs, canvas: Canvas, until: Until) -> None:
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    other = hub.subscribe(OTHER, fps=60, pointer=False, changed=nothing)
    await until(lambda: seen.newest is not None and other.newest is not None)
    canvas.fill(1, 2, 3)
    await until(lambda: hangs.hanging == 1)
    # More pictures of the other one than the hanging takes to be noticed, or this would not end.
    for shade in range(10):
        before = other.newest
        canvas.fill(shade, 9, 9)
        await until(lambda: other.newest is not before)  # noqa: B023  awaited before the next turn

    assert hangs.hanging == 1


@pytest.mark.parametrize("hangs", [("open", 1000)], indirect=True)
async def test_what_hangs_every_time_does_not_fill_the_computer(hub: Hub, hangs: Hangs, until: Until) -> None:
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await until(lambda: hangs.hanging == MOST_THREADS)
    # The last one is given up too, and then none is begun, whatever is wished for.
    await until(lambda: hub.running == 0)
    seen.set_demand(30, False)
    other = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)

    assert (seen.condition, hangs.made, hub.running) == (HANGS, MOST_THREADS, 0)
    hangs.release()
    await until(lambda: other.newest is not None and other.condition.state == "live")
    assert hub.running == 1
    await until(lambda: hub.ending == 1)


@pytest.mark.parametrize("hangs", [("open", 1000)], indirect=True)
async def test_who_waits_for_a_look_is_told_of_the_hanging(hub: Hub, hangs: Hangs) -> None:
    seen = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    async with asyncio.timeout(20):
        await seen.refresh()

    assert seen.newest is None
    assert seen.condition == HANGS


@pytest.mark.parametrize("hangs", [("close", 1)], indirect=True)
async def test_who_watches_again_does_not_wait_for_the_old_capture_to_close(
    hub: Hub, hangs: Hangs, until: Until
) -> None:
    first = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await until(lambda: first.newest is not None)
    first.close()
    await until(lambda: hangs.hanging == 1)
    second = hub.subscribe(SOURCE, fps=60, pointer=False, changed=nothing)
    await until(lambda: second.newest is not None)

    assert hangs.hanging == 1


class Watched:
    """A guard, and what it called."""

    def __init__(self) -> None:
        self.calls = 0
        self.guard = HangGuard(asyncio.get_running_loop(), SHORT_SECONDS, self._note)

    def _note(self) -> None:
        self.calls += 1

    @property
    def timers(self) -> int:
        """Return how many timers the guard has in the loop."""
        scheduled = asyncio.get_running_loop()._scheduled  # noqa: SLF001  there is no public way to count them
        mine = [timer for timer in scheduled if getattr(timer._callback, "__self__", None) is self.guard]  # noqa: SLF001  as above
        return sum(not timer.cancelled() for timer in mine)


async def test_steps_that_end_in_time_call_nothing_and_leave_no_timer_behind(until: Until) -> None:
    watched = Watched()
    end, timers = time.monotonic() + 3 * SHORT_SECONDS, set[int]()
    while time.monotonic() < end:
        with watched.guard.step():
            await asyncio.sleep(0.001)
        timers.add(watched.timers)  # none for a moment where the machine has stood still
    assert max(timers) == 1
    await until(lambda: not watched.timers)

    assert watched.calls == 0


@pytest.mark.parametrize("pauses", [0, 1, 3])
async def test_a_step_that_hangs_is_told_once_whatever_was_before(until: Until, pauses: int) -> None:
    watched = Watched()
    for _ in range(pauses):
        with watched.guard.step():
            pass
        await asyncio.sleep(0)
        await until(lambda: not watched.timers)
    going_on = threading.Event()

    def step() -> None:
        with watched.guard.step():
            going_on.wait(20)

    thread = threading.Thread(target=step)
    thread.start()
    await until(lambda: watched.calls)
    going_on.set()
    thread.join()
    with watched.guard.step():
        pass
    await asyncio.sleep(0)

    assert (watched.calls, watched.timers) == (1, 0)


async def test_a_closed_guard_is_silent(until: Until) -> None:
    closed, open_guard = Watched(), Watched()
    with closed.guard.step(), open_guard.guard.step():
        await asyncio.sleep(0)
        closed.guard.close()
        await until(lambda: open_guard.calls)

    assert closed.calls == 0
