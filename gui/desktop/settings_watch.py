"""Tells when the settings file is changed, by this program or another one. Loop only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, Qt, QTimer

LOOK_SECONDS = 10
"""What another computer writes on a network disk no system tells: it is looked at as often."""


class SettingsWatch:
    """Watches the file's folder too: most programs put a new file in place of the old one."""

    def __init__(self, path: Path, changed: Callable[[], None]) -> None:
        """``changed()`` is called after each change, until `close`."""
        self._path = path
        self._changed = changed
        self._watcher = QFileSystemWatcher()
        self._watcher.fileChanged.connect(self._tell)
        self._watcher.directoryChanged.connect(self._tell)
        self._seen = self._look()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.setInterval(LOOK_SECONDS * 1000)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self._follow()

    def close(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        self._watcher.fileChanged.disconnect(self._tell)
        self._watcher.directoryChanged.disconnect(self._tell)
        if watched := self._watcher.files() + self._watcher.directories():
            self._watcher.removePaths(watched)

    def look(self) -> None:
        """Tell of a change that nobody has told of."""
        if self._look() != self._seen:
            self._tell()

    def _look(self) -> tuple[int, ...]:
        """Return what is another one after each change; empty where there is no file."""
        try:
            found = self._path.stat()
        except OSError:
            return ()
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _tell(self) -> None:
        self._seen = self._look()
        self._follow()
        self._changed()

    def _follow(self) -> None:
        watched = set(self._watcher.files()) | set(self._watcher.directories())
        for path in (self._path.parent, self._path):
            if str(path) not in watched and path.exists():
                self._watcher.addPath(str(path))
