"""Questions to the person at this computer: may this device watch? Silence is a no."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from capture.source import Unsubscribe, clean_text
from server.access_links import clean_name
from server.access_peers import Peer
from server.errors import ServerError
from server.listeners import Listeners

Answer = Literal["allow", "once", "deny"]
SILENCE_SECONDS = 60.0
MOST_QUESTIONS = 8
"""Open at once; a person who is asked more looks at none of them."""


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
    """What the person is asked.

    Attributes:
        id: to answer it by.
        address, browser: who asks; the browser as it calls itself.
        wanted: what is asked for, in words, one entry for each thing.
        by: how it came: ``PIN``, or the name of the link.
        until: when silence counts as a no, on the clock of its `Consents`.
    """

    id: int
    address: str
    browser: str
    wanted: tuple[str, ...]
    by: str
    until: float


class Consents:
    """Owns the open questions. Loop only."""

    def __init__(self, now: Callable[[], float] = time.monotonic, later: Later | None = None) -> None:
        """``now`` counts seconds steadily; ``later`` is the running loop's ``call_later`` but in tests."""
        self._now = now
        self._later = later
        self._open: dict[int, tuple[Question, str, asyncio.Future[Answer]]] = {}
        self._numbers = itertools.count(1)
        self._listeners = Listeners()

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return what is to be answered, the oldest first."""
        return tuple(question for question, _, _ in self._open.values())

    def check_room(self, peer: Peer) -> None:
        """Do nothing when ``peer`` may ask now.

        Raises:
            TooManyQuestions: it has a question open, or there are as many as there may be.
        """
        if len(self._open) >= MOST_QUESTIONS or any(key == peer.key for _, key, _ in self._open.values()):
            raise TooManyQuestions("The person at the other computer is being asked already. Try again in a minute.")

    async def ask(self, peer: Peer, browser: str, wanted: tuple[str, ...], by: str) -> Answer:
        """Return what the person answers, ``deny`` after a minute of silence.

        When this is cancelled, because who asked has left, the question goes.

        Raises:
            TooManyQuestions: as `check_room`.
        """
        self.check_room(peer)
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Answer] = loop.create_future()
        question = Question(
            next(self._numbers),
            peer.address,
            clean_name(browser) or "Unknown program",
            tuple(clean_text(each) for each in wanted),
            clean_name(by),
            self._now() + SILENCE_SECONDS,
        )
        later: Later = self._later or loop.call_later
        timer: Cancellable

        def look() -> None:
            nonlocal timer
            left = question.until - self._now()
            # Qt's timers may fire early.
            if left > 0:
                timer = later(left, look)
            else:
                self.answer(question.id, "deny")

        timer = later(SILENCE_SECONDS, look)
        self._open[question.id] = (question, peer.key, answered)
        try:
            self._listeners.tell()
            return await answered
        finally:
            timer.cancel()
            if self._open.pop(question.id, None) is not None:
                self._listeners.tell()

    def answer(self, question_id: int, answer: Answer) -> None:
        """Answer a question; one that is not open any more is left alone."""
        found = self._open.pop(question_id, None)
        if found is None:
            return
        answered = found[2]
        if not answered.done():
            answered.set_result(answer)
        self._listeners.tell()

    def deny_all(self) -> None:
        """Answer every question with no, as when sharing stops."""
        for question_id in tuple(self._open):
            self.answer(question_id, "deny")

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called when a question comes or goes; return what ends that."""
        return self._listeners.subscribe(changed)
