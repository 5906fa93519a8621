"""Where the log lies, and its last lines."""

from __future__ import annotations

from pathlib import Path

from capture.installation import portable_folder
from server.private_files import open_plain

NAME = "panecast.log"
FOLDER = "log"
LARGEST_BYTES = 1_000_000
FILES_KEPT = 5
"""The newest and four older ones, which have ``.1``, ``.2`` … behind their name."""
REPORTED_LINES = 200
REPORTED_BYTES = 256 * 1024
"""What is read of one file to find its last lines."""


def log_folder(chosen: Path | None) -> Path:
    """Return where the log of the app with the settings folder ``chosen`` on its command line lies.

    With a folder chosen, or beside a program that is carried about, everything stays in there.
    """
    folder = chosen or portable_folder()
    if folder is not None:
        return folder / FOLDER
    from platformdirs import user_log_path

    return user_log_path("panecast", appauthor=False)


def last_lines(folder: Path, most: int = REPORTED_LINES) -> list[str]:
    """Return the newest lines of the log in ``folder``; none where there is none, or where it cannot be read."""
    lines: list[str] = []
    for name in (NAME, f"{NAME}.1"):
        if len(lines) < most:
            lines = _lines_of(folder / name) + lines
    return lines[-most:]


def _lines_of(path: Path) -> list[str]:
    try:
        with open_plain(path, follow=False) as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - REPORTED_BYTES))
            text = file.read(REPORTED_BYTES).decode("utf-8", "replace")
    except OSError:
        return []
    lines = text.splitlines()
    # The first one is cut off somewhere.
    return lines[1:] if size > REPORTED_BYTES else lines
