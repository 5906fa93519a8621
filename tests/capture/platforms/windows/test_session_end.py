"""What Windows tells of the end of the session, and who waits for whom. The window itself exists on Windows only."""

from __future__ import annotations

import asyncio

import pytest

from capture.platforms.windows import session_end
from capture.platforms.windows.session_end import WM_ENDSESSION, WindowsSessionEnd

WM_QUERYENDSESSION = 0x0011


class Deaf(WindowsSessionEnd):
    """Has no window: a test says what one would have been told."""

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()


async def test_the_answer_waits_for_the_process_and_not_for_the_end_of_listening() -> None:
    asked = asyncio.Event()
    session = Deaf(asked.set)
    session.start()
    answer = asyncio.create_task(asyncio.to_thread(session.hear, WM_ENDSESSION, 1))
    await asyncio.wait_for(asked.wait(), 10)
    await session.stop()
    assert not session._may_answer.is_set()  # noqa: SLF001
    assert not answer.done()
    session._may_answer.set()  # noqa: SLF001  the process would have ended
    await answer


async def test_a_program_that_does_not_end_is_left_to_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_end, "ANSWER_SECONDS", 0.0)
    session = Deaf(lambda: None)
    session.start()
    await asyncio.to_thread(session.hear, WM_ENDSESSION, 1)


@pytest.mark.parametrize(("message", "parameter"), [(WM_QUERYENDSESSION, 1), (WM_ENDSESSION, 0), (0x0010, 1)])
async def test_other_messages_and_an_end_that_was_called_off_end_nothing(message: int, parameter: int) -> None:
    ended: list[None] = []
    session = Deaf(lambda: ended.append(None))
    session.start()
    await asyncio.to_thread(session.hear, message, parameter)
    await asyncio.sleep(0)
    assert not ended


async def test_nobody_is_asked_before_the_start() -> None:
    session = Deaf(lambda: None)
    await asyncio.to_thread(session.hear, WM_ENDSESSION, 1)
    await session.stop()
