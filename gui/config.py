"""``panecast config`` where no copy runs: the settings file is read, or changed under the lock of its folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from gui.core.settings import DECLARED
from gui.core.settings_file import SettingsFile
from gui.settings.command import asked
from server.folder_lock import WAIT_SECONDS, lock_folder
from server.remote.message import Answer, NotUnderstood, Request, failed, misused


def config(request: Request, folder: Path) -> Answer:
    """Do what ``request`` asks for in ``folder``; return the outcome.

    Raises:
        FolderTaken: another program has the folder.
    """
    file = SettingsFile(folder)
    settings = file.load()
    try:
        answer, changes = asked(request, settings, DECLARED, file.policy.locked)
    except NotUnderstood as error:
        return misused(str(error))
    if not changes:
        return replace(answer, problem=" ".join((*file.problems, answer.problem)).strip())
    lock = lock_folder(folder, "panecast config", WAIT_SECONDS)
    try:
        settings = msgspec.structs.replace(file.load(), **changes)
        problem = file.save(settings)
    finally:
        lock.release()
    return failed(problem) if problem else answer
