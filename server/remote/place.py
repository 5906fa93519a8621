"""Where the copy that runs listens: a socket, or on Windows a named pipe, that nobody else can open.

The pipe was tried under wine 10, with the app and without; there are no tests of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import stat
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST_PATH = 100
"""Bytes in the path of a socket; systems allow 104 or 108."""
CREDENTIALS = struct.Struct("3i")
"""Process, user and group, as Linux tells of who is at the other end."""


def socket_names(settings: Path) -> Iterator[str]:
    """Yield where a copy with that settings folder may listen; it listens at the first.

    Nothing where no folder is this person's alone. The others are asked as well: a program that the system starts on a
    schedule knows nothing of the session in which the copy was started.
    """
    return (_name(folder, settings) for folder in _own_folders())


def _name(folder: Path, settings: Path) -> str:
    # A digest, for the path is short; of the folder too, because pipes on Windows share one space of names.
    words = f"{folder}\0{os.path.realpath(settings)}".encode(errors="surrogateescape")
    mark = hashlib.blake2b(words, digest_size=8).hexdigest()
    return rf"\\.\pipe\panecast-{mark}" if sys.platform == "win32" else str(folder / f"panecast-{mark}.socket")


def is_own(number: int) -> bool:
    """Tell whether the same person is at the other end of the socket with this descriptor, as far as can be known."""
    if sys.platform == "linux":
        with socket.socket(fileno=os.dup(number)) as other:
            _, user, _ = CREDENTIALS.unpack(other.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))
        return bool(user == os.getuid())
    else:  # noqa: RET505  or else type checkers take the rest for unreachable there
        return True  # the folder, or the pipe's rights, keep others out


def _own_folders() -> Iterator[Path]:
    """Yield folders that only this person can use, the session's first."""
    if sys.platform == "win32":
        yield _temporary()  # in the person's profile
    else:
        number = os.getuid()
        session = Path(f"/run/user/{number}")
        given = os.environ.get("XDG_RUNTIME_DIR")
        for folder in dict.fromkeys((Path(given), session) if given else (session,)):
            if _is_own_folder(folder, number):
                yield folder
        made = _temporary() / f"panecast-{number}"
        with contextlib.suppress(OSError):
            made.mkdir(mode=0o700, exist_ok=True)
        if _is_own_folder(made, number):
            yield made


def _temporary() -> Path:
    # Imported late: a caller mostly has its answer before.
    from tempfile import gettempdir

    return Path(gettempdir())


def _is_own_folder(folder: Path, number: int) -> bool:
    """Tell whether nobody but the user of that ``number`` can use ``folder``, and its path is short enough.

    In a temporary folder, anybody may have made it before us.
    """
    try:
        found = folder.lstat()
    except OSError:
        return False
    is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == number and not found.st_mode & 0o077
    return is_own and len(os.fsencode(folder)) < LONGEST_PATH - 40
