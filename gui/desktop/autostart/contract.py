"""What each system's way to start programs with it offers here."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from capture.installation import bundle
from resources.translate import N_, _

OPTIONS = ("--minimized", "--wait-tray")
"""Behind the program in every entry; nothing else makes a start quiet. See `options_for`."""
SWITCHED_OFF = N_("switched off in the system's settings")
IS_GONE = N_("its program is gone")
Program = tuple[str, ...]
"""The words that start Panecast, without options."""


def options_for(folder: Path | None) -> tuple[str, ...]:
    """Return the options of an entry of ours; ``folder`` is the settings folder that this start was given, if any."""
    return OPTIONS if folder is None else (*OPTIONS, "--config-dir", str(folder))


class AutostartError(Exception):
    """It could not be changed.

    Attributes:
        message: says so, and why.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @classmethod
    def of(cls, place: str, error: Exception) -> AutostartError:
        """Return one for what the system said about ``place``."""
        why = getattr(error, "strerror", None) or error
        words = _("“Start with the system” was not changed, because {place} cannot be written ({reason}).")
        return cls(words.format(place=place, reason=why))


@dataclass(frozen=True, slots=True)
class AutostartState:
    """How it is.

    Attributes:
        is_on: Panecast starts with the system.
        note: a few words that explain it, empty for none.
    """

    is_on: bool
    note: str = ""


class Autostart(Protocol):
    """One system's way."""

    def state(self) -> AutostartState:
        """Return how it is now."""
        ...

    def switch(self, wanted: bool) -> None:
        """Have Panecast start with the system, or no longer. Raises `AutostartError`."""

    def mend(self) -> None:
        """Have an entry whose program is gone start this one, with the options it has. Raises `AutostartError`."""


def own_program() -> Program:
    """Return the words that start this program, wherever it lies now."""
    if image := os.environ.get("APPIMAGE"):
        return (image,)
    if bundle() is not None:
        return (sys.executable,)
    beside = (Path(sys.executable).with_name(name) for name in ("panecast", "panecast.exe"))
    script = next(filter(Path.exists, beside), None)
    return (sys.executable, "-m", __name__.rpartition(".desktop.")[0]) if script is None else (str(script),)


def is_there(program: str) -> bool:
    """Tell whether ``program``, a path or a name, can be started."""
    return shutil.which(program) is not None


def replace_entry(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of the file, which is never there by half; its folder is made where it is missing.

    Raises:
        AutostartError: it cannot be written.
    """
    try:
        place = path.resolve()  # people keep such files elsewhere, behind links
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f".{place.name}.new")
        try:
            fresh.write_bytes(content)
            fresh.replace(place)
        finally:
            fresh.unlink(missing_ok=True)
    except (OSError, RuntimeError) as error:
        raise AutostartError.of(str(path.parent), error) from error
