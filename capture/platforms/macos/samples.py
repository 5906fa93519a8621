"""One picture as ScreenCaptureKit hands it over: what is said of it, and its pixels, copied once.

Whether rectangles of damage count points or pixels no documentation says: both are taken to have changed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from capture import reasons
from capture.errors import NoPicture
from capture.picture.pixels import Pixels, Rect, seen_from
from capture.platforms.macos.frameworks import frameworks
from capture.platforms.macos.images import copied
from capture.platforms.macos.top_windows import numbers_of

BGRA = 0x42475241
"""kCVPixelFormatType_32BGRA."""
READ_ONLY = 1
"""kCVPixelBufferLock_ReadOnly."""
COMPLETE, STARTED = 0, 4
"""SCFrameStatus of samples with a picture. Others say that nothing has changed, or that there is nothing to paint."""
FAULTS = (KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A picture that the system has lent us: as long as this is kept it paints into other memory.

    Attributes:
        buffer: CVPixelBuffer.
        content: the part of the buffer that holds the source, in device pixels.
        wanted: width and height that the source has, in device pixels.
        is_exact: each pixel of the source is one in the buffer.
        damage: where something has changed since the sample before, in the content; None for unknown.
    """

    buffer: Any
    content: Rect
    wanted: tuple[int, int]
    is_exact: bool
    damage: tuple[Rect, ...] | None


def sample_of(told: Any) -> Sample | None:
    """Return what a CMSampleBuffer holds, None when that is no picture."""
    media, kit, quartz = frameworks().media, frameworks().kit, frameworks().quartz
    attached = media.CMSampleBufferGetSampleAttachmentsArray(told, False)
    info = attached[0] if attached else {}
    if int(info.get(kit.SCStreamFrameInfoStatus, -1)) not in (COMPLETE, STARTED):
        return None
    buffer = media.CMSampleBufferGetImageBuffer(told)
    if buffer is None:
        return None
    size = int(quartz.CVPixelBufferGetWidth(buffer)), int(quartz.CVPixelBufferGetHeight(buffer))
    points = float(info.get(kit.SCStreamFrameInfoScaleFactor) or 1.0)
    shrunk = float(info.get(kit.SCStreamFrameInfoContentScale) or 1.0)
    try:
        x, y, width, height = numbers_of(info.get(kit.SCStreamFrameInfoContentRect))
    except FAULTS:
        x, y, width, height = 0.0, 0.0, size[0] / points, size[1] / points
    wanted = round(width * points / shrunk), round(height * points / shrunk)
    left, top = max(round(x * points), 0), max(round(y * points), 0)
    right, bottom = min(round((x + width) * points), size[0]), min(round((y + height) * points), size[1])
    content = Rect.between(left, top, max(left, right), max(top, bottom))
    is_exact = math.isclose(shrunk, 1.0, abs_tol=1e-4) and (content.width, content.height) == wanted
    return Sample(
        buffer, content, wanted, is_exact, _damage(info.get(kit.SCStreamFrameInfoDirtyRects), content, points)
    )


def pixels_in(sample: Sample) -> Pixels:
    """Return a copy of the source's pixels: BGRX, rows without what fills them up in the system's memory.

    Raises:
        NoPicture: the memory cannot be read, or holds pixels of another form.
    """
    quartz, buffer, part = frameworks().quartz, sample.buffer, sample.content
    form = int(quartz.CVPixelBufferGetPixelFormatType(buffer))
    if form != BGRA:
        raise NoPicture(reasons.FORM_UNREADABLE.of(form=f"{form:#x}"))
    if quartz.CVPixelBufferLockBaseAddress(buffer, READ_ONLY):
        raise NoPicture(reasons.NO_PICTURE_NOW)
    try:
        pitch, height = quartz.CVPixelBufferGetBytesPerRow(buffer), quartz.CVPixelBufferGetHeight(buffer)
        memory = quartz.CVPixelBufferGetBaseAddress(buffer).as_buffer(pitch * height)
        pixels = copied(memory, part.width, part.height, pitch, part.x, part.y)
    finally:
        quartz.CVPixelBufferUnlockBaseAddress(buffer, READ_ONLY)
    if pixels is None:
        # It would lie outside of the memory.
        raise NoPicture(reasons.NO_PICTURE_NOW)
    return pixels


def _damage(told: Any, content: Rect, scale: float) -> tuple[Rect, ...] | None:
    try:
        numbers = [numbers_of(each) for each in told]
    except FAULTS:
        return None
    rects = [_outwards(each, by) for by in dict.fromkeys((1.0, scale)) for each in numbers]
    return seen_from(content, [rect for rect in rects if rect.area])


def _outwards(numbers: tuple[float, float, float, float], scale: float) -> Rect:
    left, top, width, height = numbers
    right, bottom = math.ceil((left + width) * scale), math.ceil((top + height) * scale)
    return Rect.between(math.floor(left * scale), math.floor(top * scale), right, bottom)
