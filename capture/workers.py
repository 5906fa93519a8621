"""Threads that do one job after the other, and do not stop the rest when one of the jobs hangs."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MOST_THREADS = 8
"""Threads at once, with those that are relieved."""


class Job(Future[T]):
    """Something to be done.

    Attributes:
        begun: when a thread began with it, on the monotonic clock; None before.
        is_relieved: another thread has taken the place of the one that does it.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__()
        self._work = work
        self.begun: float | None = None
        self.is_relieved = False

    def do(self) -> None:
        """Do it, in the thread that calls."""
        self.begun = time.monotonic()
        if self.set_running_or_notify_cancel():
            try:
                self.set_result(self._work())
            except BaseException as fault:  # noqa: BLE001  whoever waits for the outcome gets it
                self.set_exception(fault)


class Workers(Executor):
    """A few threads that take their jobs from one queue.

    Unlike those of the standard library they do not keep the program from ending while one of them hangs, and one
    that takes too long can be relieved: then another thread does what waits behind it.
    """

    def __init__(self, count: int, name: str) -> None:
        self._count = count
        self._name = name
        self._jobs: SimpleQueue[Job[Any] | None] = SimpleQueue()
        self._lock = threading.Lock()
        # Under the lock.
        self._places = 0
        self._threads = 0
        self._is_shut = False

    @property
    def threads(self) -> int:
        """Return how many threads there are."""
        return self._threads

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Job[T]:
        """Have ``function(*args, **kwargs)`` done; raises RuntimeError after `shutdown`."""
        job = Job(partial(function, *args, **kwargs))
        with self._lock:
            if self._is_shut:
                raise RuntimeError("These workers have been sent home.")
            self._jobs.put(job)
            if self._places < self._count:
                self._places += 1
                self._start()
        return job

    def relieve(self, job: Job[Any]) -> bool:
        """Have another thread do what waits behind ``job``; False where that is not needed, or too many are busy."""
        with self._lock:
            if job.done() or job.is_relieved or self._is_shut or self._threads >= MOST_THREADS:
                return False
            job.is_relieved = True
            self._start()
            return True

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more jobs; the threads end after what was submitted. It is never waited for them."""
        with self._lock:
            self._is_shut = True
            if cancel_futures:
                with contextlib.suppress(Empty):
                    while True:
                        job = self._jobs.get_nowait()
                        if job is not None:
                            job.cancel()
            for _ in range(self._threads):
                self._jobs.put(None)

    def _start(self) -> None:
        self._threads += 1
        threading.Thread(target=self._body, name=self._name, daemon=True).start()

    def _body(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.do()
            with self._lock:
                if job.is_relieved:
                    break
            del job  # pictures are large
        with self._lock:
            self._threads -= 1
