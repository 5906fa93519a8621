"""Starting with the system on Windows: a value under ``Run``, and one beside it by which the settings switch it off."""

from __future__ import annotations

import contextlib
import re
import subprocess
from typing import Any, Protocol

from gui.desktop.autostart.contract import (
    IS_GONE,
    OPTIONS,
    SWITCHED_OFF,
    AutostartError,
    AutostartState,
    Program,
    is_there,
)
from resources.translate import _

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
NAME = "Panecast"
FIRST = re.compile(r'\s*(?:"([^"]*)"|(\S+))')
"""The program of a line."""


class Registry(Protocol):
    """The person's part of the registry. All raise OSError where Windows refuses."""

    def read(self, key: str, name: str) -> str | bytes | None:
        """Return a value, None where there is none."""
        ...

    def write(self, key: str, name: str, value: str) -> None:
        """Set a value that is a text."""

    def delete(self, key: str, name: str) -> None:
        """Take a value away, if it is there."""


class RunKey:
    """The value of ours in ``registry``."""

    def __init__(self, program: Program, registry: Registry, options: tuple[str, ...] = OPTIONS) -> None:
        self._program = program
        self._options = options
        self._registry = registry

    def state(self) -> AutostartState:
        """Return how it is now."""
        line = self._read(RUN)
        if not isinstance(line, str):
            return AutostartState(False)
        approved = self._read(APPROVED)
        # The task manager writes 2 or 6 where it is on, 3 or 7 and the time where it is off.
        if isinstance(approved, bytes) and approved[:1] and approved[0] & 1:
            return AutostartState(False, _(SWITCHED_OFF))
        missing = not is_there(_program(line))
        return AutostartState(not missing, _(IS_GONE) if missing else "")

    def switch(self, wanted: bool) -> None:
        """Have Panecast start with the system, or no longer. Raises `AutostartError`."""
        try:
            self._registry.delete(APPROVED, NAME)
            if wanted:
                self._registry.write(RUN, NAME, self._line())
            else:
                self._registry.delete(RUN, NAME)
        except OSError as error:
            raise AutostartError.of(_("the registry"), error) from error

    def mend(self) -> None:
        """Have an entry whose program is gone start this one. Raises `AutostartError`."""
        line = self._read(RUN)
        if isinstance(line, str) and not is_there(_program(line)):
            try:
                self._registry.write(RUN, NAME, self._line(_options(line)))
            except OSError as error:
                raise AutostartError.of(_("the registry"), error) from error

    def _line(self, options: str = "") -> str:
        """Return the line that starts this program, with these options, as they are written, else with ours."""
        return f"{subprocess.list2cmdline(self._program)} {options or subprocess.list2cmdline(self._options)}"

    def _read(self, key: str) -> str | bytes | None:
        with contextlib.suppress(OSError):
            return self._registry.read(key, NAME)
        return None


class OwnRegistry:
    """HKEY_CURRENT_USER."""

    def __init__(self) -> None:
        import winreg

        self._api: Any = winreg

    def read(self, key: str, name: str) -> str | bytes | None:
        """Return a value, None where there is none."""
        try:
            with self._api.OpenKey(self._api.HKEY_CURRENT_USER, key) as opened:
                value = self._api.QueryValueEx(opened, name)[0]
        except FileNotFoundError:
            return None
        return value if isinstance(value, str | bytes) else None

    def write(self, key: str, name: str, value: str) -> None:
        """Set a value that is a text."""
        with self._api.CreateKey(self._api.HKEY_CURRENT_USER, key) as opened:
            self._api.SetValueEx(opened, name, 0, self._api.REG_SZ, value)

    def delete(self, key: str, name: str) -> None:
        """Take a value away, if it is there."""
        api = self._api
        with (
            contextlib.suppress(FileNotFoundError),
            api.OpenKey(api.HKEY_CURRENT_USER, key, 0, api.KEY_SET_VALUE) as on,
        ):
            api.DeleteValue(on, name)


def _options(line: str) -> str:
    """Return what stands behind the program, from its first option on."""
    found = re.search(r"(?:^|\s)(--.*)", FIRST.sub("", line, count=1))
    return "" if found is None else found[1].strip()


def _program(line: str) -> str:
    found = FIRST.match(line)
    return "" if found is None else found[1] if found[1] is not None else found[2]
