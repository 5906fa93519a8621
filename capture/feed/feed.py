"""A running capture of one source: one thread while somebody watches, none otherwise."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial

from capture import reasons
from capture.encode.shared import SharedEncoder
from capture.feed.thread import Demand, FeedThread, Report
from capture.picture.damage import DamageMap
from capture.picture.frame import Frame
from capture.platforms.contract import Backend
from capture.privacy.blanking import Blanking, plain_picture
from capture.privacy.masking import MaskState, Size
from capture.source import Condition, Source

log = logging.getLogger(__name__)

WAITING = Condition("waiting", reasons.FIRST_PICTURE_AWAITED)
HANGS = Condition("waiting", reasons.CAPTURE_HANGS)
TOLD_AT_ONCE = 32
"""Listeners; with what they do then, a few milliseconds."""
MOST_THREADS = 3
"""Threads of one source that may be there at once: what hangs cannot be ended, and is not to fill the computer."""


class Feed:
    """Keeps the newest picture of one source for everybody who subscribed to it. Loop only.

    The thread runs from the first subscription to the last. When it stops, the last picture is dropped;
    the sequence goes on where it was. There is no queue: a slow viewer finds the newest picture.

    Pictures are *withdrawn* when something in them is not to be seen any more, for whichever reason. Code that
    has one in hand, to encode or to send it, asks `shows` before it goes on.

    A thread that hangs is left to itself and another one takes its place: at once, or when too many hang already, as
    soon as one of them has ended.

    Attributes:
        newest: the newest picture, None before the first and after the last subscription.
        condition: how the source is, with the reason for it.
        takes: pictures taken so far, whether anything had changed or not.
        size: width and height of the last picture that was taken, None before the first.
    """

    def __init__(
        self,
        source: Source,
        make_backend: Callable[[Source], Backend],
        encoder: SharedEncoder,
        resized: Callable[[], None],
        rested: Callable[[], None],
    ) -> None:
        """``resized()`` is called when pictures come in another size than before, ``rested()`` when a thread ended."""
        self.source = source
        self.size: Size | None = None
        self._laid: MaskState | None = None
        self._listed = (source.width, source.height)
        self._encoder = encoder
        self._resized = resized
        self._rested = rested
        self.newest: Frame | None = None
        self.condition = WAITING
        self.takes = 0
        self._make_backend = make_backend
        self._listeners: dict[object, Callable[[], None]] = {}
        self._run: FeedThread | None = None
        self._ending: set[asyncio.Future[None]] = set()
        self._sequence = 0
        self._refreshes = 0
        self._refreshed: dict[int, asyncio.Future[None]] = {}
        self._trusted = 0
        self._withdrawn = 0
        self._demand: Demand | None = None
        self._blanking: Blanking | None = None

    @property
    def is_running(self) -> bool:
        """Tell whether the feed's thread runs."""
        return self._run is not None

    @property
    def is_watched(self) -> bool:
        """Tell whether anybody wants pictures, be they taken or not."""
        return self._demand is not None

    @property
    def ending(self) -> int:
        """Return how many threads of stopped captures have not ended yet."""
        return len(self._ending)

    @property
    def withdrawn(self) -> int:
        """Return the number of the last picture that is not shown any more, nor any before it; 0 for none."""
        return self._withdrawn

    def shows(self, frame: Frame) -> bool:
        """Tell whether ``frame``, a picture that was the newest once, may still be seen."""
        return frame.sequence > self._withdrawn

    def withdraw(self) -> None:
        """Have nothing seen any more that was taken until now."""
        self._withdrawn = self._sequence
        self.newest = None

    def listen(self, key: object, changed: Callable[[], None]) -> None:
        """Have ``changed()`` called on the loop after each new picture or condition, until `unlisten`."""
        self._listeners[key] = changed

    def tell_later(self, key: object) -> None:
        """Tell one that has just begun to listen what the others know already: a still source has no other news."""
        if self.newest is not None or self.condition != WAITING:
            asyncio.get_running_loop().call_soon(self._tell_some, (key,))

    def unlisten(self, key: object) -> None:
        """End what `listen` began; unknown keys are ignored."""
        self._listeners.pop(key, None)

    def set_demand(self, demand: Demand | None) -> None:
        """Start, adjust or (None) stop the capture."""
        last, self._demand = self._demand, demand
        if demand is None:
            self._stop()
            self.newest = None
        elif self._blanking is not None:
            self.condition = self._blanking.condition
            if last is None and self._blanking.state == "blanked":
                self._show_nothing()
        elif self._run is None:
            self.condition = WAITING if last is None else self.condition
            self._start(demand)
        else:
            self._run.set_demand(demand)

    def list_says(self, size: Size) -> None:
        """Note how large the source is by the list, which knows of changes that nobody watched."""
        before, self._listed = self._listed, size
        if self._run is None and self._laid is not None:
            self._laid = self._laid.resized(before, size)

    def set_blanking(self, blanking: Blanking | None) -> None:
        """Show nothing new, and take nothing, until called with None; pictures then go on.

        One that blanks withdraws all pictures. One that pauses leaves the last, for that is what viewers are to keep.
        """
        last, self._blanking = self._blanking, blanking
        if self._demand is None and blanking is not None and blanking.state == "blanked":
            self.withdraw()
        if self._demand is None or blanking == last:
            return
        if blanking is None:
            # The condition that was told holds until there is a picture again.
            self._start(self._demand)
            return
        self._stop()
        self.condition = blanking.condition
        if blanking.state == "blanked":
            self._show_nothing()
        self._tell()

    def invalidate(self, *, keeps: bool) -> None:
        """Withdraw all pictures: there may be something in them that must not be seen now.

        ``keeps``: what was taken before may be shown once other masks are laid over it, even where the source cannot be
        looked at now.
        """
        if self._run is not None:
            self.withdraw()
            self._refreshes += 1
            self._trusted = self._refreshes
            self._run.invalidate(self._refreshes, keeps)
        elif self.newest is not None:
            self._show_nothing()
        else:
            self.withdraw()
        # A session about to send what was withdrawn has to hear of it, even where nothing takes its place yet.
        self._tell()

    async def refresh(self) -> None:
        """Look at the source once more and return when `newest` and `condition` are from after this call."""
        if self._run is None or self.condition.state == "closed":
            return
        self._refreshes += 1
        number = self._refreshes
        done = self._refreshed[number] = asyncio.get_running_loop().create_future()
        self._run.refresh(number)
        try:
            await done
        finally:
            self._refreshed.pop(number, None)

    async def ended(self) -> None:
        """Return when the threads of stopped captures have ended."""
        if self._ending:
            await asyncio.wait(set(self._ending))

    def _start(self, demand: Demand) -> None:
        if len(self._ending) >= MOST_THREADS:
            return  # `_thread_ended` does it
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()
        self._ending.add(ended)
        ended.add_done_callback(self._thread_ended)
        run = FeedThread(self.source, self._make_backend, demand, self._sequence, self._encoder.asked, self._laid)
        run.refresh(self._refreshes)
        self._run = run
        run.start(loop, partial(self._receive, run), partial(_settle, ended), partial(self._replace, run))

    def _replace(self, run: FeedThread) -> None:
        """Have another thread do what this one hangs in. The last picture stays, for it was right."""
        if run is not self._run or self._demand is None or self.condition.state == "closed":
            return
        log.warning("taking pictures of %s hangs; it is begun anew", self.source.id)
        self._stop()
        self.condition = HANGS
        self._start(self._demand)
        self._tell()

    def _thread_ended(self, ended: asyncio.Future[None]) -> None:
        self._ending.discard(ended)
        if self._run is None and self._demand is not None and self._blanking is None:
            self._start(self._demand)
        self._rested()

    def _stop(self) -> None:
        if self._run is not None:
            self._run.stop()
            self._run = None
        self._settle_refreshes(None)

    def _receive(self, run: FeedThread, report: Report) -> None:
        """Take over what the thread saw; what a stopped one still sends is dropped."""
        if run is not self._run:
            return
        self.takes = self.takes + 1 if report.condition.state == "live" else self.takes
        self._laid = report.laid
        changed = report.condition != self.condition
        if report.condition.state == "protected" and report.frame is not self.newest:
            self.withdraw()  # a plain picture comes with the news, where there was one
        self.condition = report.condition
        frame = report.frame if report.looked >= self._trusted else None
        if frame is not None and frame is not self.newest:
            self.newest = frame
            self._sequence = frame.sequence
            if self.size != (frame.width, frame.height):
                self.size = (frame.width, frame.height)
                self._resized()
            changed = True
            if report.request is not None:
                report.request.supply(self._encoder, frame, report.made)
        self._settle_refreshes(None if report.condition.state == "closed" else report.refreshes)
        if changed:
            self._tell()

    def _tell(self) -> None:
        self._tell_some(tuple(self._listeners))

    def _tell_some(self, keys: tuple[object, ...]) -> None:
        """Tell the first of those who listen, and the others when the loop has seen to what came meanwhile.

        Each has something to do then; of a crowd all at once would keep everything else waiting.
        """
        for key in keys[:TOLD_AT_ONCE]:
            listener = self._listeners.get(key)
            if listener is not None:  # it may have left
                listener()
        if len(keys) > TOLD_AT_ONCE:
            asyncio.get_running_loop().call_soon(self._tell_some, keys[TOLD_AT_ONCE:])

    def _show_nothing(self) -> None:
        """Withdraw all pictures and put a plain one in their place."""
        pixels = plain_picture(self.source, None if self.newest is None else self.newest.pixels)
        self.withdraw()
        self._sequence += 1
        height, width = pixels.shape[:2]
        self.newest = Frame(
            source=self.source,
            sequence=self._sequence,
            pixels_sequence=self._sequence,
            pixels=pixels,
            damage=DamageMap.fresh(width, height, self._sequence),
            pointer=None,
            taken_at=time.monotonic(),
            captured_at=time.time(),
            take_seconds=0.0,
        )

    def _settle_refreshes(self, up_to: int | None) -> None:
        for number, done in tuple(self._refreshed.items()):
            if (up_to is None or number <= up_to) and not done.done():
                done.set_result(None)


def _settle(ended: asyncio.Future[None]) -> None:
    if not ended.done():
        ended.set_result(None)
