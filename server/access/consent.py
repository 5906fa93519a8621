"""Questions to the person at this computer: may this device watch? Silence is a no."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from capture.events import Listeners
from capture.source import Unsubscribe, clean_text
from resources.translate import _
from server import reasons
from server.access.links import clean_name
from server.errors import ServerError
from server.net.peers import Peer

Answer = Literal["allow", "once", "deny"]
SILENCE_SECONDS = 60.0
ANSWERABLE_SECONDS = 0.7
"""For so long a question that has just appeared is not answered: a click under way was meant for something else."""
MOST_QUESTIONS = 4
"""Open at once; a person who is asked more looks at none of them."""
MOST_PER_LINK = 2
"""Of these by one link, so that one that goes round does not keep those of other links waiting."""
MOST_WAITING = 24
MOST_WAITING_PER_LINK = 8
MOST_WAITING_PER_NETWORK = 4
"""People that wait for their question to be asked; a network is what one subscriber has to himself (`Peer.key`)."""


class TooManyQuestions(ServerError):
    """The person has enough to answer already."""


class Cancellable(Protocol):
    """Something that was to happen later and need not."""

    def cancel(self) -> None:
        """See to it that it does not happen."""


Later = Callable[[float, Callable[[], None]], Cancellable]
"""Calls back on the loop after so many seconds."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the person at the computer.

    Attributes:
        id: to answer it by.
        address, browser: who asks; the browser as it calls itself.
        wanted: what is asked for, in words, one entry for each thing.
        by: how it came: ``PIN``, or the name of the link.
        until: when silence counts as a no, on the clock of its `Consents`.
        answerable_from: from when on it can be answered.
    """

    id: int
    address: str
    browser: str
    wanted: tuple[str, ...]
    by: str
    until: float
    answerable_from: float


@dataclass(slots=True, eq=False)
class _Asking:
    """Somebody who wants to be let in: with an open question or, while that is None, in line for one.

    ``answered`` becomes None when the line did not move.
    """

    peer: Peer
    link_id: str
    browser: str
    wanted: tuple[str, ...]
    by: str
    answered: asyncio.Future[Answer | None]
    question: Question | None = None
    timer: Cancellable | None = None

    def stop_timer(self) -> None:
        """Have nothing happen at the end of its time."""
        if self.timer is not None:
            self.timer.cancel()


class Consents:
    """Owns the open questions and those in line behind them. Loop only."""

    def __init__(self, now: Callable[[], float] = time.monotonic, later: Later | None = None) -> None:
        """``now`` counts seconds steadily; ``later`` is the running loop's ``call_later`` but in tests."""
        self._now = now
        self._later = later
        self._asking: list[_Asking] = []
        self._numbers = itertools.count(1)
        self._listeners = Listeners()

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return what is to be answered, the oldest first."""
        found = [asking.question for asking in self._asking if asking.question is not None]
        return tuple(sorted(found, key=lambda question: question.id))

    @property
    def waiting(self) -> int:
        """Return how many are in line."""
        return sum(asking.question is None for asking in self._asking)

    def check_room(self, peer: Peer, link_id: str) -> None:
        """Do nothing when ``peer`` may ask now, or wait in line to be asked about.

        Raises:
            TooManyQuestions: it asks or waits already, or as many wait as may.
        """
        line = [asking for asking in self._asking if asking.question is None]
        if (
            any(asking.peer.address == peer.address for asking in self._asking)
            or len(line) >= MOST_WAITING
            or sum(asking.link_id == link_id for asking in line) >= MOST_WAITING_PER_LINK
            or sum(asking.peer.key == peer.key for asking in line) >= MOST_WAITING_PER_NETWORK
        ):
            raise TooManyQuestions(reasons.HOST_BUSY)

    async def ask(self, peer: Peer, browser: str, wanted: tuple[str, ...], by: str, link_id: str = "") -> Answer:
        """Return what the person answers, ``deny`` after a minute of silence.

        ``link_id`` is empty for a PIN. While there are as many questions as may be, this one waits in line.
        When this is cancelled, because the other side has left, the question goes.

        Raises:
            TooManyQuestions: as `check_room`, or the line did not move for a minute.
        """
        self.check_room(peer, link_id)
        asking = _Asking(peer, link_id, browser, wanted, by, asyncio.get_running_loop().create_future())
        self._asking.append(asking)
        self._time(asking, self._now() + SILENCE_SECONDS)
        try:
            self._fill()
            answer = await asking.answered
        finally:
            self._end(asking)
        if answer is None:
            raise TooManyQuestions(reasons.HOST_BUSY)
        return answer

    def answer(self, question_id: int, answer: Answer) -> bool:
        """Answer a question, and tell whether that was possible: not one that is over, or has only just appeared."""
        for asking in self._asking:
            question = asking.question
            if question is not None and question.id == question_id and self._now() >= question.answerable_from:
                self._settle(asking, answer)
                return True
        return False

    def deny_all(self) -> None:
        """Answer every question with no, as when sharing stops."""
        for asking in tuple(self._asking):
            self._settle(asking, "deny")

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called when a question comes or goes; return what ends that."""
        return self._listeners.subscribe(changed)

    def _fill(self) -> None:
        """Ask what there is room for, those first that have been in line for longest."""
        is_changed = False
        for asking in self._asking:
            open_now = [each for each in self._asking if each.question is not None]
            if len(open_now) >= MOST_QUESTIONS:
                break
            if asking.question is None and sum(each.link_id == asking.link_id for each in open_now) < MOST_PER_LINK:
                self._open(asking)
                is_changed = True
        if is_changed:
            self._listeners.tell()

    def _open(self, asking: _Asking) -> None:
        now = self._now()
        asking.question = Question(
            next(self._numbers),
            asking.peer.address,
            clean_name(asking.browser) or _("Unknown program"),
            tuple(clean_text(each) for each in asking.wanted),
            clean_name(asking.by),
            now + SILENCE_SECONDS,
            now + ANSWERABLE_SECONDS,
        )
        self._time(asking, asking.question.until)

    def _time(self, asking: _Asking, until: float) -> None:
        """Have it end at ``until``: with a no, or, in line, with the word that there are too many."""
        asking.stop_timer()
        later: Later = self._later or asyncio.get_running_loop().call_later

        def look() -> None:
            left = until - self._now()
            # Qt's timers may fire early.
            if left > 0:
                asking.timer = later(left, look)
            else:
                self._settle(asking, None if asking.question is None else "deny")

        asking.timer = later(until - self._now(), look)

    def _settle(self, asking: _Asking, answer: Answer | None) -> None:
        if not asking.answered.done():
            asking.answered.set_result(answer)
        self._end(asking)

    def _end(self, asking: _Asking) -> None:
        """Let go of somebody, and have the next one in line asked about; that may be said twice."""
        asking.stop_timer()
        if asking in self._asking:
            self._asking.remove(asking)
            if asking.question is not None:
                self._listeners.tell()
            self._fill()
