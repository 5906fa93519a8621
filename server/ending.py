"""An end that was asked for comes in time, whatever hangs: a display, a disk, or a driver that never returns."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
from collections.abc import Callable

from server.terminal import complain

END_SECONDS = 1.6
"""How long a clean end may take. People that stop a service, or a computer, do not wait for much longer."""
# Opened beforehand: to open it lets another thread run, which may never let go of the interpreter again.
_NOWHERE = os.open(os.devnull, os.O_WRONLY)


def ending_signals() -> tuple[signal.Signals, ...]:
    """Return the signals that ask this program to end.

    SIGHUP says that the terminal was closed or the session ends. Under ``nohup`` it is ignored, and stays so.
    """
    told = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # Windows has none
        told.append(signal.SIGHUP)
    return tuple(told)


def _nothing() -> None:
    """Note nothing."""


def end_within(seconds: float = END_SECONDS, note: Callable[[], None] = _nothing) -> None:
    """Have the process end after so many seconds as it stands, unless it has ended by itself. Returns at once.

    It ends well (status 0): it was asked to. All that is kept is written soon after it changes, or first of all now.
    ``note()`` is called when the end is certain.
    """
    # While a library that waits for a display has not let go of the interpreter, no thread of Python runs. This one is
    # not Python's; the status is 1 then. First of all: to start another thread means to wait for it.
    faulthandler.dump_traceback_later(seconds + 0.35, exit=True, file=_NOWHERE)
    note()
    timer = threading.Timer(seconds, _end_now)
    timer.daemon = True
    timer.start()


def _end_now() -> None:
    complain("Something did not end in time and is left as it stands.")
    os._exit(0)
