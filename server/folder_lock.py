"""A settings folder belongs to one program at a time: two would each write back what the other has taken away.

The system holds the lock and lets go of it when the process ends, however that comes about: none is ever left behind.
Where two computers have one home, it depends on the disk whether the lock of one is known to the other (NFS can be told
to keep locks to each). So the file says who has it and where, until that one ends as it should.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import re
import stat
import sys
import time
from pathlib import Path

from capture.installation import portable_folder
from capture.reason import Reason
from resources.translate import _
from server import reasons
from server.errors import ServerError
from server.private_files import CLOSE_ON_EXEC, FILE_MODE, FOLDER_MODE, NO_FOLLOW, this_computer

NAME = "panecast.lock"
VARIABLE = "PANECAST_CONFIG"
"""It names the settings folder where no command line does."""
WAIT_SECONDS = 2.0
"""How long a program may take to end, whose folder another one is to have next."""
LONGEST_NOTE = 200
NOTE = re.compile(r"([A-Za-z ]{1,40}) ([0-9]{1,10})\n([A-Za-z0-9-]{1,64})\n")
"""Which program, its process, and on which computer."""
LOCKED_BYTE = 1 << 20
"""Windows lets nobody read what is locked, so that is far behind the note."""


class FolderTaken(ServerError):
    """Another program has the folder; ``reason`` says which, and what to do."""


def folder_argument(text: str) -> Path:
    """Return the folder that stands on a command line, from the root on: what is current may change.

    Raises:
        ArgumentTypeError: it is empty, as from a variable that was never set, which would stand for the current folder.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError(_("it is empty. Name the folder in which the settings are to be kept."))
    return Path(text).absolute()


def named_folder() -> Path | None:
    """Return the folder that the variable ``PANECAST_CONFIG`` names, None where it does not."""
    named = os.environ.get(VARIABLE, "").strip()
    return Path(named).absolute() if named else None


def settings_folder(chosen: Path | None) -> Path:
    """Return the folder ``chosen`` on a command line.

    Without one, it is that of the variable ``PANECAST_CONFIG``, lies beside a program that is carried about, or else
    where this system keeps settings.
    """
    folder = chosen or named_folder() or portable_folder()
    if folder is not None:
        return folder
    from platformdirs import user_config_path

    return user_config_path("panecast", appauthor=False)


class FolderLock:
    """Kept by the one program that uses a folder, for as long as its process lives or until `release`.

    Attributes:
        is_held: no other program of this computer can have it.
        problem: why not, or which other computer may have it too, as a sentence; empty where neither is so.
    """

    def __init__(self, numbers: tuple[int, ...], problem: str = "", note: int | None = None) -> None:
        """``numbers`` are the descriptors by which it is held, ``note`` is that of the file that says by whom."""
        self.is_held = bool(numbers)
        self.problem = problem
        self._numbers = numbers
        self._note = note

    def release(self) -> None:
        """Let another program have the folder; may be called twice."""
        numbers, self._numbers = self._numbers, ()
        if numbers and self._note is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._note, 0)
        for number in numbers:
            os.close(number)


def lock_folder(folder: Path, program: str, wait_seconds: float = 0.0) -> FolderLock:
    """Return the lock of ``folder``, which is made if it is not there; ``program`` is what others are told has it.

    Where nothing can be locked, the lock is not held and says why.

    Raises:
        FolderTaken: another program still has it after ``wait_seconds``.
    """
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            return _lock_now(folder, program)
        except FolderTaken:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.05)


def _lock_now(folder: Path, program: str) -> FolderLock:
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        words = _("The settings folder {folder} cannot be used ({problem}), so nothing is kept.")
        return FolderLock((), words.format(folder=folder, problem=_reason(error)))
    held: list[int] = []
    problems = []
    elsewhere, noted = "", None
    try:
        # The folder itself, which nobody deletes by mistake and which needs no right to write; and a file in it, for
        # Windows, for disks on which other computers hold locks too (NFS), and to say who has it.
        for path in (folder, folder / NAME):
            number, problem = _locked(path, folder)
            problems.append(problem)
            if number is not None:
                held.append(number)
                if path.name == NAME:
                    noted, elsewhere = number, _computer_elsewhere(path)
                    _leave_note(number, program)
    except FolderTaken:
        for number in held:
            os.close(number)
        raise
    if held:
        words = _(
            "Panecast on the computer {computer} uses the settings folder {folder} too, or was not quit properly "
            "there. What is set there holds here as well. Where both change links, those of the other are kept in a "
            "copy."
        )
        problem = words.format(folder=folder, computer=elsewhere) if elsewhere else ""
        return FolderLock(tuple(held), problem, noted)
    words = _(
        "The settings folder {folder} cannot be locked ({problem}). See to it that no second Panecast uses it: "
        "two would undo each other's changes."
    )
    return FolderLock((), words.format(folder=folder, problem=problems[0]))


def _locked(path: Path, folder: Path) -> tuple[int | None, str]:
    """Return a descriptor that holds the lock of ``path``; None and the reason where it can have none.

    Raises:
        FolderTaken: another program has it.
    """
    try:
        number = _opened(path)
    except OSError as error:
        return None, _reason(error)
    try:
        _take(number)
    except OSError as error:
        note = _note(folder / NAME)
        os.close(number)
        if error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            return None, _reason(error)
        raise FolderTaken(reasons.FOLDER_TAKEN.of(program=note, folder=str(folder))) from error
    return number, ""


def _opened(path: Path) -> int:
    """Return a descriptor of the folder, or of the file in it, which is made. Raises OSError."""
    if path.name != NAME:
        return os.open(path, os.O_RDONLY | CLOSE_ON_EXEC)
    # Without waiting: in place of the file there could be a pipe.
    flags = NO_FOLLOW | CLOSE_ON_EXEC | getattr(os, "O_NONBLOCK", 0)
    try:
        number = os.open(path, os.O_RDWR | os.O_CREAT | flags, FILE_MODE)
    except PermissionError:
        number = os.open(path, os.O_RDONLY | flags)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(_("{name} is not a plain file").format(name=path.name))
    return number


def _take(number: int) -> None:
    """Lock what is open at ``number``. Raises OSError."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(number, LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _leave_note(number: int, program: str) -> None:
    with contextlib.suppress(OSError):  # a full disk, or no right to write: nobody is told which program it is then
        os.ftruncate(number, 0)
        os.lseek(number, 0, os.SEEK_SET)
        os.write(number, f"{program} {os.getpid()}\n{this_computer()}\n".encode())


def _note(path: Path) -> Reason:
    """Return which program has the lock."""
    found = NOTE.fullmatch(_noted(path))
    if found is None:
        return reasons.SOME_PROGRAM
    program, process, computer = found.groups()
    name = f"{program[0].upper()}{program[1:]}"
    if computer != this_computer():
        return reasons.PROGRAM_ELSEWHERE.of(name=name, computer=computer)
    return reasons.PROGRAM_OF_FOLDER.of(name=name, process=process)


def _computer_elsewhere(path: Path) -> str:
    """Return which other computer has the folder or left it without a word; empty for none."""
    found = NOTE.fullmatch(_noted(path))
    return "" if found is None or found[3] == this_computer() else found[3]


def _noted(path: Path) -> str:
    with contextlib.suppress(OSError, ValueError):
        number = os.open(path, os.O_RDONLY | NO_FOLLOW | CLOSE_ON_EXEC | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(number, "rb") as file:
            return file.read(LONGEST_NOTE).decode("ascii")
    return ""


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
