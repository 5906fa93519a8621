"""When the next picture is due."""

from __future__ import annotations

EARLY = 0.1
"""How early a beat may come, as a part of the interval."""


class Pacer:
    """Keeps a rate: beats that were missed are dropped, never made up for.

    A beat that comes a little early, or less than one interval late, keeps the rhythm, so the average rate is the
    wished one; after a longer pause the rhythm starts anew. Times are seconds on whatever clock the caller uses.
    """

    def __init__(self, fps: float) -> None:
        self._interval = 1.0 / fps
        self._due = float("-inf")
        self._last = float("-inf")

    @property
    def interval(self) -> float:
        """Return the seconds between two beats."""
        return self._interval

    @property
    def due(self) -> float:
        """Return when the next beat may happen; in the past if it may happen now.

        A tenth of an interval before its time, because two rhythms of one rate never quite agree, and waiting for
        the rest would cost a wake-up and delay each time.
        """
        return self._due - self._interval * EARLY

    def set_rate(self, fps: float) -> None:
        """Change the rate; the next beat is one new interval after the last one."""
        if fps > 0 and 1.0 / fps != self._interval:
            self._interval = 1.0 / fps
            self._due = self._last + self._interval

    def beat(self, now: float) -> None:
        """Note that the thing happened at ``now`` and set when it is due again."""
        late = now - self._due
        base = self._due if -self._interval * EARLY <= late < self._interval else now
        self._due = base + self._interval
        self._last = now

    def due_with(self, taken_at: float) -> float:
        """Return when a picture taken at ``taken_at`` may be handed on: at once, where that was when the next was due.

        Counted from when pictures were handed on, somebody served late once would be late with all that follow.
        """
        return max(taken_at, self.due)

    def beat_with(self, taken_at: float, now: float) -> None:
        """Note that a picture taken at ``taken_at`` is handed on ``now``."""
        self.beat(taken_at if taken_at >= self.due else now)
