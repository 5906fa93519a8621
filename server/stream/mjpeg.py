"""Viewers of Motion JPEG: whole pictures over plain HTTP, for ``<img>``, players and home automation."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from aiohttp import web

from capture.encode.shared import ImageRequest
from server.protocol.options import StreamOptions
from server.stream.consumer import WholePictures
from server.stream.socket import ViewerTransport, anything

log = logging.getLogger(__name__)

MJPEG_OPTIONS = ("fps", "quality", "scale", "max_width", "max_height", "cursor")
REPEAT_SECONDS = 1.0
"""How often a picture that stays is sent again, for players that take silence for a fault."""
LOOK_SECONDS: Final = 0.25
"""How often is looked whether the viewer has left, while nothing is sent."""


BOUNDARY: Final = "panecast-picture"
_HEAD: Final = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\n".encode()
EARLY_HEAD: Final = _HEAD + b"\r\n"
"""The bytes before the first picture where heads are sent early."""


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
    """The sending side of a prepared `MultipartResponse`, for pictures alone: words cannot be told. Loop only."""

    ping_seconds = LOOK_SECONDS
    rtt = shortest_rtt = None

    def __init__(self, request: web.Request, early_heads: bool) -> None:
        super().__init__(request)
        self._early_heads = early_heads

    async def begin(self) -> None:
        """Send what goes before the first picture. Raises `ConnectionError`."""
        if self._early_heads:
            await self._put((EARLY_HEAD,), anything)

    async def send(self, text: bytes) -> None:
        """Tell nothing of ``text``; the log does."""
        log.debug("an MJPEG viewer is not told: %s", text)

    def send_now(self, framed: bytes, may_go: Callable[[], bool]) -> bool:
        """Hand a JPEG file over, while `is_free`; False, and nothing is sent, where ``may_go()`` says no."""
        return self._put_now(part(framed, self._early_heads), may_go)

    async def send_ready(self, framed: bytes, may_go: Callable[[], bool] = anything) -> bool:
        """Send a JPEG file; returns when the kernel has taken it, or False where ``may_go()`` says no.

        Raises:
            ConnectionError: the viewer is gone.
        """
        return await self._put(part(framed, self._early_heads), may_go)

    async def ping(self) -> None:
        """Look whether the viewer is still there: nothing is read of it. Raises `ConnectionError`."""
        if self._transport.is_closing():
            raise ConnectionResetError("the viewer is gone")

    async def close(self, code: int, reason: str) -> None:
        """End where the last picture ended; the answer's end is the handler's."""
        log.info("an MJPEG stream ends: %s", reason)

    def part(self, text: bytes, code: int) -> None:
        """Cut the connection: there is no last word."""
        self.abort()


class MjpegConsumer(WholePictures):
    """Whole pictures as JPEG files; the last one again now and then while nothing changes."""

    @staticmethod
    def suited(options: StreamOptions) -> StreamOptions:
        # Nothing tells how the viewer keeps up but that it takes no more.
        return replace(options, format="jpeg", unchanged="skip", adaptive=False)

    def due(self, now: float) -> float | None:
        frame = self._newest()
        if frame is None or not self._may_see(self.source):
            return None
        if (frame.version(self.options.cursor), self._rendition) != self._shown:
            return self._pacer.due_with(frame.taken_at)
        return None if self._framed is None else self._sent_at + max(REPEAT_SECONDS, self._pacer.interval)

    def _order(self) -> ImageRequest:
        return ImageRequest(self._rendition)
