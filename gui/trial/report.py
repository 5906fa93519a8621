"""Tries the techniques of this system within half a minute, and says in a table what each turned out to do."""

from __future__ import annotations

import contextlib
import platform
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from capture import reasons
from capture.platforms.system import system
from capture.trial.outcome import Answer, Outcome, Question
from capture.trial.run import run
from capture.trial.story import Windows
from gui.trial.process import TrialProcess
from resources.translate import N_, _, ngettext
from server import __version__

MOST_SECONDS = 27.0
"""After that nothing is tried any more, so that all is over within half a minute."""
NOTHING_TRIED = N_("Nothing could be tried.")
COLUMNS: tuple[tuple[Question, str], ...] = (
    ("own", N_("OWN PIXELS")),
    ("covered", N_("COVERED")),
    ("resized", N_("RESIZED")),
    ("minimised", N_("MINIMISED")),
    ("closed", N_("CLOSED")),
    ("told", N_("CHANGES TOLD")),
    ("damage", N_("PLACES TOLD")),
)
KINDS = {
    "window": N_("window"),
    "desktop": N_("screen"),
    "monitor": N_("screen"),
    "portal": N_("picked"),
    "demo": N_("demo"),
}


def try_techniques(open_windows: Callable[[], AbstractContextManager[Windows]] | None = None) -> tuple[str, bool]:
    """Try everything; return what to print, and whether each technique did what it is said to do.

    Opens and closes windows, by ``open_windows`` if there is one. Blocks for half a minute at most.
    """
    keeper = _Keeper()
    outcomes: list[Outcome] = []
    # Of its own: what hangs in the system is left to itself.
    thread = threading.Thread(target=run, args=(open_windows or keeper.open, outcomes.append), daemon=True)
    begun = time.monotonic()
    thread.start()
    with contextlib.suppress(KeyboardInterrupt):  # what is known by then is said
        thread.join(MOST_SECONDS)
    if thread.is_alive() and outcomes:
        outcomes[-1].problem = reasons.TRIAL_UNENDED
    keeper.end()
    return table(outcomes, time.monotonic() - begun), all(
        not each.broken and (not each.problem or each.problem == reasons.TRIAL_ASKS) for each in outcomes
    )


class _Keeper:
    """Knows the process that is open, to end it from another thread."""

    def __init__(self) -> None:
        self._open: list[TrialProcess] = []

    def open(self) -> TrialProcess:
        made = TrialProcess()
        self._open = [made]
        return made

    def end(self) -> None:
        for each in self._open:
            each.end()


def table(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return the outcomes as text: a line each, and below them what broke, with the reasons."""
    rows = [
        (_("TECHNIQUE"), _("OF"), *(_(heading) for _question, heading in COLUMNS), "ms"),
        *(_row(each) for each in outcomes),
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    notes = [f"{each.technique.name}: {each.problem.words}" for each in outcomes if each.problem]
    broken = sum(bool(each.broken) for each in outcomes)
    lacking = ngettext(
        "{count} technique did not do what it should.", "{count} techniques did not do what they should.", broken
    )
    well = _("Everything that was tried did what it should.")
    end = (
        lacking.format(count=broken) if broken else well if any(each.answers for each in outcomes) else _(NOTHING_TRIED)
    )
    heading = f"Panecast {__version__} · {system()} · {platform.platform()}"
    took = _("Took {seconds} s.").format(seconds=round(seconds))
    return "\n".join((heading, "", *lines, "", *notes, *([""] if notes else []), f"{end} {took}"))


def _row(outcome: Outcome) -> tuple[str, ...]:
    said: dict[Answer, str] = {"yes": _("yes"), "no": _("NO"), "": "–"}
    answers = (said[outcome.answers.get(question, "")] for question, _heading in COLUMNS)
    cost = "–" if outcome.milliseconds is None else f"{outcome.milliseconds:.1f}"
    return (outcome.technique.name, _(KINDS[outcome.kind]), *answers, cost)
