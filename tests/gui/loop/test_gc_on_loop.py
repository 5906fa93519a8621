"""Garbage of Qt is collected on Qt's thread, whoever makes most of it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from gui.loop.gc_on_loop import Collector, due
from tests.gui.own_process import run

PROGRAM = """
    import asyncio, sys, threading, weakref
    from concurrent.futures import ThreadPoolExecutor
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    import gui.loop.gc_on_loop
    from gui.loop.loop import Loop

    gui.loop.gc_on_loop.SECONDS = 0.05
    application = QApplication([])

    class Ticker(QTimer):
        pass

    def ticker():
        made = Ticker()
        made.me = made
        made.start(10)
        weakref.finalize(made, note_death)

    def note_death():
        print("here" if threading.current_thread() is threading.main_thread() else "elsewhere", flush=True)
        dead.set()

    def litter():
        while not dead.is_set():
            circle = [[] for _ in range(1000)]
            circle.append(circle)

    async def main():
        collector = gui.loop.gc_on_loop.Collector()
        if "kept here" in sys.argv:
            collector.start()
        ticker()
        await asyncio.get_running_loop().run_in_executor(workers, litter)
        collector.stop()

    dead = threading.Event()
    workers = ThreadPoolExecutor(1)
    loop = Loop(application)
    with loop:
        loop.run_until_complete(main())
"""


@pytest.mark.panel
def test_a_timer_dies_on_its_own_thread_although_a_worker_makes_the_garbage() -> None:
    ended = run(PROGRAM, "kept here")

    assert (ended.stdout, ended.stderr, ended.returncode) == ("here\n", "", 0)


@pytest.mark.panel
def test_without_it_a_worker_would_have_destroyed_the_timer() -> None:
    """Qt may crash over it; this is what makes the test above mean something."""
    assert run(PROGRAM).stdout == "elsewhere\n"


@pytest.fixture
def automatic() -> Iterator[None]:
    """Collecting is as it was, in the end."""
    yield
    gc.enable()


async def test_nothing_is_collected_after_the_end(automatic: None) -> None:
    collector = Collector()
    collector.start()
    collector.stop()
    collector.stop()

    assert not gc.isenabled()
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


@pytest.mark.parametrize(
    ("counts", "generation"),
    [
        ((0, 0, 0), None),
        ((700, 10, 3), None),
        ((701, 0, 0), 0),
        ((701, 9, 3), 0),
        ((701, 10, 0), 1),
        ((701, 10, 3), 2),
        ((7000, 0, 0), 0),
        ((7700, 0, 0), 1),
        ((7700, 0, 3), 2),
        ((70_000, 0, 0), 2),
    ],
)
def test_many_objects_at_once_reach_the_older_generations(counts: tuple[int, int, int], generation: int | None) -> None:
    assert due(counts, (700, 10, 3)) == generation


def test_who_set_the_first_threshold_to_nothing_wants_no_collecting() -> None:
    assert due((10**6, 10, 10), (0, 10, 10)) is None
