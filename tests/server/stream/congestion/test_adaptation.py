"""A viewer gets less at once when it does not keep up, and all of it again as soon as it can take it."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.protocol.options import StreamOptions
from server.stream.congestion.adaptation import LADDER, Adaptation, Rung
from tests.helpers.simulated_network import MEGABIT, Link, jpeg

ASKED = StreamOptions(fps=30, quality=80, adaptive=True)
LEAST = StreamOptions(fps=0.1, quality=10, scale=0.1, adaptive=True)
FAST = 200 * MEGABIT

asked_options = st.builds(
    StreamOptions,
    fps=st.floats(0.1, 60),
    quality=st.integers(10, 100),
    format=st.sampled_from(["jpeg", "png", "webp"]),
    scale=st.floats(0.1, 1.0),
    max_width=st.none() | st.integers(16, 16384),
    max_height=st.none() | st.integers(16, 16384),
)
links = st.builds(
    Link,
    st.just(ASKED) | st.just(dataclasses.replace(ASKED, fps=10)) | st.just(dataclasses.replace(ASKED, fps=60)),
    st.floats(-2, 8).map(lambda power: 2**power * MEGABIT),
    rtt=st.floats(0, 0.2),
    size=st.floats(5_000, 400_000).map(jpeg),
    decode=st.floats(0.001, 0.2),
    seed=st.integers(0, 1000),
)


@given(asked_options, st.sampled_from(LADDER))
def test_a_rung_never_gives_more_than_was_asked_and_only_what_may_be_asked(asked: StreamOptions, rung: Rung) -> None:
    given_ = rung.applied(asked)

    assert asked.patched(given_.to_wire()) == given_
    assert (given_.quality, given_.scale, given_.fps) <= (asked.quality, asked.scale, asked.fps)
    for name in ("quality", "scale", "fps", "max_width", "max_height"):
        assert (getattr(given_, name) or 0) <= (getattr(asked, name) or 0)
    assert (given_.format, given_.cursor, given_.unchanged) == (asked.format, asked.cursor, asked.unchanged)


def test_the_ladder_goes_down_quality_first_then_scale_then_rate() -> None:
    falls = [
        [name for name in ("quality", "scale", "fps") if getattr(lower, name) < getattr(higher, name)]
        for higher, lower in itertools.pairwise(LADDER)
    ]

    assert LADDER[0].applied(ASKED) == ASKED
    assert falls == sorted(falls, key=lambda names: ["quality", "scale", "fps"].index(names[0]))
    assert all(len(names) == 1 for names in falls)


def test_viewers_of_different_wishes_meet_on_the_same_pictures() -> None:
    wishes = [dataclasses.replace(ASKED, quality=quality) for quality in (60, 80, 100)]

    assert len({LADDER[2].applied(each).rendition for each in wishes}) == 1


@pytest.mark.parametrize("rtt", [0.001, 0.05, 0.15, 0.3])
@pytest.mark.parametrize("fps", [1, 30, 60])
def test_on_a_fast_connection_nothing_is_lowered_however_long_it_is(rtt: float, fps: float) -> None:
    link = Link(dataclasses.replace(ASKED, fps=fps), FAST, rtt, jitter=0.01)
    link.run(180)

    assert link.changes == []


@pytest.mark.parametrize("rtt", [0.005, 0.04, 0.15])
def test_pictures_stay_young_on_two_megabits(rtt: float) -> None:
    link = Link(ASKED, 2 * MEGABIT, rtt)
    link.run(15)
    first_at, first = link.changes[0]
    link.run(105)

    # The first picture alone takes 0.6 s; what follows it shows that it is not for being far away.
    assert first_at < 2.2
    assert first.reason.english.startswith("The connection takes ")
    assert 1.3 < float(first.reason.english.split()[3]) < 2.7
    assert link.age(since=15) <= 0.5


def test_a_connection_that_gets_slow_is_noticed_within_a_second_and_a_half() -> None:
    link = Link(ASKED, FAST)
    link.run(20)
    link.capacity = 2 * MEGABIT
    link.run(1.5)

    # At once to where pictures fit, not step by step.
    assert [rung >= 5 for rung in link.rungs()] == [True]


def test_a_connection_that_gets_fast_again_has_everything_again_within_a_minute_and_a_half() -> None:
    link = Link(ASKED, 2 * MEGABIT)
    link.run(120)
    link.capacity = FAST
    link.run(90)
    back_at = link.now
    link.run(60)

    assert link.adaptation.rung == 0
    assert link.adaptation.options == ASKED
    assert link.rungs(since=back_at) == []


@settings(max_examples=25, deadline=None)
@given(links)
def test_it_settles_on_any_connection_with_any_viewer(link: Link) -> None:
    link.run(120)
    link.run(60)

    # Once in a while a better rung is tried: that is one change up and, where it does not hold, one down.
    assert len(link.rungs(since=120)) <= 6


@settings(max_examples=25, deadline=None)
@given(links)
def test_whatever_was_lowered_comes_back(link: Link) -> None:
    link.run(60)
    link.capacity = FAST
    link.quick_viewer()
    link.run(150)

    assert link.adaptation.rung == 0


@pytest.mark.parametrize("decode", [0.08, 0.3])
def test_a_slow_viewer_gets_smaller_or_fewer_pictures_and_is_told_why(decode: float) -> None:
    link = Link(ASKED, FAST, decode=decode)
    link.run(120)
    at, first = link.changes[0]
    options = link.adaptation.options

    assert at < 1.5
    assert first.reason.english == f"The viewer needs {decode * 1000:.0f} ms to show a picture."
    # Less quality would not have helped.
    assert LADDER[first.rung].scale < 1
    assert decode * options.scale**2 <= 1.3 / options.fps
    assert link.age(since=15) <= 0.5


def test_one_late_picture_is_no_trend() -> None:
    link = Link(ASKED, FAST)
    for _ in range(10):
        link.run(10)
        link.capacity = MEGABIT
        link.run(1 / 30)
        link.capacity = FAST
    link.run(10)

    assert link.age(since=0, share=0.9999) > 0.5  # they were late indeed
    assert link.changes == []


def test_a_large_picture_now_and_then_is_no_trend() -> None:
    link = Link(ASKED, 4 * MEGABIT, size=lambda _, count: 200_000 if count % 300 == 1 else 7_000)
    link.run(120)

    assert link.changes == []


def test_waiting_for_the_socket_is_trouble_even_before_anything_is_acknowledged() -> None:
    adaptation = Adaptation(ASKED)
    changes = []
    for step in range(4):
        now = step * 0.5
        adaptation.blocked(now, 0.4)
        changes.append(adaptation.decide(now, 1 / 30))

    assert [change and change.rung for change in changes] == [None, 1, None, 2]
    assert changes[1] is not None
    assert changes[1].reason.code == "connection_full"


def test_short_waits_for_the_socket_are_normal() -> None:
    adaptation = Adaptation(ASKED)
    changes = []
    for step in range(1000):
        adaptation.blocked(step / 30, 0.02)
        changes.append(adaptation.decide(step / 30, 1 / 30))

    assert changes == [None] * 1000


def test_where_nothing_can_be_lowered_nothing_changes() -> None:
    link = Link(LEAST, 10, size=jpeg(1e6))
    link.run(1000)

    assert link.changes == []


@pytest.mark.parametrize(
    ("asked", "first"), [(dataclasses.replace(ASKED, quality=30), 4), (dataclasses.replace(ASKED, format="png"), 4)]
)
def test_rungs_that_would_change_nothing_are_passed_over(asked: StreamOptions, first: int) -> None:
    adaptation = Adaptation(asked)
    for _ in range(2):
        adaptation.blocked(1, 1)
    down = adaptation.decide(1, 1 / 30)
    up = [adaptation.decide(1 + second, 1 / 30) for second in range(1, 30)]

    assert down is not None
    assert down.rung == first
    assert [change.rung for change in up if change] == [0]


def test_other_wishes_are_lowered_as_far_as_the_old_ones() -> None:
    adaptation = Adaptation(ASKED)
    for _ in range(2):
        adaptation.blocked(1, 1)
    adaptation.decide(1, 1 / 30)
    adaptation.ask(dataclasses.replace(ASKED, quality=95, fps=5))

    assert (adaptation.rung, adaptation.options.quality, adaptation.options.fps) == (1, 70, 5)


def test_what_cannot_be_held_is_tried_less_and_less_often() -> None:
    link = Link(ASKED, 5 * MEGABIT)
    link.run(300)
    climbs = [at for (_, before), (at, change) in itertools.pairwise(link.changes) if change.rung < before.rung]
    pauses = [later - earlier for earlier, later in itertools.pairwise(climbs)]

    assert pauses[0] < 10
    assert min(pauses[-2:]) > 50


def lowered() -> Adaptation:
    """Return one that knows a quick connection and went down a rung at 1."""
    adaptation = Adaptation(ASKED)
    adaptation.acknowledged(0.5, 0.02, 0.005, 50_000)
    for _ in range(2):
        adaptation.blocked(1, 1)
    assert adaptation.decide(1, 1 / 30) is not None
    return adaptation


@pytest.mark.parametrize(("sent_at", "is_lowered"), [(0.9, False), (1.1, True)])
def test_pictures_from_before_a_change_are_not_held_against_it(sent_at: float, is_lowered: bool) -> None:
    adaptation = lowered()
    changes = []
    for now in (1.8, 2.6):
        adaptation.acknowledged(now, now - sent_at, 0.005, 50_000)
        changes.append(adaptation.decide(now, 1 / 30))

    assert any(changes) is is_lowered


def test_nothing_is_raised_before_it_has_been_calm_for_a_while() -> None:
    adaptation = lowered()
    raised_at = []
    for step in range(20 * 30):
        now = 1 + step / 30
        if now < 11 and step % 30 == 0:
            adaptation.blocked(now, 0.25)
        adaptation.acknowledged(now, 0.02, 0.005, 50_000)
        if adaptation.decide(now, 1 / 30) is not None:
            raised_at.append(now)

    # The last trouble was at 10, and rung 0 could not be held once: that doubles the pause.
    assert [16 <= at <= 17 for at in raised_at] == [True]


def test_a_connection_that_has_become_longer_is_not_taken_for_slow_for_ever() -> None:
    link = Link(ASKED, FAST, rtt=0.01)
    link.run(60)
    link.rtt = 0.25
    link.run(120)
    then = link.now
    link.run(120)

    assert link.adaptation.rung == 0
    assert link.rungs(since=then) == []


@pytest.mark.parametrize(("size", "cause"), [(20_000, "bandwidth"), (400, "blocked")])
def test_nobody_is_told_that_a_connection_carries_nothing(size: int, cause: str) -> None:
    """Small pictures that take long, as on a machine that has much else to do."""
    adaptation = Adaptation(ASKED)
    now, change = 100.0, None
    adaptation.decide(now, 1 / 30)
    for turn in range(80):
        now += 0.25
        adaptation.acknowledged(now, 0.01 if turn < 4 else 0.6, 0.0, size)
        change = change or adaptation.decide(now, 1 / 30)

    assert change is not None
    assert change.cause == cause
    assert " 0.0 " not in change.reason.english
