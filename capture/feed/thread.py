"""The thread that takes the pictures of one source, from its start to its stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture import reasons
from capture.encode.shared import EncodePlan, PlannedRequest
from capture.errors import CaptureError, DisplayGone, EncodeError, SourceGone
from capture.feed.hang_guard import HangGuard, patience
from capture.feed.pacing import Pacer
from capture.feed.turns import Turn
from capture.picture.buffers import Buffers
from capture.picture.damage import DamageMap, changed_tiles
from capture.picture.frame import Frame, Take
from capture.picture.motion import MotionMeter
from capture.picture.pixels import Pixels
from capture.picture.scroll import Scroll, find_scroll
from capture.picture.size_limit import limited_size
from capture.platforms.contract import Backend, Paced, Wake
from capture.platforms.waiting import Bell, wait_readable
from capture.privacy.blanking import plain_picture
from capture.privacy.masking import Masking, MaskState
from capture.privacy.masks import Mask
from capture.reason import NOTHING, Reason
from capture.source import Condition, Source

log = logging.getLogger(__name__)

LARGE = 0.5
FILM_PICTURES, LOOK_AGAIN = 4, 4
"""After so many large changes in a row that were no moves, every so manieth is looked at only."""
RETRY_SECONDS = 1.0
"""Pause before a display server that went away is tried again."""


@dataclass(frozen=True, slots=True)
class Demand:
    """All that the subscribers together ask of a feed; swapped whole by the loop, read by the feed's thread.

    ``may_take`` is asked before every take: the picture is taken only while at least one says yes. ``order`` is what
    all who want pictures encoded want them as, None when they differ. ``follows_moves``: somebody can use it when a
    picture is the last one, moved. ``masks`` lie over every picture.
    """

    fps: float
    pointer: bool
    may_take: tuple[Callable[[], bool], ...]
    order: EncodePlan | None = None
    follows_moves: bool = False
    masks: tuple[Mask, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """The looks of a picture, the pointer aside, and since which picture it has them."""

    sequence: int
    pixels: Pixels
    damage: DamageMap
    scroll: Scroll | None = None
    is_film: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """The news that the feed's thread tells the loop after it looked.

    ``refreshes`` is the number of the last `refresh` that needs no more waiting, ``looked`` that of the last one
    before ``frame`` was found or found to be still right. ``laid`` says how masks lie over it.
    """

    condition: Condition
    frame: Frame | None
    refreshes: int
    looked: int
    laid: MaskState | None = None
    request: PlannedRequest | None = None
    made: Any = None


class FeedThread:
    """One life of a feed's thread. The loop calls the public methods; `_body` and below is the thread.

    The thread ends by itself soon after `stop`, and closes its backend in any case.
    """

    def __init__(
        self,
        source: Source,
        make_backend: Callable[[Source], Backend],
        demand: Demand,
        sequence: int,
        asked: Mapping[Any, int],
        laid: MaskState | None = None,
    ) -> None:
        """``laid`` says how masks lay over the last picture of the thread before."""
        self._laid = laid
        self._asked = asked
        self._source = source
        self._make_backend = make_backend
        self._demand = demand
        self._sequence = sequence
        self._frame: Frame | None = None
        self._refresh_wanted = 0
        self._distrusted = self._distrusted_wholly = 0
        self._stopping = False
        self._bell = Bell()
        self._turn = Turn()

    def start(
        self,
        loop: asyncio.AbstractEventLoop,
        report: Callable[[Report], None],
        ended: Callable[[], None],
        hangs: Callable[[], None],
    ) -> None:
        """``hangs()`` is called when the thread is stuck in what it does, so that somebody else may do it."""
        self._guard = HangGuard(loop, patience(self._source.width * self._source.height), hangs)
        self._report = partial(_post, loop, report)
        self._ended = partial(_post, loop, ended)
        name = f"feed-{self._source.id}"
        threading.Thread(target=self._body, name=name, daemon=True).start()

    def set_demand(self, demand: Demand) -> None:
        self._demand = demand
        self._bell.ring()

    def refresh(self, number: int) -> None:
        self._refresh_wanted = number
        self._bell.ring()

    def invalidate(self, number: int, keeps: bool) -> None:
        """Like `refresh`; what was known before gets a new number, also where it is found to be right.

        Without ``keeps`` it goes where the source cannot be looked at.
        """
        if not keeps:
            self._distrusted_wholly = number
        self._distrusted = number
        self.refresh(number)

    def stop(self) -> None:
        self._stopping = True
        self._guard.close()
        self._turn.give_back()
        self._bell.ring()

    # The feed's thread from here on.

    def _body(self) -> None:
        self._buffers = Buffers()
        self._activity = MotionMeter()
        self._unmoved = 0
        self._complained: Reason = NOTHING
        self._refreshed = 0
        # The newest picture is a plain one, in the place of one that must not be seen any more.
        self._is_plain = False
        self._masking = Masking(self._buffers, self._laid)
        try:
            while self._session() and not self._stopping:
                self._pause(RETRY_SECONDS)
        finally:
            self._bell.close()
            self._frame = None  # pictures are large
            self._ended()

    def _session(self) -> bool:
        """Run one backend until it fails or the feed is stopped; tell whether to try again."""
        backend: Backend | None = None
        try:
            with self._guard.step():
                backend = self._make_backend(self._source)
                backend.open()
            self._watch(backend)
        except SourceGone as gone:
            self._tell(Condition("closed", gone.reason))
            return False
        except DisplayGone as gone:
            self._tell(Condition("waiting", gone.reason))
        except CaptureError as fault:
            if fault.reason != self._complained:  # it is tried again and again
                self._complained = fault.reason
                log.warning("%s cannot be shown: %s", self._source.id, fault)
            self._tell(Condition("waiting", fault.reason))
        except Exception:
            # The thread's border: a fault of the platform becomes a state, and the log keeps the traceback.
            log.exception("taking pictures of %s failed", self._source.id)
            self._tell(Condition("waiting", reasons.CAPTURE_FAILED))
        finally:
            if backend is not None:
                with self._guard.step():
                    backend.close()
        return True

    def _watch(self, backend: Backend) -> None:
        pacer = Pacer(self._demand.fps)
        paced = backend if isinstance(backend, Paced) else None
        changed = True
        while not self._stopping:
            demand = self._demand
            pacer.set_rate(demand.fps)
            if paced is not None:
                paced.set_rate(demand.fps)
            now = time.monotonic()
            urgent = self._refresh_wanted > self._refreshed
            if not urgent:
                if changed and pacer.due <= now:
                    urgent = True
                else:
                    settles_in = self._masking.settles_in
                    wake = backend.wait(max(pacer.due - now, 0) if changed else settles_in, self._bell.descriptor)
                    changed = changed or wake is not Wake.NOTHING
                    urgent = wake is Wake.URGENT or self._masking.settles_in == 0
                    if wake is Wake.NOTHING:
                        self._bell.hush()
            if urgent and not self._stopping:
                with self._turn:
                    # Asked once it is its turn: while it waited, somebody may have forbidden or stopped it.
                    demand = self._demand
                    may_look = not self._stopping and any(may() for may in demand.may_take)
                    if may_look:
                        pacer.beat(time.monotonic())
                        with self._guard.step():
                            self._look(backend, demand)
                        changed = False
                if not may_look:
                    self._pause(None)

    def _look(self, backend: Backend, demand: Demand) -> None:
        refreshes = self._refresh_wanted
        # After the number was read: a request for a look with other masks sets the masks first.
        self._set_masks(self._demand.masks)
        if self._refreshed < self._distrusted <= refreshes and self._frame is not None:
            self._renumber(self._frame, self._frame.pixels)
        begun, captured_at = time.monotonic(), time.time()
        take = self._masking.over(limited_size(backend.take(demand.pointer)))
        if take.condition.state != "live" and self._refreshed < self._distrusted_wholly:
            self._frame = None
            self._masking.forget()
        if take.condition.state == "protected":
            self._show_nothing()
        last, self._frame = self._frame, self._next_frame(take, begun, captured_at, demand.follows_moves)
        self._refreshed = refreshes
        self._tell(take.condition, self._ordered(last, demand.order))

    def _show_nothing(self) -> None:
        """Have a plain picture be the newest, where there was one: what it showed must not be seen any more."""
        if self._frame is not None and not self._is_plain:
            self._masking.forget()
            self._renumber(self._frame, plain_picture(self._source, self._frame.pixels))
            self._is_plain = True

    def _set_masks(self, masks: tuple[Mask, ...]) -> None:
        """Have other masks lie over the newest picture too: the source may be still, or not on the screen."""
        last = self._frame
        pixels = self._masking.set(masks, None if last is None else last.pixels)
        if last is not None and pixels is not None:
            self._renumber(last, pixels)

    def _renumber(self, last: Frame, pixels: Pixels) -> None:
        """Have the last picture, which looks like ``pixels``, be a new one: its number may be withdrawn."""
        number = self._sequence = self._sequence + 1
        damage = DamageMap.fresh(last.width, last.height, number)
        known = replace(last, sequence=number, pixels_sequence=number, pixels=pixels, damage=damage)
        self._frame = replace(known, scroll=None, is_film=False)

    def _ordered(self, last: Frame | None, order: EncodePlan | None) -> PlannedRequest | None:
        """Return what to make of the new picture here and now instead of being asked.

        Viewers that wished for the last picture will wish for this one too, and the pixels are at hand: that spares
        the way to the loop, to a worker and back. A viewer that skips pictures, or wants something slow, has to ask.
        """
        frame = self._frame
        if order is None or last is None or frame is None or frame is last:
            return None
        return order.next_request(last, frame) if self._asked.get(self._source.identity) == last.sequence else None

    def _next_frame(self, take: Take, begun: float, captured_at: float, follows_moves: bool) -> Frame | None:
        """Return the frame that follows from ``take``: the same object when nothing changed."""
        last, taken = self._frame, take.pixels
        if take.condition.state != "live":
            return last
        number = self._sequence + 1
        if last is None or self._is_plain or (taken is not None and last.pixels.shape != taken.shape):
            if taken is None:
                raise CaptureError(reasons.FIRST_TAKE_EMPTY)
            self._is_plain = False
            self._activity = MotionMeter()
            look = _Look(number, self._own(take, taken), DamageMap.fresh(taken.shape[1], taken.shape[0], number))
        else:
            tiles = None if taken is None else changed_tiles(last.pixels, taken, take.damage)
            if taken is not None and tiles is not None and tiles.any():
                pixels = self._own(take, taken)
                scroll = self._scroll(last, pixels, tiles, number) if follows_moves else None
                is_film = self._activity.note(begun, float((tiles if scroll is None else scroll.rest).mean()))
                look = _Look(number, pixels, last.damage.marked(tiles, number), scroll, is_film)
            elif (last.pointer is None and take.pointer is None) or (
                take.pointer is not None and take.pointer.is_same(last.pointer)
            ):
                return last
            else:
                look = _Look(last.pixels_sequence, last.pixels, last.damage, last.scroll, last.is_film)
        self._sequence = number
        return Frame(
            source=self._source,
            sequence=number,
            pixels_sequence=look.sequence,
            pixels=look.pixels,
            damage=look.damage,
            pointer=take.pointer,
            taken_at=begun,
            captured_at=captured_at,
            take_seconds=time.monotonic() - begun,
            scroll=look.scroll,
            is_film=look.is_film,
        )

    def _scroll(self, last: Frame, pixels: Pixels, tiles: NDArray[np.bool_], number: int) -> Scroll | None:
        """Look for a move; in a film, where there was none so far, only now and then."""
        if self._unmoved >= FILM_PICTURES and number % LOOK_AGAIN:
            return None
        scroll = find_scroll(last.pixels, pixels, tiles, last.pixels_sequence)
        self._unmoved = 0 if scroll is not None or tiles.mean() < LARGE else self._unmoved + 1
        return None if scroll is None else scroll.after(last.scroll)

    def _own(self, take: Take, pixels: Pixels) -> Pixels:
        return pixels if take.is_ours else self._buffers.copy(pixels)

    def _tell(self, condition: Condition, request: PlannedRequest | None = None) -> None:
        made = None
        if request is not None and self._frame is not None:
            try:
                made = request.make(self._frame)
            except EncodeError:
                request = None  # the viewer that asks for it is told
        refreshes = self._refresh_wanted if condition.state in ("waiting", "closed") else self._refreshed
        self._report(Report(condition, self._frame, refreshes, self._refreshed, self._masking.laid, request, made))

    def _pause(self, seconds: float | None) -> None:
        """Wait for a call, ``seconds`` at most."""
        wait_readable((self._bell.descriptor,), seconds)
        self._bell.hush()


def joined(demands: Iterable[Demand]) -> Demand | None:
    """Return what several subscribers together ask for, None when there are none."""
    requests = tuple(demands)
    if not requests:
        return None
    orders = {request.order for request in requests if request.order is not None}
    return Demand(
        fps=max(request.fps for request in requests),
        pointer=any(request.pointer for request in requests),
        may_take=tuple(may for request in requests for may in request.may_take),
        order=orders.pop() if len(orders) == 1 else None,
        follows_moves=any(request.follows_moves for request in requests),
    )


def _post(loop: asyncio.AbstractEventLoop, function: Callable[..., None], *values: object) -> None:
    """Call ``function`` on the loop; a loop that is closed already needs to hear nothing."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(function, *values)
