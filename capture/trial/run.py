"""Tries everything that there is for this system, one technique after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, closing

from capture import reasons
from capture.errors import CaptureError
from capture.platforms.choose import platform, techniques
from capture.platforms.contract import Around, Technique, Wake
from capture.platforms.demo import DEMO, demo_source
from capture.platforms.system import system
from capture.reason import NOTHING
from capture.source import Kind
from capture.trial.eye import LOOK_SECONDS, Eye
from capture.trial.lists import Lists
from capture.trial.outcome import Outcome
from capture.trial.story import FIRST, Windows, title, try_screens, try_window

log = logging.getLogger(__name__)

LIST_SECONDS = 5.0
SEEN: tuple[Kind, ...] = ("window", "desktop", "monitor")
"""Kinds of which windows of ours are a part."""
OpenWindows = Callable[[], AbstractContextManager[Windows]]


def run(open_windows: OpenWindows, note: Callable[[Outcome], None]) -> None:
    """Try all techniques of this system; ``note`` gets each one's outcome before it is tried, and it fills then.

    ``open_windows`` starts the program with the windows, and raises `CaptureError` where it cannot.
    """
    name = system()
    wanted: dict[Technique, Kind] = {}
    for kind in SEEN:
        for technique in techniques(name, kind):
            wanted.setdefault(technique, kind)
    outcomes = [Outcome(technique, kind) for technique, kind in wanted.items()]
    problem = platform().display_problem() if outcomes else NOTHING
    if outcomes and not problem:
        try:
            with closing(Lists()) as lists, open_windows() as windows:
                for number, outcome in enumerate(outcomes):
                    note(outcome)
                    _try(outcome, number, lists, windows)
        except CaptureError as fault:
            problem = fault.reason
    if problem:
        for outcome in outcomes:
            outcome.problem = problem
            note(outcome)
    for technique in techniques(name, "portal"):
        note(Outcome(technique, "portal", problem=reasons.TRIAL_ASKS))
    _try_demo(note)


def _try(outcome: Outcome, number: int, lists: Lists, windows: Windows) -> None:
    try:
        windows.tell("open", number)
        name, kind = title(FIRST, windows.pid, number), outcome.kind
        # Also before a screen is looked at: it is there then.
        (window, *_others) = lists.find(lambda source: source.title == name, LIST_SECONDS) or (None,)
        screens = lists.find(lambda source: source.kind == kind, LIST_SECONDS) if kind != "window" else ()
        if window is None or (kind != "window" and not screens):
            outcome.problem = reasons.TRIAL_UNLISTED
        elif kind == "window":
            try_window(outcome.technique, window, lists.around, windows, outcome)
        else:
            try_screens(outcome.technique, screens, lists.around, windows, outcome)
    except CaptureError as fault:
        outcome.problem = fault.reason
    except Exception:
        # A border: what breaks here is what is to be found out. The log keeps the traceback.
        log.exception("trying %s failed", outcome.technique.name)
        outcome.problem = reasons.CAPTURE_FAILED


def _try_demo(note: Callable[[Outcome], None]) -> None:
    outcome = Outcome(DEMO, "demo")
    note(outcome)
    with closing(Eye(DEMO.make(demo_source(), Around()), FIRST)) as eye:
        eye.open()
        eye.until(lambda: eye.has_enough, LIST_SECONDS)
        outcome.milliseconds = eye.milliseconds
        outcome.answers["told"] = "yes" if eye.wait(LOOK_SECONDS) is Wake.CHANGED else "no"
