"""Whether a picture is the last one, moved: then the viewer can move what it has, and only the rest has to be sent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from capture.picture.damage import TILE, by_tile, differing_rows
from capture.picture.pixels import Pixels, Rect

LEAST_EDGE = 4 * TILE
"""Smaller areas than this square are as cheap to send as to move."""
SAMPLED_COLUMNS = 64
"""Columns by which rows are told apart at first; what is found is proved with all of them."""
LEAST_ROWS = 8
"""As many rows have to agree on where they came from."""
WORTHWHILE = 0.5
"""Part of the changed tiles that may be left over when a move is to be worth its while."""

CHAINED = 4
"""So many moves that followed one another count as one: for viewers who leave out pictures."""

# Powers of an odd number: the order of a row's pixels counts. (numpy's random numbers would take 4 MB to load.)
_WEIGHTS = np.multiply.accumulate(np.full(SAMPLED_COLUMNS * 2, 0x9E3779B97F4A7C15, dtype=np.uint64))


@dataclass(frozen=True, slots=True, eq=False)
class Scroll:
    """How the last picture becomes most of this one.

    Attributes:
        base: the sequence of the picture that is moved.
        rect: the area that the move fills.
        from_x, from_y: the top left corner of what is moved there, in the last picture.
        rest: rows × columns of tiles that look different all the same.
        earlier: how the pictures before came about, the latest first.
    """

    base: int
    rect: Rect
    from_x: int
    from_y: int
    rest: NDArray[np.bool_]
    earlier: tuple[Scroll, ...] = ()
    _joined: dict[int, Scroll | None] = field(default_factory=dict, init=False, repr=False)

    @property
    def down(self) -> int:
        """Return by how many rows it moves down, below zero for up."""
        return self.rect.y - self.from_y

    def after(self, last: Scroll | None) -> Scroll:
        """Return the same move as one that followed ``last``, None for none."""
        if last is None:
            return self
        return replace(self, earlier=(replace(last, earlier=()), *last.earlier)[: CHAINED - 1])

    def since(self, base: int) -> Scroll | None:
        """Return how picture ``base`` becomes this one by one move, None when it does not."""
        if base == self.base:
            return self
        if base not in self._joined:
            whole: Scroll | None = self
            for scroll in self.earlier:
                whole = None if whole is None else joined(scroll, whole)
                if scroll.base <= base:
                    break
            self._joined[base] = whole if whole is not None and whole.base == base else None
        return self._joined[base]


def joined(first: Scroll, second: Scroll) -> Scroll | None:
    """Return the two moves as one, ``second`` after ``first``; None where that is not worth its while.

    What either moves and both together do not is among the rest.
    """
    if (first.rect.x, first.rect.width) != (second.rect.x, second.rect.width):
        return None
    top = max(second.rect.y, first.rect.y + second.down)
    bottom = min(second.rect.y + second.rect.height, first.rect.y + first.rect.height + second.down)
    if bottom - top < LEAST_EDGE:
        return None
    rect = replace(second.rect, y=top, height=bottom - top)
    rows = np.arange(second.rest.shape[0])
    # A tile of the second picture comes of two of the first, and each of them may be among the rest.
    above = np.clip((rows * TILE - second.down) // TILE, 0, rows[-1])
    below = np.clip((rows * TILE - second.down + TILE - 1) // TILE, 0, rows[-1])
    left = second.rest | first.rest[above] | first.rest[below]
    touched = first.rest | second.rest
    for each in (first.rect, second.rect):
        touched[_tiles(each, whole=False)] = True
    rest = touched.copy()
    inside = _tiles(rect, whole=True)
    rest[inside] = left[inside]
    if rest.sum() > touched.sum() * WORTHWHILE:
        return None
    return Scroll(first.base, rect, rect.x, top - first.down - second.down, rest)


def _tiles(rect: Rect, *, whole: bool) -> tuple[slice, slice]:
    """Return the tiles that ``rect``, whose sides stand between tiles or at the edge, touches, or holds as a whole."""
    begin, end = rect.y, rect.y + rect.height
    rows = slice(-(-begin // TILE), end // TILE) if whole else slice(begin // TILE, -(-end // TILE))
    return rows, slice(rect.x // TILE, -(-(rect.x + rect.width) // TILE))


def find_scroll(old: Pixels, new: Pixels, changed: NDArray[np.bool_], base: int) -> Scroll | None:
    """Return how ``new`` follows from moving a part of ``old`` up or down, None when it does not.

    Both are height × width × 4 BGRX of one size; ``changed`` are the tiles that differ; ``base`` numbers ``old``.
    """
    area = _bounds(changed, new.shape[1], new.shape[0])
    if area is None:
        return None
    before, after = (
        pixels[area.y : area.y + area.height, area.x : area.x + area.width].view(np.uint32)[:, :, 0]
        for pixels in (old, new)
    )
    down = _moved_down(before, after)
    if down == 0:
        return None
    height = area.height - abs(down)
    into, source = max(down, 0), max(-down, 0)
    differs = np.ones((area.height, -(-area.width // TILE)), dtype=np.uint64)
    # Whole rows lie in one piece, which takes half the time of pieces of them.
    above, columns = area.y, slice(area.x // TILE, area.x // TILE + differs.shape[1])
    lasts, news = (
        pixels[above + start : above + start + height].view(np.uint32)[:, :, 0]
        for pixels, start in ((old, source), (new, into))
    )
    differs[into : into + height] = differing_rows(lasts, news)[:, columns]
    left = by_tile(differs)
    if left.sum() > changed.sum() * WORTHWHILE:
        return None
    rest = np.zeros(changed.shape, dtype=np.bool_)
    top, start = area.y // TILE, area.x // TILE
    rest[top : top + left.shape[0], start : start + left.shape[1]] = left
    return Scroll(base, Rect(area.x, area.y + into, area.width, height), area.x, area.y + source, rest)


def _bounds(changed: NDArray[np.bool_], width: int, height: int) -> Rect | None:
    """Return the area around the changed tiles, None when it is small or mostly as it was."""
    rows, columns = (np.flatnonzero(changed.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    x, y = left * TILE, top * TILE
    area = Rect(x, y, min(right * TILE, width) - x, min(bottom * TILE, height) - y)
    if min(area.width, area.height) < LEAST_EDGE or changed.sum() * 4 < (bottom - top) * (right - left):
        return None
    return area


def _moved_down(before: NDArray[np.uint32], after: NDArray[np.uint32]) -> int:
    """Return by how many rows most of ``before`` was moved down (up: below zero) to become ``after``, 0 for none."""
    step = max(1, before.shape[1] // SAMPLED_COLUMNS)
    old_signs, new_signs = (_signs(pixels[:, step // 2 :: step]) for pixels in (before, after))
    old_values, old_rows = _single(old_signs)
    new_values, new_rows = _single(new_signs)
    _, in_old, in_new = np.intersect1d(old_values, new_values, assume_unique=True, return_indices=True)
    if len(in_old) < LEAST_ROWS:
        return 0
    moves, votes = np.unique(new_rows[in_new] - old_rows[in_old], return_counts=True)
    best = int(votes.argmax())
    return int(moves[best]) if votes[best] >= LEAST_ROWS else 0


def _signs(rows: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return one number for each row; equal rows have equal numbers."""
    signs: NDArray[np.uint64] = rows.astype(np.uint64) @ _WEIGHTS[: rows.shape[1]]
    return signs


def _single(signs: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """Return the numbers that occur once, and where; blank rows could have come from anywhere."""
    values, where, counts = np.unique(signs, return_index=True, return_counts=True)
    once = counts == 1
    return values[once], where[once]
