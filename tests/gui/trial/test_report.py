"""The table says how it went, also where nothing could be tried."""

from __future__ import annotations

import pytest

from capture import reasons
from capture.platforms.choose import techniques
from capture.trial.outcome import Answer, Outcome, Question
from gui.trial.report import table

(TECHNIQUE, *_others) = techniques("x11", "demo")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, "Nothing could be tried."),
        ({"own": "yes"}, "Everything that was tried did what it should."),
        ({"own": "no"}, "1 technique did not do what it should."),
    ],
)
def test_the_end_says_how_it_went(answers: dict[Question, Answer], expected: str) -> None:
    outcome = Outcome(TECHNIQUE, "demo", answers, problem=reasons.TRIAL_UNENDED)

    assert table([outcome], 2).splitlines()[-1] == f"{expected} Took 2 s."
    assert table([], 2).splitlines()[-1] == "Nothing could be tried. Took 2 s."
