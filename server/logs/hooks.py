"""Has what nobody caught said in the log, with its traceback: of the main thread, of others, of what cannot raise."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

log = logging.getLogger(__name__)


class Hooks:
    """Python's hooks for what nobody caught, from `install` to `remove`."""

    def __init__(self) -> None:
        self._old = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def install(self) -> None:
        """Have it go to the log from now on."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = _uncaught, _in_thread, _unraisable

    def remove(self) -> None:
        """Have it go where it went before."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._old


def _uncaught(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """Log a fault of the main thread. PySide calls this for one in a slot, too, and goes on."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, fault, trace)
    else:
        log.critical("nobody caught this", exc_info=(kind, fault, trace))


def _in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        name = "of Python" if args.thread is None else args.thread.name
        log.critical("a thread ended: %s", name, exc_info=(args.exc_type, args.exc_value, args.exc_traceback))


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    fault = args.exc_value
    # Only the name: what is being taken apart may no longer be able to describe itself.
    where = getattr(args.object, "__qualname__", type(args.object).__qualname__)
    if fault is not None:
        words = args.err_msg or "Exception ignored in"
        log.error("%s: %s", words, where, exc_info=(args.exc_type, fault, args.exc_traceback))
