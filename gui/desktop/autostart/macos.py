"""Starting with the system on macOS: a launch agent of the person's. What *Login Items* says of it cannot be asked."""

from __future__ import annotations

import plistlib
from itertools import dropwhile
from pathlib import Path
from typing import Any

from gui.desktop.autostart.contract import (
    IS_GONE,
    OPTIONS,
    SWITCHED_OFF,
    AutostartError,
    AutostartState,
    Program,
    is_there,
    replace_entry,
)
from resources import APPLICATION_ID
from resources.translate import _


class LaunchAgent:
    """The agent's file in ``folder``."""

    def __init__(self, program: Program, folder: Path | None = None, options: tuple[str, ...] = OPTIONS) -> None:
        self._program = program
        self._options = options
        self._path = (folder or Path.home() / "Library" / "LaunchAgents") / f"{APPLICATION_ID}.plist"

    def state(self) -> AutostartState:
        """Return how it is now."""
        agent = self._read()
        if not agent:
            return AutostartState(False)
        if agent.get("Disabled") is True or agent.get("RunAtLoad") is False:
            return AutostartState(False, _(SWITCHED_OFF))
        missing = not is_there(_program(agent))
        return AutostartState(not missing, _(IS_GONE) if missing else "")

    def switch(self, wanted: bool) -> None:
        """Have Panecast start with the system, or no longer. Raises `AutostartError`."""
        if wanted:
            self._write(
                {
                    "AssociatedBundleIdentifiers": APPLICATION_ID,
                    "Label": APPLICATION_ID,
                    "LimitLoadToSessionType": "Aqua",
                    "ProcessType": "Interactive",
                    "ProgramArguments": [*self._program, *self._options],
                    "RunAtLoad": True,
                }
            )
            return
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise AutostartError.of(str(self._path.parent), error) from error

    def mend(self) -> None:
        """Have an entry whose program is gone start this one. Raises `AutostartError`."""
        agent = self._read()
        if agent and not is_there(_program(agent)):
            self._write(agent | {"ProgramArguments": [*self._program, *(_options(agent) or self._options)]})

    def _read(self) -> dict[str, Any]:
        try:
            found = plistlib.loads(self._path.read_bytes())
        except (OSError, ValueError, plistlib.InvalidFileException):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, agent: dict[str, Any]) -> None:
        replace_entry(self._path, plistlib.dumps(agent))


def _options(agent: dict[str, Any]) -> tuple[str, ...]:
    words = agent.get("ProgramArguments")
    return tuple(dropwhile(lambda word: not word.startswith("--"), map(str, words if isinstance(words, list) else ())))


def _program(agent: dict[str, Any]) -> str:
    words = agent.get("ProgramArguments")
    return str(words[0]) if isinstance(words, list) and words else str(agent.get("Program", ""))
