"""The encoder of one running video. Whichever thread has the next picture at hand encodes it."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from capture.encode.workers import Workers
from capture.errors import EncodeError
from capture.picture.frame import Frame
from capture.picture.pixels import Pixels
from capture.reason import Reason
from capture.video.encoder import Unit


class VideoCodec(Protocol):
    """An encoder of a video of one size; one thread at a time. Not to be used again after an `EncodeError`."""

    def encode(self, pixels: Pixels, want_key: bool) -> Unit:
        """Return the next picture (height × width × 4, BGRX, of any size) encoded; the first one is a key unit."""

    def close(self) -> None:
        """Give everything back."""


@dataclass(frozen=True, slots=True, eq=False)
class EncodedFrame:
    """A picture, the unit that it became, and how many seconds that took.

    ``is_ahead``: it was encoded before the loop had accepted the picture.
    """

    frame: Frame
    unit: Unit
    seconds: float
    is_ahead: bool


class RunningEncoder:
    """A codec, and a thread that encodes what the feed's thread does not. Any thread; pictures only get newer.

    Attributes:
        worker: that thread.
        fault: why it is not to be used any more, None while it is.
    """

    def __init__(self, make_codec: Callable[[], VideoCodec]) -> None:
        self.worker = Workers(1, "video")
        self.fault: Reason | None = None
        self._make_codec = make_codec
        self._codec: VideoCodec | None = None
        self._encoded: deque[EncodedFrame] = deque()
        self._newest = 0
        self._seconds = math.inf
        self._is_closed = False
        self._lock = threading.Lock()

    def encode(self, frame: Frame, want_key: bool) -> None:
        """Encode a picture that the loop has; one that is not newer than the last is left out."""
        with self._lock:
            self._encode(frame, want_key, is_ahead=False)

    def encode_ahead(self, frame: Frame, want_key: bool, within: float) -> bool:
        """Encode a picture that the loop does not have yet; return whether that was done.

        It is not where it would take more than ``within`` seconds, as far as the last one tells, or where another one
        is being encoded.
        """
        if self._seconds > within or not self._lock.acquire(blocking=False):
            return False
        try:
            return self._encode(frame, want_key, is_ahead=True)
        finally:
            self._lock.release()

    def next_encoded(self, is_accepted: Callable[[EncodedFrame], bool]) -> EncodedFrame | None:
        """Return the oldest that was not returned yet, None where there is none, or it is not accepted."""
        if not self._encoded or not is_accepted(self._encoded[0]):
            return None
        return self._encoded.popleft()

    def close(self) -> None:
        """Free the codec, in the worker and behind what is being encoded; nobody waits for that."""
        self.worker.submit(self._close)
        self.worker.shutdown(wait=False)

    def _encode(self, frame: Frame, want_key: bool, is_ahead: bool) -> bool:
        if self._is_closed or self.fault is not None or frame.pixels_sequence <= self._newest:
            return False
        begun = time.perf_counter()
        try:
            if self._codec is None:
                self._codec = self._make_codec()
            unit = self._codec.encode(frame.pixels, want_key)
        except EncodeError as error:
            self.fault = error.reason
            return False
        self._seconds = time.perf_counter() - begun
        self._newest = frame.pixels_sequence
        self._encoded.append(EncodedFrame(frame, unit, self._seconds, is_ahead))
        return True

    def _close(self) -> None:
        with self._lock:
            self._is_closed = True
            if self._codec is not None:
                self._codec.close()
