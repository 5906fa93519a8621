"""What happens to windows while a technique is looked at: the core of ``panecast doctor --try`` and of its tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from capture.errors import SourceGone
from capture.platforms.contract import Around, Technique, Wake
from capture.source import Source
from capture.trial.eye import Eye
from capture.trial.outcome import Outcome, Question

FIRST, OTHER = 0, 1
"""The window that is looked at, and the one that covers it."""
LIMIT_SECONDS = 3.0
STILL_SECONDS = 0.4
"""So long nothing has to be told of a window that is still."""
ASKED_OF_WINDOWS: tuple[Question, ...] = ("own", "told", "covered", "resized", "minimised", "closed")


def title(which: int, pid: int, number: int) -> str:
    """Return the title of a window, which no other one has that is open or was."""
    return f"Panecast trial {which + 1} ({pid}.{number})"


class Windows(Protocol):
    """Two windows of another process, each painting `code.paint` again and again.

    Attributes:
        pid: of the process; the windows' titles are those of `title`.
    """

    pid: int

    def tell(self, *words: object) -> None:
        """Have something done: ``open`` new windows in place of those before, with a number for their `title`;
        ``still``, ``go``; or ``cover``, ``bare``, ``resize``, ``minimise``, ``restore``, ``close`` a window by its
        number. Returns when it is done.

        Raises:
            CaptureError: the process does not answer.
        """  # fmt: skip


def try_window(
    technique: Technique,
    source: Source,
    around: Around,
    windows: Windows,
    outcome: Outcome,
    asked: Sequence[Question] = ASKED_OF_WINDOWS,
) -> None:
    """Ask ``asked`` of a window's pictures; the answers are in ``outcome`` as soon as they are known."""
    with _watching(technique, source, around) as eye:
        for question in asked:
            # What the system does not answer in time is a no, and stays one when something breaks in the midst of it.
            outcome.answers[question] = "no"
            answer = _ASKING[question](eye, windows)
            outcome.answers[question] = "" if answer is None else "yes" if answer else "no"
            if question == "own" and not answer:
                break
            if question == "told":
                _measure(eye, outcome)


def try_screens(
    technique: Technique, sources: Sequence[Source], around: Around, windows: Windows, outcome: Outcome
) -> None:
    """Ask what can be asked of pictures of the one of these screens on which the first window is."""
    for source in sources:
        with _watching(technique, source, around) as eye:
            windows.tell("bare", FIRST)
            outcome.answers["own"] = "no"
            if eye.until(eye.shows, LIMIT_SECONDS / 2):
                outcome.answers["own"] = "yes"
                # Something else may move on a screen at any time, so nothing is asked of its being still.
                outcome.answers["told"] = "yes" if eye.wait(LIMIT_SECONDS) is not Wake.NOTHING else "no"
                _measure(eye, outcome)
                return


def _own(eye: Eye, windows: Windows) -> bool:
    windows.tell("bare", FIRST)
    return eye.until(eye.shows, LIMIT_SECONDS)


def _told(eye: Eye, windows: Windows) -> bool:
    windows.tell("still")
    deadline = time.monotonic() + LIMIT_SECONDS
    is_silent = False
    while not is_silent and time.monotonic() < deadline:
        eye.look()
        is_silent = eye.wait(STILL_SECONDS) is Wake.NOTHING
    windows.tell("go")
    return eye.wait(LIMIT_SECONDS) is not Wake.NOTHING and is_silent


def _covered(eye: Eye, windows: Windows) -> bool:
    windows.tell("cover", FIRST)
    return _goes_on(eye)


def _resized(eye: Eye, windows: Windows) -> bool:
    windows.tell("bare", FIRST)
    # Where nothing was seen of it while it was covered it has to come back first.
    if not eye.until(eye.shows, LIMIT_SECONDS):
        return False
    assert eye.own is not None
    size = (eye.own.place.width, eye.own.place.height)
    windows.tell("resize", FIRST)
    return eye.until(lambda: eye.shows(size=size), LIMIT_SECONDS)


def _minimised(eye: Eye, windows: Windows) -> bool | None:
    """Return None where nothing happens to the window: without a window manager it stays where it is."""
    windows.tell("minimise", FIRST)
    is_said = eye.until(lambda: eye.state in ("minimised", "hidden"), LIMIT_SECONDS)
    stays = not is_said and _goes_on(eye)
    windows.tell("restore", FIRST)
    return None if stays else _goes_on(eye) and is_said


def _closed(eye: Eye, windows: Windows) -> bool:
    windows.tell("close", FIRST)
    try:
        eye.until(lambda: False, LIMIT_SECONDS)
    except SourceGone:
        return True
    return False


_ASKING: Mapping[Question, Callable[[Eye, Windows], bool | None]] = {
    "own": _own,
    "told": _told,
    "covered": _covered,
    "resized": _resized,
    "minimised": _minimised,
    "closed": _closed,
}


def _goes_on(eye: Eye) -> bool:
    """Tell whether there come exact pictures of what was painted from now on."""
    if not eye.until(lambda: eye.state == "live" and eye.own is not None, LIMIT_SECONDS):
        return False
    assert eye.own is not None
    last = eye.own.step
    return eye.until(lambda: eye.shows(after=last), LIMIT_SECONDS)


def _measure(eye: Eye, outcome: Outcome) -> None:
    eye.until(lambda: eye.has_enough, LIMIT_SECONDS / 2)
    outcome.milliseconds, outcome.answers["damage"] = eye.milliseconds, "yes" if eye.has_damage else "no"


@contextmanager
def _watching(technique: Technique, source: Source, around: Around) -> Iterator[Eye]:
    eye = Eye(technique.make(source, around), FIRST)
    try:
        eye.open()
        yield eye
    finally:
        eye.close()
