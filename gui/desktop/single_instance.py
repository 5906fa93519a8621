"""One copy of the app for each person and settings folder: a second one calls the first and ends.

The lock of the settings folder decides who is the first; a local socket, which nobody else can open, carries the call.
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

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from server.errors import ServerError
from server.folder_lock import FolderLock, FolderTaken, lock_folder

ANSWER = b"here\n"
ANSWER_SECONDS = 3.0
"""How long a copy that runs may take to answer, and one that is just starting to listen."""
LONGEST_PATH = 100
"""Bytes in the path of a socket; systems allow 104 or 108."""


class NotAnswering(ServerError):
    """Another copy runs but is stuck; ``message`` says what to do."""

    def __init__(self) -> None:
        super().__init__(
            f"Panecast is running already but has not answered for {ANSWER_SECONDS:g} seconds. "
            "End it (its process is named panecast or python), then start it again."
        )


class FirstCopy(QObject):
    """The copy that stays. Loop only.

    Attributes:
        problem: why there could be a second one, as a sentence; empty where there cannot.

    Signals:
        called: another copy was started, so the person wants to see this one.
    """

    called = Signal()

    def __init__(self, lock: FolderLock, name: str = "") -> None:
        """Listen under ``name``, where there is one; ``lock`` stays held until the process ends."""
        super().__init__()
        self.problem = lock.problem
        self._lock = lock
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        if name:
            # A copy that was killed left it behind; only the holder of the lock may remove it.
            QLocalServer.removeServer(name)
            self._server.listen(name)

    def close(self) -> None:
        """Take no more calls. The next copy waits for the end of the process: until then settings are written."""
        self._server.close()

    def _answer(self) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnected.connect(caller.deleteLater)
            caller.write(ANSWER)
            caller.disconnectFromServer()  # once that is written
            self.called.emit()


def claim(settings: Path) -> FirstCopy | None:
    """Become the first copy that uses the folder ``settings``; None when there is one already, which has come forward.

    Raises:
        FolderTaken: another program has the folder, or a copy that cannot be called.
        NotAnswering: there is one, but it is stuck.
    """
    name = _socket_name(settings)
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            lock = lock_folder(settings, "the panel")
        except FolderTaken:
            if name and _calls(name, deadline):
                return None
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)  # it may be just starting, or ending
        else:
            # Where nothing can be locked, only its answer tells of a first one.
            if not lock.is_held and name and _calls(name, deadline):
                return None
            return FirstCopy(lock, name)


def _socket_name(settings: Path) -> str:
    """Return where the first copy listens; empty where there is no folder that only this person can use."""
    folder = _own_folder()
    if folder is None:
        return ""
    # A digest, for the path is short; of the folder too, because pipes on Windows share one space of names.
    words = f"{folder}\0{os.path.realpath(settings)}".encode(errors="surrogateescape")
    mark = hashlib.blake2b(words, digest_size=8).hexdigest()
    return f"panecast-{mark}" if sys.platform == "win32" else str(folder / f"panecast-{mark}.socket")


def _calls(name: str, deadline: float) -> bool:
    """Tell whether somebody listened at ``name`` and answered. Raises `NotAnswering`."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(200):
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
    else:  # noqa: RET505  or else type checkers take the rest for unreachable there
        number = os.getuid()
        given = os.environ.get("XDG_RUNTIME_DIR")
        made = Path(tempfile.gettempdir()) / f"panecast-{number}"
        for folder in (Path(given), made) if given else (made,):
            if _is_own(folder, number, may_make=folder == made) and len(os.fsencode(folder)) < LONGEST_PATH - 40:
                return folder
        return None


def _is_own(folder: Path, number: int, may_make: bool) -> bool:
    """Tell whether nobody but the user of that ``number`` can use ``folder``.

    In a temporary folder, anybody may have made it before us.
    """
    try:
        if may_make:
            folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == number and not found.st_mode & 0o077
