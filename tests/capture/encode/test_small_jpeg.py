"""A picture made smaller on its way into JPEG is the one that Pillow makes smaller first, in every size and colour."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import simplejpeg
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.encode.image import Rendition, compressed, encode, jpeg_of_size, scaled
from capture.encode.small_jpeg import small_jpeg
from capture.encode.update import render
from capture.picture.damage import tile_grid
from tests.helpers.canned import frame

pytest.importorskip("av")


def smooth(width: int, height: int) -> np.ndarray:
    """Return something like a photograph: colours that change slowly, with some grain."""
    down, across = np.mgrid[:height, :width]
    grain = np.random.default_rng(1).integers(-8, 8, (height, width))
    channels = [128 + 100 * np.sin((down * a + across * b) / 40) + grain for a, b in ((1, 2), (2, 1), (1, -1))]
    pixels = np.zeros((height, width, 4), dtype=np.uint8)
    pixels[:, :, :3] = np.clip(np.stack(channels, axis=2), 0, 255)
    return pixels


def decoded(data: bytes | None) -> np.ndarray:
    assert data is not None
    return simplejpeg.decode_jpeg(data, "BGR").astype(int)


@pytest.mark.parametrize("size", [(636, 358), (640, 360), (420, 236), (1279, 719)])
def test_it_is_as_true_as_by_pillow(size: tuple[int, int]) -> None:
    pixels = smooth(1280, 720)
    small = np.ascontiguousarray(scaled(pixels, *size))
    ours, theirs = decoded(small_jpeg(pixels, *size, 80)), decoded(compressed(small, "jpeg", 80))

    assert abs(ours - small[:, :, :3]).mean() < abs(theirs - small[:, :, :3]).mean() + 1


@pytest.mark.parametrize("shade", [0, 1, 77, 128, 200, 254, 255])
def test_grey_stays_grey(shade: int) -> None:
    pixels = np.full((90, 160, 4), shade, dtype=np.uint8)

    assert np.ptp(decoded(small_jpeg(pixels, 71, 40, 80)), axis=2).max() == 0
    assert abs(decoded(small_jpeg(pixels, 71, 40, 80)) - shade).max() <= 1


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.floats(0.05, 1.0))
def test_every_size_can_be_had(width: int, height: int, factor: float) -> None:
    wide, high = max(1, round(width * factor)), max(1, round(height * factor))

    assert decoded(small_jpeg(smooth(width, height), wide, high, 80)).shape == (high, wide, 3)


@pytest.mark.parametrize("has_video", [True, False])
def test_whole_pictures_come_by_it_or_by_pillow(has_video: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not has_video:
        monkeypatch.setitem(sys.modules, "av", None)
    shown, rendition = frame(smooth(640, 360)), Rendition(max_width=317, cursor=False)
    assert (jpeg_of_size(shown.pixels, 317, 178, 80) is not None) is has_video

    (part,) = render(shown, 0, np.ones(tile_grid(640, 360), dtype=bool), rendition).parts.parts
    for data in (part.data, encode(shown, rendition).data):
        expected = scaled(shown.pixels, 317, 178)[:, :, :3].astype(int)
        assert abs(decoded(data) - expected).mean() < 6
