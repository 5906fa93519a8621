"""Slows down what a hand can drag: the first value at once, after that only the last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

INTERVAL_MS = 50


class Throttle(QObject):
    """Calls ``call`` with the first value at once, then at most once per interval with the newest value."""

    def __init__(
        self, call: Callable[..., None], interval_ms: int = INTERVAL_MS, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._call = call
        self._waiting: tuple[Any, ...] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        # Coarse timers may be 5 % late and are moved to each other; the promise is in milliseconds.
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._beat)

    def __call__(self, *values: Any) -> None:
        """Pass ``values`` on, now or at the end of the running interval."""
        if self._timer.isActive():
            self._waiting = values
            return
        self._timer.start()
        self._call(*values)

    def flush(self) -> None:
        """Pass on at once what waits, if anything does."""
        self._timer.stop()
        self._beat()

    def _beat(self) -> None:
        values, self._waiting = self._waiting, None
        if values is not None:
            self._timer.start()
            self._call(*values)
