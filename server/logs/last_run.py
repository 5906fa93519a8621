"""Whether the last run of the app ended as it should have, and what it left behind if it did not.

It did not where a trace of a crash lies here, or where its mark does while this is still the same boot and session of
this computer. The mark goes as soon as an end is asked for, by a person, a signal or a session that ends. A computer
that loses its power, or a session that is torn down, takes the app along without asking: that is no fault of the app,
and nobody is bothered with it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import time
from pathlib import Path
from typing import TextIO

from resources.translate import N_, _
from server import __version__
from server.errors import ServerError
from server.folder_lock import FolderLock, lock_folder
from server.logs.place import last_lines
from server.logs.shortening import shortened
from server.private_files import CLOSE_ON_EXEC, FILE_MODE, NO_FOLLOW, open_plain

MARK, TRACE, REPORT = "running.json", "crash.txt", "crash-report.txt"
MOST_BYTES = 256 * 1024
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
LOG_HEADING = N_("The last lines of its log:")
NO_TRACE = N_("It left no trace: it was ended from outside, such as by the system when memory ran out.")


class Run:
    """One run of the app with the log in ``folder``, from its start to its end.

    Attributes:
        report: what the last run left behind, in lines; empty where it ended as it should have.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._trace: TextIO | None = None
        self.report = ""
        try:
            # A copy with other settings may have its log here too: the mark is that one's then.
            self._lock = lock_folder(folder, "the log")
        except ServerError:
            self._lock = FolderLock(())
        if self._lock.is_held:
            with contextlib.suppress(OSError):
                self._begin()

    def crashed(self, words: str) -> None:
        """Leave words about a crash behind; the process is about to end."""
        if self._trace is not None:
            with contextlib.suppress(OSError):
                self._trace.write(f"{words}\n")
                self._trace.flush()

    def ending(self) -> None:
        """Note that an end was asked for: however it comes about, it is none to be told of. Any thread."""
        if self._lock.is_held:
            with contextlib.suppress(OSError):
                (self._folder / MARK).unlink(missing_ok=True)

    def end(self, *, well: bool = True) -> None:
        """End the run; unless it ended well, the next one tells of it."""
        if self._trace is not None:
            faulthandler.disable()
            self._trace.close()
            self._trace = None
            if well:
                with contextlib.suppress(OSError):
                    (self._folder / TRACE).unlink(missing_ok=True)
        if well:
            self.ending()
        self._lock.release()

    def _begin(self) -> None:
        left, trace = _read(self._folder / MARK), _read(self._folder / TRACE)
        if trace.strip() or _was_here(left):
            log = "\n".join(last_lines(self._folder))
            found = shortened(trace.strip(), longest=MOST_BYTES) or _(NO_TRACE)
            self.report = f"{_began(left)}\n\n{found}\n\n{_(LOG_HEADING)}\n{log}\n"
            _write(self._folder / REPORT, self.report).close()
        self._trace = _write(self._folder / TRACE)
        faulthandler.enable(self._trace)
        mark = {"version": __version__, "began": time.strftime("%Y-%m-%d %H:%M:%S"), "process": os.getpid()}
        _write(self._folder / MARK, json.dumps(mark | _here())).close()


def _here() -> dict[str, str]:
    """Return what is the same for as long as nothing but the app itself can end it."""
    try:
        boot = BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        boot = ""  # not Linux: only a trace counts
    return {"boot": boot, "session": os.environ.get("XDG_SESSION_ID", "")}


def _was_here(mark: str) -> bool:
    here = _here()
    try:
        found = json.loads(mark)
        return bool(here["boot"]) and all(found[name] == value for name, value in here.items())
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _began(mark: str) -> str:
    try:
        found = json.loads(mark)
        words = _("Panecast {version}, started {began}, did not end properly.")
        return words.format(version=found["version"], began=found["began"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return _("Panecast did not end properly.")


def _read(path: Path) -> str:
    try:
        with open_plain(path, follow=False) as file:
            return file.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _write(path: Path, text: str = "") -> TextIO:
    """Return the file, made anew with ``text`` and open. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW | CLOSE_ON_EXEC, FILE_MODE)
    file = os.fdopen(number, "w", encoding="utf-8", errors="replace")
    file.write(text)
    file.flush()
    return file
