"""What is told of the last run: of one that crashed everything, of one that was ended nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from server.logs import last_run
from server.logs.last_run import MARK, NO_TRACE, REPORT, TRACE, Run
from tests.helpers.x11.desktop import PROJECT

BEGUN = """
    import ctypes, os, signal, sys, threading
    from pathlib import Path
    from server.logs.recording import Recording
    recording = Recording(Path(sys.argv[1]))
    recording.begin()
    import logging
    logging.getLogger("gui").info("about to end")
"""


def ended(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run a program that begins a run and ends in some way."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(BEGUN) + textwrap.dedent(program), str(folder)],
        cwd=PROJECT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def report(folder: Path) -> str:
    """Return what the next run is told."""
    run = Run(folder)
    run.end()
    return run.report


def test_a_first_run_and_one_after_a_proper_end_are_told_nothing(tmp_path: Path) -> None:
    assert report(tmp_path / "log") == ""
    assert report(tmp_path / "log") == ""
    assert ended(tmp_path / "log", "recording.end()").returncode == 0
    assert report(tmp_path / "log") == ""
    assert {path.name for path in (tmp_path / "log").iterdir()} == {"panecast.lock", "panecast.log"}


def test_a_crash_in_a_library_leaves_a_trace_of_all_threads(tmp_path: Path) -> None:
    done = ended(tmp_path, "ctypes.string_at(0)")

    assert done.returncode == -signal.SIGSEGV
    told = report(tmp_path)
    assert "did not end properly" in told
    assert "Fatal Python error: Segmentation fault" in told
    assert "in string_at" in told
    assert "(most recent call first)" in told
    assert (tmp_path / REPORT).read_text(encoding="utf-8") == told
    # Told once.
    assert report(tmp_path) == ""


def test_a_fault_that_ends_the_program_leaves_a_trace_with_the_log_s_last_lines(tmp_path: Path) -> None:
    ended(
        tmp_path,
        """
        recording.writer.titles.hide(["salaries.ods"])
        try:
            raise LookupError("salaries.ods of 192.168.1.20")
        except LookupError as fault:
            recording.crashed(fault)
            recording.end(well=False)
        """,
    )
    left = (tmp_path / TRACE).read_text(encoding="utf-8")
    told = report(tmp_path)

    assert "LookupError: s… of 192.168.x.x" in left
    assert "LookupError: s… of 192.168.x.x" in told
    assert "INFO gui: about to end" in told
    assert "CRITICAL server.logs.recording: this ends Panecast" in told


def test_a_run_that_is_killed_while_all_else_goes_on_is_told(tmp_path: Path) -> None:
    done = ended(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")

    assert done.returncode == -signal.SIGKILL
    assert NO_TRACE in report(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"), [("boot", "another"), ("session", "another"), ("boot", None), ("boot", ["x"])]
)
def test_a_run_that_ended_with_the_computer_or_the_session_is_not_told(
    tmp_path: Path, name: str, value: object
) -> None:
    ended(tmp_path, "os._exit(1)")
    mark = json.loads((tmp_path / MARK).read_text())
    (tmp_path / MARK).write_text(json.dumps(mark | {name: value}))

    assert report(tmp_path) == ""


def test_where_the_boot_is_not_known_only_a_trace_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_run, "BOOT_ID", tmp_path / "missing")
    Run(tmp_path / "log").end(well=False)

    assert report(tmp_path / "log") == ""


def test_a_run_that_was_asked_to_end_and_then_hung_is_not_told(tmp_path: Path) -> None:
    ended(tmp_path, "recording.run.ending(); os._exit(0)")

    assert report(tmp_path) == ""


def test_a_crash_after_an_end_was_asked_for_is_told(tmp_path: Path) -> None:
    ended(tmp_path, "recording.run.ending(); ctypes.string_at(0)")

    assert "Segmentation fault" in report(tmp_path)


def test_a_second_copy_with_its_log_in_the_same_place_is_told_nothing_of_the_first(tmp_path: Path) -> None:
    first = Run(tmp_path)
    second = Run(tmp_path)
    assert second.report == ""
    second.ending()
    second.end()
    assert (tmp_path / MARK).exists()
    first.end()


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"boot": 7}', "[" * 100_000, "\0"])
def test_a_damaged_mark_is_told_nothing_of(tmp_path: Path, damage: str) -> None:
    (tmp_path / MARK).write_text(damage)

    assert report(tmp_path) == ""


def test_a_pipe_in_the_place_of_a_mark_or_trace_holds_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / MARK)
    os.mkfifo(tmp_path / TRACE)

    assert report(tmp_path) == ""


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("sys.excepthook(LookupError, LookupError('x'), None)", "CRITICAL server.logs.hooks: nobody caught this"),
        (
            "t = threading.Thread(target=lambda: 1 / 0, name='pictures'); t.start(); t.join()",
            "CRITICAL server.logs.hooks: a thread ended: pictures",
        ),
        (
            """
            class Odd:
                def __del__(self):
                    raise LookupError("in vain")
            Odd()
            """,
            "ERROR server.logs.hooks: Exception ignored in: ",
        ),
    ],
)
def test_what_nobody_caught_is_in_the_log_with_its_traceback(tmp_path: Path, program: str, said: str) -> None:
    done = ended(tmp_path, textwrap.dedent(program) + "\nrecording.end()")

    text = (tmp_path / "panecast.log").read_text(encoding="utf-8")
    assert said in text
    assert "Error" in text.partition(said)[2]
    assert said in done.stderr


def test_standard_error_has_warnings_only_unless_it_is_to_have_more(tmp_path: Path) -> None:
    quiet = ended(tmp_path, "logging.getLogger('gui').warning('a warning'); recording.end()")
    assert "about to end" not in quiet.stderr
    assert "a warning" in quiet.stderr
    program = """
        recording.end()
        recording = Recording(Path(sys.argv[1]), verbose=True)
        recording.begin()
        logging.getLogger("capture").debug("a detail")
        recording.end()
    """
    assert "DEBUG capture: a detail" in ended(tmp_path, program).stderr
    assert "DEBUG capture: a detail" in (tmp_path / "panecast.log").read_text(encoding="utf-8")
