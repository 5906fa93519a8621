"""How far a viewer's wishes are lowered so that it keeps up. Pure: times are passed in, nothing is sent from here."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from capture.reason import Reason
from server import reasons
from server.protocol.options import StreamOptions

BEHIND = 0.3
"""Seconds by which pictures have to have fallen behind before anything is lowered."""

AT_ONCE = 0.2
"""Seconds by which one picture can fall behind at most: one that is late or large is not a trend."""

SLACK, JITTER = 1.15, 0.03
"""A picture may take so many intervals, and at least so many seconds, without being late."""

FILL = 0.85
"""How much of an interval a picture is to take after something was lowered."""

LONGEST_TRAVEL = 0.75
"""Seconds; no connection is that long (a satellite's is not), so what takes longer has queued."""

MEMORY = 15.0
"""Seconds after which the quickest travel is measured anew: connections change."""

PAUSE, LONGEST_PAUSE = 3.0, 60.0
"""Seconds of calm before a rung is climbed, at first and at most: each time it cannot be held they double."""

HELD = 60.0
"""Seconds after which a rung has been held; it may then be tried again sooner."""


@dataclass(frozen=True, slots=True)
class Rung:
    """The most that is sent."""

    quality: int
    scale: float
    fps: float

    def applied(self, asked: StreamOptions) -> StreamOptions:
        """Return what is sent to a viewer who asked for ``asked``: never more than that, and always within range."""
        return dataclasses.replace(
            asked,
            # PNG ignores the quality: lowering it would not help.
            quality=asked.quality if asked.format == "png" else min(asked.quality, self.quality),
            scale=min(asked.scale, self.scale),
            # A bound in pixels would hide that the scale has become smaller.
            max_width=asked.max_width and max(16, round(asked.max_width * self.scale)),
            max_height=asked.max_height and max(16, round(asked.max_height * self.scale)),
            fps=min(asked.fps, self.fps),
        )


LADDER = (
    Rung(100, 1.0, 60),
    Rung(70, 1.0, 60),
    Rung(50, 1.0, 60),
    Rung(35, 1.0, 60),
    Rung(35, 0.75, 60),
    Rung(35, 0.5, 60),
    Rung(35, 0.5, 15),
    Rung(35, 0.5, 8),
    Rung(35, 0.5, 4),
)
"""From everything to little. The caps are absolute, so viewers of different wishes meet on the same pictures."""


SLOWEST_TOLD = 0.05
"""Mbit/s: less would be told as 0.0."""
CAUSES: Mapping[str, tuple[Reason, str]] = MappingProxyType(
    {
        "decode": (reasons.VIEWER_BEHIND, "milliseconds"),
        "bandwidth": (reasons.CONNECTION_SLOWER, "mbit"),
        "blocked": (reasons.CONNECTION_FULL, ""),
        "recovered": (reasons.VIEWER_IN_TIME, ""),
    }
)
"""Each with the name of its figure, empty where it has none."""


@dataclass(frozen=True, slots=True)
class Change:
    """Another rung, and why: one of `CAUSES`, with its figure."""

    rung: int
    cause: str
    value: float = 0.0

    @property
    def reason(self) -> Reason:
        """Return why."""
        reason, figure = CAUSES[self.cause]
        return reason.of(**{figure: self.value}) if figure else reason

    def to_wire(self) -> dict[str, object]:
        """Return what a message says of it: the words, and what they mean for pages that speak other languages."""
        told = replace(self, value=round(self.value, 1)).reason.for_programs
        cause = {"kind": self.cause, "value": round(self.value, 1)}
        return {"reason": self.reason.english, "cause": cause} | told


class _Stage:
    """A place where pictures queue: the connection, or the viewer.

    Attributes:
        behind: seconds by which it has fallen behind.
        seconds, size: what it took for the pictures of late, and how many bytes they had.
    """

    def __init__(self) -> None:
        self.behind = 0.0
        self.seconds = 0.0
        self.size = 0.0

    def took(self, seconds: float, size: float, allowed: float) -> None:
        self.behind = min(max(self.behind + min(seconds - allowed, AT_ONCE), 0.0), BEHIND)
        if seconds > allowed / 2:
            weight = 0.3 if self.seconds else 1.0
            self.seconds += weight * (seconds - self.seconds)
            self.size += weight * (size - self.size)


class Adaptation:
    """Finds the rung on which one viewer keeps up: down at once, up slowly. Loop only; times are monotonic seconds.

    Attributes:
        rung: the present place in `LADDER`.
    """

    def __init__(self, asked: StreamOptions) -> None:
        self.rung = 0
        self.ask(asked)
        self._interval = 1 / asked.fps
        self._has_climbed = False
        self._pauses = [PAUSE] * len(LADDER)
        self._changed_at = self._calm_since = self._acknowledged_at = -math.inf
        self._connection, self._viewer = _Stage(), _Stage()
        # The quickest travel of this stretch of time and of the one before.
        self._quickest = [math.inf, math.inf]
        self._stretch_began = -math.inf

    @property
    def options(self) -> StreamOptions:
        """Return what is to be sent now."""
        return self._steps[self.rung]

    def ask(self, asked: StreamOptions) -> None:
        """Note other wishes; the rung stays."""
        # Once for all pictures: each asks several times, and making options takes longer than all the rest.
        self._steps = tuple(rung.applied(asked) for rung in LADDER)

    def acknowledged(self, now: float, delay: float, decode: float, size: int) -> None:
        """Note that a picture of ``size`` bytes was drawn.

        ``delay`` is from its being handed to the socket until now, of which the viewer spent ``decode``.
        """
        since_last, self._acknowledged_at = now - self._acknowledged_at, now
        travel = max(delay - decode, 0.0)
        if now - self._stretch_began > MEMORY:
            self._quickest = [self._quickest[1], math.inf]
            self._stretch_began = now
        self._quickest[1] = min(self._quickest[1], travel)
        if now - delay < self._changed_at:
            return  # it is still one of those that were too much
        # Of two pictures on their way, the second waits for the first; its own time is the one that passed in between.
        queued = travel - min(*self._quickest, LONGEST_TRAVEL)
        self._connection.took(min(queued, since_last), size, self._allowed)
        self._viewer.took(min(decode, since_last), size, self._allowed)

    def blocked(self, now: float, seconds: float) -> None:
        """Note that a picture had to wait so long for the socket to take it."""
        del now
        late = min(seconds - self._allowed, AT_ONCE)
        self._connection.behind = min(self._connection.behind + max(late, 0.0), BEHIND)

    def decide(self, now: float, interval: float) -> Change | None:
        """Return another rung if it is time for one; ``interval`` is the present one between pictures, in seconds."""
        self._interval = interval
        if self._changed_at == -math.inf:
            self._changed_at = self._calm_since = now
        late = next((stage for stage in (self._connection, self._viewer) if stage.behind >= BEHIND), None)
        if late is not None:
            return self._lower(now, late)
        if max(self._connection.behind, self._viewer.behind) > BEHIND / 2:
            self._calm_since = now
        return self._raise(now)

    @property
    def _allowed(self) -> float:
        return max(self._interval * SLACK, JITTER)

    def _lower(self, now: float, late: _Stage) -> Change | None:
        """Go down as far as it takes for a picture to fit into its interval, or to the end."""
        present = self.options
        below = [index for index in range(self.rung + 1, len(LADDER)) if self._differs(index, index - 1)]
        if not below:
            return None
        is_viewer = late is self._viewer
        work = _pixels if is_viewer else _bytes

        def fits(rung: int) -> bool:
            options = self._steps[rung]
            interval = max(self._interval, 1 / options.fps)
            return late.seconds * work(options) / work(present) <= FILL * interval

        is_held = now - self._changed_at >= HELD
        pause = self._pauses[self.rung] * (0.5 if is_held else 2)
        self._pauses[self.rung] = min(max(pause, PAUSE), LONGEST_PAUSE)
        if is_viewer:
            cause, value = "decode", late.seconds * 1000
        elif late.seconds and (carried := late.size / late.seconds * 8e-6) >= SLOWEST_TOLD:
            cause, value = "bandwidth", carried
        else:
            cause, value = "blocked", 0.0
        # The rung that was left for a better one, a moment ago, is known to hold.
        rung = below[0] if self._has_climbed and not is_held else next(filter(fits, below), below[-1])
        return self._change(Change(rung, cause, value), now)

    def _raise(self, now: float) -> Change | None:
        """Go up by one rung, if it has been calm for long enough."""
        above = [index for index in range(self.rung) if index == 0 or self._differs(index, index - 1)]
        above = [index for index in above if self._differs(index, self.rung)]
        if not above or now - self._calm_since < self._pauses[above[-1]]:
            return None
        return self._change(Change(above[-1], "recovered"), now)

    def _change(self, change: Change, now: float) -> Change:
        self._has_climbed = change.rung < self.rung
        self.rung = change.rung
        self._changed_at = self._calm_since = now
        self._connection, self._viewer = _Stage(), _Stage()
        return change

    def _differs(self, one: int, other: int) -> bool:
        return self._steps[one] != self._steps[other]


def _bytes(options: StreamOptions) -> float:
    """Return how many bytes a picture takes, in relation to others; half for every 30 of quality less."""
    return math.exp2(options.quality / 30) * math.pow(options.scale, 1.6)


def _pixels(options: StreamOptions) -> float:
    return options.scale**2
