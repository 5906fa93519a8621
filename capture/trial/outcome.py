"""What a technique turned out to do, beside what it is said to do. Values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from capture.platforms.contract import Technique
from capture.reason import NOTHING, Reason
from capture.source import Kind

Question = Literal["own", "covered", "resized", "minimised", "closed", "told", "damage"]
"""Are its own pixels exact, also while it is covered, in a new size, after it was minimised (and is that said)? Is it
told when it is closed, when something changed, and else nothing? And where it changed?"""
Answer = Literal["yes", "no", ""]
"""Empty: it was not asked, or cannot be."""


@dataclass(slots=True)
class Outcome:
    """The answers for one technique and one kind of source; filled while it is tried.

    Attributes:
        milliseconds: the median of what it took to take a picture that had changed; None before there were some.
        problem: why it could not be tried, or not to the end.
    """

    technique: Technique
    kind: Kind
    answers: dict[Question, Answer] = field(default_factory=dict)
    milliseconds: float | None = None
    problem: Reason = NOTHING

    @property
    def broken(self) -> tuple[Question, ...]:
        """Return what it is said to do, and did not."""
        claimed = {
            "covered": self.technique.has_own_pixels,
            "told": self.technique.tells_changes,
            "damage": self.technique.tells_damage,
        }
        return tuple(each for each, answer in self.answers.items() if answer == "no" and claimed.get(each, True))
