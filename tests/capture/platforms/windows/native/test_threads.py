"""What Windows tells threads of ours: messages, the session's lock, keys. All of it can be begun again."""

from __future__ import annotations

import asyncio
import threading

import pytest

from capture.picture.pixels import Rect
from capture.platforms.contract import Places
from capture.platforms.keys import Keys
from capture.platforms.windows.hot_key import WindowsHotKey
from capture.platforms.windows.places import WindowsPlaces
from capture.platforms.windows.session_lock import LOCK, UNLOCK, WM_WTSSESSION_CHANGE, WindowsSessionLock
from capture.platforms.windows.win32.declarations import user32
from capture.platforms.windows.win32.messages import hidden_window, pump
from capture.platforms.windows.win32.threads import MessageThread
from capture.reason import Reason
from capture.source import Source
from tests.helpers.windows.painted_window import Look, move, own_window, wait_until

KEYS = Keys.parse("Ctrl+Alt+F9")


def test_a_hidden_window_hears_until_its_end_and_again() -> None:
    heard: list[tuple[int, int]] = []
    for _ in range(3):
        heard.clear()
        with hidden_window("Test", lambda number, parameter: heard.append((number, parameter))) as window:
            user32().PostMessageW(window, 0x8000, 7, 0)
            pump(5)
        assert (0x8000, 7) in heard
        assert not user32().IsWindow(window)


def test_a_thread_is_woken_by_a_call_and_ends() -> None:
    called = threading.Event()

    def body() -> None:
        while not thread.is_stopping:
            if thread.wait(60):
                called.set()

    thread = MessageThread("test", body)
    thread.start()
    thread.call()
    assert called.wait(10)
    thread.stop()
    thread.join(10)
    thread.call()


def test_the_lock_is_followed_begun_and_ended_again() -> None:
    async def run() -> None:
        for _ in range(2):
            changed = asyncio.Event()
            lock = WindowsSessionLock(changed.set)
            lock.start()
            await asyncio.to_thread(lock._is_ready.wait, 10)  # noqa: SLF001
            user32().PostMessageW(lock._window, WM_WTSSESSION_CHANGE, LOCK, 0)  # noqa: SLF001
            await asyncio.wait_for(changed.wait(), 10)
            assert lock.state == "locked"
            user32().PostMessageW(lock._window, WM_WTSSESSION_CHANGE, UNLOCK, 0)  # noqa: SLF001
            await lock.stop()
            await lock.stop()

    asyncio.run(run())


def test_keys_are_had_once_and_given_back() -> None:
    async def run() -> None:
        faults: list[Reason] = []
        failed = asyncio.Event()

        def fail(reason: Reason) -> None:
            faults.append(reason)
            failed.set()

        first, second = (WindowsHotKey(KEYS, lambda: None, fail) for _ in range(2))
        first.start()
        await asyncio.to_thread(first._is_ready.wait, 10)  # noqa: SLF001
        second.start()
        await asyncio.wait_for(failed.wait(), 10)
        assert faults[0].code == "keys_taken"
        await second.stop()
        await first.stop()
        third = WindowsHotKey(KEYS, lambda: None, fail)
        third.start()
        await asyncio.to_thread(third._is_ready.wait, 10)  # noqa: SLF001
        await asyncio.sleep(0.2)
        await third.stop()
        assert len(faults) == 1

    asyncio.run(run())


@pytest.mark.parametrize("kind", ["window", "desktop"])
def test_places_are_told_when_something_moves(kind: str) -> None:
    told: list[Places] = []
    with own_window(Look("followed", place=Rect(10, 20, 200, 100))) as painted:
        # Events of our own windows are not told: so it is moved before it is followed.
        move(painted.window, Rect(30, 40, 200, 100))
        source = (
            Source(str(painted.window), "window", "", "", 0, 0)
            if kind == "window"
            else Source("0", "desktop", "", "", 0, 0)
        )
        places = WindowsPlaces(told.append)
        places.follow([source])
        places.start()
        wait_until(lambda: told)
        assert list(told[0]) == [source.id]
        if kind == "window":
            assert told[0][source.id] == Rect(30, 40, 200, 100)
        places.follow([])
        wait_until(lambda: told[-1] == {})
        places.stop()
        places.join(5)
