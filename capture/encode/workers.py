"""Threads that do one job after the other: nobody waits long for a job that hangs, nor for all that others wish."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, ParamSpec, TypeVar

from capture.encode.fair_queue import Party, Turns

P = ParamSpec("P")
T = TypeVar("T")

MOST_THREADS = 12
"""Threads at once, with those that are relieved, and those for parties that have nothing in the works."""
IDLE_SECONDS = 1.0
"""A thread more than there are to be ends when there is nothing for it to do for so long."""
ACTIVE_SECONDS = 0.5
"""A party that had something done so lately will want more: others do not take all threads in between."""
SLOW_SECONDS = 1.0
"""Slow work keeps nobody else waiting. From here on it is taken to hang: then its own crowd does not wait either."""
NOBODY = Party()


class Job(Future[T]):
    """Something to be done.

    Attributes:
        begun: when a thread began with it, on the monotonic clock; None before.
        is_relieved: another thread has taken the place of the one that does it.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__()
        self._work: Callable[[], T] | None = work
        self.begun: float | None = None
        self.is_relieved = False

    def do(self) -> None:
        """Do it, in the thread that calls."""
        work, self._work = self._work, None
        if work is not None and self.set_running_or_notify_cancel():
            try:
                self.set_result(work())
            except BaseException as fault:  # noqa: BLE001  the one that waits for the outcome gets it
                self.set_exception(fault)

    def forget(self) -> None:
        """Let go of what it would need: pictures are large."""
        self._work = None


class Workers(Executor):
    """A few threads that do jobs for parties, who take turns.

    So many jobs are done at once for a party that is alone. While there are others, one is done at a time for each, and
    a crowd that has nothing in the works waits for nobody: the system then shares out the processor. Unlike the threads
    of the standard library these do not keep the program from ending while one of them hangs, and one that takes too
    long can be relieved: then its job does not count any more.
    """

    def __init__(self, count: int, name: str) -> None:
        self._count = count
        self._name = name
        self._changed = threading.Condition()
        # Under the lock of it.
        self._turns: Turns[Job[Any]] = Turns()
        self._doing: dict[Job[Any], Party] = {}
        self._active: dict[Party, float] = {}
        self._threads = 0
        self._is_shut = False

    @property
    def threads(self) -> int:
        """Return how many threads there are."""
        return self._threads

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Job[T]:
        """Have ``function(*args, **kwargs)`` done for nobody in particular; raises RuntimeError after `shutdown`."""
        return self.submit_for(NOBODY, partial(function, *args, **kwargs))

    def submit_for(self, party: Party, work: Callable[[], T]) -> Job[T]:
        """Have ``work()`` done when it is that party's turn; raises RuntimeError after `shutdown`."""
        job = Job(work)
        with self._changed:
            if self._is_shut:
                raise RuntimeError("These workers have been sent home.")
            self._turns.put(job, party)
            self._call_somebody()
        return job

    def join(self, party: Party, job: Job[Any]) -> None:
        """Have a job done for that party too: in whichever's turn comes first."""
        with self._changed:
            waiting = self._turns.parties.get(party, ())
            if job.begun is None and not job.done() and job not in waiting:
                self._turns.put(job, party)
                self._call_somebody()

    def drop(self, job: Job[Any]) -> bool:
        """Leave a job undone that nobody waits for any more; False when it was begun already."""
        with self._changed:
            self._turns.remove(job)
            if job.begun is not None:
                return False
            job.forget()
        return job.cancel()

    def relieve(self, job: Job[Any]) -> bool:
        """Have another thread do what waits behind ``job``; False where that is not needed, or too many are busy."""
        with self._changed:
            if job not in self._doing or job.is_relieved or self._is_shut or self._threads >= MOST_THREADS:
                return False
            job.is_relieved = True
            self._call_somebody()
            return True

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more jobs; the threads end after what was submitted. It is never waited for them."""
        with self._changed:
            self._is_shut = True
            while cancel_futures and (taken := self._turns.take()) is not None:
                taken[0].cancel()
            self._changed.notify_all()

    def _call_somebody(self) -> None:
        """Have a thread look for work: one that has none, or a new one."""
        free = self._threads - len(self._doing)
        if free < self._beginnable() and self._threads < MOST_THREADS:
            self._threads += 1
            threading.Thread(target=self._body, name=self._name, daemon=True).start()
        else:
            self._changed.notify()

    def _beginnable(self) -> int:
        """Return how many of the jobs that wait may begin now, or a few less."""
        may_have, parties = self._may_have(), self._turns.parties
        crowds = {party.crowd for party in parties if may_have(party)}
        waiting = sum(len(parties[party]) for party in parties if may_have(party))
        return max(len(crowds), min(waiting, self._count - len(self._doing)) if len(crowds) == 1 else 0)

    def _may_have(self) -> Callable[[Party], bool]:
        """Return what tells whether something may be begun for a party now."""
        now = time.monotonic()
        busy = [party for job, party in self._doing.items() if not job.is_relieved]
        slow = [
            party
            for job, party in self._doing.items()
            if job.is_relieved and job.begun is not None and now - job.begun < SLOW_SECONDS
        ]
        self._active = {party: at for party, at in self._active.items() if now - at < ACTIVE_SECONDS}
        active = {*self._active, *self._turns.parties, *busy}

        def may_have(party: Party) -> bool:
            others = any(each.crowd != party.crowd for each in active)
            if all(each.crowd != party.crowd for each in (*busy, *(slow if others else ()))):
                return True
            if len(busy) >= self._count or others:
                return False
            return party not in busy or active == {party}

        return may_have

    def _body(self) -> None:
        while (taken := self._next()) is not None:
            job, party = taken
            begun = time.monotonic()
            job.do()
            with self._changed:
                del self._doing[job]
                self._active[party] = time.monotonic()
                self._turns.charge(party, self._active[party] - begun)
            del job, taken  # pictures are large

    def _next(self) -> tuple[Job[Any], Party] | None:
        """Return what this thread is to do next, None when it is not needed any more."""
        has_waited = False
        with self._changed:
            while True:
                taken = self._turns.take(self._may_have())
                if taken is not None:
                    job, party = taken
                    job.begun = time.monotonic()
                    self._doing[job] = party
                    return taken
                is_more = self._threads > self._count
                if (self._is_shut and not self._turns.parties) or (has_waited and is_more):
                    self._threads -= 1
                    self._changed.notify_all()
                    return None
                has_waited = not self._changed.wait(IDLE_SECONDS if is_more else None)
