"""A video encoder that encodes nothing: its units tell what they are."""

from __future__ import annotations

import threading

import numpy as np

from capture import reasons
from capture.errors import EncodeError
from capture.video.encoder import Unit


class FakeCodecs:
    """Makes the codecs of a film.

    Attributes:
        opened: the wishes for which one was made.
        closed: how many were closed.
        fails: the next picture raises.
        hangs: pictures wait here until it is set.
        hanging: how many do.
    """

    def __init__(self) -> None:
        self.opened: list[tuple[int, int, int, float]] = []
        self.closed = 0
        self.fails = False
        self.hangs: threading.Event | None = None
        self.hanging = 0

    def __call__(self, width: int, height: int, quality: int, fps: float) -> FakeCodec:
        self.opened.append((width, height, quality, fps))
        return FakeCodec(self)


class FakeCodec:
    """One of them. A unit is ``K`` or ``P`` and the first byte of the picture."""

    def __init__(self, codecs: FakeCodecs) -> None:
        self._codecs = codecs
        self._is_first = True

    def encode(self, pixels: np.ndarray, want_key: bool) -> Unit:
        if self._codecs.hangs is not None:
            self._codecs.hanging += 1
            self._codecs.hangs.wait(20)
            self._codecs.hanging -= 1
        if self._codecs.fails:
            self._codecs.fails = False
            raise EncodeError(reasons.VIDEO_CLOSED)
        is_key, self._is_first = want_key or self._is_first, False
        return Unit(f"{'K' if is_key else 'P'}{pixels[0, 0, 0]}".encode(), is_key, pixels.shape[1], pixels.shape[0])

    def close(self) -> None:
        self._codecs.closed += 1
