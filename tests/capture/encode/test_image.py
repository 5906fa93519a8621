"""Pictures become files of the right kind, size and colour."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from capture.encode.image import Rendition, encode, scaled, with_pointer
from capture.errors import EncodeError
from capture.picture.frame import Pointer
from tests.helpers.canned import frame, plain


@pytest.mark.parametrize(("kind", "tolerance"), [("jpeg", 6), ("webp", 6), ("png", 0)])
@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (12, 200, 90)])
def test_colours_survive(kind: str, tolerance: int, colour: tuple[int, int, int]) -> None:
    encoded = encode(frame(plain(*colour), 5), Rendition(kind, 90))
    image = Image.open(io.BytesIO(encoded.data))

    assert (image.format, image.size) == (kind.upper(), (100, 60))
    assert (encoded.width, encoded.height, encoded.version) == (100, 60, 5)
    pixel = image.convert("RGB").getpixel((50, 30))
    assert all(abs(a - b) <= tolerance for a, b in zip(pixel, colour[::-1], strict=True))


def test_png_is_exact() -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (61, 103, 4), dtype=np.uint8)
    image = Image.open(io.BytesIO(encode(frame(pixels), Rendition("png")).data))

    assert (np.asarray(image.convert("RGB")) == pixels[:, :, 2::-1]).all()


@pytest.mark.parametrize(
    ("rendition", "size"),
    [
        (Rendition(), (100, 60)), (Rendition(scale=0.5), (50, 30)), (Rendition(max_width=50), (50, 30)),
        (Rendition(max_height=20), (33, 20)), (Rendition(max_width=500, max_height=500), (100, 60)),
        (Rendition(scale=0.5, max_width=10), (10, 6)), (Rendition(scale=0.1, max_height=1), (2, 1)),
    ],
)  # fmt: skip
def test_pictures_are_made_smaller_never_larger(rendition: Rendition, size: tuple[int, int]) -> None:
    encoded = encode(frame(plain(1, 2, 3)), rendition)

    assert rendition.size_for(100, 60) == size
    assert Image.open(io.BytesIO(encoded.data)).size == size


@pytest.mark.parametrize("place", [(0, 0), (-3, -2), (98, 58), (-50, 0), (200, 200), (40, 30)])
def test_the_pointer_is_drawn_where_it_is_and_cut_at_the_edge(place: tuple[int, int]) -> None:
    image = np.zeros((8, 6, 4), dtype=np.uint8)
    image[:, :] = (0, 0, 200, 255)
    image[0, :] = (0, 0, 0, 0)
    pixels = plain(100, 100, 100)
    drawn = with_pointer(pixels, Pointer(*place, 1, image))
    expected = pixels.copy()
    for y in range(1, 8):
        for x in range(6):
            if 0 <= place[1] + y < 60 and 0 <= place[0] + x < 100:
                expected[place[1] + y, place[0] + x, :3] = (0, 0, 200)

    assert (drawn[:, :, :3] == expected[:, :, :3]).all()
    assert (pixels == plain(100, 100, 100)).all()


def test_a_translucent_pointer_lets_the_picture_through() -> None:
    image = np.full((1, 1, 4), (0, 0, 64, 128), dtype=np.uint8)
    drawn = with_pointer(plain(100, 100, 100), Pointer(5, 5, 1, image))

    assert drawn[5, 5, :3].tolist() == [49, 49, 113]


def test_the_pointer_is_left_out_on_request() -> None:
    pointer = Pointer(5, 5, 1, np.full((9, 9, 4), 255, dtype=np.uint8))
    with_it, without = (
        encode(frame(plain(0, 0, 0), pointer=pointer), Rendition("png", cursor=request)).data
        for request in (True, False)
    )

    assert Image.open(io.BytesIO(without)).convert("L").getextrema() == (0, 0)
    assert Image.open(io.BytesIO(with_it)).convert("L").getextrema() == (0, 255)


def test_what_a_codec_cannot_do_is_said() -> None:
    with pytest.raises(EncodeError, match="webp"):
        encode(frame(plain(0, 0, 0, width=20000, height=2)), Rendition("webp"))


@pytest.mark.parametrize("size", [(320, 180), (160, 90), (240, 135), (199, 101)])
def test_what_is_made_smaller_is_the_mean_of_what_it_was(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(5).integers(0, 255, (360, 640, 4), dtype=np.uint8)
    small = scaled(pixels, *size)
    part = scaled(pixels, size[0] // 2, size[1], (0, 0, 640 / size[0] * (size[0] // 2), 360))
    means = Image.fromarray(pixels[:, :, 0]).resize(size, Image.Resampling.BOX)

    assert small.shape == (size[1], size[0], 4)
    assert np.abs(small[:, :, 0].astype(int) - np.asarray(means)).max() <= 1
    # A part is what it would be in the whole, so that no seam is seen.
    assert (part == small[:, : size[0] // 2]).all()
