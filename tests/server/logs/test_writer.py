"""The log on the disk: whole, for its owner only, of a bounded size, and never in anybody's way."""

from __future__ import annotations

import itertools
import logging
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.logs.place import FILES_KEPT, LARGEST_BYTES, NAME, last_lines, log_folder
from server.logs.rotating import LogFile
from server.logs.writer import BATCH_BYTES, LogWriter
from tests.helpers.x11.desktop import PROJECT

Start = Callable[..., LogWriter]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a starter of writers into ``log``; they are ended by the test or after it."""
    made: list[LogWriter] = []

    def begin(**options: int) -> LogWriter:
        made.append(LogWriter(tmp_path / "log", **options))
        return made[-1]

    yield begin
    for writer in made:
        writer.close()


def say(writer: LogWriter, words: str, *values: object, fault: BaseException | None = None) -> None:
    writer.handle(logging.LogRecord("gui.loop.monitor", logging.INFO, "monitor.py", 7, words, values, fault and (
        type(fault), fault, fault.__traceback__
    )))  # fmt: skip


def written(folder: Path) -> str:
    return (folder / NAME).read_text(encoding="utf-8")


def test_what_is_said_is_there_at_the_end_shortened(start: Start, tmp_path: Path) -> None:
    writer = start()
    writer.titles.hide(["salaries.ods"])
    say(writer, "%s watches %s with %s", "192.168.1.20", "salaries.ods", "x" * 43)
    writer.close()

    assert written(tmp_path / "log").endswith(" INFO gui.loop.monitor: 192.168.x.x watches s… with …\n")
    assert stat.S_IMODE((tmp_path / "log" / NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o700


def test_an_entry_of_several_lines_cannot_pass_for_others(start: Start, tmp_path: Path) -> None:
    writer = start()
    say(writer, "a title\n2026-01-01 00:00:00,000 ERROR server: made up")
    try:
        {}["123456"]
    except KeyError as fault:
        say(writer, "it failed", fault=fault)
    writer.close()

    lines = written(tmp_path / "log").splitlines()
    assert len([line for line in lines if not line.startswith("  ")]) == 2
    assert lines[-1] == "  KeyError: '…'"
    assert any("test_an_entry_of_several_lines_cannot_pass_for_others" in line for line in lines)


def test_it_is_bounded_and_the_newest_is_kept(start: Start, tmp_path: Path) -> None:
    writer = start(largest=2 * BATCH_BYTES)
    for number in range(500):
        say(writer, "%d\n%s", number, "some words " * 180)
        say(writer, "%s", "more words " * 180)
        if number % 50 == 49:
            wait_for(lambda at=number: any(f": {at}" in line for line in last_lines(tmp_path / "log")[-4:]))
    writer.close()

    found = sorted((tmp_path / "log").iterdir())
    # The newest one may have become full with the last entry.
    assert {f"{NAME}.{at}" for at in range(1, FILES_KEPT)} == {path.name for path in found} - {NAME}
    assert max(path.stat().st_size for path in found) <= 2 * BATCH_BYTES
    lines = [line.split() for path in reversed(found) for line in path.read_text().splitlines()]
    kept = [int(words[4]) for words in lines if len(words) == 5]
    assert kept == list(range(kept[0], 500))
    assert (LARGEST_BYTES, FILES_KEPT) == (1_000_000, 5)


def test_a_file_that_is_deleted_meanwhile_is_made_anew(start: Start, tmp_path: Path) -> None:
    writer = start()
    say(writer, "before")
    wait_for((tmp_path / "log" / NAME).exists)
    (tmp_path / "log" / NAME).unlink()
    (tmp_path / "log").rmdir()
    say(writer, "after")
    writer.close()

    assert written(tmp_path / "log").endswith("after\n")


def test_a_folder_that_cannot_be_used_is_said_once(start: Start, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file, where a folder should be")
    told: list[str] = []
    early = start()
    say(early, "lost")
    early.close()
    early.tell(told.append)
    assert len(told) == 1

    writer = start()
    writer.tell(told.append)
    for number in range(3):
        say(writer, "lost %d", number)
    writer.close()

    assert [words.startswith("The log could not be written (") for words in told] == [True, True]


@pytest.mark.skipif(sys.platform == "win32", reason="a process's files cannot be limited there")
def test_while_there_is_no_room_it_goes_on_and_then_says_what_is_missing(tmp_path: Path) -> None:
    program = """
import logging, resource, sys, threading
from pathlib import Path
from server.logs.writer import LogWriter

said, heard = [], threading.Event()
writer = LogWriter(Path(sys.argv[1]) / "log")
writer.tell(lambda words: (said.append(words), heard.set()))
log = logging.getLogger("gui")
log.addHandler(writer)
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
log.warning("lost")
assert heard.wait(30)
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
log.warning("there")
writer.close()
print(*said)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path], cwd=PROJECT, check=True, capture_output=True, text=True, timeout=60
    )

    assert done.stdout == "The log could not be written (File too large). Panecast works without it.\n"
    first, second = written(tmp_path / "log").splitlines()
    assert first == "… entries missing here: 1"
    assert second.endswith("WARNING gui: there")


def test_a_disk_that_hangs_holds_nobody(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def hang(path: Path, text: str) -> int:
        assert go_on.wait(60)
        return 0

    monkeypatch.setattr("server.logs.rotating.append_private", hang)
    monkeypatch.setattr("server.logs.writer.MOST_WAITING", 10)
    writer = start()
    for number in range(100):
        say(writer, "waiting %d", number)
    writer.close()  # and returns, while nothing was written
    assert not go_on.is_set()
    go_on.set()


def test_what_cannot_be_said_breaks_nothing(start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    writer = start()
    say(writer, "%d", "no number")
    say(writer, "and on")
    writer.close()

    assert written(tmp_path / "log").endswith("and on\n")


def test_the_last_lines_go_back_into_the_file_before(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.1").write_text("".join(f"old {at}\n" for at in range(500)))
    (tmp_path / NAME).write_text("new\n")

    assert last_lines(tmp_path, 3) == ["old 498", "old 499", "new"]
    assert last_lines(tmp_path / "missing") == []


def test_the_log_lies_where_the_system_has_logs_or_beside_the_chosen_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    assert log_folder(None) == tmp_path / "state" / "panecast" / "log"
    assert log_folder(tmp_path / "chosen") == tmp_path / "chosen" / "log"


def test_a_log_file_is_for_its_owner_only_and_begins_anew_in_time(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "panecast" / "access.log", 100, 4)
    for number in range(31):
        file.append(f"line {number:02} of a log that is full soon\n")

    found = sorted(file.path.parent.iterdir())
    assert [path.name for path in found] == ["access.log", *(f"access.log.{number}" for number in range(1, 4))]
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}
    assert "line 30" in file.path.read_text()
    assert "line 00" not in "".join(path.read_text() for path in found)
    kept = [line for path in reversed(found) for line in path.read_text().splitlines()]
    assert kept == sorted(kept)


def wait_for(true: Callable[[], bool]) -> None:
    for _ in itertools.count():
        if true():
            return
        threading.Event().wait(0.005)
