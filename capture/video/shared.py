"""One video of a source for all viewers who wish for the same: each picture is encoded once, when it is asked for."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar

from capture import reasons
from capture.encode.image import Rendition
from capture.encode.parts import RectEncoding, Update, UpdateRect
from capture.picture.frame import Frame
from capture.picture.pixels import Rect
from capture.reason import Reason
from capture.video.encoder import Unit
from capture.video.running_encoder import EncodedFrame, RunningEncoder, VideoCodec

log = logging.getLogger(__name__)

T = TypeVar("T")

KEPT_UNITS = 8
"""A viewer that is behind by no more gets several units at once; one that is further behind needs a key frame."""
KEY_SECONDS = 1.0
"""Least time between two key frames that were asked for: each is as large as a picture."""
HANG_SECONDS = 2.0
"""An encoder that needs so long for one picture is given up."""
AHEAD = 0.4
"""Which part of the time between two pictures the feed's thread may spend on encoding one."""
REST_SECONDS = 5.0
"""An encoder that failed is tried again so much later; meanwhile there are single pictures."""


MakeCodec = Callable[[int, int, int, float], VideoCodec]
"""Opens a codec for (width, height, quality, pictures per second). Raises `EncodeError`."""


@dataclass(frozen=True, slots=True, eq=False)
class VideoUpdate(Generic[T]):
    """The units that a viewer lacks, finished; the picture it has with them, and its position in the video then."""

    parts: Update
    finished: T
    frame: Frame
    position: int


class SharedVideo:
    """The running video of one source in one rendition. Loop only, but for `encode_ahead`.

    The viewer that asks first has a picture encoded, in a thread for that; the others get the same units. As long as
    viewers ask for each picture, the feed's thread encodes it as soon as it is taken: that spares two ways between
    threads, and the picture is still in the processor's cache. Such a unit is used once the loop has accepted its
    picture, and that may be never: it may be known by then that something in it must not be seen.

    The unit of a picture that has been withdrawn, or was never accepted, is thrown away together with the encoder,
    whose next units would build on it.

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
        self._encoder: RunningEncoder | None = None
        self._accepted: set[Frame] = set()
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
            self._collect(frame)
            self._forget_withdrawn()
            if frame.sequence <= self._withdrawn():
                return None
            if not self._has(frame):
                await self._add(frame)
            self._forget_withdrawn()
        return self._update(frame, base, position, finish)

    def ready_update(
        self, frame: Frame, base: int, position: int | None, finish: Callable[[Update], T]
    ) -> VideoUpdate[T] | None:
        """Return the same where nothing is to be waited for, else None."""
        if self._turn.locked():
            return None
        self._collect(frame)
        self._forget_withdrawn()
        return None if frame.sequence <= self._withdrawn() else self._update(frame, base, position, finish)

    def _has(self, frame: Frame) -> bool:
        return self._frame is not None and self._frame.pixels_sequence >= frame.pixels_sequence

    def _update(
        self, frame: Frame, base: int, position: int | None, finish: Callable[[Update], T]
    ) -> VideoUpdate[T] | None:
        shown = self._frame
        if shown is None or not self._has(frame):
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

    def encode_ahead(self, frame: Frame) -> bool:
        """Encode ``frame``, which has just been taken, in the feed's thread; return whether that was done.

        It is left undone where it takes so long that the feed would be late with the next picture.
        """
        encoder = self._encoder
        if encoder is None or self._rendition.size_for(frame.width, frame.height) != self._size:
            return False
        return encoder.encode_ahead(frame, self._needs_key, AHEAD / self._fps)

    def accept(self, frame: Frame) -> None:
        """Note that a picture that was encoded ahead may be seen."""
        self._accepted.add(frame)

    def close(self) -> None:
        """End it; those that still wait get single pictures."""
        self._is_closed = True
        self._drop_encoder()

    @property
    def _needs_key(self) -> bool:
        return self._wants_key and time.monotonic() - self._key_at >= KEY_SECONDS

    def _forget_withdrawn(self) -> None:
        """Begin anew after a picture that was encoded here has been withdrawn."""
        if self._frame is not None and self._frame.sequence <= self._withdrawn():
            self._drop_encoder()

    def _collect(self, newest: Frame) -> None:
        """Take over what was encoded. ``newest`` is the last picture that was accepted."""
        encoder, withdrawn = self._encoder, self._withdrawn()

        def is_decided(encoded: EncodedFrame) -> bool:
            # The loop hears of pictures in their order.
            return not encoded.is_ahead or encoded.frame.sequence <= newest.sequence

        while encoder is not None and (encoded := encoder.next_encoded(is_decided)) is not None:
            is_accepted = not encoded.is_ahead or encoded.frame in self._accepted
            if not is_accepted or encoded.frame.sequence <= withdrawn:
                self._drop_encoder()
                return
            self._accepted.discard(encoded.frame)
            self._add_unit(encoded)
        if encoder is not None and encoder.fault is not None:
            self._fail(encoder.fault)

    def _add_unit(self, encoded: EncodedFrame) -> None:
        self.encodes += 1
        self._encode_seconds = encoded.seconds
        self._count += 1
        self._units.append((self._count, encoded.unit))
        self._finished.clear()
        self._frame = encoded.frame
        if encoded.unit.is_key:
            self._wants_key = False
            self._key_at = time.monotonic()

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
            self._drop_encoder()
            self._size = size
        if self._encoder is None:
            self._encoder = RunningEncoder(partial(self._make_codec, *size, self._rendition.quality, self._fps))
        encoder = self._encoder
        encoding = asyncio.get_running_loop().run_in_executor(encoder.worker, encoder.encode, frame, self._needs_key)
        try:
            async with asyncio.timeout(HANG_SECONDS):
                await asyncio.shield(encoding)
        except TimeoutError:
            if self._encoder is encoder:
                self._fail(reasons.VIDEO_SLOW.of(seconds=HANG_SECONDS))
            return
        self._collect(frame)

    def _fail(self, why: Reason) -> None:
        log.warning("video stops for %g seconds: %s", REST_SECONDS, why)
        self._failed_at = time.monotonic()
        self._drop_encoder()

    def _drop_encoder(self) -> None:
        encoder, self._encoder = self._encoder, None
        self._units.clear()
        self._finished.clear()
        self._accepted.clear()
        self._count += KEPT_UNITS  # no position of before fits any more
        self._frame = None
        if encoder is not None:
            encoder.close()


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
