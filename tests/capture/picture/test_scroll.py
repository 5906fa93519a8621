"""A move is found where there is one, and what it says is true in every pixel."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.picture.damage import TILE, changed_tiles
from capture.picture.scroll import Scroll, find_scroll


def page(height: int, width: int = 320, seed: int = 1) -> np.ndarray:
    """Return something like text: lines of dark spots, blank rows between them."""
    draw = np.random.default_rng(seed)
    pixels = np.full((height, width, 4), 250, dtype=np.uint8)
    for top in range(2, height - 12, 18):
        dark = draw.random((12, width)) < 0.4
        dark[:, width - draw.integers(10, width // 2) :] = False
        pixels[top : top + 12][dark] = 20
    return pixels


def replayed(scroll: Scroll, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return what a viewer has after the move and the rest."""
    drawn, rect = old.copy(), scroll.rect
    drawn[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width] = old[
        scroll.from_y : scroll.from_y + rect.height, scroll.from_x : scroll.from_x + rect.width
    ]
    rest = np.kron(scroll.rest, np.ones((TILE, TILE), dtype=bool))[: new.shape[0], : new.shape[1]]
    drawn[rest] = new[rest]
    return drawn


def test_text_that_is_scrolled_is_moved_and_little_is_left() -> None:
    text = page(900)
    old, new = text[:400], text[7:407]
    scroll = find_scroll(old, new, changed_tiles(old, new), 5)

    assert scroll is not None
    assert (scroll.base, scroll.from_y - scroll.rect.y) == (5, 7)
    assert scroll.rest.mean() < 0.1
    assert (replayed(scroll, old, new) == new).all()


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_whatever_is_found_is_true(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(65, 300)), data.draw(st.integers(65, 300))
    text = page(height + 80, width, data.draw(st.integers(0, 9)))
    down = data.draw(st.integers(-40, 40))
    old = text[40 : 40 + height].copy()
    new = text[40 - down : 40 - down + height].copy()
    left, right = sorted((data.draw(st.integers(0, width)), data.draw(st.integers(0, width))))
    new[:, left:right] = old[:, left:right] if data.draw(st.booleans()) else 7
    new[-data.draw(st.integers(1, 30)) :] = 9
    changed = changed_tiles(old, new)
    scroll = find_scroll(old, new, changed, 1)

    if scroll is not None:
        assert (replayed(scroll, old, new) == new).all()
        assert scroll.rest.sum() <= changed.sum() * 0.5


def test_moves_that_follow_one_another_are_one() -> None:
    text = page(900)
    pictures = [text[start : start + 400] for start in (0, 3, 7, 13, 18)]
    scroll = None
    for number, (old, new) in enumerate(itertools.pairwise(pictures), 1):
        found = find_scroll(old, new, changed_tiles(old, new), number)
        assert found is not None
        scroll = found.after(scroll)
    assert scroll is not None

    for base, old in enumerate(pictures[:-1], 1):
        since = scroll.since(base)
        assert since is not None
        assert since.base == base
        assert (replayed(since, old, pictures[-1]) == pictures[-1]).all()
        assert since.rest.mean() < 0.2
    assert scroll.since(0) is None
    assert scroll.since(9) is None


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_whatever_is_joined_is_true(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(65, 300)), data.draw(st.integers(65, 300))
    text = page(height + 200, width, data.draw(st.integers(0, 9)))
    left = data.draw(st.sampled_from([0, 16, 30])) if width > 128 else 0
    at, pictures = 100, []
    for _ in range(data.draw(st.integers(3, 6))):
        shown = text[:height].copy()
        shown[:, left:] = text[at : at + height, left:]
        row = data.draw(st.integers(0, height - 1))
        shown[row : row + data.draw(st.integers(0, 20)), : data.draw(st.integers(0, width))] = data.draw(
            st.integers(0, 255)
        )
        pictures.append(shown)
        at += data.draw(st.integers(-30, 30))
    scroll = None
    for number, (old, new) in enumerate(itertools.pairwise(pictures), 1):
        found = find_scroll(old, new, changed_tiles(old, new), number)
        scroll = None if found is None else found.after(scroll)

    for base, old in enumerate(pictures[:-1], 1):
        since = None if scroll is None else scroll.since(base)
        if since is not None:
            assert (replayed(since, old, pictures[-1]) == pictures[-1]).all()


def test_where_nothing_was_moved_nothing_is_found() -> None:
    old, other = page(300), page(300, seed=2)
    noise = np.random.default_rng(3).integers(0, 255, old.shape, dtype=np.uint8)
    small = old.copy()
    small[10:40, 10:40] = 9
    for new in (old, other, noise, small, np.zeros_like(old)):
        assert find_scroll(old, new, changed_tiles(old, new), 1) is None
