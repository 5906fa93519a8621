"""Has what is to outlive the program written to disk: links and devices soon after a change, the access log in batches.

Files are another thread's work: a full or slow disk must not hold what is shown.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from resources.translate import _
from server.access.audit_log import NAME, REFUSED_NAME
from server.access.control import AccessControl
from server.access.store import AccessState, AccessStore
from server.logs.rotating import LogFile

log = logging.getLogger(__name__)

WRITE_SECONDS = 0.5
"""Changes within so long are written together."""
LARGEST_BYTES = 256 * 1024
FILES_KEPT = 4
"""The newest and three older ones: a megabyte, some ten thousand visits."""


class AccessPersister:
    """Reads at first, then writes what `AccessControl` changes, until `close`. Loop only.

    Attributes:
        kept: what was found; `AccessControl` begins with it.
        problems: sentences about what was wrong with it; empty when all is well.
    """

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        """Read what is in ``folder``; ``tell`` is called on the loop with a sentence when it cannot be written to."""
        self._file = AccessStore(folder)
        self._logs = (
            LogFile(folder / NAME, LARGEST_BYTES, FILES_KEPT),
            LogFile(folder / REFUSED_NAME, LARGEST_BYTES, FILES_KEPT),
        )
        self._tell = tell
        self._lines: tuple[list[str], list[str]] = ([], [])
        self._access: AccessControl | None = None
        self._is_changed = False
        self._timer: asyncio.TimerHandle | None = None
        # One thread, so that no two writings meet.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="keeping")
        self.kept = self._file.load()
        self.problems = self._file.problems

    @property
    def log_path(self) -> Path:
        """Return where the newest visits are."""
        return self._logs[0].path

    @property
    def refused_path(self) -> Path:
        """Return where the newest refusals are."""
        return self._logs[1].path

    def follow(self, access: AccessControl) -> None:
        """Write what changes in ``access`` from now on."""
        self._access = access
        access.subscribe(self._changed)

    def write(self, line: str) -> None:
        """Take a line of the log of visits; it is on disk soon."""
        self._lines[0].append(line)
        self._write_soon()

    def write_refused(self, line: str) -> None:
        """Take a line of the log of refusals; it is on disk soon."""
        self._lines[1].append(line)
        self._write_soon()

    def settle(self) -> None:
        """Write what has not been written yet, and wait for it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._say(self._thread.submit(self._put, *self._take()).result())

    def close(self) -> None:
        """Write what has not been written yet, and nothing any more."""
        self.settle()
        self._thread.shutdown()

    def _changed(self) -> None:
        self._is_changed = True
        self._write_soon()

    def _write_soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WRITE_SECONDS, self._write)

    def _write(self) -> None:
        self._timer = None
        written = asyncio.get_running_loop().run_in_executor(self._thread, self._put, *self._take())
        written.add_done_callback(lambda done: None if done.cancelled() else self._say(done.result()))

    def _take(self) -> tuple[AccessState | None, tuple[str, ...]]:
        lines, self._lines = tuple("".join(each) for each in self._lines), ([], [])
        kept = self._access.kept if self._is_changed and self._access is not None else None
        self._is_changed = False
        return kept, lines

    def _put(self, kept: AccessState | None, lines: tuple[str, ...]) -> str | None:
        problems = [None if kept is None else self._file.save(kept)]
        for file, said in zip(self._logs, lines, strict=True):
            try:
                file.append(said)
            except OSError as error:
                words = _("The access log could not be written ({problem}).")
                problems.append(words.format(problem=error.strerror or error))
        return " ".join(dict.fromkeys(problem for problem in problems if problem)) or None

    def _say(self, problem: str | None) -> None:
        if problem is not None:
            log.warning("%s", problem)
            self._tell(problem)
