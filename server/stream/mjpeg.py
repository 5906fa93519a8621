"""Viewers of Motion JPEG: whole pictures over plain HTTP, for ``<img>``, players and home automation."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from aiohttp import web

from capture.encode.image import Encoded, Rendition
from capture.encode.shared import ImageRequest
from capture.errors import EncodeError
from capture.feed.hub import Hub
from capture.source import Condition, Source
from server.access.control import Viewer
from server.protocol.options import BINARY_FORMATS, StreamOptions
from server.stream.consumer import Consumer, Outgoing
from server.stream.device_limits import Allowance
from server.stream.policy import SLOW_SECONDS, STALL_SECONDS, SessionPolicy
from server.stream.socket import ViewerTransport, anything
from server.stream.stats import SessionView, Totals, Traffic
from server.stream.waker import Waker

log = logging.getLogger(__name__)

MJPEG_OPTIONS = ("fps", "quality", "scale", "max_width", "max_height", "cursor")
REPEAT_SECONDS = 1.0
"""How often a picture that stays is sent again, for players that take silence for a fault."""


BOUNDARY: Final = "panecast-picture"
_HEAD: Final = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\n".encode()
EARLY_HEAD: Final = _HEAD + b"\r\n"
"""What goes before the first picture where heads are sent early."""


def part(picture: bytes, early_heads: bool) -> tuple[bytes, ...]:
    """Return the pieces in which a JPEG file goes out.

    Chromium and Safari show a picture only when the head of the next one is there. For them it is sent early, right
    behind each picture; then it cannot say how long the next one is. Programs such as FFmpeg show a picture at once
    when they know its length, and without would stumble over the two hyphens that a picture may hold by chance.
    """
    if early_heads:
        return picture, b"\r\n" + EARLY_HEAD
    return _HEAD + f"Content-Length: {len(picture)}\r\n\r\n".encode(), picture, b"\r\n"


def wants_early_heads(agent: str) -> bool:
    """Tell whether a program that calls itself ``agent`` is a browser."""
    return "Mozilla/" in agent


CONTENT_TYPE: Final = f"multipart/x-mixed-replace; boundary={BOUNDARY}"


class MultipartResponse(web.StreamResponse):
    """An answer that goes on until the connection ends, as players expect it: not in chunks."""

    _length_check = False  # aiohttp's own way to say so

    def __init__(self) -> None:
        super().__init__(headers={"Content-Type": CONTENT_TYPE})
        self.force_close()


class MultipartSocket(ViewerTransport):
    """The sending side of a prepared `MultipartResponse`. Loop only; one send at a time."""

    async def send(self, *pieces: bytes, may_go: Callable[[], bool] = anything) -> bool:
        """Send ``pieces`` as one; returns when the kernel has taken them, or False where they may not go any more.

        Raises:
            ConnectionError: the viewer is gone.
        """
        return await self._put(pieces, may_go)


class MjpegConsumer(Consumer):
    """Whole pictures as JPEG files; the last one again now and then while nothing changes."""

    _shown: tuple[int, Rendition] | None = None
    _encoded: Encoded | None = None
    _sent_at = float("-inf")

    def due(self, now: float) -> float | None:
        frame = self._newest()
        if frame is not None and (frame.version(self.options.cursor), self.options.rendition) != self._shown:
            return self._pacer.due
        return None if self._encoded is None else self._sent_at + max(REPEAT_SECONDS, self._pacer.interval)

    def withheld(self) -> None:
        self._shown = self._encoded = None

    async def next_message(self, now: float) -> Outgoing | None:
        subscription, frame, rendition = self._subscription, self._newest(), self.options.rendition
        self._sent_at = now
        if subscription is None or frame is None or not self._may_see(self._source):
            self._pacer.beat(now)
            return None
        outgoing = partial(self._outgoing, subscription, frame)
        shown = (frame.version(rendition.cursor), rendition)
        if shown != self._shown:
            self._pacer.beat(now)
            before, self._shown, self._encoded = self._shown, shown, None
            encoded: Encoded = await self._hub.encoder.encode(frame, ImageRequest(rendition), self._party)
            if not self._may_send(subscription, frame):
                self._shown = None
                return None
            self.delivered += before is None or before[0] != shown[0]
            self.seconds = (encoded.take_seconds, encoded.encode_seconds)
            self._encoded = encoded
        return None if self._encoded is None else outgoing(self._encoded.data)

    def _order(self) -> ImageRequest:
        return ImageRequest(self.options.rendition)


class MjpegSession:
    """Streams one source to one viewer who cannot answer, until either side ends it.

    `run` belongs to the request's task. Everything else is called on the loop by the registry. Such a viewer can be
    told nothing in words: it sees the last picture, and how the source is only in that it stays.
    """

    def __init__(
        self,
        session_id: str,
        source: Source,
        options: StreamOptions,
        viewer: Viewer,
        hub: Hub,
        may_see: Callable[[Source], bool],
        changed: Callable[[], None],
        allowance: Allowance,
    ) -> None:
        self.id = session_id
        self.source = source
        self.policy = SessionPolicy()
        self.viewer = viewer
        self._early_heads = wants_early_heads(viewer.agent)
        self._changed = changed
        self._allowance = allowance
        self._consumer = MjpegConsumer(hub, source, options, may_see, self._source_changed, allowance)
        self._traffic = Traffic(time.monotonic())
        self._told = Condition("waiting")
        self._socket: MultipartSocket | None = None
        self._waker = Waker()
        self._has_ended = False
        self._is_dropped = False

    @property
    def totals(self) -> Totals:
        """Return what was sent and left out so far."""
        skipped = max(0, self._consumer.offered - self._consumer.delivered)
        return Totals(self._traffic.frames, self._traffic.bytes, skipped, int(self._is_dropped))

    def view(self) -> SessionView:
        """Return the session as it is now."""
        now = time.monotonic()
        fps, rate = self._traffic.rates(now)
        is_slow = self._socket is not None and self._socket.stuck_for(now) > SLOW_SECONDS
        state = "slow" if is_slow else self._told.state
        options, since = self._consumer.options, self._traffic.since
        return SessionView(self.id, self.viewer, self.source, options, fps, rate, since, state)

    async def run(self, socket: MultipartSocket) -> None:
        """Serve the viewer until the session ends or the viewer is gone.

        Raises:
            ConnectionError: the viewer is gone.
        """
        self._socket = socket
        self._consumer.start()
        self._source_changed()
        try:
            if self._early_heads:
                await socket.send(EARLY_HEAD)
            while not (self._has_ended or socket.is_gone):
                self._waker.clear()
                now = time.monotonic()
                due = self._consumer.due(now)
                if due is not None and due <= now:
                    await self._send_picture(socket)
                else:
                    await self._waker.sleep(due)
        finally:
            self._waker.close()
            self._consumer.stop()

    def patch_options(self, patch: Mapping[str, object], changed_by: str) -> None:
        """Change options, at once; the format stays JPEG.

        Raises:
            InvalidOption: a value that is not allowed; nothing is changed then.
        """
        del changed_by  # it is always the host: this viewer has no way to say anything
        options = self._consumer.options
        asked = options.patched(patch, BINARY_FORMATS)
        options = replace(asked, format=options.format, unchanged=options.unchanged)
        self._allowance.watch(self.id, self.source, options, is_host=True)
        self._consumer.set_options(options)
        self._waker.wake()
        self._changed()

    def end(self, code: str, words: str) -> None:
        """End the answer; a viewer of this kind cannot be told why."""
        del words
        log.info("%s ends: %s", self.id, code)
        self._has_ended = True
        self._waker.wake()
        if self._socket is not None:
            self._socket.recheck()

    def close_source(self, reason: str) -> None:
        """The source is gone for good: end the answer."""
        self._told = Condition("closed", reason)
        self.end("source_closed", reason)

    def check(self, now: float) -> None:
        """Drop a viewer that stopped reading, and notice one that left; called by the registry a few times a second."""
        if self._socket is None:
            return
        if self._socket.is_gone:
            self._waker.wake()
        elif self._socket.stuck_for(now) > STALL_SECONDS:
            log.info("%s took nothing for %.1f s and is dropped", self.id, STALL_SECONDS)
            self._is_dropped = True
            self._socket.abort()

    def abort(self) -> None:
        """Cut the connection."""
        if self._socket is not None:
            self._socket.abort()

    async def _send_picture(self, socket: MultipartSocket) -> None:
        try:
            async with self._consumer.place:
                picture = None if self._has_ended else await self._consumer.next_message(time.monotonic())
        except EncodeError as error:
            log.warning("%s gets no picture: %s", self.id, error.message)
            return
        if picture is None:
            await asyncio.sleep(0)  # whatever the reason, others get their turn
        elif not self._has_ended:
            pieces = part(picture.framed, self._early_heads)
            if await socket.send(*pieces, may_go=picture.may_go):
                self._traffic.sent(time.monotonic(), len(picture.framed))
            else:
                self._consumer.withheld()

    def _source_changed(self) -> None:
        if self._socket is not None:
            self._socket.recheck()
        condition = self._consumer.condition
        if condition is None:
            return
        if condition.state == "closed":
            self.close_source(condition.reason)
            return
        if condition != self._told:
            self._told = condition
            self._changed()
        if self._consumer.has_news():
            self._waker.wake()
