"""Files that only their owner may read: made exclusively, replaced whole, never followed through a symbolic link."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import socket
import stat
from pathlib import Path
from typing import BinaryIO

from resources.translate import _

FILE_MODE, FOLDER_MODE = 0o600, 0o700
# Windows has neither of these, and tells 0o666 of every file: what is in a person's own folder is that person's by the
# folder's rights.
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
CLOSE_ON_EXEC = getattr(os, "O_CLOEXEC", 0)
MOST_ASIDE = 9
"""Files that are kept beside one that was damaged; then the newest is written over."""
MOST_OF_SCHEMA = 3
"""Copies of files of one other form, none of which is ever written over."""


class NotPrivate(OSError):
    """The file or folder is not what was made here: a symbolic link, or somebody else's."""


class NotAFile(NotPrivate):
    """The file's place holds something that cannot be one of ours, and so can be put aside."""


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
        raise NotPrivate(_("{name} is not a folder of its own but leads elsewhere").format(name=folder.name))
    if hasattr(os, "geteuid"):
        if found.st_uid != os.geteuid():
            raise NotPrivate(_("the folder {name} belongs to somebody else").format(name=folder.name))
        if stat.S_IMODE(found.st_mode) != FOLDER_MODE:
            folder.chmod(FOLDER_MODE)


def read_private(path: Path, most_bytes: int) -> tuple[bytes, bool]:
    """Return what is in the file, and whether others could read it until now; now they cannot.

    Raises:
        FileNotFoundError: there is none.
        NotAFile: it is no plain file, or larger than ``most_bytes``.
        NotPrivate: it is a symbolic link, or somebody else's.
        OSError: it cannot be read.
    """
    if path.is_symlink():
        raise NotPrivate(_("{name} is a symbolic link").format(name=path.name))
    with open_plain(path, follow=False) as file:
        found = os.fstat(file.fileno())
        if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
            raise NotPrivate(_("{name} belongs to somebody else").format(name=path.name))
        content = file.read(most_bytes + 1)
        if len(content) > most_bytes:
            raise NotAFile(_("{name} is larger than it can be").format(name=path.name))
        was_open = hasattr(os, "geteuid") and bool(stat.S_IMODE(found.st_mode) & 0o077)
        if was_open:
            path.chmod(FILE_MODE)
    return content, was_open


def open_plain(path: Path, *, follow: bool) -> BinaryIO:
    """Return a plain file, open for reading, without ever waiting: in its place there could be a pipe or a device.

    Where ``follow`` is set it may be behind a symbolic link.

    Raises:
        FileNotFoundError: there is none.
        NotAFile: something else lies there.
        OSError: it cannot be opened.
        ValueError: no file can have that name.
    """
    flags = os.O_RDONLY | CLOSE_ON_EXEC | getattr(os, "O_NONBLOCK", 0) | (0 if follow else NO_FOLLOW)
    try:
        number = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket
            raise NotAFile(_("{name} is not a plain file").format(name=path.name)) from error
        raise
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise NotAFile(_("{name} is not a plain file").format(name=path.name))
    return os.fdopen(number, "rb")


def put_aside(path: Path) -> Path:
    """Give what lies at ``path`` a name beside it that nothing has, and return that. Raises OSError."""
    aside = _free_name(path)
    path.replace(aside)
    return aside


def keep_copy(path: Path, content: bytes) -> Path:
    """Keep ``content``, that of ``path``, beside it, unless it is there already; return where. Raises OSError."""
    kept = _same(_names_aside(path), content)
    if kept is None:
        kept = _free_name(path)
        kept.unlink(missing_ok=True)
        _make(kept, content)
    return kept


def keep_copy_of_schema(path: Path, content: bytes, number: int) -> bool:
    """Keep ``content``, that of ``path``, under a name with the number of its form, unless it is there already.

    The first copies stay; where there are as many as there may be, none is made. Tell whether there is one. Raises
    OSError.
    """
    names = _names_of_schema(path, number)
    if _same(names, content) is not None:
        return True
    free = next((name for name in names if not os.path.lexists(name)), None)
    if free is not None:
        _make(free, content)
    return free is not None


def copies_of_schema(path: Path, number: int) -> list[Path]:
    """Return the copies of ``path`` in that form which are there, the oldest first."""
    return [name for name in _names_of_schema(path, number) if os.path.lexists(name)]


def this_computer() -> str:
    """Return the name of this computer, as part of a file's name."""
    return re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname().partition(".")[0])[:64]


def fresh_name(path: Path) -> Path:
    """Return under which name is written what then takes the place of ``path``.

    Always the same: what a killed program left behind goes with the next try. But another computer's is another one: on
    a network disk both may write.
    """
    return path.with_name(f".{path.name}.{this_computer()}.new")


def write_through(number: int, content: bytes) -> None:
    """Put ``content`` into the file that is open at ``number``, onto the disk itself, and close it. Raises OSError.

    A computer that sleeps may never wake up again.
    """
    with os.fdopen(number, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _make(path: Path, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW | CLOSE_ON_EXEC
    write_through(os.open(path, flags, FILE_MODE), content)


def _same(names: list[Path], content: bytes) -> Path | None:
    """Return which of ``names`` holds ``content``, None where none does."""
    for name in names:
        with contextlib.suppress(OSError), open_plain(name, follow=False) as file:
            if file.read(len(content) + 1) == content:
                return name
    return None


def _names_of_schema(path: Path, number: int) -> list[Path]:
    return [path.with_name(f"{path.name}.schema-{number}.bak{each}") for each in ("", *range(2, MOST_OF_SCHEMA + 1))]


def _names_aside(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}.bak{number}") for number in ("", *range(2, MOST_ASIDE + 1))]


def _free_name(path: Path) -> Path:
    """Return the first name beside ``path`` that nothing has, the last one where all are taken."""
    names = _names_aside(path)
    return next((name for name in names if not os.path.lexists(name)), names[-1])


def replace_private(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of the file, so that a crash leaves the old one or the new one. One call at a time.

    Raises:
        NotPrivate: in its place is a symbolic link, or the folder is not ours.
        OSError: it cannot be written.
    """
    make_private_folder(path.parent)
    if path.is_symlink():
        raise NotPrivate(_("{name} is a symbolic link").format(name=path.name))
    fresh = fresh_name(path)
    fresh.unlink(missing_ok=True)
    number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW | CLOSE_ON_EXEC, FILE_MODE)
    try:
        write_through(number, content)
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
        raise NotPrivate(_("{name} is a symbolic link").format(name=path.name))
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | NO_FOLLOW | CLOSE_ON_EXEC | getattr(os, "O_NONBLOCK", 0)
    number = os.open(path, flags, FILE_MODE)
    with os.fdopen(number, "ab") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise NotPrivate(_("{name} is not a plain file").format(name=path.name))
        file.write(text.encode("utf-8", "replace"))
        file.flush()
        return os.fstat(number).st_size
