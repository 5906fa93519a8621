"""A backend that does what a test has written down for it, and keeps a record of what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from capture.errors import CaptureError
from capture.picture.frame import Take
from capture.platforms.contract import Around, Backend, Technique, Wake
from capture.source import Condition, Source


@dataclass
class ScriptedBackend:
    """Raises ``opening`` in `open`, and in each `take` the next of ``takes``; None and what lies behind are pictures.

    ``record`` has every call in order, with ``name``.
    """

    name: str
    record: list[str] = field(default_factory=list)
    opening: CaptureError | None = None
    takes: tuple[CaptureError | None, ...] = ()
    rates: list[float] = field(default_factory=list)

    def open(self) -> None:
        self.record.append(f"open {self.name}")
        if self.opening is not None:
            raise self.opening

    def wait(self, seconds: float | None, call: int) -> Wake:
        return Wake.CHANGED

    def take(self, pointer: bool) -> Take:
        self.record.append(f"take {self.name}")
        fault, self.takes = (self.takes or (None,))[0], self.takes[1:]
        if fault is not None:
            raise fault
        return Take(Condition("live"), np.zeros((2, 2, 4), np.uint8))

    def set_rate(self, fps: float) -> None:
        self.rates.append(fps)

    def close(self) -> None:
        self.record.append(f"close {self.name}")

    @property
    def technique(self) -> Technique:
        """Return the technique that makes this very backend."""

        def make(source: Source, around: Around) -> Backend:
            return self

        return Technique(self.name, "", make)
