"""A request and its answer as they travel: one line of JSON each, with the version of this form in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from resources.translate import ENGLISH, N_, Speech, language, nearest, speech

VERSION = 1
REQUEST_BYTES = 64 * 1024
ANSWER_BYTES = 1024 * 1024
"""More than a list of a thousand windows takes."""
ANSWER_SECONDS = 3.0
"""How long a copy that runs may take to answer, and a caller to ask."""
DONE, FAILED, MISUSED, NONE_RUNS, NO_PANEL = 0, 1, 2, 3, 4
"""Exit codes; all of them are in docs/command-line.md."""


class NotUnderstood(Exception):
    """A line is no message of ours; or a value in it is not possible, then with words for the caller."""


@dataclass(frozen=True, slots=True)
class Request:
    """A wish.

    Attributes:
        name: of those in the table of `requests`.
        values: its details.
        language: in which the caller wants to be answered.
    """

    name: str
    values: Mapping[str, object] = field(default_factory=dict)
    language: str = ENGLISH

    @property
    def speech(self) -> Speech:
        """Return what speaks the caller's language."""
        return speech(self.language)

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty where there is none. Raises `NotUnderstood`."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self._wrong(name, N_("“{name}” has to be a list of texts."))
        return tuple(value)

    def word(self, name: str) -> str:
        """Return a text, empty where there is none. Raises `NotUnderstood`."""
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise self._wrong(name, N_("“{name}” has to be a text."))
        return value

    def flag(self, name: str) -> bool:
        """Tell whether something is wanted. Raises `NotUnderstood`."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise self._wrong(name, N_("“{name}” has to be true or false."))
        return value

    def number(self, name: str) -> int | None:
        """Return a whole number, None where there is none. Raises `NotUnderstood`."""
        value = self.values.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self._wrong(name, N_("“{name}” has to be a whole number."))
        return value

    def _wrong(self, name: str, words: str) -> NotUnderstood:
        return NotUnderstood(self.speech.gettext(words).format(name=name))

    @property
    def line(self) -> bytes:
        """Return how it travels."""
        return _line({"panecast": VERSION, "request": self.name, "language": self.language, **self.values})


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a request.

    Attributes:
        code: the exit code for the caller.
        text: for its standard output; it may have several lines, and a link's secret.
        problem: a sentence for standard error; empty where all went well.
    """

    code: int = DONE
    text: str = ""
    problem: str = ""

    @property
    def line(self) -> bytes:
        """Return how it travels."""
        return _line({"panecast": VERSION, "code": self.code, "text": self.text, "problem": self.problem})


def failed(problem: str) -> Answer:
    """Return that something was not possible."""
    return Answer(FAILED, problem=problem)


def misused(problem: str) -> Answer:
    """Return that something cannot be meant."""
    return Answer(MISUSED, problem=problem)


def read_request(line: bytes) -> Request | Answer:
    """Return the request in ``line``, or the answer to one that can only be refused.

    Raises:
        NotUnderstood: it is garbage.
    """
    found = _object(line)
    version, name, tag = (found.pop(key, None) for key in ("panecast", "request", "language"))
    # Callers of before say none, and get the language of this copy.
    spoken = nearest([tag]) if isinstance(tag, str) else language()
    if not isinstance(version, int) or isinstance(version, bool):
        raise NotUnderstood("no version")
    if version != VERSION:
        words = N_("The Panecast that runs speaks version {here} of requests, not {version}. Quit it first.")
        return failed(speech(spoken).gettext(words).format(here=VERSION, version=version))
    if not isinstance(name, str):
        raise NotUnderstood("no name")
    return Request(name, found, spoken)


def read_answer(line: bytes) -> Answer:
    """Return the answer that came. Raises `NotUnderstood`."""
    match _object(line):
        case {"panecast": int(), "code": int(code), "text": str(text), "problem": str(problem)}:
            return Answer(code, text, problem)
    raise NotUnderstood("no answer")


def _object(line: bytes) -> dict[str, object]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:  # also: not UTF-8, a number of too many digits, too deep
        raise NotUnderstood("no JSON") from error
    if not isinstance(found, dict):
        raise NotUnderstood("no object")
    return found


def _line(values: Mapping[str, object]) -> bytes:
    # ASCII: an argument that is no UTF-8 comes along as it is.
    return json.dumps(values).encode("ascii") + b"\n"
