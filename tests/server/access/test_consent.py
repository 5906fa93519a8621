from __future__ import annotations

import asyncio
import time

import pytest

from server.access.consent import (
    ANSWERABLE_SECONDS,
    MOST_PER_LINK,
    MOST_QUESTIONS,
    MOST_WAITING,
    MOST_WAITING_PER_LINK,
    MOST_WAITING_PER_NETWORK,
    SILENCE_SECONDS,
    Answer,
    Consents,
    TooManyQuestions,
)
from server.net.peers import Peer
from tests.helpers.waiting import until
from tests.server.access.fakes import ELSEWHERE, THERE, FakeClock

PHONE, TABLET = Peer.of(THERE), Peer.of(ELSEWHERE)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def consents(clock: FakeClock) -> Consents:
    return Consents(clock, clock.later)


async def begun(consents: Consents, peer: Peer = PHONE, link_id: str = "") -> asyncio.Task[Answer]:
    """Return an answer to come: of a question that is open, or still in line."""
    task = asyncio.create_task(consents.ask(peer, "Firefox, Android", ("build log",), "PIN", link_id))
    await asyncio.sleep(0)
    return task


async def asked(consents: Consents, peer: Peer = PHONE, clock: FakeClock | None = None) -> asyncio.Task[Answer]:
    """Return a question's answer to come, once the person can see the question and, with ``clock``, answer it."""
    before = len(consents.questions)
    task = await begun(consents, peer)
    assert len(consents.questions) == before + 1
    if clock is not None:
        clock.advance(ANSWERABLE_SECONDS)
    return task


def number(index: int) -> Peer:
    return Peer.of(f"10.0.0.{index}")


@pytest.mark.parametrize("answer", ["allow", "once", "deny"])
async def test_answer_is_what_the_person_says(clock: FakeClock, consents: Consents, answer: Answer) -> None:
    task = await asked(consents, clock=clock)
    question = consents.questions[0]

    assert (question.address, question.browser) == (THERE, "Firefox, Android")
    assert (question.wanted, question.by) == (("build log",), "PIN")
    consents.answer(question.id, answer)
    assert await task == answer
    assert consents.questions == ()
    assert clock.waiting == 0


async def test_silence_is_no(clock: FakeClock, consents: Consents) -> None:
    task = await asked(consents)
    clock.advance(SILENCE_SECONDS - 0.1)
    await asyncio.sleep(0)

    assert not task.done()
    clock.advance(0.1)
    assert consents.questions == ()
    assert await task == "deny"


async def test_timer_that_fires_early_decides_nothing(clock: FakeClock, consents: Consents) -> None:
    task = await asked(consents)
    clock.fire_early()
    await asyncio.sleep(0)

    assert not task.done()
    assert len(consents.questions) == 1
    clock.advance(SILENCE_SECONDS)
    assert await task == "deny"


async def test_yes_after_the_minute_comes_too_late(clock: FakeClock, consents: Consents) -> None:
    task = await asked(consents)
    question = consents.questions[0]
    clock.advance(SILENCE_SECONDS)
    consents.answer(question.id, "allow")

    assert await task == "deny"


async def test_a_question_that_has_just_appeared_is_not_answered(clock: FakeClock, consents: Consents) -> None:
    task = await asked(consents)
    question = consents.questions[0]
    for _ in range(6):
        assert not consents.answer(question.id, "allow")
        assert not consents.answer(question.id, "deny")
        clock.advance(ANSWERABLE_SECONDS / 7)
    assert not task.done()

    clock.advance(ANSWERABLE_SECONDS)
    assert consents.answer(question.id, "allow")
    assert await task == "allow"


async def test_second_answer_changes_nothing(clock: FakeClock, consents: Consents) -> None:
    task = await asked(consents, clock=clock)
    question = consents.questions[0]
    assert consents.answer(question.id, "deny")
    assert not consents.answer(question.id, "allow")

    assert await task == "deny"


async def test_questions_are_answered_one_by_one(clock: FakeClock, consents: Consents) -> None:
    first, second = await asked(consents), await asked(consents, TABLET, clock)
    consents.answer(consents.questions[1].id, "allow")

    assert await second == "allow"
    assert not first.done()
    consents.deny_all()
    assert await first == "deny"


async def test_question_goes_when_who_asked_leaves(clock: FakeClock, consents: Consents) -> None:
    told: list[int] = []
    consents.subscribe(lambda: told.append(len(consents.questions)))
    task = await asked(consents)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert told == [1, 0]
    assert clock.waiting == 0


async def test_answer_for_who_is_just_leaving_does_no_harm(clock: FakeClock, consents: Consents) -> None:
    task = await asked(consents, clock=clock)
    question = consents.questions[0]
    task.cancel()
    assert consents.answer(question.id, "allow")

    with pytest.raises(asyncio.CancelledError):
        await task
    assert consents.questions == ()


async def test_one_address_has_one_question(consents: Consents) -> None:
    task = await asked(consents)
    with pytest.raises(TooManyQuestions):
        await consents.ask(PHONE, "Firefox", ("build log",), "PIN")

    consents.deny_all()
    await task
    again = await asked(consents)
    consents.deny_all()
    assert await again == "deny"


async def test_person_is_not_flooded(consents: Consents) -> None:
    tasks = [await begun(consents, number(index), str(index)) for index in range(MOST_QUESTIONS + MOST_WAITING)]
    with pytest.raises(TooManyQuestions) as refused:
        await consents.ask(PHONE, "Firefox", ("build log",), "PIN")

    assert "Try again" in refused.value.message
    assert (len(consents.questions), consents.waiting) == (MOST_QUESTIONS, MOST_WAITING)
    consents.deny_all()
    assert set(await asyncio.gather(*tasks)) == {"deny"}
    assert (len(consents.questions), consents.waiting) == (0, 0)


async def test_one_link_has_its_share_of_questions_and_of_the_line(consents: Consents) -> None:
    often = [await begun(consents, number(index), "round") for index in range(MOST_PER_LINK + MOST_WAITING_PER_LINK)]
    assert (len(consents.questions), consents.waiting) == (MOST_PER_LINK, MOST_WAITING_PER_LINK)
    with pytest.raises(TooManyQuestions):
        await consents.ask(number(200), "Firefox", ("build log",), "TV", "round")

    # Others are asked about at once, also those that came later.
    other = await begun(consents, PHONE, "other")
    assert len(consents.questions) == MOST_PER_LINK + 1
    consents.deny_all()
    await asyncio.gather(*often, other)


async def test_one_network_has_its_share_of_the_line(consents: Consents) -> None:
    """Neighbours of one IPv6 network have one question each, too."""
    peers = [Peer.of(f"fd00::{index:x}") for index in range(1, MOST_PER_LINK + MOST_WAITING_PER_NETWORK + 1)]
    tasks = [await begun(consents, peer, "tv") for peer in peers]
    assert (len(consents.questions), consents.waiting) == (MOST_PER_LINK, MOST_WAITING_PER_NETWORK)
    with pytest.raises(TooManyQuestions):
        await consents.ask(Peer.of("fd00::ff"), "Firefox", ("build log",), "TV", "tv")
    with pytest.raises(TooManyQuestions):
        await consents.ask(peers[0], "Firefox", ("build log",), "TV", "another")

    elsewhere = await begun(consents, PHONE, "tv")
    assert consents.waiting == MOST_WAITING_PER_NETWORK + 1
    consents.deny_all()
    await asyncio.gather(*tasks, elsewhere)


async def test_the_next_in_line_is_asked_about_in_its_turn(clock: FakeClock, consents: Consents) -> None:
    told: list[list[str]] = []
    consents.subscribe(lambda: told.append([question.address for question in consents.questions]))
    tasks = [await begun(consents, number(index), "tv") for index in range(4)]
    clock.advance(SILENCE_SECONDS / 2)
    assert consents.answer(consents.questions[0].id, "allow")
    assert await tasks[0] == "allow"

    assert [question.address for question in consents.questions] == ["10.0.0.1", "10.0.0.2"]
    assert told[-1] == ["10.0.0.1", "10.0.0.2"]
    # It has its whole minute, and cannot be answered by the click that answered the one before.
    assert not consents.answer(consents.questions[1].id, "allow")
    assert consents.questions[1].until == clock() + SILENCE_SECONDS
    tasks[1].cancel()
    await asyncio.gather(tasks[1], return_exceptions=True)
    assert [question.address for question in consents.questions] == ["10.0.0.2", "10.0.0.3"]
    consents.deny_all()
    await asyncio.gather(*tasks[2:])
    assert clock.waiting == 0


async def test_the_line_is_not_stood_in_for_longer_than_a_minute(clock: FakeClock, consents: Consents) -> None:
    tasks = [await begun(consents, number(index), "tv") for index in range(2)]
    clock.advance(SILENCE_SECONDS / 2)
    late = [await begun(consents, number(index), "tv") for index in range(2, 5)]
    clock.advance(SILENCE_SECONDS / 2)
    assert [await task for task in tasks] == ["deny", "deny"]
    assert consents.waiting == 1

    clock.advance(SILENCE_SECONDS / 2)
    with pytest.raises(TooManyQuestions):
        await late[2]
    consents.deny_all()
    assert [await task for task in late[:2]] == ["deny", "deny"]
    assert clock.waiting == 0


async def test_what_a_stranger_sends_is_shown_as_one_short_line(consents: Consents) -> None:
    task = asyncio.create_task(consents.ask(PHONE, "\n\u202e", ("x\n" * 1000,), "y" * 1000))
    await asyncio.sleep(0)
    question = consents.questions[0]

    assert question.browser == "Unknown program"
    assert len(question.wanted[0]) <= 256
    assert "\n" not in question.wanted[0]
    assert len(question.by) <= 64
    consents.deny_all()
    await task


async def test_listener_is_told_of_coming_and_going(consents: Consents) -> None:
    told: list[int] = []
    unsubscribe = consents.subscribe(lambda: told.append(len(consents.questions)))
    task = await asked(consents)
    consents.deny_all()
    await task
    unsubscribe()
    task = await asked(consents)
    consents.deny_all()
    await task

    assert told == [1, 0]


async def test_works_on_the_running_loops_own_timers() -> None:
    consents = Consents()
    task = await asked(consents)
    question = consents.questions[0]

    assert 0 < question.until - time.monotonic() <= SILENCE_SECONDS
    await until(lambda: consents.answer(question.id, "allow"))
    assert await task == "allow"
