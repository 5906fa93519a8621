"""A rate is kept, never exceeded for long, and missed beats are dropped."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.feed.pacing import Pacer


def beats(fps: float, wakes: list[float]) -> list[float]:
    """Return which of the moments at which somebody asks are beats."""
    pacer = Pacer(fps)
    taken = []
    for now in wakes:
        if pacer.due <= now:
            pacer.beat(now)
            taken.append(now)
    return taken


def test_a_little_lateness_does_not_lower_the_rate() -> None:
    taken = beats(10, [step * 0.1 + (0.02 if step % 3 else 0.001 * (step > 0)) for step in range(100)])

    assert len(taken) == 100


def test_after_a_long_pause_the_rhythm_starts_anew() -> None:
    taken = beats(10, [0, 0.1, 5.03, 5.06, 5.11, 5.14])

    assert taken == [0, 0.1, 5.03, 5.14]


def test_missed_beats_are_not_made_up_for() -> None:
    wakes = [0.0, *(3 + step * 0.001 for step in range(280))]

    assert len(beats(10, wakes)) == 1 + 3


def test_a_new_rate_counts_from_the_last_beat() -> None:
    pacer = Pacer(1)
    pacer.beat(100)
    pacer.set_rate(10)

    assert pacer.due == pytest.approx(100.09)


@given(st.floats(0.1, 60), st.lists(st.floats(0.001, 3), min_size=1, max_size=200))
def test_the_rate_is_never_exceeded(fps: float, pauses: list[float]) -> None:
    now, wakes = 0.0, []
    for pause in pauses:
        now += pause
        wakes.append(now)
    taken = beats(fps, wakes)

    # Over any stretch: the beats that fit into it, and one that was late by less than an interval.
    assert len(taken) <= (taken[-1] - taken[0]) * fps + 2


def handed_on(fps: float, pictures: list[tuple[float, float]]) -> list[float]:
    """Return when each picture (taken at, handed on at the earliest) may be handed on."""
    pacer, moments = Pacer(fps), []
    for taken_at, ready_at in pictures:
        moments.append(max(ready_at, pacer.due_with(taken_at)))
        pacer.beat_with(taken_at, moments[-1])
    return moments


def test_one_served_late_once_is_not_late_for_ever() -> None:
    slow_start = [(0.0, 0.08), *((step / 10, step / 10 + 0.01) for step in range(1, 20))]

    assert handed_on(10, slow_start) == [ready_at for _, ready_at in slow_start]


def test_more_pictures_than_wished_for_are_held_back() -> None:
    moments = handed_on(10, [(step / 30, step / 30) for step in range(60)])

    assert all(later - earlier >= 0.089 for earlier, later in itertools.pairwise(moments))


def test_an_old_picture_waits_until_the_next_is_due() -> None:
    assert handed_on(10, [(0.0, 0.0), (0.02, 0.02)]) == [0.0, pytest.approx(0.09)]
