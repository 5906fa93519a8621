"""Nothing that is to be done is slept through, and no time either."""

from __future__ import annotations

import asyncio
import time

from server.stream.waker import Waker


async def sleeping(waker: Waker, until: float | None) -> asyncio.Task[None]:
    task = asyncio.create_task(waker.sleep(until))
    await asyncio.sleep(0)
    return task


async def test_what_comes_while_it_works_is_not_lost() -> None:
    waker = Waker()
    waker.clear()
    waker.wake()

    await waker.sleep(None)


async def test_it_sleeps_until_it_is_woken_or_the_moment_has_come() -> None:
    waker = Waker()
    for until in (None, time.monotonic() + 60, float("inf")):
        waker.clear()
        task = await sleeping(waker, until)
        assert not task.done()
        waker.wake()
        await task
    waker.clear()
    until = time.monotonic() + 0.05
    await waker.sleep(until)

    assert time.monotonic() >= until - 0.02
    waker.close()


async def test_an_earlier_moment_counts_after_a_later_one() -> None:
    waker = Waker()
    task = await sleeping(waker, time.monotonic() + 60)
    waker.wake()
    await task
    waker.clear()

    await asyncio.wait_for(waker.sleep(time.monotonic() + 0.01), 20)


async def test_once_closed_no_time_wakes_it() -> None:
    waker = Waker()
    task = await sleeping(waker, time.monotonic() + 0.02)
    waker.close()
    await asyncio.sleep(0.05)

    assert not task.done()
    waker.wake()
    await task
