"""The messages for one viewer of the binary form: changed parts, sharpened when still, and the pointer apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple

from capture.encode.image import Rendition
from capture.encode.parts import Update
from capture.encode.pointer import PointerRequest
from capture.encode.shared import EncodePlan
from capture.encode.update import UpdateRequest
from capture.encode.viewer_state import ViewerState
from capture.feed.hub import Hub
from capture.feed.pacing import Pacer
from capture.picture.damage import packed
from capture.picture.frame import Frame, Pointer
from capture.source import Source
from capture.video.shared import SharedVideo, VideoUpdate
from server.protocol import wire
from server.protocol.framing import binary_frame
from server.protocol.options import StreamOptions
from server.stream.congestion.picture_window import PictureWindow
from server.stream.consumer import Consumer, Outgoing, Seen
from server.stream.following import FilmUse, Following, UpdateMessage, finished
from server.stream.limits.device_limits import Allowance
from server.stream.refinement import Refinement
from server.stream.stats import LatencyBreakdown


class BadAck(ValueError):
    """The viewer acknowledged what it was not sent."""


class _Owed(NamedTuple):
    """A picture message that was sent and not acknowledged yet.

    ``tells``: how long it takes tells how the viewer keeps up; what sharpens, or waits behind that, takes its time.
    """

    sequence: int
    sent_at: float
    size: int
    sharpens: bool
    tells: bool


class Drawn(NamedTuple):
    """An acknowledgement of a picture: seconds from sending until it came, of which the viewer spent ``decode``."""

    delay: float
    decode: float
    size: int


class UpdateConsumer(Consumer):
    """Pulls parts when some are due and fewer are unacknowledged than its `PictureWindow` allows. Loop only."""

    def __init__(
        self,
        hub: Hub,
        source: Source,
        options: StreamOptions,
        may_see: Callable[[Source], bool],
        allowance: Allowance | None = None,
    ) -> None:
        super().__init__(hub, source, options, may_see, allowance)
        self.latencies = LatencyBreakdown()
        self._held = ViewerState()
        self._owed: deque[_Owed] = deque()
        self._window = PictureWindow()
        self._is_full = False
        self._pardoned: list[int] = []
        self._refinement = Refinement()
        self._pointer_pacer = Pacer(options.fps)
        # The pointer that the viewer has, and the size of the picture it is in; None while that is not known.
        self._pointed: tuple[Pointer | None, tuple[int, int]] | None = (None, (0, 0))
        self._failed: tuple[int, Rendition] | None = None
        self._forgets = 0
        self._offered_sequence = 0
        self._film: tuple[SharedVideo, Rendition, float] | None = None
        self._position: int | None = None

    @staticmethod
    def suited(options: StreamOptions) -> StreamOptions:
        return options.for_form(binary=True)

    @property
    def owes_since(self) -> float | None:
        return self._owed[0].sent_at if self._owed else None

    def start(self, changed: Callable[[], None]) -> None:
        self.forget()
        super().start(changed)

    def stop(self) -> None:
        super().stop()
        self._leave_film()

    def set_options(self, options: StreamOptions) -> None:
        super().set_options(options)
        self._pointer_pacer.set_rate(options.fps)

    def forget(self) -> None:
        """Send everything anew: the viewer's picture is not to be relied upon.

        It does not acknowledge pictures that it ignores until then; those on their way it may.
        """
        self._pardoned += [owed.sequence for owed in self._owed]
        self._owed.clear()
        self._held.forget()
        self._position = None
        self._forgets += 1
        self._failed = None

    def acknowledged(self, ack: wire.Ack, now: float, round_trip: float | None = None) -> Drawn | None:
        """Note that the viewer drew what it was sent; return how that went, None where it tells nothing.

        ``round_trip`` is the shortest there and back that was measured so far, in seconds.

        Raises:
            BadAck: it was not sent that, or something else before it.
        """
        if not self._owed or self._owed[0].sequence != ack.sequence:
            if ack.sequence in self._pardoned:
                self._pardoned.remove(ack.sequence)
                return None
            raise BadAck(f"Picture {ack.sequence} is not the one to be acknowledged next.")
        owed = self._owed.popleft()
        self._window.acknowledged(now, len(self._owed), round_trip, self._pacer.interval)
        self._pardoned = [sequence for sequence in self._pardoned if sequence >= ack.sequence]
        took = now - owed.sent_at
        self.latencies.drawn(max(0.0, took - ack.seconds), ack.seconds)
        if owed.sharpens:
            self._refinement.drawn(now, took)
        return Drawn(took, min(ack.seconds, took), owed.size) if owed.tells else None

    def has_news(self) -> bool:
        # A pointer that moves is news, but no picture that could be skipped.
        frame = self._newest()
        if frame is None or frame.sequence == self._seen:
            return False
        self._seen = frame.sequence
        if frame.pixels_sequence != self._offered_sequence:
            self._offered_sequence = frame.pixels_sequence
            self.offered += 1
        return True

    def due(self, now: float) -> float | None:
        frame = self._newest()
        self._is_full = len(self._owed) >= self._window.size
        if frame is None or self._is_full:
            return None
        times = []
        if self._points_elsewhere(frame):
            times.append(self._pointer_pacer.due_with(frame.taken_at))
        if (frame.pixels_sequence, self._rendition) != self._failed:
            if self._held.lacks(frame, self._size(frame)):
                times.append(self._pacer.due_with(frame.taken_at))
            else:
                better = self._sharpened_at(now)
                if better is not None and (not self._owed or better > now):
                    times.append(better)
        return min(times) if times and self._may_see(self.source) else None

    def is_held_up(self, now: float) -> bool:
        """Tell whether something is due that only acknowledgements keep from being sent."""
        if self._owed:
            return self._is_full and len(self._owed) < self._window.size
        better = self._sharpened_at(now)
        return better is not None and better <= now

    def _sharpened_at(self, now: float) -> float | None:
        """Return when something may be sent again, better; while a picture is owed, that has to wait."""
        blurred = self._held.blurred_at(now)
        return None if blurred is None else max(blurred, self._refinement.due)

    def withheld(self) -> None:
        self._pointed = None
        self.forget()

    async def next_message(self, now: float) -> Outgoing | None:
        subscription, frame = self._subscription, self._newest()
        if subscription is None or frame is None or not self._may_see(self.source):
            self._pacer.beat(now)
            return None
        seen = Seen(subscription, frame)
        if self._points_elsewhere(frame) and self._pointer_pacer.due_with(frame.taken_at) <= now:
            return await self._point(seen, now)
        if self._held.lacks(frame, self._size(frame)):
            self._pacer.beat_with(frame.taken_at, now)
            video_update = await self._reel(seen, now)
            return video_update or await self._parts(seen, self._request(frame), now)
        tiles, level = self._held.blurred(now, self._refinement.pixels)
        if not tiles.any():
            return None
        request = UpdateRequest(self._rendition, finished, self._held.sequence, packed(tiles), level)
        return await self._parts(seen, request, now)

    def ready_message(self, now: float) -> Outgoing | None:
        subscription, frame = self._subscription, self._newest()
        if subscription is None or frame is None or self._points_elsewhere(frame):
            return None
        if not self._held.lacks(frame, self._size(frame)):
            return None
        seen = Seen(subscription, frame)
        film = self._film_for(frame)
        if film is not None:
            self._hub.encoder.note_asked(frame)
            video_update = film.ready_update(frame, self._held.sequence, self._position, film_message)
            message = self._filmed(seen, video_update, self._forgets, now)
        else:
            request = self._request(frame)
            made: UpdateMessage | None = self._hub.encoder.ready(frame, request)
            message = None if made is None else self._updated(seen, request, made, now)
        if message is not None:
            self._pacer.beat_with(frame.taken_at, now)
        return message

    def _request(self, frame: Frame) -> UpdateRequest:
        # Of who has nothing, everything has changed since.
        return UpdateRequest.following(frame, self._held.base(frame, self._size(frame)), self._rendition, finished)

    async def _reel(self, seen: Seen, now: float) -> Outgoing | None:
        """Return the video's next message, None where single pictures are wanted or have to do."""
        film = self._film_for(seen.frame)
        if film is None:
            return None
        forgets = self._forgets
        self._hub.encoder.note_asked(seen.frame)
        video_update = await film.video_update(seen.frame, self._held.sequence, self._position, film_message)
        return self._filmed(seen, video_update, forgets, now)

    def _filmed(self, seen: Seen, video_update: VideoUpdate[bytes] | None, forgets: int, now: float) -> Outgoing | None:
        """Return the message of a video, None where there is none, or it is not to be sent any more."""
        if video_update is None or not self._is_wanted(Seen(seen.subscription, video_update.frame), forgets):
            return None
        if video_update.parts.base not in (0, self._held.sequence):
            return None
        self._position = video_update.position
        self._held.receive_film(video_update.frame, (video_update.parts.width, video_update.parts.height), now)
        self._owe(video_update.parts, video_update.finished, video_update.frame, now)
        return self._outgoing(seen.subscription, video_update.frame, video_update.finished)

    def _film_for(self, frame: Frame) -> SharedVideo | None:
        """Return the film that is to be watched now; joins and leaves it as needed."""
        options, shared_videos = self.options, self._hub.shared_videos
        # A single picture is encoded, and decoded, in a fraction of the time in which a video begins.
        has_one = self._held.sequence > 0
        wanted = options.format == "h264" or (options.format == "auto" and frame.is_film and has_one)
        if shared_videos is None or not wanted:
            self._leave_film()
            return None
        request = (self._rendition, options.fps)
        if self._film is None or self._film[1:] != request:
            self._leave_film()
            width, height = self._size(frame)
            if not self.allowance.begin_film((self.source.identity, *request), width * height):
                return None
            self._film = (shared_videos.join(self.source.identity, *request), *request)
            self._tell_order()
        return self._film[0]

    def _leave_film(self) -> None:
        film, self._film, self._position = self._film, None, None
        if film is not None and self._hub.shared_videos is not None:
            self._hub.shared_videos.leave(self.source.identity, *film[1:])
            self.allowance.end_film((self.source.identity, *film[1:]))
            self._tell_order()

    def _owe(self, parts: Update, framed: bytes, frame: Frame, now: float) -> None:
        """Note that the viewer is sent ``framed``, and owes an acknowledgement for it."""
        self.seconds = (parts.take_seconds, parts.encode_seconds)
        tells = not (parts.sharpens or any(owed.sharpens for owed in self._owed))
        self._owed.append(_Owed(parts.sequence, now, len(framed), parts.sharpens, tells))
        if not parts.sharpens:
            self.delivered += 1
            waited = now - frame.taken_at - parts.take_seconds - parts.encode_seconds
            self.latencies.made(parts.take_seconds, parts.encode_seconds, max(0.0, waited))

    def _is_wanted(self, seen: Seen, forgets: int) -> bool:
        """Tell whether what was made while others had their turn is still to be sent."""
        is_same = self._subscription is seen.subscription and self._forgets == forgets
        return is_same and self._may_send(*seen)

    async def _parts(self, seen: Seen, request: UpdateRequest, now: float) -> Outgoing | None:
        frame, forgets = seen.frame, self._forgets
        self._failed = (frame.pixels_sequence, request.rendition)  # unless it succeeds
        made: UpdateMessage = await self._hub.encoder.encode(frame, request, self._party)
        self._failed = None
        return self._updated(seen, request, made, now) if self._is_wanted(seen, forgets) else None

    def _updated(self, seen: Seen, request: UpdateRequest, made: UpdateMessage, now: float) -> Outgoing:
        """Return the message of single parts."""
        frame = seen.frame
        self._held.receive(made.rendered, frame, request.level, request.scroll(frame), now)
        framed = made.exact if made.exact is not None and self._held.is_exact else made.framed
        self._owe(made.rendered.parts, framed, frame, now)
        return self._outgoing(*seen, framed)

    async def _point(self, seen: Seen, now: float) -> Outgoing | None:
        frame = seen.frame
        self._pointer_pacer.beat_with(frame.taken_at, now)
        pointer, size = frame.pointer if self.options.cursor else None, self._size(frame)
        before, self._pointed = self._pointed, (pointer, size)
        if pointer is None:
            return self._outgoing(*seen, binary_frame(wire.no_pointer()))
        across, down = size[0] / frame.width, size[1] / frame.height
        tall, wide = pointer.image.shape[:2]
        shape = b""
        if before is None or before[0] is None or before[0].shape != pointer.shape:
            shape = await self._hub.encoder.encode(frame, PointerRequest(pointer.shape), self._party)
            if not self._may_send(*seen):
                self._pointed = None
                return None
        place = (round(pointer.x * across), round(pointer.y * down))
        size = (max(1, round(wide * across)), max(1, round(tall * down)))
        return self._outgoing(*seen, binary_frame(wire.pointer(place, size, shape)))

    def _points_elsewhere(self, frame: Frame) -> bool:
        pointer = frame.pointer if self.options.cursor else None
        if self._pointed is None:
            return True
        told, size = self._pointed
        if pointer is None or told is None:
            return pointer is not told
        return not pointer.is_same(told) or size != self._size(frame)

    def _size(self, frame: Frame) -> tuple[int, int]:
        return self._rendition.size_for(frame.width, frame.height)

    def _order(self) -> EncodePlan | None:
        film = None if self._film is None else self._film[0]
        films: Mapping[str, FilmUse] = {"h264": "all", "auto": "what moves"}
        return Following(self._rendition, films.get(self.options.format, "none") if self.has_video else "none", film)


def film_message(parts: Update) -> bytes:
    """Return the message that units of a video become."""
    return binary_frame(wire.picture(parts))
