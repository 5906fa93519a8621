"""What viewers of the binary form are going to wish for: the next picture made ready before they ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from capture.encode.image import Rendition
from capture.encode.shared import PlannedRequest
from capture.encode.update import Rendered, UpdateRequest
from capture.picture.frame import Frame
from capture.video.ahead import AheadRequest
from capture.video.shared import SharedVideo
from server.protocol import wire
from server.protocol.framing import binary_frame

FilmUse = Literal["none", "what moves", "all"]
"""Which pictures a viewer watches as video, where there is one."""


@dataclass(frozen=True, slots=True, eq=False)
class UpdateMessage:
    """A picture message as it goes over the wire, shared by all viewers who have the same picture.

    ``exact`` is the same message for viewers whose picture is identical to the source with it, None when it has losses.
    """

    rendered: Rendered
    framed: bytes
    exact: bytes | None


@dataclass(frozen=True, slots=True)
class Following:
    """The order of viewers who have been given every picture so far.

    Attributes:
        film: the video that they watch, None while they do not.
    """

    rendition: Rendition
    films: FilmUse
    film: SharedVideo | None = None

    @property
    def follows_moves(self) -> bool:
        return self.films != "all"

    def next_request(self, last: Frame, frame: Frame) -> PlannedRequest | None:
        is_new = frame.pixels_sequence != last.pixels_sequence
        if self.films == "all" or (self.films == "what moves" and frame.is_film):
            return AheadRequest(self.film) if is_new and self.film is not None else None
        if not is_new or last.pixels.shape != frame.pixels.shape:
            return None
        return UpdateRequest.following(frame, last.pixels_sequence, self.rendition, finished)


def finished(rendered: Rendered) -> UpdateMessage:
    """Return the message that ``rendered`` becomes; runs in a worker."""
    framed = binary_frame(wire.picture(rendered.parts))
    exact = None
    if bool((rendered.lossless == rendered.covered).all()):
        exact = binary_frame(wire.picture(rendered.parts, exact=True))
    return UpdateMessage(rendered, framed, exact)
