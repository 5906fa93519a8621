"""The writing side of a session: words go first, then the picture that is due."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from capture.errors import EncodeError
from capture.reason import Reason
from server import reasons
from server.errors import CLOSE_CODES
from server.protocol import messages
from server.stream.consumer import Consumer, Outgoing
from server.stream.socket import MessageSink
from server.stream.stats import Traffic
from server.stream.waker import Waker

log = logging.getLogger(__name__)

STATS_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How a session ends: the close code, the reason in a word, and a last message."""

    code: int
    reason: str
    farewell: bytes | None = None

    @classmethod
    def because(cls, code: str, reason: Reason) -> Ending:
        """Return the end that tells a viewer why; ``code`` is one of `CLOSE_CODES`."""
        return cls(CLOSE_CODES[code], code, messages.error(code, reason))


class Writer:
    """Sends to one viewer, in a task of its own, so that one who does not read is still listened to. Loop only.

    Attributes:
        traffic: what was sent.
        ending: how it is to end, None while it goes on.
    """

    def __init__(
        self,
        consumer: Consumer,
        figures: Callable[[float], dict[str, object]],
        sent: Callable[[float, float], None],
        tells_figures: bool = True,
    ) -> None:
        """``figures(now)`` is asked for what the viewer is told every two seconds, unless it does not want to be told;
        ``sent(now, seconds)`` hears for how long a picture had to wait for the kernel."""
        self.traffic = Traffic(time.monotonic())
        self.ending: Ending | None = None
        self._consumer = consumer
        self._figures = figures
        self._sent = sent
        self._stats_seconds = STATS_SECONDS if tells_figures else math.inf
        self._outbox: list[bytes | Outgoing] = []
        self._emptied = asyncio.Event()
        self._waker = Waker()
        # Where messages go, while the task has nothing to do.
        self._idle: MessageSink | None = None
        # When a picture was handed over of which the kernel has not taken all yet.
        self._handed_at: float | None = None

    def say(self, text: bytes) -> None:
        """Send a message as soon as possible, behind those that wait already."""
        self._put(text)

    def show(self, picture: Outgoing) -> None:
        """Send a picture that was asked for, likewise; or the word that there is none, if it may not go then."""
        self._put(picture)

    async def all_said(self) -> None:
        """Return when what was to be said so far has been sent."""
        self._emptied.clear()
        self._waker.wake()
        await self._emptied.wait()

    def wake(self) -> None:
        """Look whether a picture is due. One that is ready goes here and now: of a crowd each would need a turn."""
        idle, is_done = self._idle, False
        if idle is not None and not self._outbox and self.ending is None:
            try:
                is_done = self._send_ready(idle)
            except Exception:
                # Others are told of the same picture behind this one.
                log.exception("a picture cannot be sent")
                idle.abort()
        if not is_done:
            self._waker.wake()

    def end(self, ending: Ending) -> None:
        """Say what there is to say and close; the first call counts."""
        if self.ending is None:
            self.ending = ending
            self._waker.wake()

    async def run(self, socket: MessageSink) -> None:
        """Send until the end, or until the viewer is gone."""
        now = time.monotonic()
        next_stats, next_ping = now + self._stats_seconds, now if socket.ping_seconds < math.inf else math.inf
        try:
            while True:
                self._waker.clear()
                while self._outbox:
                    await self._send_said(socket, self._outbox.pop(0))
                if not self._emptied.is_set():
                    self._emptied.set()
                if self.ending is not None:
                    await self._take_leave(socket, self.ending)
                    return
                if self._handed_at is not None:
                    await self._see_taken(socket, self._handed_at)
                now = time.monotonic()
                if now >= next_stats:
                    next_stats = now + self._stats_seconds
                    await socket.send(messages.message("stats", self._figures(now)))
                if now >= next_ping:
                    next_ping = now + socket.ping_seconds
                    await socket.ping()
                due = self._consumer.due(now)
                if due is not None and due <= now:
                    await self._send_picture(socket)
                    continue
                self._idle = socket
                await self._waker.sleep(min(next_stats, next_ping, due if due is not None else next_stats))
                self._idle = None
        except ConnectionError:
            return
        finally:
            self._idle = None
            self._waker.close()

    def _send_ready(self, socket: MessageSink) -> bool:
        """Hand over the picture that is due, where it is ready; return False where the task has to see to something."""
        now = time.monotonic()
        due = self._consumer.due(now)
        if due is not None and due <= now:
            picture = self._consumer.ready_message(now) if socket.is_free else None
            if picture is None:
                return False
            if not socket.send_now(*picture):
                self._consumer.withheld()
                return False
            done = time.monotonic()
            self.traffic.sent(done, len(picture.framed))
            if not socket.is_free:
                self._handed_at = now
                return False
            self._sent(done, done - now)
            due = self._consumer.due(done)
        if due is not None:
            self._waker.wake_at(due)
        return True

    async def _see_taken(self, socket: MessageSink, since: float) -> None:
        self._handed_at = None
        await socket.taken()
        done = time.monotonic()
        self._sent(done, done - since)

    async def _send_picture(self, socket: MessageSink) -> None:
        try:
            async with self._consumer.place:
                picture = None if self.ending else await self._consumer.next_message(time.monotonic())
        except EncodeError as error:
            log.info("a picture cannot be encoded as wished: %s", error)
            self.say(messages.error("cannot_encode", error.reason))
            return
        if picture is None:
            await asyncio.sleep(0)  # whatever the reason, others get their turn
        elif self.ending is None:
            begun = time.monotonic()
            if await socket.send_ready(*picture):
                done = time.monotonic()
                self.traffic.sent(done, len(picture.framed))
                self._sent(done, done - begun)
            else:
                self._consumer.withheld()

    def _put(self, said: bytes | Outgoing) -> None:
        self._outbox.append(said)
        self._waker.wake()

    async def _send_said(self, socket: MessageSink, said: bytes | Outgoing) -> None:
        if isinstance(said, bytes):
            await socket.send(said)
        elif not await socket.send_ready(*said):
            await socket.send(messages.error("no_picture", reasons.NO_SCREENSHOT_YET))

    async def _take_leave(self, socket: MessageSink, ending: Ending) -> None:
        if ending.farewell is not None:
            await socket.send(ending.farewell)
        await socket.close(ending.code, ending.reason)
