"""Has what goes wrong on the loop, and what Qt has to say, written into the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger(__name__)
qt_log = logging.getLogger("qt")

LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class QtMessages:
    """Qt's messages in the log, from `begin` to `end`. Qt calls from any thread."""

    def __init__(self, fatal: Callable[[str], None]) -> None:
        """``fatal`` gets the words with which Qt ends the process."""
        self._fatal = fatal

    def begin(self) -> None:
        """Have them go to the log."""
        qInstallMessageHandler(self._take)

    def end(self) -> None:
        """Have Qt write them itself: without Python nobody else does."""
        qInstallMessageHandler(None)

    def _take(self, kind: QtMsgType, context: QMessageLogContext, words: str | None) -> None:
        text = words or ""
        category = context.category or "default"
        qt_log.log(LEVELS.get(kind, logging.WARNING), "%s%s", "" if category == "default" else f"{category}: ", text)
        if kind == QtMsgType.QtFatalMsg:
            self._fatal(f"Qt: {text}")


def log_fault(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Log what a task or a callback raised and nobody took; asyncio's exception handler."""
    fault = context.get("exception")
    parts = [str(context.get("message") or "nobody caught this on the loop")]
    for name in ("task", "future", "handle"):
        part = context.get(name)
        if isinstance(part, asyncio.Task):
            parts.append(f"task {part.get_name()}")
        elif part is not None:
            parts.append(type(part).__name__)
    log.error("%s", ", ".join(parts), exc_info=fault if isinstance(fault, BaseException) else None)
