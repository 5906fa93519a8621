"""From the changed tiles of a picture to parts: which rectangles, each in which form. Runs in worker threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from capture.encode.image import FULL_COLOUR_FROM, Rendition, compressed, jpeg_of_size, lossless_webp, scaled
from capture.encode.parts import RectEncoding, Update, UpdateRect
from capture.picture.damage import TILE, joined, packed
from capture.picture.frame import Frame
from capture.picture.pixels import Pixels, Rect
from capture.picture.scroll import Scroll

if TYPE_CHECKING:
    from capture.encode.shared import SharedEncoder

FINE_QUALITY = 95
FLAT = 0.4
"""Where as many pixels equal their left neighbour it is text or drawing: smaller without loss than as JPEG."""
LOSSLESS_PIXELS = 100_000
"""Up to this area text goes without loss at once (3 ms); larger ones follow when they are still."""
WHOLE_WORTHWHILE = 0.7
"""From this part of the picture on, one picture of everything is cheaper than rectangles."""


class Level(IntEnum):
    """How good a tile is that a viewer has."""

    LOSSY = 0
    FINE = 1
    EXACT = 2


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """Parts, and rows × columns of tiles: True where they are without loss."""

    parts: Update
    covered: NDArray[np.bool_]
    lossless: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """An update that brings viewers who have picture ``base`` (0: none) to a frame, handed to ``finish`` in the worker.

    Attributes:
        tiles: rows × columns, packed to bits: what they lack, or what is to get better.
        moves: use the frame's scroll, of which ``tiles`` are the rest.
    """

    rendition: Rendition
    finish: Callable[[Rendered], Any]
    base: int
    tiles: bytes
    level: Level = Level.LOSSY
    moves: bool = False

    @classmethod
    def following(
        cls, frame: Frame, base: int, rendition: Rendition, finish: Callable[[Rendered], Any]
    ) -> UpdateRequest:
        """Return the wish of who has picture ``base`` of the same size."""
        scroll = None if frame.scroll is None else frame.scroll.since(base)
        if scroll is not None and rendition.is_full_size(frame.width, frame.height):
            return cls(rendition, finish, base, packed(scroll.rest), moves=True)
        return cls(rendition, finish, base, frame.damage.packed_since(base))

    def family(self, frame: Frame) -> Hashable:
        rendition = self.rendition
        return (rendition.format, rendition.quality, rendition.size_for(frame.width, frame.height), self.finish)

    def version(self, frame: Frame) -> Hashable:
        return (frame.pixels_sequence, self.base, self.tiles, self.level, self.moves)

    def make(self, frame: Frame) -> Any:
        rows, columns = frame.damage.changed_in.shape
        bits = np.unpackbits(np.frombuffer(self.tiles, dtype=np.uint8), count=rows * columns)
        tiles = bits.reshape(rows, columns).astype(np.bool_)
        scroll = self.scroll(frame)
        return self.finish(render(frame, self.base, tiles, self.rendition, self.level, scroll))

    def scroll(self, frame: Frame) -> Scroll | None:
        """Return the move that is used of ``frame``'s, None for none."""
        return frame.scroll.since(self.base) if self.moves and frame.scroll is not None else None

    def supply(self, encoder: SharedEncoder, frame: Frame, made: Any) -> None:
        encoder.supply(frame, self, made)


def render(
    frame: Frame,
    base: int,
    tiles: NDArray[np.bool_],
    rendition: Rendition,
    level: Level = Level.LOSSY,
    scroll: Scroll | None = None,
) -> Rendered:
    """Return what brings a viewer who has picture ``base`` (0: none) to ``frame``.

    ``tiles`` are those that the viewer lacks, or that are to get better. With ``scroll``, which has to lead from
    ``base`` to the frame, they are the rest. The pointer is not drawn.

    Raises:
        EncodeError: a codec refused.
    """
    begun = time.perf_counter()
    size = rendition.size_for(frame.width, frame.height)
    parts: list[UpdateRect] = []
    if scroll is not None:
        parts.append(UpdateRect(scroll.rect, RectEncoding.COPY, copied_from=(scroll.from_x, scroll.from_y)))
    places = joined(tiles, frame.width, frame.height)
    if scroll is None and sum(place.area for place in places) > frame.width * frame.height * WHOLE_WORTHWHILE:
        places = (Rect(0, 0, frame.width, frame.height),)
    covered = np.zeros(tiles.shape, dtype=np.bool_)
    lossless = np.zeros(tiles.shape, dtype=np.bool_)
    for place in places:
        area = _tiles_of(place)
        covered[area] = True
        part, lossless[area] = _part(frame, place, size, rendition, level)
        parts.append(part)
    return Rendered(
        Update(
            parts=tuple(parts),
            sequence=frame.pixels_sequence,
            base=base,
            whole=base == 0,
            sharpens=base == frame.pixels_sequence,
            width=size[0],
            height=size[1],
            captured_at=frame.captured_at,
            take_seconds=frame.take_seconds,
            encode_seconds=time.perf_counter() - begun,
        ),
        covered,
        lossless,
    )


def _part(
    frame: Frame, place: Rect, size: tuple[int, int], rendition: Rendition, level: Level
) -> tuple[UpdateRect, bool]:
    """Return one rectangle, and whether it is without loss."""
    if size == (frame.width, frame.height):
        into, pixels = place, _cut(frame.pixels, place)
    elif level is Level.LOSSY and (small := _small(frame, place, size, rendition)) is not None:
        return UpdateRect(Rect(0, 0, *size), RectEncoding.JPEG, small), False
    else:
        into, pixels = _scaled_part(frame, place, size)
    words = pixels.view(np.uint32)[:, :, 0]
    # Most are not of one colour, which one row tells already.
    if (words[0] == words[0, 0]).all() and (words == words[0, 0]).all():
        blue, green, red = pixels[0, 0, :3].tolist()
        return UpdateRect(into, RectEncoding.FILL, bytes((red, green, blue))), True
    if rendition.format == "png":
        return UpdateRect(into, RectEncoding.PNG, compressed(pixels, "png", 0)), True
    # Of large ones that move it does not matter.
    is_flat = (level is not Level.LOSSY or into.area <= LOSSLESS_PIXELS) and _flatness(words) >= FLAT
    if level is Level.EXACT or is_flat:
        return UpdateRect(into, RectEncoding.WEBP, lossless_webp(pixels, thorough=is_flat)), True
    if rendition.format == "webp" and level is Level.LOSSY:
        return UpdateRect(into, RectEncoding.WEBP, compressed(pixels, "webp", rendition.quality)), False
    # A viewer that asks for more than that must not get less when it is made better.
    quality = max(FINE_QUALITY, rendition.quality) if level is Level.FINE else rendition.quality
    return UpdateRect(into, RectEncoding.JPEG, compressed(pixels, "jpeg", quality)), False


def _small(frame: Frame, place: Rect, size: tuple[int, int], rendition: Rendition) -> bytes | None:
    """Return all of a picture, smaller, as JPEG; None where it is to be something else, or cannot be had at once."""
    if rendition.format != "jpeg" or rendition.quality >= FULL_COLOUR_FROM or place.area < frame.width * frame.height:
        return None
    words = frame.pixels.view(np.uint32)[:, :, 0]
    if (words[0] == words[0, 0]).all() or (size[0] * size[1] <= LOSSLESS_PIXELS and _flatness(words) >= FLAT):
        return None
    return jpeg_of_size(frame.pixels, *size, rendition.quality)


def _flatness(words: NDArray[np.uint32]) -> float:
    """Return the part of the pixels that equal their left neighbour, of every fourth row."""
    rows = words[::4]
    if words.shape[1] < 2:
        return 1.0
    equals = rows[:, 1:] == rows[:, :-1]
    return float(np.count_nonzero(equals) / equals.size)


def _cut(pixels: Pixels, place: Rect) -> Pixels:
    cut: Pixels = np.ascontiguousarray(pixels[place.y : place.y + place.height, place.x : place.x + place.width])
    return cut


def _scaled_part(frame: Frame, place: Rect, size: tuple[int, int]) -> tuple[Rect, Pixels]:
    """Return where ``place`` is in the scaled picture, and its pixels: the same as if all had been scaled."""
    across, down = frame.width / size[0], frame.height / size[1]
    left, top = int(place.x / across), int(place.y / down)
    right = min(-int(-(place.x + place.width) / across // 1), size[0])
    bottom = min(-int(-(place.y + place.height) / down // 1), size[1])
    box = (left * across, top * down, min(right * across, frame.width), min(bottom * down, frame.height))
    # Only the rows around it: Pillow reads no further than the box, but has to be given whole rows.
    above, below = int(box[1]), min(-int(-box[3] // 1), frame.height)
    part = scaled(
        frame.pixels[above:below], right - left, bottom - top, (box[0], box[1] - above, box[2], box[3] - above)
    )
    return Rect(left, top, right - left, bottom - top), part


def _tiles_of(place: Rect) -> tuple[slice, slice]:
    return (
        slice(place.y // TILE, -(-(place.y + place.height) // TILE)),
        slice(place.x // TILE, -(-(place.x + place.width) // TILE)),
    )
