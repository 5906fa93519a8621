"""Starting with the system on Linux: desktop entries in folders named ``autostart``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import dropwhile
from pathlib import Path

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
from gui.desktop.autostart.desktop_entry import changed, command, is_started, values, words
from resources import APPLICATION_ID
from resources.translate import _, ngettext

NAME = f"{APPLICATION_ID}.desktop"
MOST_BYTES = 64 * 1024
FRESH = f"""[Desktop Entry]
Type=Application
Name=Panecast
Comment=Show any window of this computer in any browser
Comment[de]=Jedes Fenster dieses Computers in jedem Browser zeigen
Icon={APPLICATION_ID}
Terminal=false
X-GNOME-Autostart-enabled=true
"""


class XdgAutostart:
    """The entry of ours, and others that start Panecast too, in the folders that ``environment`` names."""

    def __init__(
        self, program: Program, environment: Mapping[str, str] = os.environ, options: tuple[str, ...] = OPTIONS
    ) -> None:
        own = environment.get("XDG_CONFIG_HOME") or str(Path(environment.get("HOME") or Path.home(), ".config"))
        shared = environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        self._program = program
        self._options = options
        self._folder = Path(own, "autostart")
        self._shared = tuple(Path(each, "autostart") for each in shared.split(":") if each)
        self._desktops = environment.get("XDG_CURRENT_DESKTOP", "").split(":")

    def state(self) -> AutostartState:
        """Return how it is now."""
        entries = {path: values(text) for path, text in self._entries()}
        started = sorted(path.name for path, entry in entries.items() if is_started(entry, self._desktops))
        if len(started) > 1:
            count = len(started)
            return AutostartState(True, ngettext("by {count} entry", "by {count} entries", count).format(count=count))
        if started:
            entry = next(entry for path, entry in entries.items() if path.name == started[0])
            missing = _is_gone(entry)
            return AutostartState(not missing, _(IS_GONE) if missing else "")
        return AutostartState(False, _(SWITCHED_OFF) if entries else "")

    def switch(self, wanted: bool) -> None:
        """Have Panecast start with the system, or no longer. Raises `AutostartError`."""
        if wanted:
            self._write(self._folder / NAME, self._started(FRESH, self._options))
            return
        try:
            (self._folder / NAME).unlink(missing_ok=True)
        except OSError as error:
            raise AutostartError.of(str(self._folder), error) from error
        # Those of an administrator are covered by one of the same name; those that a person made are kept, and rest.
        for path, text in self._entries():
            if is_started(values(text), self._desktops):
                self._write(self._folder / path.name, changed(text, Hidden="true"))

    def mend(self) -> None:
        """Have an entry whose program is gone start this one, with the options it has. Raises `AutostartError`."""
        for path, text in self._entries():
            entry = values(text)
            if path == self._folder / NAME and _is_gone(entry):
                options = tuple(dropwhile(lambda word: not word.startswith("--"), words(entry.get("Exec", ""))))
                self._write(path, self._started(text, options or self._options))

    def _entries(self) -> Iterator[tuple[Path, str]]:
        """Yield the path and text of each entry that names Panecast; a person's own hides others of its name."""
        seen: set[str] = set()
        for folder in (self._folder, *self._shared):
            try:
                paths = sorted(folder.glob("*.desktop"))
            except OSError:
                continue
            for path in paths:
                if path.name in seen:
                    continue
                seen.add(path.name)
                text = _read(path)
                if path.name == NAME or Path(_program(values(text))).name == "panecast":
                    yield path, text

    def _started(self, text: str, options: tuple[str, ...]) -> str:
        """Return the entry with this program; once that is removed, ``TryExec`` has desktops pass over the entry."""
        return changed(text, Exec=command((*self._program, *options)), TryExec=self._program[0].replace("\\", "\\\\"))

    def _write(self, path: Path, text: str) -> None:
        replace_entry(path, text.encode())


def _program(entry: dict[str, str]) -> str:
    return next(iter(words(entry.get("Exec", ""))), "")


def _is_gone(entry: dict[str, str]) -> bool:
    tried = entry.get("TryExec", "").replace("\\\\", "\\")
    return not is_there(_program(entry)) or bool(tried and not is_there(tried))


def _read(path: Path) -> str:
    """Return what is in the file, nothing where that cannot be read."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode(errors="replace")
    except OSError:
        return ""
