"""Our own picture of a stream, brought up to date by what each buffer says has changed.

Buffers are lent for a moment and tell what differs from the one before, so the picture has to be ours. It is copied
once more for each take, but only where the copy that is free again differs from it.
"""

from __future__ import annotations

import sys

import numpy as np

from capture.picture.frame import Pointer
from capture.picture.pixels import Pixels, Rect, around, enclosing
from capture.platforms.wayland.pipewire.buffers import RGBA, RGBX, Delivery, PointerNews

KEPT = 4
"""Copies that may be looked at by others at once and are used again."""
MOST_DAMAGE = 64
"""Of more rectangles one lies around all."""
# The list's own reference, the loop variable's, and that of getrefcount's argument.
UNUSED = 3


class Painting:
    """What a stream shows. Used by one thread.

    Attributes:
        is_changed: something differs from the last `take`.
        has_picture: there has been one.
        sequence: of the newest buffer, and stamp: of the newest with pixels; None where it does not say.
        pointer: the mouse pointer, None while it is elsewhere or nobody tells of it.
    """

    def __init__(self) -> None:
        self.is_changed = False
        self.sequence: int | None = None
        self.stamp: int | None = None
        self.pointer: Pointer | None = None
        self._said: PointerNews | None = None
        self._shape = 0
        self._image: Pixels | None = None
        self._picture: Pixels | None = None
        self._crop = Rect(0, 0, 0, 0)
        self._is_doubtful = True
        self._damage: list[Rect] | None = None
        self._copies: list[Pixels] = []
        self._stale: dict[int, list[Rect] | None] = {}

    @property
    def has_picture(self) -> bool:
        """Tell whether there has been one."""
        return self._picture is not None

    def doubt(self) -> None:
        """Have the next buffer be taken whole: one before it is missing, or the stream begins anew."""
        self._is_doubtful = True

    def rest(self) -> None:
        """Keep nothing but the picture, for somebody who will want all of it."""
        self._copies, self._stale, self._damage = [], {}, None
        self.is_changed = self.has_picture

    def absorb(self, delivery: Delivery, video_format: int) -> None:
        """Take over what a buffer brings, while it is lent."""
        if self.sequence is not None and delivery.sequence not in (None, self.sequence + 1):
            self._is_doubtful = True  # one is missing, and what it said has changed
        self.sequence = delivery.sequence
        if delivery.tells_pointer:
            self._point(delivery.pointer)
        if delivery.pixels is None:
            # It may have had some that were spoilt; what it says has changed is not to be known any more.
            self._is_doubtful |= not delivery.tells_pointer
        else:
            self._paint(delivery, delivery.pixels, video_format)
        self._place_pointer()

    def take(self) -> tuple[Pixels | None, tuple[Rect, ...] | None]:
        """Return the picture (BGRX), and where it may differ from the one of the last take; None: anywhere.

        It belongs to the caller for as long as he holds it. No picture is returned where it is the last one.
        """
        assert self._picture is not None, "there is a picture only after the first buffer that has one"
        damage, self._damage = self._damage, []
        self.is_changed = False
        if damage == []:
            return None, ()
        return self._copy(self._picture), None if damage is None else tuple(damage)

    def _paint(self, delivery: Delivery, pixels: Pixels, video_format: int) -> None:
        self.stamp = delivery.stamp
        turned = upright(pixels, delivery.transform)
        picture, damage = self._picture, delivery.damage
        if (
            picture is None
            or picture.shape != turned.shape
            or delivery.crop != self._crop
            or delivery.transform
            or self._is_doubtful
            or damage is None
        ):
            if picture is None or picture.shape != turned.shape:
                picture = self._picture = np.empty(turned.shape, np.uint8)
            self._crop = delivery.crop
            _copy_bgrx(turned, picture, video_format)
            self._mark(None)
        else:
            for rect in damage:
                part = around([_moved(rect, self._crop)], picture.shape[1], picture.shape[0])
                if part is not None:
                    at = (slice(part.y, part.y + part.height), slice(part.x, part.x + part.width))
                    _copy_bgrx(turned[at], picture[at], video_format)
                    self._mark(part)
        self._is_doubtful = False
        self.is_changed = True

    def _mark(self, part: Rect | None) -> None:
        """Note that ``part``, or with None all, differs from what was given away."""
        self._damage = _added(self._damage, part)
        self._stale = {key: _added(known, part) for key, known in self._stale.items()}

    def _copy(self, picture: Pixels) -> Pixels:
        if self._copies and self._copies[0].shape != picture.shape:
            self._copies, self._stale = [], {}
        for copy in self._copies:
            if sys.getrefcount(copy) == UNUSED:
                stale = self._stale[id(copy)]
                self._stale[id(copy)] = []
                for part in (Rect(0, 0, picture.shape[1], picture.shape[0]),) if stale is None else stale:
                    at = (slice(part.y, part.y + part.height), slice(part.x, part.x + part.width))
                    copy[at] = picture[at]
                return copy
        fresh = picture.copy()
        if len(self._copies) < KEPT:
            self._copies.append(fresh)
            self._stale[id(fresh)] = []
        return fresh

    def _point(self, said: PointerNews | None) -> None:
        if said is not None and said.image is not None:
            self._image = said.image
            self._shape += 1
        self._said = said

    def _place_pointer(self) -> None:
        said, image = self._said, self._image
        pointer = None
        if said is not None and image is not None:
            x, y = said.x - said.hot_x - self._crop.x, said.y - said.hot_y - self._crop.y
            if self._picture is None or _touches(x, y, image, self._picture):
                pointer = Pointer(x, y, self._shape, image)
        if (pointer is None) != (self.pointer is None) or (pointer is not None and not pointer.is_same(self.pointer)):
            self.pointer = pointer
            self.is_changed = True


def upright(pixels: Pixels, transform: int) -> Pixels:
    """Return ``pixels`` (height × width × 4) as a person sees them, as a view.

    ``transform`` says what was done to them: quarter turns to the left, from 4 on after being mirrored.
    """
    turned = np.rot90(pixels, -(transform % 4)) if transform % 4 else pixels
    return turned[:, ::-1] if transform >= 4 else turned


def _moved(rect: Rect, crop: Rect) -> Rect:
    return Rect(rect.x - crop.x, rect.y - crop.y, rect.width, rect.height)


def _added(known: list[Rect] | None, part: Rect | None) -> list[Rect] | None:
    if known is None or part is None:
        return None
    return [*known, part] if len(known) < MOST_DAMAGE else [enclosing((*known, part))]


def _touches(x: int, y: int, image: Pixels, picture: Pixels) -> bool:
    height, width = image.shape[:2]
    return bool(x < picture.shape[1] and y < picture.shape[0] and x + width > 0 and y + height > 0)


def _copy_bgrx(pixels: Pixels, out: Pixels, video_format: int) -> None:
    if video_format in (RGBX, RGBA):
        # A channel at a time: an index of all four would make another picture on the way.
        for ours, theirs in ((0, 2), (1, 1), (2, 0)):
            out[..., ours] = pixels[..., theirs]
        out[..., 3] = pixels[..., 3]
    else:
        np.copyto(out, pixels)
