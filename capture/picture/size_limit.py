"""Pictures of any size become ones that the rest can work with: none without pixels, and none too large to hold."""

from __future__ import annotations

import math
from dataclasses import replace

from capture import reasons
from capture.picture.frame import Pointer, Take
from capture.source import Condition

MOST_PIXELS = 40_000_000
"""Five screens of 3840 × 2160: 160 MB. Several copies are held of what is shown."""
NO_SIZE = Condition("hidden", reasons.WINDOW_WITHOUT_SIZE)


def limited_size(take: Take) -> Take:
    """Return ``take`` with `MOST_PIXELS` at most, every so many-th of them; without a picture when it has none."""
    if take.pixels is None:
        return take
    height, width = take.pixels.shape[:2]
    if width == 0 or height == 0:
        return Take(NO_SIZE)
    step = math.ceil(math.sqrt(width * height / MOST_PIXELS))
    if step == 1:
        return take
    # A view, of which a copy is made further on: the large one is not to be kept for its sake.
    small = take.pixels[::step, ::step]
    passed = take.passed and tuple((max(wide // step, 1), max(high // step, 1)) for wide, high in take.passed)
    pointer = _nearer(take.pointer, step)
    return replace(take, pixels=small, damage=None, pointer=pointer, is_ours=False, passed=passed)


def _nearer(pointer: Pointer | None, step: int) -> Pointer | None:
    if pointer is None:
        return None
    return replace(pointer, x=pointer.x // step, y=pointer.y // step)
