"""Pictures of what was picked: a backend that waits for the desktop and for PipeWire alike."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from capture import reasons
from capture.errors import DisplayGone
from capture.picture.frame import Take
from capture.platforms.contract import Wake
from capture.platforms.waiting import Bell, wait_readable
from capture.platforms.wayland.pipewire.stream import Stream
from capture.platforms.wayland.tickets import Parked, Remote, Ticket
from capture.reason import Reason
from capture.source import Condition

LIVE, WAITING = Condition("live"), Condition("waiting", reasons.DESKTOP_AWAITED)
START_SECONDS = 2.0
"""How long a node may take before it is asked for anew."""
FIRST_SECONDS = 0.5
"""How long a stream may flow without a picture, in the beginning and in another size.

Of a still screen there is but one, and it may be sent too early.
"""
SETTLE_SECONDS = 0.3
"""How soon a stream that goes on has sent what has changed meanwhile, if anything has."""
AHEAD_SECONDS = 0.04
"""How long before a take pictures are let through again, so that the newest one is taken."""
FIRST_RATE = 60.0


class PickedSource:
    """Backend for one source that was picked. ``ask(ring)`` returns the ticket for its pictures."""

    def __init__(self, ask: Callable[[Callable[[], None]], Ticket]) -> None:
        self._ask = ask
        self._ticket: Ticket | None = None
        self._bell: Bell | None = None
        self._stream: Stream | None = None
        self._remote: Remote | None = None
        self._resumed: float | None = None
        self._flows = False
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
            if stream is not None and stream.painting.is_changed and not self._is_told and self._is_settled(stream):
                # Once: what comes from now on is taken over here, and seen with the next take.
                self._is_told = True
                return Wake.CHANGED
            held_until = self._held_until(deadline)
            given = (deadline, self._due, held_until)
            limits = [limit - time.monotonic() for limit in given if limit is not None and limit < math.inf]
            attended = () if stream is None or held_until is not None else (stream.descriptor,)
            readable = wait_readable((call, self._bell.descriptor, *attended), max(min(limits), 0) if limits else None)
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
        if not painting.has_picture or not self._is_settled(stream):
            return Take(self._condition)
        where = painting.pointer if pointer else None
        pixels, damage = painting.take()
        if pixels is None:
            return Take(LIVE, None, (), where)
        passed: tuple[tuple[int, int], ...] | None = () if self._size in (None, pixels.shape) else None
        self._size = pixels.shape
        return Take(LIVE, pixels, damage, where, is_ours=True, passed=passed)

    def set_rate(self, fps: float) -> None:
        self._rate = fps
        if self._stream is not None and self._remote is not None and not self._remote.is_fragile:
            self._stream.set_rate(fps)

    def close(self) -> None:
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            stream, remote, parked = self._stream, self._remote, None
            if stream is not None and remote is not None and remote.is_fragile and not stream.has_ended:
                self._stream = None
                stream.park()
                parked = Parked(remote, stream)
            ticket.give_up(parked)
        self._drop_stream()
        if self._bell is not None:
            self._bell.close()

    def _attend(self, readable: set[int]) -> None:
        """Take over what has come, from the desktop and from PipeWire."""
        assert self._bell is not None
        if self._bell.descriptor in readable:
            self._bell.hush()
            self._collect()
        stream = self._stream
        if stream is None:
            return
        if stream.descriptor in readable:
            try:
                stream.iterate()
            except DisplayGone as gone:
                self._begin_anew(gone.reason)
                return
        self._look_at_time(stream)

    def _collect(self) -> None:
        assert self._ticket is not None
        news = self._ticket.collect()
        if isinstance(news, Remote):
            self._begin(news)
        elif isinstance(news, Parked):
            self._resume(news)
        elif news is not None:
            self._drop_stream()
            self._stay(news)

    def _look_at_time(self, stream: Stream) -> None:
        """Heed how long a stream takes to begin, to have a picture, or to go on."""
        now = time.monotonic()
        if self._resumed is not None and self._is_settled(stream):
            self._resumed, self._due, self._flows, self._news = None, None, False, True
        if stream.has_begun and stream.is_shown:
            self._flows, self._due = False, None if self._resumed is None else self._resumed + SETTLE_SECONDS
        elif self._due is None or (stream.has_begun and not self._flows):
            self._flows = stream.has_begun
            self._due = now + (FIRST_SECONDS if stream.has_begun else START_SECONDS)
        elif now >= self._due:
            self._give_up_waiting(stream)

    def _give_up_waiting(self, stream: Stream) -> None:
        """Ask for another stream in place of one that brings nothing; where there is none to be had, say why."""
        assert self._remote is not None
        if not stream.has_begun:
            self._begin_anew(stream.problem or reasons.NOT_HANDED_OVER)
        elif self._remote.is_fragile and self._remote.returns:
            self._begin_anew(reasons.DESKTOP_AWAITED)
        else:
            self._due = math.inf
            self._stay(Condition("waiting", reasons.STILL_UNSEEN))

    def _is_settled(self, stream: Stream) -> bool:
        """Tell whether what a stream shows is of now. One that goes on may still bring what was sent long ago."""
        if self._resumed is None:
            return True
        stamp = stream.painting.stamp
        is_new = stamp is not None and stamp >= self._resumed * 1e9
        return is_new or time.monotonic() >= self._resumed + SETTLE_SECONDS

    def _held_until(self, deadline: float | None) -> float | None:
        """Return until when a producer is to wait with further pictures, None for not at all.

        It waits where nobody takes its memory back. Fragile ones cannot be asked for another rate.
        """
        if self._remote is None or not self._remote.is_fragile or not self._is_told or deadline is None:
            return None
        until = deadline - AHEAD_SECONDS
        return until if time.monotonic() < until else None

    def _begin(self, remote: Remote) -> None:
        self._drop_stream()
        self._stream = Stream(remote.descriptor, remote.node, FIRST_RATE if remote.is_fragile else self._rate)
        self._remote = remote
        self._due = time.monotonic() + START_SECONDS
        self._stay(WAITING)

    def _resume(self, parked: Parked) -> None:
        self._drop_stream()
        self._stream, self._remote = parked.stream, parked.remote
        self._resumed = time.monotonic()
        self._due = self._resumed + START_SECONDS
        self._size = None
        parked.stream.resume()
        self._stay(WAITING)

    def _begin_anew(self, reason: Reason) -> None:
        assert self._ticket is not None
        was_good = self._stream is not None and self._stream.painting.has_picture
        self._drop_stream()
        self._stay(Condition("waiting", reason))
        self._ticket.ask_again(was_good=was_good)

    def _stay(self, condition: Condition) -> None:
        self._condition, self._news = condition, True

    def _drop_stream(self) -> None:
        stream, self._stream, self._remote = self._stream, None, None
        self._due, self._resumed, self._flows = None, None, False
        if stream is not None:
            stream.close()
