"""What was blurred is sent again, better, once it has been there for a while, also where it is moved meanwhile."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from capture.encode.image import Rendition
from capture.encode.update import Level, render
from capture.encode.viewer_state import ViewerState
from capture.picture.damage import TILE, changed_tiles, tile_grid
from capture.picture.scroll import find_scroll
from tests.helpers.canned import frame

RENDITION = Rendition(quality=40)


def test_what_was_blurred_is_sharpened_while_it_is_scrolled() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (320, 160, 4), dtype=np.uint8)
    old, new = (np.ascontiguousarray(noise[start : start + 256]) for start in (0, TILE))
    scroll = find_scroll(old, new, changed_tiles(old, new), 1)
    assert scroll is not None
    first, second = frame(old, sequence=1), replace(frame(new, sequence=2), scroll=scroll)
    state = ViewerState()

    whole = render(first, 0, np.ones(tile_grid(160, 256), dtype=bool), RENDITION)
    state.receive(whole, first, Level.LOSSY, None, now=100.0)
    moved = render(second, 1, scroll.rest, RENDITION, scroll=scroll)
    state.receive(moved, second, Level.LOSSY, scroll, now=100.4)

    due = state.blurred_at(100.6)
    tiles, level = state.blurred(100.6, 1 << 30)
    assert due is not None
    assert due <= 100.6
    assert level is Level.FINE
    # All but what came with the move.
    assert (tiles == ~scroll.rest).all()


def test_a_videos_picture_is_blurred_everywhere_until_parts_come() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (256, 160, 4), dtype=np.uint8)
    first, second = frame(noise, sequence=1), frame(noise, sequence=2)
    state = ViewerState()

    state.receive_film(first, (160, 256), now=100.0)
    state.receive_film(second, (160, 256), now=100.1)
    assert not state.lacks(second, (160, 256))
    assert not state.is_exact
    assert state.blurred_at(100.2) == 100.6
    tiles, level = state.blurred(100.6, 1 << 30)
    assert tiles.all()
    assert level is Level.FINE

    state.receive(render(second, 0, tiles, replace(RENDITION, format="png")), second, Level.EXACT, None, now=100.7)
    assert state.is_exact
