from __future__ import annotations

import asyncio
import time

import pytest

from server.access_consent import MOST_QUESTIONS, SILENCE_SECONDS, Answer, Consents, TooManyQuestions
from server.access_peers import Peer
from tests.server.access_fakes import ELSEWHERE, THERE, FakeClock

PHONE, TABLET = Peer.of(THERE), Peer.of(ELSEWHERE)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def consents(clock: FakeClock) -> Consents:
    return Consents(clock, clock.later)


async def asked(consents: Consents, peer: Peer = PHONE) -> asyncio.Task[Answer]:
    """Return a question's answer to come, once the person can see the question."""
    before = len(consents.questions)
    task = asyncio.create_task(consents.ask(peer, "Firefox, Android", ("build log",), "PIN"))
    await asyncio.sleep(0)
    assert len(consents.questions) == before + 1
    return task


@pytest.mark.parametrize("answer", ["allow", "once", "deny"])
async def test_answer_is_what_the_person_says(clock: FakeClock, consents: Consents, answer: Answer) -> None:
    task = await asked(consents)
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


async def test_second_answer_changes_nothing(consents: Consents) -> None:
    task = await asked(consents)
    question = consents.questions[0]
    consents.answer(question.id, "deny")
    consents.answer(question.id, "allow")

    assert await task == "deny"


async def test_questions_are_answered_one_by_one(consents: Consents) -> None:
    first, second = await asked(consents), await asked(consents, TABLET)
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


async def test_answer_for_who_is_just_leaving_does_no_harm(consents: Consents) -> None:
    task = await asked(consents)
    question = consents.questions[0]
    task.cancel()
    consents.answer(question.id, "allow")

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
    tasks = [await asked(consents, Peer.of(f"10.0.0.{number}")) for number in range(MOST_QUESTIONS)]
    with pytest.raises(TooManyQuestions) as refused:
        await consents.ask(PHONE, "Firefox", ("build log",), "PIN")

    assert "Try again" in refused.value.message
    assert len(consents.questions) == MOST_QUESTIONS
    consents.deny_all()
    await asyncio.gather(*tasks)


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
    consents.answer(question.id, "allow")
    assert await task == "allow"
