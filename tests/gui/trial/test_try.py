"""``panecast doctor --try``: what it says is true, of good techniques and of bad ones, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial

import psutil
import pytest

from capture import reasons
from capture.errors import CaptureError, NoPicture
from capture.platforms.contract import Around, Backend, Technique
from capture.reason import NOTHING
from capture.source import Source
from capture.trial import run as trial
from capture.trial import story
from capture.trial.outcome import Outcome
from capture.trial.story import try_window
from gui.trial import process
from gui.trial.process import TrialProcess
from gui.trial.report import table
from tests.capture.trial.cut_from_screen import CUT
from tests.helpers.x11.desktop import PROJECT, XServer

pytestmark = pytest.mark.x11


def left_behind(xserver: XServer) -> list[str]:
    """Return what is there of a trial on this display: windows and processes."""
    found = [line for line in xserver.run("xwininfo", "-root", "-tree").splitlines() if "Panecast trial" in line]
    for each in psutil.process_iter():
        try:
            if "gui.trial.windows" in each.cmdline() and each.environ().get("DISPLAY") == xserver.name:
                found.append(str(each))
        except psutil.Error:  # another one's, or it has just ended
            continue
    return found


def test_on_x11_each_technique_does_what_it_says(xserver: XServer) -> None:
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "gui", "--lang", "en", "doctor", "--try"],
        cwd=PROJECT,
        env=os.environ,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    took = time.monotonic() - begun

    heading, _empty, *lines = done.stdout.splitlines()
    rows = {line[:11].strip(): line[11:].split()[:-1] for line in lines if line and not line.endswith(".")}
    assert done.returncode == 0, done.stdout + done.stderr
    assert heading.split(" · ")[1] == "x11"
    assert rows["Composite"] == ["window", *["yes"] * 7]
    assert rows["root window"] == ["screen", "yes", "–", "–", "–", "–", "yes", "yes"]
    assert rows["demo"] == ["demo", "–", "–", "–", "–", "–", "yes", "–"]
    assert "Everything that was tried did what it should." in done.stdout
    assert took < 30
    assert left_behind(xserver) == []


def test_what_is_not_true_is_found_out_and_one_that_cannot_begin_says_why(
    xserver: XServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Source, around: Around) -> Backend:
        raise NoPicture(reasons.NO_SCREEN_CAST)

    monkeypatch.setattr(story, "LIMIT_SECONDS", 1.0)
    monkeypatch.setattr(trial, "try_window", partial(try_window, asked=("own", "told", "covered", "resized")))
    refusing = Technique("WGC", "", refuse)
    ways = {"window": (refusing, CUT), "portal": (refusing,)}
    monkeypatch.setattr(trial, "techniques", lambda _name, kind: ways.get(kind, ()))
    outcomes: list[Outcome] = []

    trial.run(TrialProcess, outcomes.append)

    first, cut, picked, demo = outcomes
    assert first.problem == reasons.NO_SCREEN_CAST
    assert cut.problem == NOTHING, "what is not true breaks nothing"
    assert cut.answers == {"own": "yes", "told": "no", "covered": "no", "damage": "no", "resized": "no"}
    assert cut.broken == ("told", "covered", "resized")
    assert picked.problem == reasons.TRIAL_ASKS
    assert (demo.problem, demo.answers["told"]) == (NOTHING, "yes")
    words = table(outcomes, 1.0)
    assert f"WGC: {first.problem.english}" in words
    assert "1 technique did not do what it should." in words
    assert left_behind(xserver) == []


def test_without_a_display_it_says_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    outcomes: list[Outcome] = []

    trial.run(TrialProcess, outcomes.append)

    assert [each.problem for each in outcomes] == [reasons.NO_DISPLAY, reasons.NO_DISPLAY, NOTHING]


def test_windows_that_cannot_be_opened_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_program", lambda: (sys.executable, "-c", "import sys; sys.exit('no display')"))

    with pytest.raises(CaptureError, match="could not be opened: no display"), TrialProcess():
        pass


def test_a_program_that_does_not_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_program", lambda: (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(process, "START_SECONDS", 0.1)
    monkeypatch.setattr(process, "END_SECONDS", 0.1)
    hung = TrialProcess()

    with pytest.raises(CaptureError, match="does not answer"):
        hung.__enter__()

    assert not psutil.pid_exists(hung.pid)
