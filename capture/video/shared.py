"""One video of a source for all viewers who wish for the same: each picture is encoded once, when it is asked for."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from capture import reasons
from capture.encode.image import Rendition
from capture.encode.parts import RectEncoding, Update, UpdateRect
from capture.encode.workers import Workers
from capture.errors import EncodeError
from capture.picture.frame import Frame
from capture.picture.pixels import Pixels, Rect
from capture.reason import Reason
from capture.video.encoder import Unit

log = logging.getLogger(__name__)

T = TypeVar("T")

KEPT_UNITS = 8
"""A viewer that is behind by no more gets several units at once; one that is further behind needs a key frame."""
KEY_SECONDS = 1.0
"""Least time between two key frames that were asked for: each is as large as a picture."""
HANG_SECONDS = 2.0
"""An encoder that needs so long for one picture is given up."""
REST_SECONDS = 5.0
"""An encoder that failed is tried again so much later; meanwhile there are single pictures."""


class VideoCodec(Protocol):
    """An encoder of a video of one size; one thread at a time. Not to be used again after an `EncodeError`."""

    def encode(self, pixels: Pixels, want_key: bool) -> Unit:
        """Return the next picture (height × width × 4, BGRX, of any size) encoded; the first one is a key unit."""

    def close(self) -> None:
        """Give everything back."""


MakeCodec = Callable[[int, int, int, float], VideoCodec]
"""Opens a codec for (width, height, quality, pictures per second). Raises `EncodeError`."""


@dataclass(frozen=True, slots=True, eq=False)
class VideoUpdate(Generic[T]):
    """The units that a viewer lacks, finished; the picture it has with them, and its position in the video then."""

    parts: Update
    finished: T
    frame: Frame
    position: int


@dataclass(slots=True)
class _EncoderThread:
    """A worker, and the codec that it alone uses; given up together."""

    worker: Workers
    codec: VideoCodec | None = None

    def close(self) -> None:
        """Close the codec; runs in the worker."""
        if self.codec is not None:
            self.codec.close()


class SharedVideo:
    """The running video of one source in one rendition. Loop only; encoding happens in a thread of its own.

    The viewer that asks first has a picture encoded; the others get the same units. The unit of a picture that has been
    withdrawn is thrown away together with the encoder, whose next units would build on it.

    Attributes:
        encodes: pictures encoded so far.
    """

    def __init__(
        self, rendition: Rendition, fps: float, make_codec: MakeCodec, withdrawn: Callable[[], int] = lambda: 0
    ) -> None:
        """``withdrawn()`` tells the number of the last picture of the source that is not shown any more."""
        self.encodes = 0
        self._withdrawn = withdrawn
        self._rendition = rendition
        self._fps = fps
        self._make_codec = make_codec
        self._bench: _EncoderThread | None = None
        self._size = (0, 0)
        self._units: deque[tuple[int, Unit]] = deque(maxlen=KEPT_UNITS)
        self._finished: dict[Hashable, tuple[Update, Any]] = {}
        self._count = 0
        self._frame: Frame | None = None
        self._encode_seconds = 0.0
        self._wants_key = False
        self._key_at = self._failed_at = float("-inf")
        self._turn = asyncio.Lock()
        self._is_closed = False

    async def video_update(
        self, frame: Frame, base: int, position: int | None, finish: Callable[[Update], T]
    ) -> VideoUpdate[T] | None:
        """Return what brings a viewer to ``frame`` or a newer picture, None while it has to do with single pictures.

        ``base`` is the picture that the viewer has, ``position`` how far it is in the video, None for not at all.
        """
        async with self._turn:
            self._forget_withdrawn()
            if frame.sequence <= self._withdrawn():
                return None
            if self._frame is None or frame.pixels_sequence > self._frame.pixels_sequence:
                await self._add(frame)
            self._forget_withdrawn()
            shown = self._frame
            if shown is None or shown.pixels_sequence < frame.pixels_sequence:
                return None
        units = self._after(position) or self._since_key()
        if not units:
            self._wants_key = True
            return None
        key = (len(units), 0 if units[0].is_key else base)
        if key not in self._finished:
            parts = self._parts(units, shown, key[1])
            self._finished[key] = (parts, finish(parts))
        parts, finished = self._finished[key]
        return VideoUpdate(parts, finished, shown, self._count)

    def close(self) -> None:
        """End it; those that still wait get single pictures."""
        self._is_closed = True
        self._drop_bench()

    def _forget_withdrawn(self) -> None:
        """Begin anew after a picture that was encoded here has been withdrawn."""
        if self._frame is not None and self._frame.sequence <= self._withdrawn():
            self._drop_bench()

    def _parts(self, units: list[Unit], shown: Frame, base: int) -> Update:
        width, height = self._size
        return Update(
            parts=tuple(
                UpdateRect(Rect(0, 0, width, height), RectEncoding.H264, unit.data, is_key=unit.is_key)
                for unit in units
            ),
            sequence=shown.pixels_sequence,
            base=base,
            whole=base == 0,
            sharpens=False,
            width=width,
            height=height,
            captured_at=shown.captured_at,
            take_seconds=shown.take_seconds,
            encode_seconds=self._encode_seconds,
        )

    def _after(self, position: int | None) -> list[Unit]:
        """Return the units after ``position``, nothing when the first of them is not kept any more."""
        if position is None or not self._units or position < self._units[0][0] - 1:
            return []
        return [unit for number, unit in self._units if number > position]

    def _since_key(self) -> list[Unit]:
        """Return the kept units from the last key frame on."""
        found: list[Unit] = []
        for _, unit in reversed(self._units):
            found.insert(0, unit)
            if unit.is_key:
                return found
        return []

    async def _add(self, frame: Frame) -> None:
        if self._is_closed or time.monotonic() - self._failed_at < REST_SECONDS:
            return
        size = self._rendition.size_for(frame.width, frame.height)
        if size != self._size:
            self._drop_bench()
            self._size = size
        now = time.monotonic()
        want_key = self._wants_key and now - self._key_at >= KEY_SECONDS
        begun = time.perf_counter()
        bench = self._bench = self._bench or _EncoderThread(Workers(1, "video"))
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(HANG_SECONDS):
                unit = await asyncio.shield(
                    loop.run_in_executor(bench.worker, self._encode, bench, frame, size, want_key)
                )
        except TimeoutError:
            self._fail(reasons.VIDEO_SLOW.of(seconds=HANG_SECONDS))
            return
        except EncodeError as error:
            self._fail(error.reason)
            return
        if self._bench is not bench:
            return  # closed meanwhile
        self.encodes += 1
        self._encode_seconds = time.perf_counter() - begun
        self._count += 1
        self._units.append((self._count, unit))
        self._finished.clear()
        self._frame = frame
        if unit.is_key:
            self._wants_key = False
            self._key_at = now

    def _encode(self, bench: _EncoderThread, frame: Frame, size: tuple[int, int], want_key: bool) -> Unit:
        """Encode in the worker."""
        width, height = size
        if bench.codec is None:
            bench.codec = self._make_codec(width, height, self._rendition.quality, self._fps)
        return bench.codec.encode(frame.pixels, want_key)

    def _fail(self, why: Reason) -> None:
        log.warning("video stops for %g seconds: %s", REST_SECONDS, why)
        self._failed_at = time.monotonic()
        self._drop_bench()

    def _drop_bench(self) -> None:
        bench, self._bench = self._bench, None
        self._units.clear()
        self._finished.clear()
        self._count += KEPT_UNITS  # no position of before fits any more
        self._frame = None
        if bench is not None:
            # Where it was used; behind what it may still be doing, and nobody waits for that.
            bench.worker.submit(bench.close)
            bench.worker.shutdown(wait=False)


class SharedVideos:
    """Every film that is being watched. Loop only."""

    def __init__(self, make_codec: MakeCodec, withdrawn: Callable[[Any], int] = lambda _: 0) -> None:
        """``withdrawn(identity)`` tells the number of a source's last picture that is not shown any more."""
        self._make_codec = make_codec
        self._withdrawn = withdrawn
        self._shared_videos: dict[Hashable, tuple[SharedVideo, int]] = {}

    @property
    def running(self) -> tuple[SharedVideo, ...]:
        """Return those that somebody watches."""
        return tuple(film for film, _ in self._shared_videos.values())

    def join(self, identity: Hashable, rendition: Rendition, fps: float) -> SharedVideo:
        """Return the film that all of equal wishes share; `leave` has to follow."""
        key = _key(identity, rendition, fps)
        film, viewers = self._shared_videos.get(key, (None, 0))
        if film is None:
            film = SharedVideo(rendition, fps, self._make_codec, partial(self._withdrawn, identity))
        self._shared_videos[key] = (film, viewers + 1)
        return film

    def leave(self, identity: Hashable, rendition: Rendition, fps: float) -> None:
        """Watch it no longer; the last one ends it."""
        key = _key(identity, rendition, fps)
        film, viewers = self._shared_videos.pop(key)
        if viewers > 1:
            self._shared_videos[key] = (film, viewers - 1)
        else:
            film.close()


def _key(identity: Hashable, rendition: Rendition, fps: float) -> Hashable:
    return (identity, replace(rendition, cursor=False), fps)
