"""What is in the pictures decides how coarsely they are encoded, and the ceiling has the last word."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.video.rate_control import FEWEST, PATIENCE, RateControl, coarsest, contrast
from tests.helpers.moving import code, luma, noise, pan

CAMERA, TEXT = (luma(of[0]).astype(np.uint8) for of in (pan(1, 640, 360), code(1, 640, 360)))
GREY = np.full((360, 640), 128, dtype=np.uint8)


def after(rate_control: RateControl, picture: np.ndarray, sizes: list[int]) -> list[int]:
    """Return the values that were chosen while pictures of these sizes were encoded."""
    chosen = []
    for size in sizes:
        rate_control.note(size)
        if rate_control.is_due and rate_control.choose(picture, is_free=False):
            chosen.append(rate_control.value)
    return chosen


def begun(picture: np.ndarray, quality: int = 80, fps: float = 30) -> RateControl:
    """Return a quantiser that was chosen for ``picture``."""
    rate_control = RateControl(quality, 640 * 360, fps)
    rate_control.choose(picture, is_free=True)
    return rate_control


def test_text_has_more_contrast_than_a_camera_picture_and_nothing_shows_on_grey() -> None:
    assert contrast(CAMERA) * 5 < contrast(TEXT) < contrast(GREY) == math.inf


def test_what_is_empty_does_not_count() -> None:
    beside = np.concatenate([CAMERA, GREY], axis=1)

    assert contrast(beside) == pytest.approx(contrast(CAMERA), rel=0.05)


@pytest.mark.parametrize("size", [(8, 8), (15, 9), (127, 300)])
def test_any_size_that_is_encoded_has_a_contrast(size: tuple[int, int]) -> None:
    assert contrast(luma(noise(1, *size)[0]).astype(np.uint8)) > 100


@given(st.integers(10, 100), st.floats(60, 1e9) | st.just(math.inf))
def test_the_quantiser_is_one_and_follows_quality_and_contrast(quality: int, contrast: float) -> None:
    value = coarsest(quality, contrast)

    assert 0 <= value <= 51
    assert value >= coarsest(min(quality + 5, 100), contrast)
    assert value <= coarsest(quality, contrast * 2)


def test_while_it_fits_it_stays() -> None:
    rate_control = begun(TEXT)

    assert after(rate_control, TEXT, [500] * 3000) == []


def test_above_the_ceiling_it_gets_coarser_at_once_and_finer_slowly() -> None:
    rate_control = begun(CAMERA)
    first = rate_control.value
    too_much = round(rate_control.ceiling / 30 * 2)
    raised = after(rate_control, CAMERA, [too_much] * 30)
    kept = after(rate_control, CAMERA, [10] * 30 * (PATIENCE - 1))
    lowered = after(rate_control, CAMERA, [10] * 30 * PATIENCE * 3)

    assert raised == [first + 3]
    assert kept == []
    assert lowered == [first]


def test_other_contents_make_it_coarser_at_once_and_finer_after_a_while() -> None:
    coarse, fine = begun(TEXT), begun(CAMERA)
    text, camera = coarse.value, fine.value

    assert after(fine, TEXT, [500] * 30) == [text]
    assert after(coarse, CAMERA, [500] * 30 * (PATIENCE - 1)) == []
    assert after(coarse, CAMERA, [500] * 30) == [camera]


def test_with_a_key_frame_every_change_is_free() -> None:
    rate_control = begun(TEXT)

    assert not rate_control.choose(TEXT, is_free=True)
    assert rate_control.choose(CAMERA, is_free=True)
    assert rate_control.value == begun(CAMERA).value


@settings(max_examples=60, deadline=None)
@given(st.floats(1e3, 1e8), st.floats(3, 12), st.floats(1, 60), st.integers(10, 100))
def test_it_settles_whatever_a_picture_takes(rate: float, halves_with: float, fps: float, quality: int) -> None:
    # A video that takes `rate` bytes per second at quantiser 0 and half of that with every so many more.
    rate_control = begun(CAMERA, quality, fps)
    seconds = max(fps, FEWEST) / fps

    def a_minute() -> list[int]:
        chosen = []
        for _ in range(math.ceil(60 / seconds)):
            size = math.ceil(rate * 0.5 ** (rate_control.value / halves_with) / fps)
            chosen += after(rate_control, CAMERA, [size] * math.ceil(max(fps, FEWEST)))
        return chosen

    a_minute()

    assert a_minute() == []
