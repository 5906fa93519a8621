"""Viewers who look now and then, by single pictures: one for each device and source, until they have not looked for a
minute."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping

from capture.encode.fair_queue import Party
from capture.reason import Reason
from capture.source import Identity, Source
from server.access.control import Viewer
from server.protocol.options import StreamOptions
from server.stream.session import SessionPolicy
from server.stream.stats import SessionView, Totals, Traffic

KEPT_SECONDS = 60.0
"""A viewer that has not looked for so long has left."""
MOST_LOOKERS = 256
"""Of all devices together; where there are more, one of the device that has most of them ends sooner."""

Key = tuple[Party, Identity]


class SnapshotViewer:
    """One device that looks at one source. Loop only.

    There is no connection that would stay: it ends by itself, and who is to look no more is kept out by the gate.
    """

    def __init__(
        self,
        session_id: str,
        source: Source,
        options: StreamOptions,
        viewer: Viewer,
        ended: Callable[[SnapshotViewer], None],
    ) -> None:
        now = time.monotonic()
        self.id = session_id
        self.source = source
        self.viewer = viewer
        self.policy = SessionPolicy()
        self.looks = 0
        self.looked_at = now
        self._options = options
        self._traffic = Traffic(now)
        self._ended = ended

    @property
    def totals(self) -> Totals:
        """Return what was sent so far."""
        return Totals(self._traffic.frames, self._traffic.bytes)

    @property
    def parting(self) -> str:
        """Return what is to be said of it at its end."""
        return "looked once" if self.looks <= 1 else f"looked {self.looks} times"

    def look(self, options: StreamOptions) -> None:
        """Note that it looks again, and what it wishes for now."""
        self._options = options
        self.looks += 1

    def sent(self, size: int) -> None:
        """Note that it was given a picture of ``size`` bytes."""
        self._traffic.sent(time.monotonic(), size)

    def view(self) -> SessionView:
        """Return it as it is now."""
        fps, rate = self._traffic.rates(time.monotonic())
        options, since, state = self._options, self._traffic.since, self.source.state
        return SessionView(
            self.id, self.viewer, self.source, options, fps, rate, since, state, looks=max(1, self.looks)
        )

    def patch_options(self, patch: Mapping[str, object], changed_by: str) -> None:
        """Leave it: each picture is asked for with wishes of its own."""

    def end(self, code: str, reason: Reason) -> None:
        """Forget it; there is nobody to be told."""
        del code, reason
        self._ended(self)

    def close_source(self, reason: Reason) -> None:
        """Forget it: what it looked at is gone."""
        del reason
        self._ended(self)

    def check(self, now: float) -> None:
        """Nothing of it can be stuck."""

    def abort(self) -> None:
        """There is no connection."""


class SnapshotViewers:
    """All of them, the one that has not looked for longest first. Loop only; one timer, while there are any."""

    def __init__(self, begun: Callable[[SnapshotViewer], None], ended: Callable[[SnapshotViewer], None]) -> None:
        """``begun`` and ``ended`` hear of each."""
        self._begun = begun
        self._ended = ended
        self._all: OrderedDict[Key, SnapshotViewer] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._all)

    def of(
        self, party: Party, source: Source, options: StreamOptions, viewer: Viewer, new_id: Callable[[], str]
    ) -> SnapshotViewer:
        """Return the one that looks at ``source`` for that party now; one that begins with it gets a new id."""
        key = (party, source.identity)
        looker = self._all.get(key)
        if looker is None:
            self._make_room()
            looker = self._all[key] = SnapshotViewer(new_id(), source, options, viewer, self._end)
            self._begun(looker)
        looker.looked_at = time.monotonic()
        self._all.move_to_end(key)
        self._end_later()
        return looker

    def close(self) -> None:
        """End all."""
        for looker in tuple(self._all.values()):
            self._end(looker)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _make_room(self) -> None:
        if len(self._all) >= MOST_LOOKERS:
            ((party, _),) = Counter(party for party, _ in self._all).most_common(1)
            self._end(next(looker for key, looker in self._all.items() if key[0] == party))

    def _end(self, looker: SnapshotViewer) -> None:
        for key, each in tuple(self._all.items()):
            if each is looker:
                del self._all[key]
                self._ended(looker)

    def _end_later(self) -> None:
        if self._timer is None and self._all:
            first = next(iter(self._all.values()))
            left = max(0.0, first.looked_at + KEPT_SECONDS - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(left, self._look_round)

    def _look_round(self) -> None:
        self._timer = None
        over = time.monotonic() - KEPT_SECONDS
        for looker in tuple(self._all.values()):
            if looker.looked_at > over:
                break
            self._end(looker)
        self._end_later()
