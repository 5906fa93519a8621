"""Raw pictures and their parts. Everything here is immutable once made."""

from __future__ import annotations

from dataclasses import dataclass

from capture.picture.damage import DamageMap
from capture.picture.pixels import Pixels, Rect
from capture.picture.scroll import Scroll
from capture.source import Condition, Source


@dataclass(frozen=True, slots=True, eq=False)
class Pointer:
    """The mouse pointer over a picture.

    ``x`` and ``y`` are the top left corner of its image in the picture and may be negative;
    ``image`` is height × width × 4, BGRA, premultiplied; ``shape`` changes when the image does.
    """

    x: int
    y: int
    shape: int
    image: Pixels

    def is_same(self, other: Pointer | None) -> bool:
        """Tell whether ``other`` looks the same in the same place."""
        return other is not None and (self.x, self.y, self.shape) == (other.x, other.y, other.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """The findings of a backend when it looked once.

    Attributes:
        condition: the source's state.
        pixels: BGRX; None when the source is not ``live``, and also when it looks as it did at the last take.
        is_ours: the pixels may be kept; otherwise they are a view of memory that the next take overwrites.
        passed: widths and heights that the source has had between the last picture and this one, in their order; its
            program may have painted for each of them. None when nobody knows.
        damage: where something may have changed since the last take; None when that is not known.
        pointer: None when it is elsewhere or was not asked for.
    """

    condition: Condition
    pixels: Pixels | None = None
    damage: tuple[Rect, ...] | None = None
    pointer: Pointer | None = None
    is_ours: bool = False
    passed: tuple[tuple[int, int], ...] | None = ()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A raw picture of a source.

    Attributes:
        source: whose picture this is.
        sequence: number of this picture; belongs to the source, grows, never restarts.
        pixels_sequence: the sequence in which the pixels last changed, the pointer aside.
        pixels: height × width × 4, BGRX, not to be written to.
        damage: since which picture each tile looks as it does.
        pointer: the mouse pointer, None when it is not over the source.
        taken_at: seconds on the monotonic clock.
        captured_at: seconds since the epoch.
        take_seconds: how long the take lasted.
        scroll: how the picture before becomes most of this one; None when it does not, or when nobody asked.
        is_film: so much changes all the time that video is the leaner form.
    """

    source: Source
    sequence: int
    pixels_sequence: int
    pixels: Pixels
    damage: DamageMap
    pointer: Pointer | None
    taken_at: float
    captured_at: float
    take_seconds: float
    scroll: Scroll | None = None
    is_film: bool = False

    @property
    def width(self) -> int:
        """Return the width in device pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Return the height in device pixels."""
        return int(self.pixels.shape[0])

    def version(self, cursor: bool) -> int:
        """Return the sequence in which a picture with (or without) the pointer last looked different."""
        return self.sequence if cursor else self.pixels_sequence
