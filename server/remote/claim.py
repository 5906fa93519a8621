"""One copy of the app for each person and settings folder: a later one asks the first and ends.

The lock of the settings folder decides who is the first.
"""

from __future__ import annotations

import time
from pathlib import Path

from server.folder_lock import NAME, FolderLock, FolderTaken, lock_folder
from server.remote.client import ask
from server.remote.message import ANSWER_SECONDS, Answer, Request
from server.remote.place import socket_names

START_SECONDS = 15.0
"""How long a copy may hold its folder before it listens: it has much to load, or much to write at its end."""
LOOK_SECONDS = 0.05


def claim(settings: Path, request: Request) -> FolderLock | Answer:
    """Return the lock of the folder ``settings``; or, when a copy has it already, the answer of that one.

    Raises:
        FolderTaken: another program has the folder, or a copy that cannot be called.
        NotAnswering, AnswersOtherwise: there is one, but it is stuck, or of another version.
    """
    began = time.monotonic()
    while True:
        if (answer := _first_answer(settings, request)) is not None:
            return answer
        try:
            return lock_folder(settings, "the panel")
        except FolderTaken:
            # It may be just starting, or ending.
            patience = ANSWER_SECONDS if next(socket_names(settings), None) is None else START_SECONDS
            if time.monotonic() - began > patience:
                raise
        time.sleep(LOOK_SECONDS)


def ask_first(settings: Path, request: Request) -> Answer | None:
    """Return the answer of the copy with the folder ``settings``, None where none runs.

    Raises:
        FolderTaken, NotAnswering, AnswersOtherwise: as `claim`.
    """
    if (answer := _first_answer(settings, request)) is not None:
        return answer
    if not (settings / NAME).is_file():  # to lock the folder would leave one behind, wherever that is
        return None
    found = claim(settings, request)
    if isinstance(found, Answer):
        return found
    found.release()
    return None


def _first_answer(settings: Path, request: Request) -> Answer | None:
    return next((answer for name in socket_names(settings) if (answer := ask(name, request)) is not None), None)
