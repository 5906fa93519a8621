"""A file that lines are added to, and that makes room for a new one in time."""

from __future__ import annotations

import itertools
from pathlib import Path

from server.private_files import append_private


class LogFile:
    """Adds lines to a file and begins a new one when it is full. Any thread, one call at a time.

    It is opened for each writing: a file that somebody deletes or moves away is made anew.

    Attributes:
        path: the newest file; older ones have ``.1``, ``.2`` … behind their name.
    """

    def __init__(self, path: Path, largest: int, kept: int) -> None:
        """``largest`` is the size in bytes from which on a file is full, ``kept`` how many there are in all."""
        self.path = path
        self._largest = largest
        self._kept = kept

    def append(self, lines: str) -> None:
        """Write ``lines``. Raises OSError."""
        if lines and append_private(self.path, lines) >= self._largest:
            self._rotate()

    def _rotate(self) -> None:
        names = [self.path, *(self.path.with_name(f"{self.path.name}.{number}") for number in range(1, self._kept))]
        for newer, older in reversed(list(itertools.pairwise(names))):
            if newer.exists():
                newer.replace(older)
