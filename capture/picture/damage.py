"""Changes between two pictures, by tile, and since when."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from capture.picture.pixels import Pixels, Rect

TILE = 16
"""Edge of a tile in device pixels: about a character, and the block that JPEG works in."""
SAMPLE = 8
"""Every how many rows are looked at first."""
FEW = 4
"""One row of tiles in so many is looked at by itself; of more, all are at once."""
MOST_RECTANGLES = 12
"""Each rectangle costs some header bytes and a decoder's call: more than these are made fewer and coarser."""


def tile_grid(width: int, height: int) -> tuple[int, int]:
    """Return the number of tile rows and tile columns of a picture."""
    return -(-height // TILE), -(-width // TILE)


def changed_tiles(old: Pixels, new: Pixels, damage: tuple[Rect, ...] | None = None) -> NDArray[np.bool_]:
    """Return rows × columns of tiles: True where ``new`` differs from ``old``.

    Both are height × width × 4 BGRX of one size. With ``damage`` only the tiles it touches are compared:
    a program that paints the same thing again has damaged its window, and yet nothing changed.
    The unused fourth byte of BGRX counts too; no backend lets it vary.
    """
    height, width = new.shape[:2]
    rows, columns = tile_grid(width, height)
    changed = np.zeros((rows, columns), dtype=np.bool_)
    old_words = old.view(np.uint32)[:, :, 0]
    new_words = new.view(np.uint32)[:, :, 0]
    for top, bottom, left, right in _regions(damage, rows, columns):
        area = (slice(top * TILE, min(bottom * TILE, height)), slice(left * TILE, min(right * TILE, width)))
        before, after = old_words[area], new_words[area]
        # In motion every tile shows itself in a few of its pixel rows, and the rest need not be read.
        tiles = by_tile(differing_rows(before[::SAMPLE], after[::SAMPLE]), TILE // SAMPLE)
        unsure = np.flatnonzero(~tiles.all(axis=1))
        if len(unsure) * FEW > len(tiles):
            tiles = by_tile(differing_rows(before, after))
        else:
            for row in unsure.tolist():
                band = slice(row * TILE, (row + 1) * TILE)
                tiles[row] = by_tile(differing_rows(before[band], after[band]))[0]
        changed[top:bottom, left:right] |= tiles
    return changed


def differing_rows(before: NDArray[np.uint32], after: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return pixel rows × columns of tiles: not 0 where that row of pixels of a tile differs.

    Both are height × width, a number for each pixel.
    """
    height, width = after.shape
    whole = width - width % TILE
    # A giant's picture is made of every other pixel of what was taken.
    before, after = (
        words if words.strides[1] == words.itemsize else np.ascontiguousarray(words) for words in (before, after)
    )
    if whole:
        # Two pixels are compared at a time, and the eight flags of a tile are one number.
        in_pairs = (words[:, :whole].view(np.uint64) for words in (before, after))
        flags = np.not_equal(*in_pairs).view(np.uint64)
        if whole == width:
            return flags
    found = np.empty((height, -(-width // TILE)), dtype=np.uint64)
    if whole:
        found[:, :-1] = flags
    found[:, -1] = (before[:, whole:] != after[:, whole:]).any(axis=1)
    return found


def by_tile(rows: NDArray[np.uint64], tall: int = TILE) -> NDArray[np.bool_]:
    """Return rows × columns of tiles, each ``tall`` pixel rows of `differing_rows`: True where one differs."""
    height, columns = rows.shape
    full = height - height % tall
    tiles: NDArray[np.bool_] = np.bitwise_or.reduce(rows[:full].reshape(-1, tall, columns), axis=1) != 0
    if full < height:
        tiles = np.concatenate((tiles, [np.bitwise_or.reduce(rows[full:], axis=0) != 0]))
    return tiles


def _regions(damage: tuple[Rect, ...] | None, rows: int, columns: int) -> list[tuple[int, int, int, int]]:
    """Return tile ranges (top, bottom, left, right) to compare; one range when the damage is in many pieces."""
    if damage is None:
        return [(0, rows, 0, columns)]
    ranges = []
    for rect in damage:
        top, left = max(rect.y, 0) // TILE, max(rect.x, 0) // TILE
        bottom = min(-(-(rect.y + rect.height) // TILE), rows)
        right = min(-(-(rect.x + rect.width) // TILE), columns)
        if top < bottom and left < right:
            ranges.append((top, bottom, left, right))
    if len(ranges) <= 4:
        return ranges
    return [
        (
            min(r[0] for r in ranges),
            max(r[1] for r in ranges),
            min(r[2] for r in ranges),
            max(r[3] for r in ranges),
        )
    ]


def joined(tiles: NDArray[np.bool_], width: int, height: int) -> tuple[Rect, ...]:
    """Return few rectangles that cover ``tiles`` (rows × columns) of a picture of ``width`` × ``height`` pixels.

    They do not overlap. Tiles that are not set may be covered too where that saves rectangles.
    """
    coarse, edge = tiles, TILE
    while True:
        blocks = _blocks(coarse)
        if len(blocks) <= MOST_RECTANGLES:
            break
        coarse, edge = _halved(coarse), edge * 2
    return tuple(
        Rect(
            left * edge,
            top * edge,
            min(right * edge, width) - left * edge,
            min(bottom * edge, height) - top * edge,
        )
        for top, bottom, left, right in blocks
    )


def _blocks(tiles: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """Return (top, bottom, left, right) of the runs of set tiles, equal runs of neighbouring rows as one."""
    edges = np.diff(tiles.astype(np.int8), axis=1, prepend=0, append=0)
    rows, begins = np.nonzero(edges == 1)
    _, ends = np.nonzero(edges == -1)
    done: list[tuple[int, int, int, int]] = []
    growing: dict[tuple[int, int], tuple[int, int]] = {}
    runs: dict[int, list[tuple[int, int]]] = {}
    for row, left, right in zip(rows.tolist(), begins.tolist(), ends.tolist(), strict=True):
        runs.setdefault(row, []).append((left, right))
    for row, found in runs.items():
        for run, (top, bottom) in tuple(growing.items()):
            if bottom != row or run not in found:
                done.append((top, bottom, *run))
                del growing[run]
        for run in found:
            growing[run] = (growing[run][0] if run in growing else row, row + 1)
    done += [(top, bottom, *run) for run, (top, bottom) in growing.items()]
    return done


def _halved(tiles: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a grid half as fine: set where one of four tiles is."""
    rows, columns = tiles.shape
    even = np.zeros((rows + rows % 2, columns + columns % 2), dtype=np.bool_)
    even[:rows, :columns] = tiles
    return even[::2, ::2] | even[1::2, ::2] | even[::2, 1::2] | even[1::2, 1::2]


@dataclass(frozen=True, slots=True, eq=False)
class DamageMap:
    """Per tile, the sequence of the picture in which it last changed (rows × columns, int64).

    "What has a viewer missed that has seen picture n?" is then a comparison, whatever it skipped.
    """

    changed_in: NDArray[np.int64]
    _packed: dict[int, bytes] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def fresh(cls, width: int, height: int, sequence: int) -> DamageMap:
        """Return the map of a picture of which nothing was known before."""
        return cls(np.full(tile_grid(width, height), sequence, dtype=np.int64))

    def marked(self, tiles: NDArray[np.bool_], sequence: int) -> DamageMap:
        """Return the map after ``tiles`` (rows × columns) changed in picture ``sequence``."""
        return DamageMap(np.where(tiles, np.int64(sequence), self.changed_in))

    def since(self, sequence: int) -> NDArray[np.bool_]:
        """Return rows × columns: True where something changed after picture ``sequence``."""
        return self.changed_in > sequence

    def packed_since(self, sequence: int) -> bytes:
        """Return the same as `packed` makes it; worked out once for all who have seen picture ``sequence``."""
        found = self._packed.get(sequence)
        if found is None:
            found = self._packed[sequence] = packed(self.since(sequence))
        return found


def packed(tiles: NDArray[np.bool_]) -> bytes:
    """Return ``tiles`` as bits, row by row: small, and to be compared."""
    return np.packbits(tiles).tobytes()
