"""Workers do jobs in turn; what hangs takes its thread along and nothing else."""

from __future__ import annotations

import subprocess
import sys
import threading
import weakref
from functools import partial

import numpy as np
import pytest

from capture.encode.fair_queue import Party
from capture.encode.workers import MOST_THREADS, Workers
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import PROJECT


def test_jobs_are_done_and_their_faults_told() -> None:
    workers = Workers(2, "test")
    results = [workers.submit(pow, number, 2) for number in range(20)]
    failing = workers.submit(int, "x")

    assert [result.result(10) for result in results] == [number**2 for number in range(20)]
    with pytest.raises(ValueError, match="x"):
        failing.result(10)
    assert workers.threads == 2
    workers.shutdown()


async def test_who_is_relieved_keeps_nobody_waiting_and_ends(until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.encode.workers.IDLE_SECONDS", 0.05)
    workers, going_on = Workers(1, "test"), threading.Event()
    hanging = workers.submit(going_on.wait, 20)
    await until(hanging.running)
    behind = workers.submit(pow, 3, 2)
    assert workers.relieve(hanging)
    assert not workers.relieve(hanging)

    assert behind.result(10) == 9
    assert not workers.relieve(behind)
    going_on.set()
    await until(lambda: workers.threads == 1)
    assert workers.submit(pow, 2, 2).result(10) == 4
    workers.shutdown()
    await until(lambda: workers.threads == 0)


async def test_there_is_a_limit_to_what_may_hang(until: Until) -> None:
    workers, going_on = Workers(1, "test"), threading.Event()
    hanging = [workers.submit(going_on.wait, 20) for _ in range(MOST_THREADS + 1)]

    for job in hanging[: MOST_THREADS - 1]:
        await until(job.running)
        assert workers.relieve(job)
    await until(hanging[-2].running)
    assert not workers.relieve(hanging[-2])
    assert not hanging[-1].running()
    going_on.set()
    assert all(job.result(10) for job in hanging)
    workers.shutdown()
    await until(lambda: workers.threads == 0)


async def test_who_is_sent_home_does_no_more(until: Until) -> None:
    workers, going_on = Workers(1, "test"), threading.Event()
    running = workers.submit(going_on.wait, 20)
    await until(running.running)
    waiting = workers.submit(pow, 2, 2)
    workers.shutdown(cancel_futures=True)
    going_on.set()

    assert waiting.cancelled()
    assert running.result(10)
    with pytest.raises(RuntimeError):
        workers.submit(pow, 2, 2)
    await until(lambda: workers.threads == 0)


GREEDY, MODEST = Party("far", "greedy"), Party("near", "modest")


async def test_who_has_nothing_in_the_works_waits_for_nobody(until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.encode.workers.IDLE_SECONDS", 0.05)
    workers, going_on = Workers(2, "test"), threading.Event()
    many = [workers.submit_for(GREEDY, partial(going_on.wait, 20)) for _ in range(8)]
    await until(lambda: sum(job.running() for job in many) == 2)

    assert workers.submit_for(MODEST, partial(pow, 3, 2)).result(10) == 9
    assert sum(job.running() for job in many) == 2
    going_on.set()
    assert all(job.result(10) for job in many)
    await until(lambda: workers.threads == 2)
    workers.shutdown()


async def test_what_is_done_for_several_is_done_once_in_the_first_turn(until: Until) -> None:
    workers, going_on, done = Workers(1, "test"), threading.Event(), list[str]()
    first = workers.submit_for(GREEDY, partial(going_on.wait, 20))
    await until(first.running)
    jobs = [workers.submit_for(GREEDY, partial(done.append, name)) for name in "abc"]
    workers.join(MODEST, jobs[2])

    jobs[2].result(10)
    assert done == ["c"]
    going_on.set()
    for job in jobs:
        job.result(10)
    assert done == ["c", "a", "b"]
    workers.shutdown()


async def test_what_is_dropped_is_not_done_and_keeps_nothing(until: Until) -> None:
    workers, going_on = Workers(1, "test"), threading.Event()
    running = workers.submit(going_on.wait, 20)
    await until(running.running)
    picture = np.zeros((2, 2))
    kept = weakref.ref(picture)
    waiting = workers.submit(len, picture)
    del picture

    assert kept() is not None
    assert workers.drop(waiting)
    assert waiting.cancelled()
    assert kept() is None
    assert not workers.drop(running)
    going_on.set()
    assert running.result(10)
    workers.shutdown()


def test_a_program_ends_while_one_hangs() -> None:
    code = (
        "import threading; from capture.encode.workers import Workers; Workers(1, 'x').submit(threading.Event().wait)"
    )

    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, timeout=30, check=False).returncode == 0
