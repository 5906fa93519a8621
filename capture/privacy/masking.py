"""Laying masks over the pictures of one source, in the thread that takes them, before anybody else sees them."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from capture.picture.buffers import Buffers
from capture.picture.frame import Take
from capture.picture.pixels import Pixels, Rect, enclosing, overlap, without
from capture.privacy.masks import Mask, mask_over, spread

SETTLE_SECONDS = 3.0
"""How long a program may take to paint itself for a new size. Until then what is seen may be its former picture."""
MOST_RECTS = 32
"""Of more places that were covered, one rectangle lies around all."""

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MaskState:
    """How masks lie over the last picture of a source, for the thread that takes the next one.

    Attributes:
        size: width and height of that picture.
        rects: what they covered in it.
        settles_at: until when (monotonic) it may have shown what belongs to another size.
    """

    size: Size
    rects: tuple[Rect, ...]
    settles_at: float = -math.inf

    def resized(self, before: Size, after: Size) -> MaskState:
        """Return how they lie when the source, ``before`` of one size by the list, is said to have another.

        Pictures need not be as large as the list says. All is covered: the source may have had other sizes between
        these, and what its program painted for those is anywhere.
        """
        if before == after or min(*before, *after) <= 0:
            return self
        width, height = (max(1, own * new // old) for own, old, new in zip(self.size, before, after, strict=True))
        size = (width, height)
        return MaskState(size, (Rect(0, 0, *size),), time.monotonic() + SETTLE_SECONDS)


class Remnant(NamedTuple):
    """The pixels beneath a mask in the size before, to notice a program that still has not painted."""

    rect: Rect
    pixels: Pixels

    @classmethod
    def of(cls, bare: Pixels, rect: Rect, size: Size) -> Remnant:
        """Return what is at ``rect`` of a picture and would be in one of ``size`` too."""
        right, bottom = min(rect.x + rect.width, size[0]), min(rect.y + rect.height, size[1])
        both = Rect.between(rect.x, rect.y, max(rect.x, right), max(rect.y, bottom))
        return cls(both, bare[both.y : bottom, both.x : right].copy())

    def is_in(self, bare: Pixels) -> bool:
        """Tell whether it is seen still, in the same place; what has one colour tells nothing."""
        height, width = self.pixels.shape[:2]
        if not self.pixels.size or (self.pixels == self.pixels[0, 0]).all():
            return False
        return np.array_equal(self.pixels, bare[self.rect.y : self.rect.y + height, self.rect.x : self.rect.x + width])


class Masking:
    """Holds the newest bare picture while masks lie over it, so that others can be laid. Feed thread only.

    After a change of size, what was covered before stays covered for a while, wherever the window system may have moved
    it: programs need time to paint, and until they have their old picture is seen in the new size.
    """

    def __init__(self, buffers: Buffers, laid: MaskState | None = None) -> None:
        """``laid`` is what was left by the thread before."""
        self._buffers = buffers
        self._masks: tuple[Mask, ...] = ()
        self._bare: Pixels | None = None
        self._former: tuple[Rect, ...] = ()
        self._remnants: tuple[Remnant, ...] = ()
        self.laid = laid

    @property
    def settles_in(self) -> float | None:
        """Return in how many seconds fewer pixels are to be covered, None for never."""
        return max(0.0, self.laid.settles_at - time.monotonic()) if self.laid and self._former else None

    def set(self, masks: tuple[Mask, ...], shown: Pixels | None) -> Pixels | None:
        """Lay ``masks`` from now on; return what the last picture, ``shown``, looks like then, None for unchanged."""
        is_other, self._masks = masks != self._masks, masks
        if not self._settle() and not is_other:
            return None
        bare, self._bare = (shown if self._bare is None else self._bare), None
        if bare is None:
            return None
        if not masks:
            self._former, self._remnants, self.laid = (), (), None
            return bare
        self._bare = bare
        return self._covered(bare)

    def forget(self) -> None:
        """Hold no picture any more."""
        self._bare, self._remnants = None, ()

    def over(self, take: Take) -> Take:
        """Return ``take`` with the masks over it."""
        if not self._masks or take.pixels is None:
            return take
        before, self._bare = self._bare, take.pixels if take.is_ours else self._buffers.copy(take.pixels)
        pixels = self._covered(self._bare, before, take.passed)
        assert self.laid is not None
        # A change beneath a mask changes whole blocks of it.
        damage = None if take.damage is None else take.damage + self.laid.rects
        return replace(take, pixels=pixels, damage=damage, is_ours=True)

    def _settle(self) -> bool:
        """Cover no longer what was covered in another size, where that may be; tell whether that is so."""
        if self.laid is None or self.settles_in != 0:
            return False
        if self._bare is not None:
            size = (self._bare.shape[1], self._bare.shape[0])
            hidden = [mask.place(*size) for mask in self._masks]
            # Beneath the masks themselves it may stay: programs put it there, and it is covered.
            if any(without(remnant.rect, hidden) and remnant.is_in(self._bare) for remnant in self._remnants):
                self.laid = replace(self.laid, settles_at=time.monotonic() + SETTLE_SECONDS)
                return False
        self._former, self._remnants = (), ()
        return True

    def _covered(self, bare: Pixels, before: Pixels | None = None, passed: tuple[Size, ...] | None = ()) -> Pixels:
        height, width = bare.shape[:2]
        self._follow((width, height), before, passed)
        # A copy: the backend may build its next picture on this one.
        pixels = self._buffers.copy(bare)
        mask_over(pixels, self.laid.rects if self.laid else ())
        return pixels

    def _follow(self, size: Size, before: Pixels | None, passed: tuple[Size, ...] | None) -> None:
        """Note that pictures have ``size`` now; ``before`` is the last bare one, ``passed`` are sizes since then."""
        last, now = self.laid, time.monotonic()
        settles_at = -math.inf
        if last is not None:
            settles_at = last.settles_at
            if last.size != size or passed:
                self._former = self._gone_to(size, last, passed)
                settles_at = now + SETTLE_SECONDS
                self._remnants = self._left_over(before, size)
            elif now < settles_at and not self._former:
                self._former = last.rects
        rects = (*(mask.place(*size) for mask in self._masks), *self._former)
        self.laid = MaskState(size, rects, settles_at)

    def _gone_to(self, size: Size, last: MaskState, passed: tuple[Size, ...] | None) -> tuple[Rect, ...]:
        """Return where in ``size`` may be what was covered in the last picture and in sizes that were passed since.

        A program that has painted for a size is seen with that picture in the next one too, until it paints again.
        """
        if passed is None:
            return (Rect(0, 0, *size),)
        rects, at = last.rects, last.size
        for step in passed:
            rects = merged((*moved(rects, at, step), *(mask.place(*step) for mask in self._masks)))
            at = step
        return merged(moved(rects, at, size))

    def _left_over(self, before: Pixels | None, size: Size) -> tuple[Remnant, ...]:
        """Return what a program that does not paint would show in ``size`` too, after ``before``.

        It may not have painted for that one either. A part covered only for a while is none of it: other parts are
        there as well, which may stay as they are.
        """
        if before is None:
            return self._remnants
        height, width = before.shape[:2]
        since = [remnant.rect for remnant in self._remnants if remnant.is_in(before)]
        rects = (*since, *(mask.place(width, height) for mask in self._masks))
        return tuple(Remnant.of(before, rect, size) for rect in dict.fromkeys(rects))


def moved(rects: Iterable[Rect], old: Size, new: Size) -> tuple[Rect, ...]:
    """Return where what was at ``rects`` may be once the size has changed."""
    return tuple(spread(rect, old, new) or Rect(0, 0, *new) for rect in rects)


def merged(rects: Iterable[Rect]) -> tuple[Rect, ...]:
    """Return rectangles that cover all of ``rects``: one around those that overlap, so that they stay few."""
    apart: list[Rect] = []
    for rect in rects:
        one = rect
        while touched := [other for other in apart if overlap(other, one)]:
            apart = [other for other in apart if other not in touched]
            one = enclosing((one, *touched))
        apart.append(one)
    return tuple(apart) if len(apart) <= MOST_RECTS else (enclosing(apart),)
