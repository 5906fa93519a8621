"""Garbage of Qt is collected on Qt's thread, whoever makes most of it."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.garbage import Collector, due

ROOT = Path(__file__).parents[2]
PROGRAM = textwrap.dedent("""
    import asyncio, sys, threading, weakref
    from concurrent.futures import ThreadPoolExecutor
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    import gui.garbage
    from gui.loop import Loop

    gui.garbage.SECONDS = 0.05
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
        collector = gui.garbage.Collector()
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
""")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        check=False,
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_API": "pyside6"},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.panel
def test_a_timer_dies_on_its_own_thread_although_a_worker_makes_the_garbage() -> None:
    ended = run("kept here")

    assert (ended.stdout, ended.stderr, ended.returncode) == ("here\n", "", 0)


@pytest.mark.panel
def test_without_it_a_worker_would_have_destroyed_the_timer() -> None:
    """Qt may crash over it; this is what makes the test above mean something."""
    assert run().stdout == "elsewhere\n"


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
