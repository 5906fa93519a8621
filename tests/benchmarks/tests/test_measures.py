"""Pictures are judged as those who defined the measures judge them, and settings are found by trying."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.benchmarks.content import strips
from tests.benchmarks.quality.equal import CRF, QUALITY, equal_value
from tests.benchmarks.quality.measures import decibels, hvs_error, quality, ssim
from tests.benchmarks.quality.originals import Originals

RAMP = np.add.outer(np.arange(64) * 2, np.arange(64)).astype(np.uint8)
STRIPED = np.where(np.arange(64)[None, :] % 8 < 4, RAMP, RAMP + 6).astype(np.uint8)


def test_what_eyes_see_of_an_error_is_what_the_authors_programs_say() -> None:
    # psnr_hvsm 0.3.0 (PyPI), which gives the same figures as the authors' own: 29.91509974 dB.
    assert decibels(hvs_error(RAMP, STRIPED)) == pytest.approx(29.9151, abs=1e-3)
    assert ssim(RAMP, STRIPED) < 0.95


def test_the_same_picture_is_identical() -> None:
    picture = np.repeat(RAMP[:, :, None], 3, axis=2)

    found = quality([(picture, picture)])

    assert found is not None
    assert (found.ssim, found.hvs, found.identical) == (1.0, math.inf, 1)
    assert quality([]) is None


def test_a_picture_in_another_size_is_compared_in_the_smaller_one() -> None:
    large = np.repeat(RAMP[:, :, None], 3, axis=2)

    found = quality([(large[:32, :32], large)])

    assert found is not None
    assert (found.width, found.height, found.identical) == (32, 32, 0)


@pytest.mark.parametrize("mode", ["motion", "scrolling", "still"])
def test_an_original_carries_its_count(mode: str) -> None:
    picture = Originals(mode, 640, 360).picture(77)

    assert picture.shape == (360, 640, 3)
    assert [strip.read(picture[:, :, 1]) for strip in strips(mode, 360)] == [77, 77]


def test_the_setting_is_found_at_which_two_are_equally_good() -> None:
    asked: list[int] = []

    def measure(value: int) -> float:
        asked.append(value)
        return 24 - 0.5 * value

    assert equal_value(CRF, 11.5, 15.5, measure) == 17
    assert len(asked) <= 3


def test_no_setting_is_tried_when_they_are_equally_good_as_they_come() -> None:
    assert equal_value(QUALITY, 16.0, 16.1, lambda _: pytest.fail("tried")) == 80


def test_what_could_not_be_seen_leaves_the_setting_as_it_comes() -> None:
    assert equal_value(QUALITY, 16.0, 10.0, lambda _: None) == 80
