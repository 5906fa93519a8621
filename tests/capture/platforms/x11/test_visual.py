"""Pixels of displays of every kind, turned into ours: compared with a plain reading of the masks, pixel by pixel."""

from __future__ import annotations

import random
import sys

import numpy as np
import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("X11 only", allow_module_level=True)

from capture.platforms.x11.protocol.visual import OURS, PixelFormat

FORMATS = {
    "ours": (32, OURS),
    "red first": (32, (0xFF, 0xFF00, 0xFF0000)),
    "colours in the upper bytes": (32, (0xFF000000, 0xFF0000, 0xFF00)),
    "ten bits each": (32, (0x3FF00000, 0xFFC00, 0x3FF)),
    "ten bits each, red first": (32, (0x3FF, 0xFFC00, 0x3FF00000)),
    "three bytes": (24, OURS),
    "three bytes, red first": (24, (0xFF, 0xFF00, 0xFF0000)),
    "5-6-5": (16, (0xF800, 0x7E0, 0x1F)),
    "5-5-5": (16, (0x7C00, 0x3E0, 0x1F)),
    "4-4-4, blue last": (16, (0xF, 0xF0, 0xF00)),
    "3-3-2": (8, (0x7, 0x38, 0xC0)),
}


def channel(pixel: int, mask: int) -> int:
    low = (mask & -mask).bit_length() - 1
    most = mask >> low
    value = (pixel & mask) >> low
    return value >> (most.bit_length() - 8) if most > 255 else (value * 255 + most // 2) // most


@pytest.mark.parametrize("is_little_endian", [True, False], ids=["little", "big"])
@pytest.mark.parametrize(("bits", "masks"), FORMATS.values(), ids=FORMATS.keys())
def test_colours_are_read_by_their_masks(bits: int, masks: tuple[int, int, int], is_little_endian: bool) -> None:
    draw = random.Random(7)
    height, width, pad = 6, 13, 32
    form = PixelFormat(bits, pad, is_little_endian, masks)
    pixels = [[draw.randrange(1 << bits) for _ in range(width)] for _ in range(height)]
    order = "little" if is_little_endian else "big"
    rows = [b"".join(pixel.to_bytes(bits // 8, order) for pixel in row) for row in pixels]
    raw = b"".join(row.ljust(form.row_bytes(width), b"\xaa") for row in rows)
    # Part of a larger picture, as when only what was painted is fetched.
    whole = np.zeros((height + 2, width + 3, 4), dtype=np.uint8)
    out = whole[1 : 1 + height, 2 : 2 + width]
    form.convert(raw, out)

    assert out[:, :, 2::-1].tolist() == [[[channel(pixel, mask) for mask in masks] for pixel in row] for row in pixels]
    assert not whole[0].any()
    assert not whole[:, :2].any()
    assert form.is_ours is ((bits, masks, is_little_endian) == (32, OURS, True))


def test_colours_of_a_palette_are_looked_up() -> None:
    form = PixelFormat(8, 32, True, (0, 0, 0), colormap=1, entries=3)
    out = np.zeros((1, 4, 4), dtype=np.uint8)
    # A program may paint a number for which there is no colour.
    form.convert(bytes([0, 2, 1, 9]), out, np.array([0x112233, 0x445566, 0x778899], np.uint32))

    assert out[0, :, 2::-1].tolist() == [[0x11, 0x22, 0x33], [0x77, 0x88, 0x99], [0x44, 0x55, 0x66], [0x77, 0x88, 0x99]]
