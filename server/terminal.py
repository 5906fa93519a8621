"""Standard output and error as they are found: of whatever encoding, full, closed early, or not there at all."""

from __future__ import annotations

import contextlib
import io
import os
import sys

from resources.translate import _

FAILED = 1
STANDARD_ERROR = 2


def prepare() -> None:
    """Have what is said be written somehow: titles of windows hold what not every terminal can show.

    Where a stream is closed, what is written to its number goes nowhere: libraries do that without asking Python, and
    the system would give the number to the next file or connection of ours. To be called before anything is opened.
    """
    with contextlib.suppress(OSError):
        while (opened := os.open(os.devnull, os.O_RDWR)) <= STANDARD_ERROR:
            os.set_inheritable(opened, True)
        os.close(opened)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str) -> int:
    """Write ``text`` and the end of a line to standard output; return the exit code that this calls for.

    It is 0 also where the reader wants no more, as with ``head``.
    """
    if sys.stdout is None:  # a Windows program without a console
        return 0
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _write_nowhere()
    except OSError as error:
        _write_nowhere()
        complain(_("The output could not be written: {problem}.").format(problem=error.strerror))
        return FAILED
    return 0


def complain(text: str) -> None:
    """Write ``text`` to standard error, with the program's name in front, where that is possible."""
    if sys.stderr is not None:
        try:
            sys.stderr.write(f"panecast: {text}\n")
            sys.stderr.flush()
        except OSError:
            return  # nobody is left to hear of it


def _write_nowhere() -> None:
    """Have what is still buffered go nowhere: at the end Python would fail once more to write it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
