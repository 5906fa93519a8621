"""What changed is found, all of it and nothing else, whatever the size."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.picture.damage import MOST_RECTANGLES, TILE, DamageMap, changed_tiles, joined, tile_grid
from capture.picture.pixels import Rect


def naive(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    rows, columns = tile_grid(new.shape[1], new.shape[0])
    found = np.zeros((rows, columns), dtype=bool)
    for row in range(rows):
        for column in range(columns):
            area = np.s_[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]
            found[row, column] = (old[area] != new[area]).any()
    return found


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_change_is_found_and_nothing_else(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(1, 300)), data.draw(st.integers(1, 300))
    old = np.zeros((height, width, 4), dtype=np.uint8)
    new = old.copy()
    spots = st.tuples(st.integers(0, width - 1), st.integers(0, height - 1), st.integers(0, 2), st.integers(1, 255))
    for x, y, channel, value in data.draw(st.lists(spots, max_size=8)):
        new[y, x, channel] = value

    assert (changed_tiles(old, new) == naive(old, new)).all()


def test_pictures_of_every_other_pixel_are_compared_too() -> None:
    old = np.random.default_rng(1).integers(0, 255, (90, 130, 4), dtype=np.uint8)
    new = old.copy()
    new[40, 60] += 1

    assert (changed_tiles(old[::2, ::2].copy(), new[::2, ::2]) == naive(old[::2, ::2], new[::2, ::2])).all()


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_within_the_damage_every_change_is_found(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(1, 400)), data.draw(st.integers(1, 260))
    old = np.zeros((height, width, 4), dtype=np.uint8)
    new = old.copy()
    rects = []
    for _ in range(data.draw(st.integers(0, 7))):
        x, y = data.draw(st.integers(-20, width)), data.draw(st.integers(-20, height))
        rect = Rect(x, y, data.draw(st.integers(0, 120)), data.draw(st.integers(0, 120)))
        new[max(y, 0) : max(y + rect.height, 0), max(x, 0) : max(x + rect.width, 0)] = 9
        rects.append(rect)

    assert (changed_tiles(old, new, tuple(rects)) == naive(old, new)).all()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_few_rectangles_cover_all_that_changed_and_do_not_overlap(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(1, 400)), data.draw(st.integers(1, 300))
    rows, columns = tile_grid(width, height)
    tiles = np.random.default_rng(data.draw(st.integers(0, 99))).random((rows, columns)) < data.draw(st.floats(0, 1))
    covered = np.zeros((height, width), dtype=int)
    found = joined(tiles, width, height)
    for rect in found:
        assert min(rect.x, rect.y) >= 0
        assert min(rect.width, rect.height) > 0
        assert rect.x + rect.width <= width
        assert rect.y + rect.height <= height
        covered[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width] += 1
    changed = np.kron(tiles, np.ones((TILE, TILE), dtype=bool))[:height, :width]

    assert len(found) <= MOST_RECTANGLES
    assert covered.max(initial=0) <= 1
    assert (covered[changed] == 1).all()
    assert tiles.any() or not found


def test_what_is_one_rectangle_stays_one_and_exact() -> None:
    tiles = np.zeros((6, 9), dtype=bool)
    tiles[1:4, 2:7] = True
    tiles[5, 8] = True

    assert set(joined(tiles, 9 * TILE - 3, 6 * TILE)) == {
        Rect(2 * TILE, TILE, 5 * TILE, 3 * TILE),
        Rect(8 * TILE, 5 * TILE, TILE - 3, TILE),
    }


def test_the_map_tells_what_a_viewer_missed_whatever_it_skipped() -> None:
    first = DamageMap.fresh(2 * TILE + 2, TILE + 6, 1)
    tiles = np.zeros((2, 3), dtype=bool)
    tiles[0, 1] = True
    second = first.marked(tiles, 2)
    other = np.zeros((2, 3), dtype=bool)
    other[1, 2] = True
    third = second.marked(other, 3)

    assert first.since(0).all()
    assert third.since(1).tolist() == (tiles | other).tolist()
    assert third.since(2).tolist() == other.tolist()
    assert not third.since(3).any()
    assert second.since(2).sum() == 0
