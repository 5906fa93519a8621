"""What Windows tells of the session's lock, and what becomes of it. The window itself exists on Windows only."""

from __future__ import annotations

import asyncio

import pytest

from capture.platforms.contract import SessionState
from capture.platforms.windows.session_lock import (
    LOCK,
    RESUME_AUTOMATIC,
    RESUME_SUSPEND,
    SUSPEND,
    UNLOCK,
    WM_CLOSE,
    WM_POWERBROADCAST,
    WM_WTSSESSION_CHANGE,
    Told,
    WindowsSessionLock,
)

LOCKED, UNLOCKED = (WM_WTSSESSION_CHANGE, LOCK), (WM_WTSSESSION_CHANGE, UNLOCK)
ASLEEP, AWAKE = (WM_POWERBROADCAST, SUSPEND), (WM_POWERBROADCAST, RESUME_AUTOMATIC)


@pytest.mark.parametrize(
    ("messages", "state"),
    [
        ([], "unlocked"),
        ([LOCKED], "locked"),
        ([LOCKED, UNLOCKED], "unlocked"),
        ([LOCKED, ASLEEP], "asleep"),
        ([ASLEEP, LOCKED, AWAKE], "locked"),
        ([ASLEEP, AWAKE, (WM_POWERBROADCAST, RESUME_SUSPEND)], "unlocked"),
        ([LOCKED, (WM_CLOSE, UNLOCK), (WM_WTSSESSION_CHANGE, 5)], "locked"),
    ],
)
def test_messages_lock_and_unlock(messages: list[tuple[int, int]], state: SessionState) -> None:
    told = Told()
    for message, parameter in messages:
        told = told.after(message, parameter)

    assert told.state == state


class Deaf(WindowsSessionLock):
    """Has no window: a test says what one would have been told."""

    def _watch(self) -> None:
        """Make none."""


async def test_changes_are_told_once_and_on_the_loop() -> None:
    states: list[str] = []
    lock = Deaf(lambda: states.append(lock.state))
    lock.start()
    for message in (LOCKED, LOCKED, UNLOCKED, (WM_CLOSE, 0)):
        await asyncio.to_thread(lock.hear, *message)
    await asyncio.sleep(0)
    assert states == ["locked", "unlocked"]
    await lock.stop()
    lock.hear(*LOCKED)
    await asyncio.sleep(0)
    await lock.stop()

    assert states == ["locked", "unlocked"]
