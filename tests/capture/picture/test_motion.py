"""A film is told from a page with something moving in it, and not back and forth."""

from __future__ import annotations

from capture.picture.motion import MotionMeter


def told(activity: MotionMeter, begin: float, count: int, step: float, part: float) -> list[bool]:
    return [activity.note(begin + number * step, part) for number in range(count)]


def test_what_moves_all_over_is_a_film_after_a_few_pictures() -> None:
    answers = told(MotionMeter(), 0, 30, 1 / 30, 1.0)

    assert answers == [False] * 5 + [True] * 25


def test_typing_a_clock_and_a_page_now_and_then_are_none() -> None:
    assert not any(told(MotionMeter(), 0, 100, 1 / 30, 0.02))
    assert not any(told(MotionMeter(), 0, 20, 0.5, 1.0))


def test_it_stays_a_film_while_it_is_calmer_for_a_moment_and_ends_when_it_ends() -> None:
    activity = MotionMeter()
    told(activity, 0, 30, 1 / 30, 1.0)

    assert all(told(activity, 1, 60, 1 / 30, 0.1))
    assert told(activity, 3, 60, 1 / 30, 0.03)[-1] is False
    assert told(activity, 9, 2, 1, 1.0) == [False, False]
