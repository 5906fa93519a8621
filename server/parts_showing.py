"""What one viewer of the binary form is shown: changed parts, sharpened when still, and the pointer apart from them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from capture.encode import Rendition
from capture.encoder import Order, Wish
from capture.frame import Frame, Pointer
from capture.held import Held
from capture.hub import Hub
from capture.pacing import Pacer
from capture.pointer import PointerWish
from capture.render import PartsWish, Rendered, packed
from capture.source import Source
from server import wire
from server.options import StreamOptions
from server.sharpening import Sharpening
from server.showing import Showing
from server.socket import binary_frame
from server.stats import Delays

MOST_OWED = 2
"""Pictures that a viewer may not have acknowledged; it gets no further one, so delay cannot grow."""


class BadAck(ValueError):
    """The viewer acknowledged what it was not sent."""


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A picture message as it goes over the wire, shared by all viewers who have the same picture.

    ``exact`` is the same message for viewers whose picture is identical to the source with it, None when it has losses.
    """

    rendered: Rendered
    framed: bytes
    exact: bytes | None


@dataclass(frozen=True, slots=True)
class _Owed:
    """A picture message that was sent and not acknowledged yet."""

    sequence: int
    sent_at: float
    size: int
    sharpens: bool


@dataclass(frozen=True, slots=True)
class Following:
    """The order of viewers who have been given every picture so far."""

    rendition: Rendition
    follows_moves = True

    def next_wish(self, last: Frame, frame: Frame) -> Wish | None:
        if frame.pixels_sequence == last.pixels_sequence or last.pixels.shape != frame.pixels.shape:
            return None
        return PartsWish.following(frame, last.pixels_sequence, self.rendition, finished)


class PartsShowing(Showing):
    """Pulls parts when one is due and at most one picture is unacknowledged. Loop only."""

    def __init__(
        self,
        hub: Hub,
        source: Source,
        options: StreamOptions,
        is_shared: Callable[[Source], bool],
        changed: Callable[[], None],
    ) -> None:
        super().__init__(hub, source, options, is_shared, changed)
        self.delays = Delays()
        self._held = Held()
        self._owed: deque[_Owed] = deque()
        self._sharpening = Sharpening()
        self._pointer_pacer = Pacer(options.fps)
        self._pointed: tuple[Pointer | None, tuple[int, int]] = (None, (0, 0))
        self._failed: tuple[int, Rendition] | None = None
        self._forgets = 0

    @property
    def owes_since(self) -> float | None:
        """Return since when (monotonic) the viewer owes an acknowledgement, None while it owes none."""
        return self._owed[0].sent_at if self._owed else None

    def start(self) -> None:
        self.forget()
        super().start()

    def set_options(self, options: StreamOptions) -> None:
        super().set_options(options)
        self._pointer_pacer.set_rate(options.fps)

    def forget(self) -> None:
        """Send everything anew: the viewer's picture is not to be relied upon."""
        self._held.forget()
        self._forgets += 1
        self._failed = None

    def acknowledged(self, ack: wire.Ack, now: float) -> None:
        """Note that the viewer drew what it was sent.

        Raises:
            BadAck: it was not sent that, or something else before it.
        """
        if not self._owed or self._owed[0].sequence != ack.sequence:
            raise BadAck(f"Picture {ack.sequence} is not the one to be acknowledged next.")
        owed = self._owed.popleft()
        took = now - owed.sent_at
        self.delays.drawn(max(0.0, took - ack.seconds), ack.seconds)
        if owed.sharpens:
            self._sharpening.drawn(now, took)

    def due(self) -> float | None:
        frame = self._newest()
        if frame is None or len(self._owed) >= MOST_OWED:
            return None
        times = []
        if self._points_elsewhere(frame):
            times.append(self._pointer_pacer.due)
        if (frame.pixels_sequence, self.options.rendition) != self._failed:
            if self._held.lacks(frame, self._size(frame)):
                times.append(self._pacer.due)
            elif not self._owed and (blurred := self._held.blurred_at()) is not None:
                times.append(max(blurred, self._sharpening.due))
        return min(times, default=None)

    async def next_message(self, now: float) -> bytes | None:
        frame = self._newest()
        if frame is None or not self._is_shared(self._source):
            self._pacer.beat(now)
            return None
        if self._points_elsewhere(frame) and self._pointer_pacer.due <= now:
            return await self._point(frame, now)
        if self._held.lacks(frame, self._size(frame)):
            self._pacer.beat(now)
            return await self._parts(frame, self._wish(frame), now)
        tiles, level = self._held.blurred(now, self._sharpening.pixels)
        if not tiles.any():
            return None
        wish = PartsWish(self.options.rendition, finished, self._held.sequence, packed(tiles), level)
        return await self._parts(frame, wish, now)

    def _wish(self, frame: Frame) -> PartsWish:
        rendition = self.options.rendition
        base, tiles = self._held.missing(frame, self._size(frame))
        if base:
            return PartsWish.following(frame, base, rendition, finished)
        return PartsWish(rendition, finished, 0, packed(tiles))

    async def _parts(self, frame: Frame, wish: PartsWish, now: float) -> bytes | None:
        subscription, forgets = self._subscription, self._forgets
        self._failed = (frame.pixels_sequence, wish.rendition)  # unless it succeeds
        made: Finished = await self._hub.encoder.encode(frame, wish)
        if self._subscription is not subscription or not self._is_shared(self._source) or self._forgets != forgets:
            self._failed = None
            return None
        self._failed = None
        parts = made.rendered.parts
        self.delivered += not parts.sharpens
        self.seconds = (parts.take_seconds, parts.encode_seconds)
        self._held.receive(made.rendered, frame, wish.level, frame.scroll if wish.moves else None, now)
        framed = made.exact if made.exact is not None and self._held.is_exact else made.framed
        self._owed.append(_Owed(parts.sequence, now, len(framed), parts.sharpens))
        if not parts.sharpens:
            waited = now - frame.taken_at - parts.take_seconds - parts.encode_seconds
            self.delays.made(parts.take_seconds, parts.encode_seconds, max(0.0, waited))
        return framed

    async def _point(self, frame: Frame, now: float) -> bytes | None:
        self._pointer_pacer.beat(now)
        pointer, size = frame.pointer if self.options.cursor else None, self._size(frame)
        before, self._pointed = self._pointed, (pointer, size)
        if pointer is None:
            return binary_frame(wire.no_pointer())
        across, down = size[0] / frame.width, size[1] / frame.height
        tall, wide = pointer.image.shape[:2]
        shape = b""
        if before[0] is None or before[0].shape != pointer.shape:
            shape = await self._hub.encoder.encode(frame, PointerWish(pointer.shape))
        place = (round(pointer.x * across), round(pointer.y * down))
        return binary_frame(wire.pointer(place, (max(1, round(wide * across)), max(1, round(tall * down))), shape))

    def _points_elsewhere(self, frame: Frame) -> bool:
        pointer = frame.pointer if self.options.cursor else None
        told, size = self._pointed
        if pointer is None or told is None:
            return pointer is not told
        return not pointer.is_same(told) or size != self._size(frame)

    def _size(self, frame: Frame) -> tuple[int, int]:
        return self.options.rendition.size_for(frame.width, frame.height)

    def _order(self) -> Order:
        return Following(self.options.rendition)


def finished(rendered: Rendered) -> Finished:
    """Return the message that ``rendered`` becomes; runs in a worker."""
    framed = binary_frame(wire.picture(rendered.parts))
    exact = None
    if bool((rendered.lossless == rendered.covered).all()):
        exact = binary_frame(wire.picture(rendered.parts, exact=True))
    return Finished(rendered, framed, exact)
