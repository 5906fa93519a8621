"""Files that only their owner may read: made exclusively, replaced whole, never followed through a symbolic link."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

FILE_MODE, FOLDER_MODE = 0o600, 0o700
# Windows has neither; what is in a person's own folder there is his own by its rights.
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
CLOSE_ON_EXEC = getattr(os, "O_CLOEXEC", 0)


class NotPrivate(OSError):
    """The file or folder is not what was made here: a symbolic link, or somebody else's."""


def make_private_folder(folder: Path) -> None:
    """See to it that ``folder`` is there and that nobody else can look into it.

    Raises:
        NotPrivate: it is a symbolic link, or belongs to somebody else.
        OSError: it cannot be made.
    """
    folder.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=FOLDER_MODE)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise NotPrivate(f"{folder.name} is not a folder of its own but leads elsewhere")
    if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        raise NotPrivate(f"the folder {folder.name} belongs to somebody else")
    if stat.S_IMODE(found.st_mode) != FOLDER_MODE:
        folder.chmod(FOLDER_MODE)


def read_private(path: Path, most_bytes: int) -> tuple[bytes, bool]:
    """Return what is in the file, and whether others could read it until now; now they cannot.

    Raises:
        FileNotFoundError: there is none.
        NotPrivate: it is a symbolic link, no plain file, somebody else's, or larger than ``most_bytes``.
        OSError: it cannot be read.
    """
    if path.is_symlink():
        raise NotPrivate(f"{path.name} is a symbolic link")
    # Without waiting: in place of the file there could be a pipe.
    number = os.open(path, os.O_RDONLY | NO_FOLLOW | CLOSE_ON_EXEC | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(number, "rb") as file:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            raise NotPrivate(f"{path.name} is not a plain file")
        if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
            raise NotPrivate(f"{path.name} belongs to somebody else")
        content = file.read(most_bytes + 1)
        if len(content) > most_bytes:
            raise NotPrivate(f"{path.name} is larger than it can be")
        was_open = bool(stat.S_IMODE(found.st_mode) & 0o077)
        if was_open:
            path.chmod(FILE_MODE)
    return content, was_open


def replace_private(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of the file, so that a crash leaves the old one or the new one. One call at a time.

    Raises:
        NotPrivate: in its place is a symbolic link, or the folder is not ours.
        OSError: it cannot be written.
    """
    make_private_folder(path.parent)
    if path.is_symlink():
        raise NotPrivate(f"{path.name} is a symbolic link")
    # Always the same name: what a killed program left behind holds secrets too, and goes with the next try.
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW | CLOSE_ON_EXEC, FILE_MODE)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(number)
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


def append_private(path: Path, text: str) -> int:
    """Add ``text`` to the file, which is made if it is not there; return how large it is now, in bytes.

    Raises:
        NotPrivate: it is a symbolic link, no plain file, or the folder is not ours.
        OSError: it cannot be written.
    """
    make_private_folder(path.parent)
    if path.is_symlink():
        raise NotPrivate(f"{path.name} is a symbolic link")
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | NO_FOLLOW | CLOSE_ON_EXEC | getattr(os, "O_NONBLOCK", 0)
    number = os.open(path, flags, FILE_MODE)
    with os.fdopen(number, "ab") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise NotPrivate(f"{path.name} is not a plain file")
        file.write(text.encode("utf-8", "replace"))
        file.flush()
        return os.fstat(number).st_size
