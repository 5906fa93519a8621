"""One copy of the app for each person and settings folder: a second one calls the first and ends.

A lock file decides who is the first; a local socket beside it, which nobody else can open, carries the call.
Written for Windows too (a named pipe and a file in the person's own temporary folder), but not tested there.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
import time
from pathlib import Path

import platformdirs
from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

ANSWER = b"here\n"
ANSWER_SECONDS = 3.0
"""How long a copy that runs may take to answer, and one that is just starting to listen."""
LONGEST_PATH = 100
"""Bytes in the path of a socket; systems allow 104 or 108."""


class NotAnswering(Exception):
    """Another copy runs but is stuck; ``message`` says what to do."""

    def __init__(self) -> None:
        self.message = (
            f"Panecast is running already but has not answered for {ANSWER_SECONDS:g} seconds. "
            "End it (its process is named panecast or python), then start it again."
        )
        super().__init__(self.message)


class FirstCopy(QObject):
    """The copy that stays. Loop only.

    Signals:
        called: another copy was started, so the person wants to see this one.
    """

    called = Signal()

    def __init__(self, lock: QLockFile | None = None, name: str = "") -> None:
        """Listen under ``name`` while ``lock`` is held; without a lock, just be there."""
        super().__init__()
        self._lock = lock
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        if lock is not None:
            # What a copy that was killed left behind; whoever holds the lock is the only one who may remove it.
            QLocalServer.removeServer(name)
            self._server.listen(name)

    def close(self) -> None:
        """Let the next copy be the first."""
        self._server.close()
        if self._lock is not None:
            self._lock.unlock()

    def _answer(self) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnected.connect(caller.deleteLater)
            caller.write(ANSWER)
            caller.disconnectFromServer()  # once that is written
            self.called.emit()


def claim(config_dir: Path | None = None) -> FirstCopy | None:
    """Become the first copy that uses ``config_dir``; None when there is one already, which has come forward.

    Where there is no folder that only this person can use, everybody is first.

    Raises:
        NotAnswering: there is one, but it is stuck.
    """
    folder = _own_folder()
    if folder is None:
        return FirstCopy()
    settings = (config_dir or platformdirs.user_config_path("panecast", appauthor=False)).absolute()
    # A digest, for the path is short; of the folder too, because pipes on Windows share one space of names.
    mark = hashlib.blake2b(f"{folder}\0{settings}".encode(errors="surrogateescape"), digest_size=8).hexdigest()
    name = f"panecast-{mark}" if sys.platform == "win32" else str(folder / f"panecast-{mark}.socket")
    lock = QLockFile(str(folder / f"panecast-{mark}.lock"))
    lock.setStaleLockTime(0)  # a copy may run for years; that its process is gone is noticed all the same
    deadline = time.monotonic() + ANSWER_SECONDS
    while not lock.tryLock(0):
        if lock.error() is not QLockFile.LockError.LockFailedError:
            return FirstCopy()  # the folder cannot be written to
        if _calls(name, deadline):
            return None
        if time.monotonic() > deadline:
            # The lock names a process, but nobody listens: the number of a copy that was killed was given to another.
            lock.removeStaleLockFile()
            return FirstCopy(lock, name) if lock.tryLock(0) else FirstCopy()
    return FirstCopy(lock, name)


def _calls(name: str, deadline: float) -> bool:
    """Tell whether somebody listened at ``name`` and answered. Raises `NotAnswering`."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(200):
        time.sleep(0.05)  # it may be just starting
        return False
    heard = b""
    while not heard.startswith(ANSWER):
        left = round((deadline - time.monotonic()) * 1000)
        if left <= 0 or not socket.waitForReadyRead(left):
            raise NotAnswering
        heard += bytes(socket.readAll().data())
    return True


def _own_folder() -> Path | None:
    """Return a folder that only this person can use, None if there is none."""
    if sys.platform == "win32":
        return Path(tempfile.gettempdir())  # in the person's profile
    given = os.environ.get("XDG_RUNTIME_DIR")
    made = Path(tempfile.gettempdir()) / f"panecast-{os.getuid()}"
    for folder in (Path(given), made) if given else (made,):
        if _is_own(folder, may_make=folder == made) and len(os.fsencode(folder)) < LONGEST_PATH - 40:
            return folder
    return None


def _is_own(folder: Path, may_make: bool) -> bool:
    """Tell whether nobody else can use ``folder``: in a temporary folder, anybody may have made it before us."""
    try:
        if may_make:
            folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
