"""Our picture of a stream stays right whatever buffers say has changed, and given pictures stay as they were."""

from __future__ import annotations

import numpy as np
import pytest

from capture.picture.pixels import Pixels, Rect
from capture.platforms.wayland.pipewire.buffers import BGRX, RGBA, Delivery, PointerNews
from capture.platforms.wayland.pipewire.painting import Painting, upright

WIDE, HIGH = 20, 10


def picture(seed: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 255, (HIGH, WIDE, 4), np.uint8)


def delivery(
    pixels: Pixels | None, *damage: Rect, sequence: int | None = None, crop: Rect | None = None, transform: int = 0
) -> Delivery:
    return Delivery(pixels, crop or Rect(0, 0, WIDE, HIGH), damage or None, sequence, None, transform)


def taken(painting: Painting) -> tuple[Pixels, tuple[Rect, ...] | None]:
    pixels, damage = painting.take()
    assert pixels is not None
    return pixels, damage


def test_damage_is_added_up_until_it_is_taken() -> None:
    painting, wanted = Painting(), picture(0)
    painting.absorb(delivery(wanted, Rect(0, 0, 2, 2), sequence=1), BGRX)
    assert taken(painting)[1] is None
    for number, rect in ((2, Rect(1, 1, 3, 2)), (3, Rect(15, 5, 50, 50))):
        wanted = wanted.copy()
        wanted[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width] = number
        painting.absorb(delivery(wanted, rect, sequence=number), BGRX)
    pixels, damage = taken(painting)

    assert np.array_equal(pixels, wanted)
    assert damage == (Rect(1, 1, 3, 2), Rect(15, 5, 5, 5))
    assert painting.take() == (None, ())


def test_pictures_that_somebody_holds_stay_and_free_ones_are_brought_up_to_date() -> None:
    painting, chance = Painting(), np.random.default_rng(5)
    wanted = picture(0)
    painting.absorb(delivery(wanted, sequence=0), BGRX)
    held = [taken(painting)[0]]
    copies = [held[0].copy()]
    for number in range(1, 60):
        wanted = wanted.copy()
        x, y = chance.integers(0, WIDE - 3), chance.integers(0, HIGH - 3)
        wanted[y : y + 3, x : x + 3] = number
        painting.absorb(delivery(wanted, Rect(int(x), int(y), 3, 3), sequence=number), BGRX)
        pixels = taken(painting)[0]
        assert np.array_equal(pixels, wanted)
        held.append(pixels)
        copies.append(pixels.copy())
        if number % 3:
            at = int(chance.integers(0, len(held)))
            del held[at], copies[at]
        del pixels
        assert all(np.array_equal(mine, copy) for mine, copy in zip(held, copies, strict=True))


@pytest.mark.parametrize("lost", ["a number", "the pixels", "a doubt"])
def test_after_a_buffer_that_is_missing_the_next_one_counts_as_a_whole(lost: str) -> None:
    painting, wanted = Painting(), picture(2)
    painting.absorb(delivery(picture(1), sequence=1), BGRX)
    painting.take()
    if lost == "the pixels":
        painting.absorb(delivery(None, sequence=2), BGRX)
    elif lost == "a doubt":
        painting.doubt()
    painting.absorb(delivery(wanted, Rect(0, 0, 1, 1), sequence=3 if lost == "a number" else 2), BGRX)

    pixels, damage = taken(painting)
    assert np.array_equal(pixels, wanted)
    assert damage is None


def test_another_crop_or_size_is_another_picture() -> None:
    painting, whole = Painting(), picture(3)
    painting.absorb(delivery(whole), BGRX)
    painting.take()
    painting.absorb(delivery(whole[2:8, 5:15], Rect(6, 3, 1, 1), crop=Rect(5, 2, 10, 6)), BGRX)

    assert taken(painting)[1] is None
    painting.absorb(delivery(whole[2:8, 5:15], Rect(6, 3, 1, 1), crop=Rect(5, 2, 10, 6)), BGRX)
    assert taken(painting)[1] == (Rect(1, 1, 1, 1),)


def test_red_and_blue_are_exchanged_where_they_lie_the_other_way_round() -> None:
    painting, pixels = Painting(), picture(4)
    painting.absorb(delivery(pixels), RGBA)

    assert np.array_equal(taken(painting)[0], pixels[..., (2, 1, 0, 3)])


@pytest.mark.parametrize("transform", range(8))
def test_a_turned_picture_is_turned_back(transform: int) -> None:
    seen = picture(6)
    mirrored = seen[:, ::-1] if transform >= 4 else seen
    painting = Painting()
    painting.absorb(delivery(np.rot90(mirrored, transform % 4), Rect(0, 0, 1, 1), transform=transform), BGRX)

    assert np.array_equal(taken(painting)[0], seen)
    assert np.array_equal(upright(np.rot90(mirrored, transform % 4), transform), seen)


def test_the_pointer_comes_with_its_image_or_with_the_last_one() -> None:
    painting, image = Painting(), np.full((4, 3, 4), 9, np.uint8)

    def move(news: PointerNews | None) -> None:
        painting.absorb(Delivery(None, Rect(0, 0, WIDE, HIGH), tells_pointer=True, pointer=news), BGRX)

    painting.absorb(delivery(picture(0)), BGRX)
    painting.take()
    move(PointerNews(5, 6, 1, 2, None))
    assert painting.pointer is None  # nobody knows what it looks like
    move(PointerNews(5, 6, 1, 2, image))
    assert painting.pointer is not None
    assert (painting.pointer.x, painting.pointer.y) == (4, 4)
    assert painting.is_changed
    assert painting.take() == (None, ())
    shape = painting.pointer.shape
    move(PointerNews(7, 6, 1, 2, None))
    assert (painting.pointer.x, painting.pointer.shape) == (6, shape)
    move(PointerNews(WIDE + 5, 6, 1, 2, None))
    assert painting.pointer is None
    move(None)
    assert painting.pointer is None
