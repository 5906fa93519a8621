"""Whether a window is still the one that was listed: numbers of windows are given again.

The list of windows gives each window a generation, from its creation, or its being found, to its destruction. A backend
that has opened a window by its number asks here, and the list's thread answers from its own connection to the display.
"""

from __future__ import annotations

import itertools
import secrets
import threading
from collections.abc import Callable, Mapping

from capture import reasons
from capture.errors import DisplayGone

ANSWER_SECONDS = 1.5
"""How long an answer is waited for: less than after which a feed's thread is taken to hang."""


class _Question:
    """Whether a window is of a generation; ``answered`` once the answer is there."""

    def __init__(self, window: int, generation: str) -> None:
        self.window = window
        self.generation = generation
        self.is_same: bool | None = None
        self.answered = threading.Event()


class Generations:
    """Joins those that ask to the one list that knows. Any thread may ask; the list's thread answers.

    Why an answer can be relied on: the asker has selected the window's StructureNotify before it asks, and the list,
    which has done so when it gave the generation, makes a round trip to the X server before it answers. If the window
    had been destroyed before the asker selected it, the list would know by then. If it is destroyed later, the asker is
    told. So a yes means that what the asker has selected is the very window that was listed.
    """

    def __init__(self) -> None:
        # Another run's generations are not this one's: those that were kept are to match nothing.
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        # Under the lock.
        self._call: Callable[[], None] | None = None
        self._questions: list[_Question] = []

    def next(self) -> str:
        """Return a generation that was never given before."""
        return f"{self._run}-{next(self._numbers)}"

    def confirm(self, window: int, generation: str) -> bool:
        """Tell whether ``window`` is the one that got ``generation``. Blocks.

        Raises:
            DisplayGone: nobody answers.
        """
        question = _Question(window, generation)
        with self._lock:
            call = self._call
            self._questions.append(question)
        if call is not None:
            call()
            question.answered.wait(ANSWER_SECONDS)
        with self._lock:
            if question in self._questions:
                self._questions.remove(question)
        if question.is_same is None:
            raise DisplayGone(reasons.LIST_SILENT)
        return question.is_same

    # The list's side.

    def answer_from(self, call: Callable[[], None] | None) -> None:
        """Have ``call()`` called when there is a question, until this is called with None."""
        with self._lock:
            self._call = call

    def answer(self, known: Callable[[], Mapping[int, str]]) -> None:
        """Answer what was asked. ``known()`` returns the generation of each window as of now, after a round trip."""
        with self._lock:
            questions, self._questions = self._questions, []
        if questions:
            generations = known()
            for question in questions:
                question.is_same = generations.get(question.window) == question.generation
                question.answered.set()
