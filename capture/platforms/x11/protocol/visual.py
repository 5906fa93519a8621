"""How the X server lays out pixels, and how they become ours: any depth, order of bytes and order of colours."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import xcffib.xproto
from numpy.typing import NDArray

from capture import reasons
from capture.errors import CaptureError
from capture.picture.pixels import Pixels
from capture.platforms.x11.protocol.display import Display

OURS = (0xFF0000, 0xFF00, 0xFF)
"""Masks of red, green and blue in a word of BGRX."""
SIZES = {8: "u1", 16: "u2", 24: "u1", 32: "u4"}
"""Bits per pixel that we can read, as NumPy's type of one pixel; of three bytes it is one for each."""
AT_ONCE = 1 << 16
"""Pixels that are converted by masks at once: what comes in between stays in the processor's own memory."""
Numbers = NDArray[np.unsignedinteger]


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """The layout of a picture as the X server sends it (ZPixmap), row by row.

    Attributes:
        bits: of one pixel in memory: 8, 16, 24 or 32.
        pad: each row begins at a multiple of so many bits.
        is_little_endian: the lowest byte of a pixel comes first.
        masks: where red, green and blue are in a pixel; all 0 where it is a number in a palette.
        colormap: the X server's number of that palette, and ``entries`` how many colours it has.
    """

    bits: int
    pad: int
    is_little_endian: bool
    masks: tuple[int, int, int]
    colormap: int = 0
    entries: int = 0

    @property
    def is_ours(self) -> bool:
        """Tell whether such a picture is BGRX without padding, whatever its width."""
        return self.bits == self.pad == 32 and self.is_little_endian and self.masks == OURS

    def row_bytes(self, width: int) -> int:
        """Return how many bytes a row of ``width`` pixels takes."""
        return -(-width * self.bits // self.pad) * self.pad // 8

    def convert(self, raw: bytes | memoryview, out: Pixels, palette: NDArray[np.uint32] | None = None) -> None:
        """Write ``raw``, a picture of this layout, into ``out`` (height × width × 4, BGRX).

        ``palette`` has a word of BGRX for each number of a pixel (`palette_of`), where ``masks`` are 0.
        """
        height, width = out.shape[:2]
        rows = np.frombuffer(raw, np.uint8, height * self.row_bytes(width)).reshape(height, -1)
        words = out.view(np.uint32)[:, :, 0]
        pixels = self._pixels(rows[:, : width * self.bits // 8])
        if palette is not None:
            np.take(palette, pixels, out=words, mode="clip")
        elif self.bits < 24:
            np.take(_table(self.bits, self.masks), pixels, out=words)
        elif self.masks == OURS:
            words[:] = pixels
        else:
            rows_at_once = max(1, AT_ONCE // width)
            for top in range(0, height, rows_at_once):
                words[top : top + rows_at_once] = _mixed(pixels[top : top + rows_at_once], self.masks)

    def _pixels(self, rows: Pixels) -> Numbers:
        """Return the numbers of the pixels, height × width."""
        order = "<" if self.is_little_endian else ">"
        if self.bits != 24:
            pixels: Numbers = np.ascontiguousarray(rows).view(f"{order}{SIZES[self.bits]}")
            return pixels
        height, size = rows.shape
        padded = np.zeros((height, size // 3, 4), dtype=np.uint8)
        padded[:, :, :3] = rows.reshape(height, -1, 3)[:, :, :: 1 if self.is_little_endian else -1]
        return padded.view("<u4")[:, :, 0]


def pixel_format(display: Display, window: int) -> PixelFormat:
    """Return how pictures of a window, or of the root, are laid out.

    Raises:
        XError: the window is gone.
        CaptureError: such pictures cannot be shown.
    """
    core = display.connection.core
    attributes = core.GetWindowAttributes(window)
    depth = int(core.GetGeometry(window).reply().depth)
    found = attributes.reply()
    setup = display.connection.get_setup()
    layout = next((each for each in setup.pixmap_formats if each.depth == depth), None)
    # Some servers list a depth twice, each time with other visuals (TigerVNC): all of them are looked through.
    visuals = (visual for root in setup.roots for allowed in root.allowed_depths for visual in allowed.visuals)
    visual = next((each for each in visuals if each.visual_id == found.visual), None)
    if layout is None or visual is None or layout.bits_per_pixel not in SIZES:
        raise CaptureError(reasons.COLOURS_UNKNOWN.of(bits=int(depth)))
    is_little_endian = setup.image_byte_order == xcffib.xproto.ImageOrder.LSBFirst
    bits, pad = int(layout.bits_per_pixel), int(layout.scanline_pad)
    if visual._class in (xcffib.xproto.VisualClass.TrueColor, xcffib.xproto.VisualClass.DirectColor):  # noqa: SLF001  a reserved word
        masks = (int(visual.red_mask), int(visual.green_mask), int(visual.blue_mask))
        return PixelFormat(bits, pad, is_little_endian, masks)
    colormap = int(found.colormap) or int(setup.roots[display.connection.pref_screen].default_colormap)
    return PixelFormat(bits, pad, is_little_endian, (0, 0, 0), colormap, int(visual.colormap_entries))


def palette_of(display: Display, form: PixelFormat) -> NDArray[np.uint32] | None:
    """Return the palette's colours as they are now, as words of BGRX, None where a picture needs none."""
    if any(form.masks):
        return None
    question = display.connection.core.QueryColors(form.colormap, form.entries, range(form.entries))
    colours = question.reply().colors
    return np.array([(each.red >> 8) << 16 | (each.green >> 8) << 8 | each.blue >> 8 for each in colours], np.uint32)


@functools.lru_cache(maxsize=4)
def _table(bits: int, masks: tuple[int, int, int]) -> NDArray[np.uint32]:
    """Return the word of BGRX for each pixel of up to 16 bits."""
    return _mixed(np.arange(1 << bits, dtype=np.uint32), masks)


def _mixed(pixels: Numbers, masks: tuple[int, int, int]) -> NDArray[np.uint32]:
    """Return pixels of any masks as words of BGRX."""
    words = np.zeros(pixels.shape, dtype=np.uint32)
    for mask, place in zip(masks, (16, 8, 0), strict=True):
        if not mask:
            continue
        low = (mask & -mask).bit_length() - 1
        size = mask.bit_length() - low
        if size >= 8:
            # The upper eight bits, straight to where they belong.
            shift = low + size - 8 - place
            moved = pixels >> shift if shift >= 0 else pixels << -shift
            words |= moved & np.uint32(0xFF << place)
        else:
            most = (1 << size) - 1
            words |= ((((pixels & mask) >> low) * 255 + most // 2) // most << place).astype(np.uint32)
    return words
