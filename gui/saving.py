"""Keeps the settings file and the app alike: writes what was changed here, and takes up what was changed there."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Executor
from functools import partial
from typing import Any

from gui.core.access import AccessController
from gui.core.controller import Controller
from gui.core.encryption import Encryption
from gui.core.settings import DECLARED, Settings
from gui.core.settings_file import SettingsFile
from gui.core.state import Message
from gui.core.take_up import take_up
from gui.desktop.settings_watch import SettingsWatch
from gui.settings.command import asked
from server.remote.message import Answer, Request, failed

SAVE_SECONDS = 0.5
"""Settings are written this long after a change, together with the changes that follow it."""


class Saving:
    """Saves soon after each change, from `open` to `close`. Loop only; the file is written by ``workers``."""

    def __init__(
        self,
        file: SettingsFile,
        controller: Controller,
        access_controller: AccessController,
        encryption: Encryption,
        workers: Executor,
    ) -> None:
        self._file = file
        self._controller = controller
        self._access_controller = access_controller
        self._encryption = encryption
        self._workers = workers
        self._waiting: asyncio.Handle | None = None
        self._watch: SettingsWatch | None = None
        self._taking_up: asyncio.Task[str] | None = None
        controller.subscribe_settings(self._save_soon)

    def open(self) -> None:
        """Say what is wrong with the file, and follow changes of it."""
        self._say_problems()
        self._watch = SettingsWatch(self._file.path, self._save_soon)
        if self._controller.settings != self._file.current:  # by the command line; a later change by hand is newer
            self._save_soon()

    def close(self) -> None:
        """Follow the file no more; `save_now` is what is left to do."""
        if self._watch is not None:
            self._watch.close()
        if self._waiting is not None:
            self._waiting.cancel()

    def save_now(self) -> None:
        """Write the file before this returns."""
        self._file.save(self._controller.settings)

    async def config(self, request: Request) -> Answer:
        """Answer ``panecast config``."""
        answer, changes = asked(request, self._controller.settings, DECLARED, self._file.policy.locked)
        if changes:
            problem = await self.take_up(changes)
            return failed(problem) if problem else answer
        return answer

    def _save_soon(self) -> None:
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().call_later(SAVE_SECONDS, self._save)

    def _save(self) -> None:
        self._waiting = None
        settings = self._controller.settings
        problems = self._file.problems
        saved = asyncio.get_running_loop().run_in_executor(self._workers, self._file.save, settings)
        saved.add_done_callback(self._say_unsaved)
        saved.add_done_callback(partial(self._take_up_by_hand, settings, problems))

    def _take_up_by_hand(self, saved: Settings, problems: tuple[str, ...], done: asyncio.Future[str | None]) -> None:
        """Have hold what somebody else changed in the file, which the app has as ``saved``."""
        if done.cancelled() or done.result() is not None:
            return  # it was not saved, so the file says nothing newer than the app
        if self._file.problems != problems:
            self._say_problems()
        current, now = self._file.current, self._controller.settings
        changes = {
            key: getattr(current, key)
            for key in DECLARED
            if getattr(current, key) != getattr(saved, key) == getattr(now, key)
        }
        if changes:
            # At once, so that the next time it is saved does not undo it.
            self._controller.remember(**changes)
            self._taking_up = asyncio.get_running_loop().create_task(self.take_up(changes), name="settings")

    async def take_up(self, changes: dict[str, Any]) -> str:
        """Have ``changes`` hold from now on; return why one cannot, empty when all do."""
        await self._controller.settled()
        problem = take_up(changes, self._controller, self._access_controller, self._encryption)
        return problem or await self._controller.settled()

    def _say_problems(self) -> None:
        """Say what is wrong with the settings file, or no longer."""
        if self._file.problems:
            self._controller.tell(Message("settings", " ".join(self._file.problems), "notice"))
        else:
            self._controller.dismiss("settings")

    def _say_unsaved(self, saved: asyncio.Future[str | None]) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            problem = saved.result()
            if problem is not None:
                self._controller.tell(Message("saving", problem))
            else:
                self._controller.dismiss("saving")
