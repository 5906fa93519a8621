"""What is painted can be read again wherever it lies, and one wrong pixel is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from capture.picture.pixels import Pixels, Rect
from capture.trial.code import SMALLEST, STEPS, paint, readings


def screen(width: int = 1000, height: int = 700) -> Pixels:
    return np.random.default_rng(1).integers(0, 255, (height, width, 4), np.uint8)


@pytest.mark.parametrize(("which", "step"), [(0, 0), (1, 1), (3, STEPS - 1)])
@pytest.mark.parametrize("size", [SMALLEST, (480, 320), (901, 333)])
def test_a_picture_says_which_it_is(which: int, step: int, size: tuple[int, int]) -> None:
    (found,) = readings(paint(which, step, *size))

    assert (found.which, found.step, found.place, found.is_exact) == (which, step, Rect(0, 0, *size), True)


def test_pictures_are_found_where_they_lie_in_another_one() -> None:
    whole = screen()
    whole[10:330, 7:487] = paint(0, 5, 480, 320)
    whole[340:640, 503:963, :3] = paint(1, 6, 460, 300)[..., :3]  # the fourth byte says nothing

    found = readings(whole)

    assert [(each.which, each.step, each.place, each.is_exact) for each in found] == [
        (0, 5, Rect(7, 10, 480, 320), True),
        (1, 6, Rect(503, 340, 460, 300), True),
    ]


@pytest.mark.parametrize(("x", "y"), [(0, 319), (479, 100), (200, 8)])
def test_one_wrong_pixel_is_noticed(x: int, y: int) -> None:
    picture = paint(0, 9, 480, 320)
    picture[y, x, 1] ^= 1

    (found,) = readings(picture)

    assert not found.is_exact


def test_a_picture_that_is_cut_off_or_torn_is_not_exact() -> None:
    torn = paint(0, 9, 480, 320)
    torn[160:] = paint(0, 10, 480, 320)[160:]

    assert [each.is_exact for each in readings(paint(0, 9, 480, 320)[:200])] == [False]
    assert [each.is_exact for each in readings(torn)] == [False]


def test_of_a_first_row_that_is_covered_nothing_is_read() -> None:
    covered = paint(0, 9, 480, 320)
    covered[:8, 100:300] = 0

    assert readings(covered) == ()
    assert readings(screen()) == readings(np.zeros((2, 2, 4), np.uint8)) == ()
