"""A long way is filled, and a queue is never longer than two."""

from __future__ import annotations

import dataclasses

import pytest

from server.protocol.options import StreamOptions
from server.stream.congestion.picture_window import MOST, QUEUED, PictureWindow
from tests.helpers.simulated_network import MEGABIT, Link, jpeg

ASKED = StreamOptions(fps=30, quality=80)
LEAST = dataclasses.replace(ASKED, quality=10, scale=0.1)
"""Nothing of it can be lowered but the rate."""
SMALL = jpeg(20_000)


@pytest.mark.parametrize(("rtt", "most_age"), [(0.002, 0.06), (0.05, 0.1), (0.15, 0.15), (0.2, 0.18)])
def test_a_far_viewer_gets_every_picture(rtt: float, most_age: float) -> None:
    link = Link(ASKED, 100 * MEGABIT, rtt, SMALL, jitter=0.002)
    link.run(2)
    settled = link.now
    link.run(10)

    assert link.rate(settled) > 29
    assert link.age(settled) < most_age
    assert link.rungs() == []


@pytest.mark.parametrize("rtt", [0.002, 0.15])
def test_a_slow_viewer_far_away_has_no_longer_queue_than_a_near_one(rtt: float) -> None:
    link = Link(LEAST, 100 * MEGABIT, rtt, SMALL, decode=0.1 / LEAST.scale**2)
    link.run(3)
    settled = link.now
    link.run(10)

    assert link.rate(settled) > 7
    # The way, one picture that is drawn, one that waits, and until the next one comes.
    assert link.age(settled) < rtt + 3 * 0.1 + 0.05


def test_a_line_that_becomes_narrow_makes_the_window_small_again() -> None:
    link = Link(ASKED, 100 * MEGABIT, 0.15, lambda *_: 20_000)
    link.run(3)
    assert link.window.size >= 6
    link.capacity = 1 * MEGABIT
    link.run(3)
    settled = link.now
    link.run(5)

    assert link.window.size <= 3
    assert link.age(settled) < 0.15 + 3 * 20_000 / MEGABIT


def test_without_a_measured_way_there_are_two() -> None:
    window = PictureWindow()
    for number in range(20):
        window.acknowledged(number * 0.01, 1, None, 1 / 30)

    assert window.size == QUEUED


def test_however_far_there_are_not_more_than_so_many() -> None:
    window = PictureWindow()
    for number in range(20):
        window.acknowledged(number * 0.01, 1, 40.0, 1 / 60)

    assert window.size == MOST


def test_pictures_that_come_now_and_then_tell_nothing_of_a_rate() -> None:
    window = PictureWindow()
    for number in range(20):
        window.acknowledged(number * 0.01, 0, 0.2, 1 / 30)

    assert window.size == QUEUED
