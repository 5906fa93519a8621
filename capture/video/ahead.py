"""The next unit of a running video, encoded by the thread that has just taken the picture."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from capture.encode.shared import SharedEncoder
from capture.picture.frame import Frame
from capture.video.shared import SharedVideo


@dataclass(frozen=True, slots=True)
class AheadRequest:
    """A `PlannedRequest` of those who watch ``film``; it is made where that takes little time."""

    film: SharedVideo

    def family(self, frame: Frame) -> Hashable:
        return (self.film,)

    def version(self, frame: Frame) -> Hashable:
        return frame.pixels_sequence

    def make(self, frame: Frame) -> bool:
        return self.film.encode_ahead(frame)

    def supply(self, encoder: SharedEncoder, frame: Frame, made: bool) -> None:
        if made:
            self.film.accept(frame)
