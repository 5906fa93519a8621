"""Writes the log by a thread of its own: a slow, full or missing disk holds nobody who has something to say."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from resources.translate import _
from server.logs.place import FILES_KEPT, LARGEST_BYTES, NAME
from server.logs.rotating import LogFile
from server.logs.shortening import Titles, shortened

MOST_WAITING = 10_000
"""Entries that wait for the disk; more are counted and left out."""
BATCH_BYTES = 64 * 1024
"""Entries that are written together; one alone may be as long as that."""
END_SECONDS = 0.5
"""How long the end of the program waits for the disk; it has two seconds in all."""
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class LogWriter(logging.Handler):
    """Takes what is said and has it written, shortened, into the log in ``folder``. Any thread.

    Attributes:
        titles: the titles that are kept out.
    """

    def __init__(self, folder: Path, largest: int = LARGEST_BYTES) -> None:
        """``largest`` is what a file holds at most, in bytes."""
        super().__init__()
        self.titles = Titles()
        self.setFormatter(logging.Formatter(FORMAT))
        self._file = LogFile(folder / NAME, max(1, largest - BATCH_BYTES), FILES_KEPT)
        self._waiting: deque[str] = deque()
        self._left_out = 0
        self._is_ending = False
        self._more = threading.Condition()
        self._problem = ""
        self._tell: Callable[[str], None] | None = None
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def tell(self, told: Callable[[str], None]) -> None:
        """Have ``told`` be called once, on any thread, with a sentence, when the log cannot be written."""
        with self._more:
            self._tell = told
            problem = self._problem
        if problem:
            told(problem)

    def emit(self, record: logging.LogRecord) -> None:
        """Take one entry; what it says is made of it now, for what it speaks of may change."""
        try:
            text = self.format(record)
        except Exception:  # noqa: BLE001  whatever the parts of an entry do when they are asked for their words
            self.handleError(record)
            return
        with self._more:
            if len(self._waiting) >= MOST_WAITING or self._is_ending:
                self._left_out += 1
            else:
                self._waiting.append(text)
                self._more.notify()

    def close(self) -> None:
        """Write what waits, for half a second at most, and take nothing any more."""
        with self._more:
            self._is_ending = True
            self._more.notify()
        self._thread.join(END_SECONDS)
        super().close()

    def _write_all(self) -> None:
        lost = 0
        while True:
            entries, left_out = self._take()
            if not entries:
                return
            lost += left_out
            for batch in _batches(self._line(entry) for entry in entries):
                missing = f"… entries missing here: {lost}\n" if lost else ""
                try:
                    self._file.append(missing + "".join(batch))
                    lost = 0
                except OSError as error:
                    lost += len(batch)
                    words = _("The log could not be written ({problem}). Panecast works without it.")
                    self._say(words.format(problem=error.strerror or error))

    def _take(self) -> tuple[list[str], int]:
        """Wait for entries and return them, and how many were left out; none when it is over."""
        with self._more:
            self._more.wait_for(lambda: self._waiting or self._is_ending)
            entries, left_out = list(self._waiting), self._left_out
            self._waiting.clear()
            self._left_out = 0
        return entries, left_out

    def _line(self, entry: str) -> str:
        # An entry begins at the margin, and nothing else does: nobody can write one in another's name.
        return shortened(entry, self.titles).replace("\n", "\n  ") + "\n"

    def _say(self, problem: str) -> None:
        with self._more:
            if self._problem:
                return
            self._problem = problem
            told = self._tell
        if told is not None:
            told(problem)


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    """Yield lines that are written together."""
    batch: list[str] = []
    size = 0
    for line in lines:
        length = len(line.encode("utf-8", "replace"))
        if batch and size + length > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += length
    if batch:
        yield batch
