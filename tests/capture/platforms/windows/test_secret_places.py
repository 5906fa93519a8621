"""Where pictures of a screen of Windows are painted over: no look is the only one, and nothing in between is shown."""

from __future__ import annotations

import pytest

from capture.picture.pixels import Rect, overlap
from capture.platforms.trail import LINGER, LONGEST_TRAIL
from capture.platforms.windows.secret_places import MOVING_SECONDS, SecretPlaces

HERE, THERE = Rect(0, 0, 100, 80), Rect(300, 200, 100, 80)


def after(*looks: tuple[float, dict[int, Rect]]) -> SecretPlaces:
    places = SecretPlaces()
    for now, there in looks:
        places.note(there, now)
    return places


def test_it_is_covered_where_it_is() -> None:
    assert after((0, {1: HERE}), (1, {1: HERE})).rects(1) == (HERE,)
    assert after((0, {})).rects(1) == ()


def test_the_way_that_it_went_is_covered_for_a_while() -> None:
    places = after((0, {1: HERE}), (1, {1: THERE}))

    assert places.rects(1) == (THERE, Rect(0, 0, 400, 280))
    assert places.rects(1 + LINGER) == (THERE, Rect(0, 0, 400, 280))
    assert places.rects(1.1 + LINGER) == (THERE,)


def test_one_that_is_gone_is_covered_for_a_while() -> None:
    places = after((0, {1: HERE}), (1, {}))

    assert places.rects(1) == (HERE,)
    assert places.rects(1.1 + LINGER) == ()


def test_a_long_way_is_covered_wholly() -> None:
    looks = [(step / 100, {1: Rect(step * 10, 0, 20, 20)}) for step in range(LONGEST_TRAIL * 4)]
    rects = after(*looks).rects(0.4)

    assert len(rects) <= LONGEST_TRAIL + 1
    assert all(any(overlap(rect, Rect(step * 10, 5, 1, 1)) for rect in rects) for step in range(LONGEST_TRAIL * 4))


@pytest.mark.parametrize("looks", [[{}, {1: HERE}], [{1: HERE}, {}], [{1: HERE}, {2: HERE}]])
def test_while_windows_makes_it_come_or_go_there_are_no_pictures(looks: list[dict[int, Rect]]) -> None:
    places = after((0, looks[0]), (9, looks[0]))
    assert places.settles_in(9) == 0

    places.note(looks[1], 10)

    assert places.settles_in(10) == MOVING_SECONDS
    assert places.settles_in(10 + MOVING_SECONDS) == 0


def test_one_that_is_there_at_the_first_look_may_have_just_come() -> None:
    assert after((0, {1: HERE})).settles_in(0) == MOVING_SECONDS
    assert after((0, {})).settles_in(0) == 0


def test_moving_one_by_hand_stops_nothing() -> None:
    assert after((0, {1: HERE}), (9, {1: THERE})).settles_in(9) == 0


def test_our_own_may_come_and_go() -> None:
    """Each of our hints would stop the pictures."""
    places = SecretPlaces()
    assert places.note({1: HERE}, 0, calm={1})
    assert not places.note({1: HERE}, 1, calm={1})
    assert places.note({1: HERE, 2: THERE}, 2, calm={1, 2})

    assert places.settles_in(2) == 0
    assert places.rects(2) == (HERE, THERE)


def test_other_rules_move_nothing() -> None:
    """With them a window that lies still may have to be covered: at once, and not after a while."""
    places = after((0, {}))
    assert places.note({1: HERE}, 5, has_moved=False)

    assert (places.settles_in(5), places.rects(5)) == (0, (HERE,))
    places.note({1: HERE}, 6)
    assert places.settles_in(6) == 0
