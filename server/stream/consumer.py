"""The messages one viewer is due of one source, and when: the part that every form shares, and the JSON form."""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from capture.encode.image import Encoded, Rendition
from capture.encode.shared import EncodePlan, ImageRequest
from capture.encode.workers import NOBODY
from capture.feed.hub import Hub, Subscription
from capture.feed.pacing import Pacer
from capture.picture.frame import Frame
from capture.source import Condition, Source
from server.protocol import messages
from server.protocol.framing import text_frame
from server.protocol.options import StreamOptions
from server.stream.limits.device_limits import Allowance


@dataclass(frozen=True, slots=True)
class JsonMessage:
    """A ``frame`` message as it goes over the wire, shared by all viewers of a rendition; and how long, in seconds,
    its making took."""

    framed: bytes
    take_seconds: float
    encode_seconds: float


class Outgoing(NamedTuple):
    """A message with a picture, or with something of one, on its way to a viewer.

    ``may_go()`` is asked right before it is handed to the system: what was right when the picture was encoded may have
    been withdrawn since.
    """

    framed: bytes
    may_go: Callable[[], bool]


class Seen(NamedTuple):
    """A picture, and the subscription by which it came."""

    subscription: Subscription
    frame: Frame


class Consumer(ABC):
    """Pulls pictures of a source at the rate and in the rendition that a viewer wishes for. Loop only.

    Attributes:
        source: what is shown.
        allowance: what the viewer's device may have.
        options: the viewer's wishes; replaced by `set_options`.
        offered: different pictures the source had for this viewer.
        delivered: different pictures handed out.
        seconds: how long the take and the encoding of the last picture lasted, None before the first.
        place: to be held while `next_message` is at work.
    """

    def __init__(
        self,
        hub: Hub,
        source: Source,
        options: StreamOptions,
        may_see: Callable[[Source], bool],
        allowance: Allowance | None = None,
    ) -> None:
        """``allowance`` is that of the viewer's device; without it there is one for this alone."""
        allowance = allowance or Allowance(NOBODY)
        self.place = allowance.place(source)
        self.allowance = allowance
        self._party = allowance.party
        self.options = options
        self._rendition = options.rendition
        self.offered = 0
        self.delivered = 0
        self.seconds: tuple[float, float] | None = None
        self._hub = hub
        self.source = source
        self._may_see = may_see
        self._pacer = Pacer(options.fps)
        self._subscription: Subscription | None = None
        self._seen = 0

    @staticmethod
    @abstractmethod
    def suited(options: StreamOptions) -> StreamOptions:
        """Return ``options`` as they hold in this form."""

    @property
    def owes_since(self) -> float | None:
        """Return since when (monotonic) the viewer owes an acknowledgement, None while it owes none."""
        return None

    @property
    def is_active(self) -> bool:
        """Tell whether the source is watched."""
        return self._subscription is not None

    @property
    def condition(self) -> Condition | None:
        """Return how the source is, None while it is not watched."""
        return None if self._subscription is None else self._subscription.condition

    @property
    def has_video(self) -> bool:
        """Tell whether there is an encoder of video."""
        return self._hub.shared_videos is not None

    def start(self, changed: Callable[[], None]) -> None:
        """Watch the source; ``changed()`` is called after each new picture or condition."""
        self._seen = 0
        self._subscription = self._hub.subscribe(
            self.source,
            fps=self.options.fps,
            pointer=self.options.cursor,
            changed=changed,
            may_take=partial(self._may_see, self.source),
            order=self._order(),
        )

    def stop(self) -> None:
        """Watch it no longer; may be called twice."""
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None

    def set_options(self, options: StreamOptions) -> None:
        """Replace the wishes; they hold for the next picture."""
        self.options = options
        self._rendition = options.rendition
        self._pacer.set_rate(options.fps)
        self._tell_order()

    def _tell_order(self) -> None:
        """Have pictures taken, and made ready, as they are wished for now."""
        if self._subscription is not None:
            self._subscription.set_demand(self.options.fps, self.options.cursor, self._order())

    def has_news(self) -> bool:
        """Tell whether the source looks different since this was last asked."""
        frame = self._newest()
        if frame is None or (version := frame.version(self.options.cursor)) == self._seen:
            return False
        self._seen = version
        self.offered += 1
        return True

    @abstractmethod
    def due(self, now: float) -> float | None:
        """Return the moment at which the next message is to be sent, None while there is none to send.

        Both it and ``now`` are as by `time.monotonic`.
        """

    @abstractmethod
    def withheld(self) -> None:
        """Note that the message last returned was not sent, for it was not to go any more."""

    @abstractmethod
    async def next_message(self, now: float) -> Outgoing | None:
        """Return the message that is due, ready for `ViewerSocket.send_ready`; None when nothing may be shown.

        Raises:
            EncodeError: the picture cannot be encoded as wished; it is not tried again before something changes.
        """

    @abstractmethod
    def ready_message(self, now: float) -> Outgoing | None:
        """Return the message that is due, where all of it has been made already; None where `next_message` must wait.

        To be asked right after `due`, by which the viewer may see the source.
        """

    async def screenshot(self, rendition: Rendition) -> Outgoing | None:
        """Return a ``screenshot`` message of the newest picture, None when there is none.

        Raises:
            EncodeError: it cannot be encoded this way.
        """
        subscription, frame = self._subscription, self._newest()
        if subscription is None or frame is None:
            return None
        encoded: Encoded = await self._hub.encoder.encode(frame, ImageRequest(rendition), self._party)
        name = _file_name(self.source, encoded)
        text = await self._hub.encoder.run((self._party,), messages.screenshot, encoded, name)
        return self._outgoing(subscription, frame, text_frame(text))

    @abstractmethod
    def _order(self) -> EncodePlan | None:
        """Return what is going to be wished for of the next pictures, None when that is not known."""

    def _newest(self) -> Frame | None:
        return None if self._subscription is None else self._subscription.newest

    def _may_send(self, subscription: Subscription, frame: Frame) -> bool:
        """Tell whether ``frame``, which came by ``subscription`` and may be encoded by now, may leave."""
        return subscription.shows(frame) and self._may_see(self.source)

    def _outgoing(self, subscription: Subscription, frame: Frame, framed: bytes) -> Outgoing:
        return Outgoing(framed, partial(self._may_send, subscription, frame))


class WholePictures(Consumer):
    """Each picture as one message that holds all of it."""

    _framed: bytes | None = None
    _shown: tuple[int, Rendition] | None = None
    _sent_at = _repeated_at = float("-inf")

    def withheld(self) -> None:
        self._shown = self._framed = None

    async def next_message(self, now: float) -> Outgoing | None:
        subscription, frame = self._subscription, self._newest()
        self._sent_at = now
        if subscription is None or frame is None or not self._may_see(self.source):
            self._repeated_at = now
            return None
        rendition = self._rendition
        shown = (frame.version(rendition.cursor), rendition)
        if shown == self._shown:
            self._repeated_at = now
            return None if self._framed is None else self._outgoing(subscription, frame, self._framed)
        self._pacer.beat_with(frame.taken_at, now)
        before, self._shown, self._framed = self._shown, shown, None
        made: Encoded | JsonMessage = await self._hub.encoder.encode(frame, self._order(), self._party)
        if self._subscription is not subscription:
            self._shown = None
            return None
        return self._made(Seen(subscription, frame), made, before)

    def ready_message(self, now: float) -> Outgoing | None:
        subscription, frame = self._subscription, self._newest()
        shown = None if frame is None else (frame.version(self._rendition.cursor), self._rendition)
        if subscription is None or frame is None or shown == self._shown:
            return None
        made: Encoded | JsonMessage | None = self._hub.encoder.ready(frame, self._order())
        if made is None:
            return None
        self._sent_at = now
        self._pacer.beat_with(frame.taken_at, now)
        before, self._shown = self._shown, shown
        return self._made(Seen(subscription, frame), made, before)

    def _made(self, seen: Seen, made: Encoded | JsonMessage, before: tuple[int, Rendition] | None) -> Outgoing:
        """Take what was made, to be shown in the place of ``before``."""
        # Whether it may go is asked where it goes.
        shown = self._shown
        self.delivered += before is None or shown is None or before[0] != shown[0]
        self.seconds = (made.take_seconds, made.encode_seconds)
        self._framed = framed = made.data if isinstance(made, Encoded) else made.framed
        return self._outgoing(*seen, framed)

    @abstractmethod
    def _order(self) -> ImageRequest: ...


class JsonConsumer(WholePictures):
    """Whole pictures as text, in the JSON form."""

    @staticmethod
    def suited(options: StreamOptions) -> StreamOptions:
        return options.for_form(binary=False)

    def due(self, now: float) -> float | None:
        frame = self._newest()
        if frame is None:
            return None
        interval = self._pacer.interval
        if (frame.version(self.options.cursor), self._rendition) != self._shown:
            return max(self._pacer.due_with(frame.taken_at), self._repeated_at + interval / 2)
        if self.options.unchanged == "skip" or self._framed is None:
            return None
        # A repetition gives the next picture half an interval's grace: sent too eagerly, it would delay that.
        return self._sent_at + (interval if self._repeated_at == self._sent_at else interval * 1.5)

    def _order(self) -> ImageRequest:
        return ImageRequest(self._rendition, _finished)


def _finished(encoded: Encoded) -> JsonMessage:
    return JsonMessage(text_frame(messages.frame(encoded)), encoded.take_seconds, encoded.encode_seconds)


def _file_name(source: Source, encoded: Encoded) -> str:
    """Return a name that every file system takes: what it shows, when, and what it is."""
    title = re.sub(r"[^\w.-]+", "-", source.title or source.app or source.id).strip("-.")[:60] or "picture"
    when = time.strftime("%Y-%m-%d-%H%M%S", time.localtime(encoded.captured_at))
    return f"{title}-{when}.{'jpg' if encoded.format == 'jpeg' else encoded.format}"
