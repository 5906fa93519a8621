"""Encoders that are as slow as a test wants: what they make is held until it is let go."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from capture.encode.fair_queue import Party
from capture.encode.workers import Job, Workers
from capture.picture.pixels import Pixels
from capture.video.encoder import Unit
from capture.video.shared import MakeCodec, VideoCodec

T = TypeVar("T")


class Gate:
    """Where encoders wait, from the beginning until `open`, and again from `shut` on.

    Attributes:
        waiting: how many wait now, with a picture in hand.
        threads: the names of the threads that have come here.
    """

    def __init__(self) -> None:
        self._opened = threading.Event()
        self._lock = threading.Lock()
        self.waiting = 0
        self.threads: set[str] = set()

    def open(self) -> None:
        """Let everybody through, now and from now on."""
        self._opened.set()

    def shut(self) -> None:
        """Have everybody wait that comes from now on."""
        self.threads.clear()
        self._opened.clear()

    def pass_through(self) -> None:
        """Wait until it is open."""
        with self._lock:
            self.waiting += 1
            self.threads.add(threading.current_thread().name)
        assert self._opened.wait(60)
        with self._lock:
            self.waiting -= 1


class SlowWorkers(Workers):
    """Workers that begin each job in front of a gate."""

    def __init__(self, gate: Gate, count: int) -> None:
        super().__init__(count, "encode")
        self._gate = gate

    def submit_for(self, party: Party, work: Callable[[], T]) -> Job[T]:
        def slowly() -> T:
            self._gate.pass_through()
            return work()

        return super().submit_for(party, slowly)


class SlowCodecs:
    """Makes video encoders that stand in front of a gate with each picture."""

    def __init__(self, gate: Gate, make: MakeCodec) -> None:
        self._gate = gate
        self._make = make

    def __call__(self, *wish: Any) -> VideoCodec:
        return _SlowCodec(self._gate, self._make(*wish))


class _SlowCodec:
    def __init__(self, gate: Gate, codec: VideoCodec) -> None:
        self._gate = gate
        self._codec = codec

    def encode(self, pixels: Pixels, want_key: bool) -> Unit:
        self._gate.pass_through()
        return self._codec.encode(pixels, want_key)

    def close(self) -> None:
        self._codec.close()
