"""Laying masks over the pictures of one source, in the thread that takes them, before anybody else sees them."""

from __future__ import annotations

from dataclasses import replace

from capture.buffers import Buffers
from capture.frame import Take
from capture.masks import Mask, mask_over
from capture.pixels import Pixels


class Masking:
    """Holds the newest bare picture while masks lie over it, so that others can be laid. Feed thread only."""

    def __init__(self, buffers: Buffers) -> None:
        self._buffers = buffers
        self._masks: tuple[Mask, ...] = ()
        self._bare: Pixels | None = None

    def set(self, masks: tuple[Mask, ...], shown: Pixels | None) -> Pixels | None:
        """Lay ``masks`` from now on; return what the last picture, ``shown``, looks like then, None for unchanged."""
        if masks == self._masks:
            return None
        self._masks = masks
        bare, self._bare = (shown if self._bare is None else self._bare), None
        if bare is None or not masks:
            return bare
        self._bare = bare
        return self._covered(bare)

    def over(self, take: Take) -> Take:
        """Return ``take`` with the masks over it."""
        if not self._masks or take.pixels is None:
            return take
        bare = self._bare = take.pixels if take.is_ours else self._buffers.copy(take.pixels)
        height, width = bare.shape[:2]
        # What changes beneath a mask changes whole blocks of it.
        rects = tuple(mask.rect(width, height) for mask in self._masks)
        damage = None if take.damage is None else take.damage + rects
        return replace(take, pixels=self._covered(bare), damage=damage, is_ours=True)

    def _covered(self, bare: Pixels) -> Pixels:
        # A copy: the backend may build its next picture on this one.
        pixels = self._buffers.copy(bare)
        mask_over(pixels, self._masks)
        return pixels
