"""A locked session and a computer that falls asleep are noticed, whoever tells of them and whenever."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from dbus_fast import Message

from capture.platforms.linux.session_lock import LogindLock
from tests.capture.platforms.fake_logind import OTHER_PATH, FakeLogind, message_bus
from tests.helpers.waiting import Until


@pytest.fixture
async def lock(address: str) -> AsyncIterator[LogindLock]:
    made = LogindLock(lambda: heard.append(made.state), address)
    yield made
    await made.stop()
    await made.stop()


heard: list[str] = []


@pytest.fixture(autouse=True)
def nothing_heard() -> None:
    heard.clear()


async def test_signals_and_hints_lock_and_unlock(logind: FakeLogind, lock: LogindLock, until: Until) -> None:
    lock.start()
    await until(lambda: lock.is_known)
    assert lock.state == "unlocked"
    logind.tell("Lock")
    await until(lambda: lock.state == "locked")
    logind.hint(locked=True)
    logind.tell("Unlock")
    await until(lambda: lock.state == "unlocked")
    logind.hint(locked=True)
    await until(lambda: lock.state == "locked")
    logind.hint(locked=False)
    await until(lambda: lock.state == "unlocked")

    assert heard == ["locked", "unlocked", "locked", "unlocked"]


async def test_asleep_and_locked_it_wakes_locked(logind: FakeLogind, lock: LogindLock, until: Until) -> None:
    lock.start()
    await until(lambda: lock.is_known)
    logind.sleep(begins=True)
    await until(lambda: lock.state == "asleep")
    logind.tell("Lock")
    logind.sleep(begins=False)
    await until(lambda: lock.state == "locked")
    logind.tell("Unlock")
    await until(lambda: lock.state == "unlocked")

    assert heard == ["asleep", "locked", "unlocked"]


async def test_what_is_so_already_is_known_at_the_start(logind: FakeLogind, lock: LogindLock, until: Until) -> None:
    logind.locked = True
    lock.start()
    await until(lambda: lock.state == "locked")
    await lock.stop()
    lock.start()
    await until(lambda: lock.is_known)

    assert lock.state == "locked"


class HurriedLogind(FakeLogind):
    """Tells of a change in the breath in which it answers the last question; with the answer comes the older state."""

    def _answer(self, message: Message) -> Message | None:
        answered = super()._answer(message)
        if answered is not None and self.asked.is_set():
            self._bus.send(answered)
            self.tell("Lock")
            self.sleep(begins=True)
            return None
        return answered


async def test_a_change_that_comes_with_the_answers_is_not_missed(address: str, lock: LogindLock, until: Until) -> None:
    logind = HurriedLogind(address)
    await logind.open()
    lock.start()
    await until(lambda: lock.is_known)
    assert lock.state == "asleep"
    logind.sleep(begins=False)
    await until(lambda: lock.state == "locked")
    logind.close()


@pytest.mark.parametrize("way", ["7", "pid"])
async def test_the_session_is_found_in_several_ways(
    logind: FakeLogind, lock: LogindLock, until: Until, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("XDG_SESSION_ID", "7")
    logind.known = (os.getpid() if way == "pid" else way,)
    logind.locked = True
    lock.start()
    await until(lambda: lock.state == "locked")


async def test_other_sessions_and_other_senders_do_not_count(
    address: str, logind: FakeLogind, lock: LogindLock, until: Until
) -> None:
    lock.start()
    await until(lambda: lock.is_known)
    impostor = FakeLogind(address)
    await impostor.open("org.example.impostor")
    impostor.tell("Lock")
    await impostor.settle()
    impostor.close()
    logind.tell("Lock", path=OTHER_PATH)
    logind.hint(locked=True, path=OTHER_PATH)
    logind.sleep(begins=True)  # told after the others: when it has arrived, they have
    await until(lambda: lock.state == "asleep")
    logind.sleep(begins=False)
    await until(lambda: lock.state == "unlocked")

    assert heard == ["asleep", "unlocked"]


async def test_a_logind_that_comes_late_or_again_is_followed(address: str, lock: LogindLock, until: Until) -> None:
    lock.start()
    first = FakeLogind(address)
    await first.open()
    first.hint(locked=True)
    await until(lambda: lock.state == "locked")
    first.close()
    second = FakeLogind(address)
    second.known = ("auto",)
    await second.open()
    await until(lambda: lock.state == "unlocked")
    second.tell("Lock")
    await until(lambda: lock.state == "locked")
    second.close()


async def test_without_a_bus_the_session_counts_as_unlocked(
    tmp_path: Path, until: Until, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.platforms.linux.session_lock.RETRY_SECONDS", 0.01)
    lock = LogindLock(lambda: None, f"unix:path={tmp_path}/nobody")
    with caplog.at_level("INFO", "capture.platforms.linux.session_lock"):
        lock.start()
        await until(lambda: "nobody tells" in caplog.text)
        await lock.stop()

    assert lock.state == "unlocked"
    assert not lock.is_known
    assert caplog.text.count("nobody tells") == 1


async def test_when_the_bus_is_lost_what_was_known_holds(
    tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.platforms.linux.session_lock.RETRY_SECONDS", 0.02)
    with message_bus(tmp_path) as address:
        logind = FakeLogind(address)
        await logind.open()
        logind.locked = True
        lock = LogindLock(lambda: None, address)
        lock.start()
        await until(lambda: lock.state == "locked")
        logind.close()
    await until(lambda: not lock.is_known)
    assert lock.state == "locked"
    with message_bus(tmp_path) as address:
        logind = FakeLogind(address)
        await logind.open()
        await until(lambda: lock.state == "unlocked")
        logind.close()
        await lock.stop()
