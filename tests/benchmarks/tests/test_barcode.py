"""A picture's number has to be found again in what a viewer got, or not at all."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.benchmarks.barcode import Strip, check, newest_before
from tests.benchmarks.content import strips

LARGE, SMALL = Strip(16, 16, 16, 24), Strip(28, 31, 8, 12)


def picture(strip: Strip, number: int) -> np.ndarray:
    """Return a grey picture with a number in it, height × width × 3."""
    pixels = np.full((96, 448, 3), 90, dtype=np.uint8)
    pixels[strip.y : strip.y + strip.block, strip.x : strip.x + strip.width] = strip.drawn(number)[:, :, :3]
    return pixels


@pytest.mark.parametrize("strip", [LARGE, SMALL])
def test_every_number_is_read_as_it_was_drawn(strip: Strip) -> None:
    numbers = range(0, 1 << strip.bits, 37)

    assert [strip.read(picture(strip, number)[:, :, 1]) for number in numbers] == list(numbers)


def test_numbers_count_modulo_the_bits() -> None:
    assert SMALL.bits == 7
    assert SMALL.read(picture(SMALL, 128 + 5)[:, :, 1]) == 5


@pytest.mark.parametrize("strip", [LARGE, SMALL])
def test_a_number_outlives_a_poor_jpeg(strip: Strip) -> None:
    file = io.BytesIO()
    Image.fromarray(picture(strip, 77)).save(file, "JPEG", quality=30)

    assert strip.read(np.asarray(Image.open(file).convert("L"))) == 77


def test_a_number_outlives_scaling() -> None:
    half = Image.fromarray(picture(LARGE, 4242)).resize((224, 48))

    assert LARGE.read(np.asarray(half.convert("L")), 0.5) == 4242


def test_a_picture_without_a_strip_has_no_number() -> None:
    assert LARGE.read(np.full((96, 448), 90, dtype=np.uint8)) is None


def test_a_strip_with_one_wrong_block_is_not_taken_for_another_number() -> None:
    for block in range(2, LARGE.blocks):
        pixels = picture(LARGE, 1234)[:, :, 1].copy()
        area = pixels[LARGE.y : LARGE.y + 16, LARGE.x + block * 16 : LARGE.x + block * 16 + 16]
        area[:] = 255 - area

        assert LARGE.read(pixels) is None


def test_the_check_of_nothing_is_not_nothing() -> None:
    assert check(0, 6) == 63


@pytest.mark.parametrize(("number", "limit", "count"), [(3, 3, 3), (3, 130, 3), (3, 131, 131), (127, 128, 127)])
def test_a_number_stands_for_the_newest_count_that_it_can_be(number: int, limit: int, count: int) -> None:
    assert newest_before(number, limit, 7) == count


@pytest.mark.parametrize("mode", ["still", "typing", "scrolling", "motion", "changes"])
def test_strips_lie_within_the_window(mode: str) -> None:
    for strip in strips(mode, 720):
        assert strip.x + strip.width <= 1280
        assert strip.y + strip.block <= 720
