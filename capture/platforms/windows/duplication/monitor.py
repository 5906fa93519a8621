"""One monitor's picture, kept up to date by what its duplication says has changed. From Windows 8 on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from capture.picture.pixels import Pixels, Rect, around
from capture.platforms.windows.duplication import dxgi
from capture.platforms.windows.win32.direct3d import Device, release


class DuplicatedMonitor:
    """Copies what changes on a monitor (HMONITOR), from `open` to `close`. Used by one thread.

    Attributes:
        has_picture: something was copied since `open`.
    """

    def __init__(
        self,
        monitor: int,
        make_device: Callable[[int], Device] = Device,
        make_factory: Callable[[], int] = dxgi.make_factory,
    ) -> None:
        self.has_picture = False
        self._monitor = monitor
        self._make_device = make_device
        self._make_factory = make_factory
        self._device: Device | None = None
        self._duplication = 0

    def open(self) -> None:
        """Begin.

        Raises:
            NotNow: Windows shows the screen to no program at the moment.
            OSError: this computer, or this graphics card, does not offer it.
        """
        factory = self._make_factory()
        try:
            with dxgi.output_of(self._monitor, factory) as (adapter, output):
                self._device = self._make_device(adapter)
                pointer = self._device.for_windows
                try:
                    self._duplication = dxgi.duplicate(output, pointer)
                finally:
                    release(pointer)
        except BaseException:
            self.close()
            raise
        finally:
            release(factory)
        mode = dxgi.described(self._duplication)
        self._turns = dxgi.UPRIGHT.get(mode.rotation, 0)
        # As it is in the card's memory: a monitor that stands on its side lies there.
        self._lying: Pixels = np.zeros((mode.height, mode.width, 4), np.uint8)
        self.has_picture = False

    def update(self, upright: Pixels) -> tuple[Rect, ...] | None:
        """Copy what has changed since the last call into ``upright``, the monitor's picture, and return where that was.

        None for anywhere: it is the first time.

        Raises:
            NotNow, Stale: it has to be opened anew.
            OSError: the picture cannot be read.
        """
        assert self._device is not None
        told = dxgi.acquire(self._duplication)
        if told is None:
            return ()
        info, picture = told
        try:
            # Of a frame that is there for the pointer's sake the picture is as it was.
            if self.has_picture and not info.presented:
                return ()
            height, width = self._lying.shape[:2]
            whole = Rect(0, 0, width, height)
            is_told = self.has_picture and info.bytes
            told_parts = dxgi.changed(self._duplication, info) if is_told else (whole,)
            clipped = (around([part], width, height) for part in told_parts)
            parts = tuple(part for part in clipped if part is not None)
            return self._copied(picture, parts, upright, bool(info.presented))
        finally:
            release(picture)
            dxgi.give_back(self._duplication)

    def close(self) -> None:
        """Give everything back; may be called twice, and never raises."""
        duplication, self._duplication = self._duplication, 0
        device, self._device = self._device, None
        release(duplication)
        if device is not None:
            device.close()

    def _copied(
        self, picture: int, parts: tuple[Rect, ...], upright: Pixels, is_presented: bool
    ) -> tuple[Rect, ...] | None:
        assert self._device is not None
        if not parts:
            return ()
        target: Any = self._lying if self._turns else upright
        if target.shape != self._lying.shape:
            raise dxgi.Stale("the monitor has another size")
        self._device.copy_parts(picture, parts, target)
        placed = tuple(turned(part, self._lying.shape[1], self._lying.shape[0], self._turns) for part in parts)
        for part, place in zip(parts, placed, strict=True) if self._turns else ():
            rows, columns = slice(part.y, part.y + part.height), slice(part.x, part.x + part.width)
            upright[place.y : place.y + place.height, place.x : place.x + place.width] = np.rot90(
                self._lying[rows, columns], self._turns
            )
        if self.has_picture:
            return placed
        # Before anything was presented to it a duplication may have an empty picture.
        self.has_picture = is_presented or bool(target[..., :3].any())
        return None


def turned(rect: Rect, width: int, height: int, turns: int) -> Rect:
    """Return where a part of a ``width`` × ``height`` picture lies once that is turned by quarters to the left."""
    for _quarter in range(turns % 4):
        rect = Rect(rect.y, width - rect.x - rect.width, rect.height, rect.width)
        width, height = height, width
    return rect
