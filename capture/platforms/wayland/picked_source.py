"""Pictures of what was picked: a backend that waits for the desktop and for PipeWire alike."""

from __future__ import annotations

import time
from collections.abc import Callable

from capture import reasons
from capture.errors import DisplayGone
from capture.picture.frame import Take
from capture.platforms.contract import Wake
from capture.platforms.waiting import Bell, wait_readable
from capture.platforms.wayland.pipewire.stream import Stream
from capture.platforms.wayland.tickets import Remote, Ticket
from capture.reason import Reason
from capture.source import Condition

LIVE, WAITING = Condition("live"), Condition("waiting", reasons.DESKTOP_AWAITED)
START_SECONDS = 2.0
"""How long a node may take before it is asked for anew."""
FIRST_RATE = 60.0


class PickedSource:
    """Backend for one source that was picked. ``ask(ring)`` returns the ticket for its pictures."""

    def __init__(self, ask: Callable[[Callable[[], None]], Ticket]) -> None:
        self._ask = ask
        self._ticket: Ticket | None = None
        self._bell: Bell | None = None
        self._stream: Stream | None = None
        self._condition = WAITING
        self._rate = FIRST_RATE
        self._due: float | None = None
        self._is_told = False
        self._news = False
        self._size: tuple[int, ...] | None = None

    def open(self) -> None:
        self._bell = Bell()
        self._ticket = self._ask(self._bell.ring)

    def wait(self, seconds: float | None, call: int) -> Wake:
        assert self._bell is not None
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            if self._news:
                self._news = False
                return Wake.URGENT
            stream = self._stream
            if stream is not None and stream.painting.is_changed and not self._is_told:
                # Once: what comes from now on is taken over here, and seen with the next take.
                self._is_told = True
                return Wake.CHANGED
            limits = [limit - time.monotonic() for limit in (deadline, self._due) if limit is not None]
            descriptors = (call, self._bell.descriptor, *(() if stream is None else (stream.descriptor,)))
            readable = wait_readable(descriptors, min(limits) if limits else None)
            self._attend(readable)
            if call in readable or (deadline is not None and time.monotonic() >= deadline and not self._news):
                return Wake.NOTHING

    def take(self, pointer: bool) -> Take:
        assert self._bell is not None
        self._attend({self._bell.descriptor, *(() if self._stream is None else (self._stream.descriptor,))})
        self._news = False
        self._is_told = False
        stream = self._stream
        if stream is None:
            return Take(self._condition)
        painting = stream.painting
        if not painting.has_picture:
            return Take(WAITING)
        where = painting.pointer if pointer else None
        pixels, damage = painting.take()
        if pixels is None:
            return Take(LIVE, None, (), where)
        passed: tuple[tuple[int, int], ...] | None = () if self._size in (None, pixels.shape) else None
        self._size = pixels.shape
        return Take(LIVE, pixels, damage, where, is_ours=True, passed=passed)

    def set_rate(self, fps: float) -> None:
        self._rate = fps
        if self._stream is not None:
            self._stream.set_rate(fps)

    def close(self) -> None:
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            ticket.give_up()
        self._drop_stream()
        if self._bell is not None:
            self._bell.close()

    def _attend(self, readable: set[int]) -> None:
        """Take over what has come, from the desktop and from PipeWire."""
        assert self._bell is not None
        assert self._ticket is not None
        if self._bell.descriptor in readable:
            self._bell.hush()
            news = self._ticket.collect()
            if isinstance(news, Remote):
                self._begin(news)
            elif news is not None:
                self._drop_stream()
                self._stay(news)
        stream = self._stream
        if stream is None:
            return
        if stream.descriptor in readable:
            try:
                stream.iterate()
            except DisplayGone as gone:
                self._begin_anew(gone.reason)
                return
        if stream.has_begun:
            self._due = None
        elif self._due is None:
            self._due = time.monotonic() + START_SECONDS
        elif time.monotonic() >= self._due:
            self._begin_anew(stream.problem or reasons.NOT_HANDED_OVER)

    def _begin(self, remote: Remote) -> None:
        self._drop_stream()
        self._stream = Stream(remote.descriptor, remote.node, self._rate)
        self._due = time.monotonic() + START_SECONDS
        self._stay(WAITING)

    def _begin_anew(self, reason: Reason) -> None:
        assert self._ticket is not None
        self._drop_stream()
        self._stay(Condition("waiting", reason))
        self._ticket.ask_again()

    def _stay(self, condition: Condition) -> None:
        self._condition, self._news = condition, True

    def _drop_stream(self) -> None:
        stream, self._stream, self._due = self._stream, None, None
        if stream is not None:
            stream.close()
