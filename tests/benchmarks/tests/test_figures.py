"""What is made of sightings: delays, pictures a second, ages."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.benchmarks.figures import ages, psnr, quantile, seen_between

PAINTED = {count: 10 + count / 10 for count in range(10)}
"""Ten pictures in a second, from the moment 10 on."""


def test_a_quantile_is_one_of_the_values() -> None:
    values = [4.0, 1.0, 3.0, 2.0]

    assert (quantile(values, 0.5), quantile(values, 0.95), quantile(values, 0)) == (2.0, 4.0, 1.0)
    assert math.isnan(quantile([], 0.5))


def test_a_picture_is_there_when_all_its_strips_are() -> None:
    sightings = [(strip, count, at + late) for count, at in PAINTED.items() for strip, late in ((0, 0.01), (1, 0.03))]

    seen = seen_between(10, 11, PAINTED, sightings, 16)

    assert seen.fps == 10
    assert seen.delays == pytest.approx([0.03] * 10)
    assert (seen.median_ms, seen.p95_ms) == (pytest.approx(30), pytest.approx(30))


def test_a_picture_of_which_one_strip_was_never_seen_was_not_shown() -> None:
    sightings = [(strip, count, at + 0.01) for count, at in PAINTED.items() for strip in (0, 1)]
    sightings.remove((1, 4, PAINTED[4] + 0.01))

    seen = seen_between(10, 11, PAINTED, sightings, 16)

    assert (len(seen.delays), seen.painted, seen.fps) == (9, 10, 9)


def test_pictures_painted_before_or_after_do_not_count() -> None:
    sightings = [(0, count, at + 0.01) for count, at in PAINTED.items()]

    seen = seen_between(10.25, 10.75, PAINTED, sightings, 16)

    assert (seen.painted, seen.fps) == (5, 10)


def test_numbers_that_began_anew_are_told_apart_by_the_time() -> None:
    painted = {count: 10 + count / 10 for count in range(300)}
    sightings = [(0, count % 128, at + 0.02) for count, at in painted.items()]

    seen = seen_between(10, 40, painted, sightings, 7)

    assert seen.delays == pytest.approx([0.02] * 300)


def test_the_age_grows_until_another_picture_is_shown() -> None:
    found = ages(10.0, 10.4, PAINTED, [(0, 10.0), (2, 10.3)])

    assert max(found) == pytest.approx(0.3, abs=0.02)
    assert found[-1] == pytest.approx(0.2, abs=0.02)
    assert len(found) == pytest.approx(40, abs=2)


def test_likeness_tells_identical_from_almost() -> None:
    picture = np.zeros((4, 4, 3), dtype=np.uint8)
    other = picture.copy()
    other[0, 0, 0] = 3

    assert math.isinf(psnr(picture, picture))
    assert psnr(picture, other) == pytest.approx(10 * math.log10(255**2 * 48 / 9))
    assert psnr(picture, picture[:2]) == 0
