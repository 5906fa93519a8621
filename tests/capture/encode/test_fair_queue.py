"""Parties take turns by what they have had, whatever they wish for; nobody is kept waiting for ever."""

from __future__ import annotations

from collections import Counter

import pytest

from capture.encode.fair_queue import Party, Turns


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def served(turns: Turns[Party], clock: Clock, parties: dict[Party, float], seconds: float) -> dict[Party, float]:
    """Return for how long each party was served by one who serves, where each always wishes for more of that length."""
    had: Counter[Party] = Counter()
    for party in parties:
        turns.put(party, party)
    while clock.now < seconds:
        taken = turns.take()
        assert taken is not None
        party = taken[1]
        clock.now += parties[party]
        turns.charge(party, parties[party])
        had[party] += parties[party]
        turns.put(party, party)
    return had


def test_each_gets_as_much_whatever_a_wish_of_his_takes(clock: Clock) -> None:
    quick, slow = Party("a"), Party("b")
    had = served(Turns(clock), clock, {quick: 0.005, slow: 0.2}, 60)

    assert had[quick] == pytest.approx(had[slow], rel=0.1)


def test_who_comes_as_many_gets_as_much_as_one(clock: Clock) -> None:
    many = {Party("far", str(number)): 0.02 for number in range(20)}
    alone = Party("near", "one")
    had = served(Turns(clock), clock, {**many, alone: 0.02}, 60)

    assert had[alone] == pytest.approx(sum(had[each] for each in many), rel=0.1)
    assert min(had[each] for each in many) > 0.8 * max(had[each] for each in many)


def test_who_was_away_is_next_and_has_not_saved_up(clock: Clock) -> None:
    turns: Turns[Party] = Turns(clock)
    here, late = Party("a"), Party("b")
    served(turns, clock, {here: 0.01}, 60)
    turns.put(late, late)
    first = turns.take()

    assert first is not None
    assert first[1] is late
    had = served(turns, clock, {here: 0.01, late: 0.01}, 70)
    assert had[here] > 0.35 * had[late]


def test_one_party_has_its_things_done_in_order_and_each_once(clock: Clock) -> None:
    turns: Turns[str] = Turns(clock)
    for thing in "abc":
        turns.put(thing, Party("a"))
    turns.put("b", Party("b"))
    turns.charge(Party("a"), 1)
    turns.remove("c")

    assert [taken[0] for taken in iter(turns.take, None)] == ["b", "a"]
    assert not turns.parties


def test_who_may_not_have_a_turn_is_passed_over(clock: Clock) -> None:
    turns: Turns[str] = Turns(clock)
    turns.put("a", Party("a"))

    assert turns.take(lambda party: party.crowd != "a") is None
    assert turns.take() == ("a", Party("a"))
