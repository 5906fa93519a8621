"""Rectangles without others, and painting over."""

from __future__ import annotations

import random

import numpy as np

from capture.picture.pixels import MOST_PIECES, Rect, paint_over, without


def drawn(rects: list[Rect], size: int) -> np.ndarray:
    picture = np.zeros((size, size), dtype=np.int64)
    for rect in rects:
        picture[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width] += 1
    return picture


def test_what_is_left_of_a_rectangle_is_all_that_nothing_covers() -> None:
    draw = random.Random(2)
    for _ in range(300):
        rect, *covers = (
            Rect(draw.randrange(30), draw.randrange(30), draw.randrange(1, 30), draw.randrange(1, 30))
            for _ in range(draw.randrange(1, 6))
        )
        left = without(rect, covers)

        assert (drawn(left, 60) == (drawn([rect], 60) > 0) * (drawn(covers, 60) == 0)).all()


def test_a_rectangle_is_not_cut_into_very_many_pieces() -> None:
    covers = [Rect(2 * n % 200, 2 * n // 200 * 2, 1, 1) for n in range(1000)]
    left = without(Rect(0, 0, 200, 200), covers)

    assert len(left) <= MOST_PIECES
    shown = (drawn([Rect(0, 0, 200, 200)], 200) > 0) & (drawn(left, 200) == 0)
    assert not (shown & (drawn(covers, 200) == 0)).any()


def test_painting_over_stays_in_the_picture() -> None:
    pixels = np.full((20, 30, 4), 9, dtype=np.uint8)
    paint_over(pixels, [Rect(-5, -5, 10, 8), Rect(25, 15, 50, 50), Rect(40, 2, 5, 5), Rect(-9, 2, 4, 4)], 0x112233)
    words = pixels.view(np.uint32)[:, :, 0]

    assert (words[:3, :5] == 0x112233).all()
    assert (words[15:, 25:] == 0x112233).all()
    assert (words == 0x112233).sum() == 15 + 25
