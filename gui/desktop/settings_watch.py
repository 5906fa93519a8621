"""Tells when the settings file is changed, by this program or another one. Loop only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher


class SettingsWatch:
    """Watches the file's folder too: most programs put a new file in place of the old one."""

    def __init__(self, path: Path, changed: Callable[[], None]) -> None:
        """``changed()`` is called after each change, until `close`."""
        self._path = path
        self._changed = changed
        self._watcher = QFileSystemWatcher()
        self._watcher.fileChanged.connect(self._tell)
        self._watcher.directoryChanged.connect(self._tell)
        self._follow()

    def close(self) -> None:
        """Watch no longer."""
        self._watcher.fileChanged.disconnect(self._tell)
        self._watcher.directoryChanged.disconnect(self._tell)
        if watched := self._watcher.files() + self._watcher.directories():
            self._watcher.removePaths(watched)

    def _tell(self) -> None:
        self._follow()
        self._changed()

    def _follow(self) -> None:
        watched = set(self._watcher.files()) | set(self._watcher.directories())
        for path in (self._path.parent, self._path):
            if str(path) not in watched and path.exists():
                self._watcher.addPath(str(path))
