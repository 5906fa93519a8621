"""Export, import, backup and restore, from the wish to the sentence about its outcome. Loop only."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gui.core.controller import Controller
from gui.core.settings import DECLARED
from gui.dialogs.settings.extra import Extra
from gui.dialogs.settings.opener import SettingsOpener, answers
from gui.dialogs.settings.password import PasswordDialog
from gui.settings.backup import MOST_BYTES, BadBackup, gathered, opened, sealed
from gui.settings.declared import BadSetting
from gui.settings.restore import stage
from gui.settings.transfer import exported, imported
from resources.translate import _, ngettext
from server import __version__
from server.private_files import NotAFile, open_plain

EXPORT_NAME, BACKUP_NAME = "panecast-settings.toml", "panecast.backup"


class SettingsFiles:
    """The four verbs, as rows of the dialog."""

    def __init__(
        self,
        controller: Controller,
        opener: SettingsOpener,
        folder: Path,
        keep: Callable[[], None],
        restart: Callable[[], None],
    ) -> None:
        """``folder`` holds what is kept; ``keep()`` writes all of it; ``restart()`` starts the app again."""
        self._controller = controller
        self._opener = opener
        self._folder = folder
        self._keep = keep
        self._restart = restart
        self._tasks: set[asyncio.Task[None]] = set()

    def extras(self) -> tuple[Extra, ...]:
        """Return the rows."""
        return (
            Extra(
                "advanced",
                _("Export and import"),
                _(
                    "Takes settings to another computer. Left out: links, devices, keys, networks, certificate files, "
                    "names of this computer, and what you shared."
                ),
                ((_("Export…"), self.ask_export), (_("Import…"), self.ask_import)),
            ),
            Extra(
                "advanced",
                _("Full backup"),
                _("Saves everything, also links, devices and the key for HTTPS, in one file under a password."),
                ((_("Back up…"), self.ask_backup), (_("Restore…"), self.ask_restore)),
            ),
        )

    async def close(self) -> None:
        """Do nothing more."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def ask_export(self) -> None:
        """Ask where the settings are to be exported to."""
        self._choose(_("Export settings"), EXPORT_NAME, self.export)

    def ask_import(self) -> None:
        """Ask which file is to be imported."""
        self._choose(_("Import settings"), "", self.bring_in)

    def ask_backup(self) -> None:
        """Ask where the backup is to lie, then for its password."""
        self._choose(_("Back up"), BACKUP_NAME, self._ask_new_password)

    def ask_restore(self) -> None:
        """Ask which backup is to be restored, then for its password."""
        self._choose(_("Restore a backup"), "", self._ask_password)

    def export(self, path: str) -> None:
        """Write the settings to ``path``."""
        problem = _written(Path(path), exported(self._controller.settings, DECLARED, __version__))
        self._opener.tell(problem or _("The settings were exported to {path}.").format(path=path))

    def bring_in(self, path: str) -> None:
        """Say what the settings at ``path`` would change, and have them hold once that is wanted."""
        try:
            found = imported(_content(Path(path), 2**20), self._controller.settings, DECLARED, self._controller.fixed)
        except OSError as error:
            self._opener.tell(_unread(path, error))
            return
        except BadSetting as error:
            self._opener.tell(str(error))
            return
        remarks = " ".join(found.remarks)
        count = len(found.changes)
        if not count:
            self._opener.tell(" ".join((_("Nothing would change: all is set like this already."), remarks)).strip())
            return
        self._opener.tell(remarks)
        headline = ngettext("Change {count} setting?", "Change {count} settings?", count).format(count=count)
        act = partial(self._opener.change, found.changes, _("Import settings"))
        self._opener.ask(headline, found.changes, _("Import"), act)

    def back_up(self, path: str, password: str, dialog: PasswordDialog) -> None:
        """Write a backup to ``path``."""
        self._begin(self._back_up(path, password, dialog))

    def restore(self, path: str, password: str, dialog: PasswordDialog) -> None:
        """Read a backup at ``path``, and restore it once that is wanted."""
        self._begin(self._restore(path, password, dialog))

    async def _back_up(self, path: str, password: str, dialog: PasswordDialog) -> None:
        self._keep()
        try:
            content = await asyncio.to_thread(lambda: sealed(gathered(self._folder), password))
        except OSError as error:
            dialog.say(_unread(str(self._folder), error))
            return
        problem = _written(Path(path), content)
        if problem:
            dialog.say(problem)
            return
        dialog.accept()
        self._opener.tell(_("Everything was backed up to {path}.").format(path=path))

    async def _restore(self, path: str, password: str, dialog: PasswordDialog) -> None:
        try:
            files = await asyncio.to_thread(lambda: opened(_content(Path(path), MOST_BYTES), password))
        except OSError as error:
            dialog.say(_unread(path, error))
            return
        except BadBackup as error:
            dialog.say(str(error))
            return
        dialog.accept()
        words = _(
            "Settings, links and devices become those of the backup. Panecast starts again, and viewers are "
            "disconnected. What there is now is kept in the settings folder."
        )
        question = self._opener.box(_("Restore this backup?"), words)
        question.setIcon(QMessageBox.Icon.Warning)
        question.setDefaultButton(answers(question, _("Cancel"), _("Restore and restart")))
        question.accepted.connect(lambda: self._stage(files))
        question.open()

    def _stage(self, files: dict[str, bytes]) -> None:
        try:
            stage(self._folder, files)
        except OSError as error:
            words = _("The backup could not be restored ({reason}). Everything is as it was.")
            self._opener.tell(words.format(reason=error.strerror or error))
        else:
            self._restart()

    def _ask_new_password(self, path: str) -> None:
        words = _("Choose a password for the backup. Without it, nobody can restore the backup, not even you.")
        self._ask(_("Back up"), words, _("Back up"), partial(self.back_up, path), is_new=True)

    def _ask_password(self, path: str) -> None:
        words = _("Enter the password of this backup.")
        self._ask(_("Restore a backup"), words, _("Continue"), partial(self.restore, path), is_new=False)

    def _ask(self, title: str, words: str, verb: str, act: Callable[..., None], *, is_new: bool) -> None:
        dialog = PasswordDialog(title, words, verb, self._parent(), is_new=is_new)
        dialog.given.connect(lambda password: act(password, dialog))
        dialog.open()

    def _choose(self, title: str, name: str, act: Callable[[str], None]) -> None:
        """Ask for a file that is to be written, where it has a ``name``, or read."""
        dialog = QFileDialog(self._parent(), title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        places = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog.setDirectory(next((place for place in places if Path(place).is_dir()), str(Path.home())))
        dialog.setFileMode(QFileDialog.FileMode.AnyFile if name else QFileDialog.FileMode.ExistingFile)
        if name:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.selectFile(name)
        dialog.fileSelected.connect(act)
        dialog.open()

    def _parent(self) -> QWidget:
        return self._opener.window

    def _begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work, name="a backup")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _content(path: Path, most_bytes: int) -> bytes:
    """Return what is in a file, and a byte more than can be where it is too large. Raises OSError."""
    with open_plain(path, follow=True) as file:
        return file.read(most_bytes + 1)


def _written(path: Path, content: bytes) -> str:
    """Write a file that only its owner can read, whole or not at all; return why that was not possible."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        fresh.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink()
        words = _("{path} could not be written ({reason}).")
        return words.format(path=path, reason=error.strerror or error)
    return ""


def _unread(path: str, error: OSError) -> str:
    reason = _("it is not a file") if isinstance(error, NotAFile) else error.strerror or str(error)
    return _("{path} could not be read ({reason}).").format(path=path, reason=reason)
