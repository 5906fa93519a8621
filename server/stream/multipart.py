"""Motion JPEG as it goes over the wire: parts of ``multipart/x-mixed-replace``, and the connection they are sent on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from aiohttp import web

from server.stream.socket import anything, cut, keep_little_unsent

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


class MultipartSocket:
    """The sending side of a prepared `MultipartResponse`. Loop only; one send at a time."""

    def __init__(self, request: web.Request) -> None:
        if request.transport is None:
            raise ConnectionResetError("the viewer left before it was answered")
        self._protocol = request.protocol
        self._transport = request.transport
        self._sending_since: float | None = None
        self._unsent = 0
        self._may_go: Callable[[], bool] = anything
        keep_little_unsent(self._transport)

    @property
    def is_gone(self) -> bool:
        """Tell whether the viewer has left."""
        return self._transport.is_closing()

    def stuck_for(self, now: float) -> float:
        """Return for how many seconds the viewer has taken nothing of what waits for it."""
        unsent = self._transport.get_write_buffer_size()
        if unsent < self._unsent and self._sending_since is not None:
            self._sending_since = now
        self._unsent = unsent
        return 0.0 if self._sending_since is None else now - self._sending_since

    async def send(self, *pieces: bytes, may_go: Callable[[], bool] = anything) -> bool:
        """Send ``pieces`` as one; returns when the kernel has taken them, or False where they may not go any more.

        Raises:
            ConnectionError: the viewer is gone.
        """
        if self._transport.is_closing():
            raise ConnectionResetError("the viewer is gone")
        if not may_go():
            return False
        self._sending_since = time.monotonic()
        self._may_go = may_go
        try:
            self._transport.writelines(pieces)
            await self._protocol._drain_helper()  # noqa: SLF001  what aiohttp's own writers wait for
        finally:
            self._sending_since = None
            self._may_go = anything
        return True

    def recheck(self) -> None:
        """Cut the connection where the rest of what is being sent may not go any more."""
        if not self._may_go():
            cut(self._transport)

    def abort(self) -> None:
        """Cut the connection at once."""
        self._transport.abort()
