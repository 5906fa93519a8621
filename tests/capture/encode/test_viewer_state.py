"""What was blurred is sent again, better, once it has been there for a while, also where it is moved meanwhile."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis.strategies import DataObject, booleans, data, integers, lists

from capture.encode.image import Rendition
from capture.encode.update import Level, render
from capture.encode.viewer_state import ViewerState
from capture.picture.damage import TILE, changed_tiles, tile_grid
from capture.picture.pixels import Rect
from capture.picture.scroll import Scroll, find_scroll
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


def test_text_that_scrolls_is_not_sent_again_for_what_was_blurred_beside_it() -> None:
    columns, rows = 4, 12
    state = ViewerState()
    first = frame(np.zeros((rows * TILE, columns * TILE, 4), dtype=np.uint8), sequence=1)
    whole = render(first, 0, np.ones((rows, columns), dtype=bool), RENDITION)
    last_row = np.arange(rows)[:, np.newaxis] == rows - 1
    blurred_row = np.broadcast_to(last_row, (rows, columns))
    state.receive(replace(whole, lossless=~blurred_row), first, Level.LOSSY, None, now=100.0)
    rest = blurred_row

    for sequence in range(2, 12):
        moved = replace(first, sequence=sequence, pixels_sequence=sequence)
        area = Rect(0, 0, columns * TILE, rows * TILE - 3)
        scroll = Scroll(sequence - 1, area, 0, 3, rest)
        sent = render(moved, sequence - 1, rest, RENDITION, scroll=scroll)
        assert sent.lossless[rest].all()
        state.receive(sent, moved, Level.LOSSY, scroll, now=101.0)

    tiles, _ = state.blurred(200.0, 1 << 30)
    # Three rows of pixels left the last row of tiles before it was sent anew, and have moved on by 27.
    assert np.flatnonzero(tiles.any(axis=1)).tolist() == [rows - 3]


@given(data())
def test_the_tiles_to_be_sharpened_are_those_that_hold_something_blurred(values: DataObject) -> None:
    columns, rows = 3, 6
    height = rows * TILE - values.draw(integers(0, TILE - 1))
    state = ViewerState()
    first = frame(np.zeros((height, columns * TILE, 4), dtype=np.uint8), sequence=1)
    # Rows of pixels × columns of tiles: the viewer has them without loss.
    exact = np.zeros((rows * TILE, columns), dtype=bool)
    some_tiles = lists(booleans(), min_size=rows * columns, max_size=rows * columns)

    for sequence in range(1, values.draw(integers(2, 8))):
        moved = replace(first, sequence=sequence, pixels_sequence=sequence)
        covered = np.array(values.draw(some_tiles)).reshape(rows, columns) | (sequence == 1)
        lossless = covered & np.array(values.draw(some_tiles)).reshape(rows, columns)
        scroll = None
        if sequence > 1 and values.draw(booleans()):
            top, start = (values.draw(integers(0, height - 1)) for _ in range(2))
            deep = values.draw(integers(1, height - max(top, start)))
            left = values.draw(integers(0, columns - 1))
            wide = values.draw(integers(1, columns - left))
            scroll = Scroll(sequence - 1, Rect(left * TILE, top, wide * TILE, deep), left * TILE, start, covered)
            area = exact[:, left : left + wide]
            area[top : top + deep] = area[start : start + deep].copy()
        sent = render(moved, 0 if sequence == 1 else sequence - 1, covered, RENDITION)
        state.receive(replace(sent, covered=covered, lossless=lossless), moved, Level.LOSSY, scroll, now=sequence)
        exact[covered.repeat(TILE, axis=0)] = False
        exact[lossless.repeat(TILE, axis=0)] = True

    tiles, _ = state.blurred(1000.0, 1 << 30)
    assert (tiles == ~exact.reshape(rows, TILE, columns).all(axis=1)).all()
    assert state.is_exact == exact.all()
