from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from capture.errors import DisplayGone
from capture.platforms import generations as module
from capture.platforms.generations import Generations


class List:
    """A list of windows that answers from a thread of its own, as soon as it is called."""

    def __init__(self, generations: Generations, known: dict[int, str]) -> None:
        self.known = known
        self.looks = 0
        self._generations = generations
        self._called = threading.Event()
        self._ends = False
        self._thread = threading.Thread(target=self._body)
        self._thread.start()
        generations.answer_from(self._called.set)

    def close(self) -> None:
        self._ends = True
        self._called.set()
        self._thread.join()
        self._generations.answer_from(None)

    def _look(self) -> dict[int, str]:
        self.looks += 1
        return self.known

    def _body(self) -> None:
        while not self._ends:
            self._called.wait()
            self._called.clear()
            self._generations.answer(self._look)


def test_none_is_given_twice_and_none_in_two_runs() -> None:
    given = [each.next() for each in (Generations(), Generations()) for _ in range(100)]

    assert len(set(given)) == len(given)


def test_the_list_answers() -> None:
    generations = Generations()
    first, second = generations.next(), generations.next()
    answering = List(generations, {7: second})
    try:
        assert generations.confirm(7, second)
        assert not generations.confirm(7, first)
        assert not generations.confirm(8, second)
        assert answering.looks == 3
        # Called for something else, it has nothing to look for.
        generations.answer(answering._look)  # noqa: SLF001  the look alone
        assert answering.looks == 3
    finally:
        answering.close()


@pytest.mark.parametrize("call", [None, lambda: None])
def test_without_an_answer_there_is_no_yes(monkeypatch: pytest.MonkeyPatch, call: Callable[[], None] | None) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.01)
    generations = Generations()
    generations.answer_from(call)
    with pytest.raises(DisplayGone):
        generations.confirm(7, generations.next())

    # What was asked in vain is forgotten.
    generations.answer(lambda: pytest.fail("nobody waits any more"))
