"""What parts of a picture are made of: better is never worse."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
from PIL import Image

from capture.encode.image import Rendition
from capture.encode.update import Level, render
from capture.picture.damage import DamageMap, tile_grid
from capture.picture.frame import Frame
from capture.source import Source
from tests.helpers.moving import luma, pan, similarity

WIDTH, HEIGHT = 320, 240


def frame_of(pixels: np.ndarray) -> Frame:
    source = Source("1", "window", "Photograph", "tests", WIDTH, HEIGHT)
    now = time.monotonic()
    return Frame(source, 1, 1, pixels, DamageMap.fresh(WIDTH, HEIGHT, 1), None, now, time.time(), 0.0)


def shown(frame: Frame, rendition: Rendition, level: Level) -> np.ndarray:
    """Return what a viewer has after everything was sent that good."""
    tiles = np.ones(tile_grid(WIDTH, HEIGHT), dtype=np.bool_)
    (part,) = render(frame, 0, tiles, rendition, level).parts.parts
    found = np.zeros((HEIGHT, WIDTH, 4), dtype=np.uint8)
    found[:, :, :3] = np.asarray(Image.open(io.BytesIO(part.data)).convert("RGB"))[:, :, ::-1]
    return found


@pytest.mark.parametrize("quality", [20, 80, 94, 96, 98, 100])
@pytest.mark.parametrize("form", ["jpeg", "webp"])
def test_what_is_made_better_is_never_worse(form: str, quality: int) -> None:
    pixels = pan(1, WIDTH, HEIGHT)[0]
    frame, rendition = frame_of(pixels), Rendition(form, quality)
    lossy, fine, exact = (similarity(luma(shown(frame, rendition, level)), luma(pixels)) for level in Level)

    assert lossy <= fine + 0.005
    assert fine <= exact
    assert exact == 1.0
