"""What viewers get when the session locks, by each of a person's rules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from capture import reasons
from capture.feed.blank_on_lock import PERSON, BlankOnLock
from capture.feed.hub import Hub
from capture.platforms.choose import make_backend
from capture.privacy.blanking import Blanking
from tests.capture.platforms.fake_logind import FakeLogind
from tests.helpers.waiting import Until

LOCKED = Blanking("blanked", reasons.COMPUTER_LOCKED)


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    made = Hub(make_backend)
    yield made
    await made.close()


@pytest.fixture
def seen() -> list[Blanking | None]:
    """What was told of, in order."""
    return []


@pytest.fixture
async def blanking(
    hub: Hub, address: str, logind: FakeLogind, seen: list[Blanking | None]
) -> AsyncIterator[BlankOnLock]:
    made = BlankOnLock(hub, changed=lambda: seen.append(hub.blanking), address=address)
    made.start()
    yield made
    await made.stop()


async def test_pictures_go_on_by_themselves_when_unlocked(
    hub: Hub, logind: FakeLogind, blanking: BlankOnLock, until: Until
) -> None:
    await _lock(logind, hub, until)
    assert hub.blanking == LOCKED
    logind.hint(locked=False)
    await until(lambda: hub.blanking is None)


async def test_pictures_wait_for_the_person_where_that_is_wished(
    hub: Hub, logind: FakeLogind, blanking: BlankOnLock, until: Until, seen: list[Blanking | None]
) -> None:
    blanking.set_rule("blank_and_wait")
    await _lock(logind, hub, until)
    logind.hint(locked=False)
    await until(lambda: len(seen) == 2)

    assert seen == [LOCKED, Blanking("blanked", reasons.NOT_RESUMED)]
    hub.set_blanking(PERSON, None)
    assert hub.blanking is None


async def test_what_a_person_closed_no_lock_opens(
    hub: Hub, logind: FakeLogind, blanking: BlankOnLock, until: Until
) -> None:
    paused = Blanking("paused", reasons.PAUSED_BY_HOST)
    hub.set_blanking(PERSON, paused)
    await _lock(logind, hub, until)
    assert hub.blanking == LOCKED
    logind.hint(locked=False)
    await until(lambda: hub.blanking == paused)


async def test_that_it_is_locked_is_known_whatever_the_rule(
    logind: FakeLogind, blanking: BlankOnLock, hub: Hub, until: Until
) -> None:
    blanking.set_rule("nothing")
    assert not blanking.is_locked
    logind.locked = True

    def told() -> bool:
        logind.hint(locked=True)
        return blanking.is_locked

    await until(told)
    assert hub.blanking is None
    logind.hint(locked=False)
    await until(lambda: not blanking.is_locked)


async def test_rule_that_changes_while_locked_holds_at_once(
    hub: Hub, logind: FakeLogind, blanking: BlankOnLock, until: Until
) -> None:
    await _lock(logind, hub, until)
    blanking.set_rule("nothing")
    assert hub.blanking is None
    blanking.set_rule("blank")

    assert hub.blanking == LOCKED


async def test_without_a_bus_nothing_happens(hub: Hub, tmp_path: Path) -> None:
    lonely = BlankOnLock(hub, address=f"unix:path={tmp_path}/nowhere")
    lonely.start()
    lonely.set_rule("nothing")
    await lonely.stop()

    assert hub.blanking is None


async def _lock(logind: FakeLogind, hub: Hub, until: Until) -> None:
    logind.locked = True

    def told() -> bool:
        logind.hint(locked=True)
        return hub.blanking == LOCKED

    await until(told)
