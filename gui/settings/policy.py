"""What the administrator of this computer has chosen: other defaults, and settings that nobody here can change.

A file ``panecast/settings.toml`` in a folder of ``XDG_CONFIG_DIRS``, mostly ``/etc/xdg``, holds defaults as the
person's own file does, and below ``[locked]`` what is fixed. On Windows the values of a key hold defaults, and those of
the key ``Locked`` below it what is fixed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec import inspect

from capture.platforms.system import family
from gui.settings.declared import NOT_CONVERTED, Declaration, shown
from gui.settings.machine_registry import Registry, machine_values
from gui.settings.schema import followed
from gui.settings.text import MOST_BYTES, parsed
from resources.translate import N_, _
from server.private_files import NotAFile, open_plain

PLACE = Path("panecast") / "settings.toml"
LOCKED = "locked"
KEY, LOCKED_KEY = r"Software\Policies\Panecast", r"Software\Policies\Panecast\Locked"
FIXED_WORDS = N_("Fixed by your administrator")


@dataclass(frozen=True, slots=True)
class Policy:
    """What was found.

    Attributes:
        defaults: in place of those that come along, by key.
        locked: settings that stay like this, by key.
        problems: sentences about what could not be read.
    """

    defaults: Mapping[str, Any] = field(default_factory=dict)
    locked: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_policy(
    known: Mapping[str, Declaration], folders: tuple[Path, ...] | None = None, registry: Registry | None = None
) -> Policy:
    """Return what files in ``folders`` say, the first of which has the last word, or what is in ``registry``.

    With neither of them it is what there is on this system.
    """
    if registry is not None or (folders is None and family() == "windows"):
        return _read_registry(known, registry)
    defaults: dict[str, Any] = {}
    locked: dict[str, Any] = {}
    problems: list[str] = []
    for folder in reversed(_folders() if folders is None else folders):
        path = folder / PLACE
        try:
            with open_plain(path, follow=True) as file:
                content = file.read(MOST_BYTES + 1)
            if len(content) > MOST_BYTES:
                raise NotAFile(_("it is too large"))
            table = parsed(content)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError, RecursionError) as error:
            problems.append(_unread_words(path, error))
            continue
        fixed = table.pop(LOCKED, {})
        defaults |= _valid(followed(table), known, path, problems)
        if isinstance(fixed, dict):
            locked |= _valid(followed(fixed), known, path, problems)
        else:
            words = _("In the administrator's settings {path}, “{key}” has to be a table.")
            problems.append(words.format(path=path, key=LOCKED))
    return Policy(defaults, locked, tuple(problems))


def _read_registry(known: Mapping[str, Declaration], registry: Registry | None) -> Policy:
    problems: list[str] = []

    def found(key: str) -> dict[str, Any]:
        place = f"HKEY_LOCAL_MACHINE\\{key}"
        try:
            table = {name: _with_truth(known.get(name), value) for name, value in machine_values(key, registry).items()}
        except OSError as error:
            problems.append(_unread_words(place, error))
            return {}
        return _valid(followed(table), known, place, problems)

    defaults, locked = found(KEY), found(LOCKED_KEY)
    return Policy(defaults, locked, tuple(problems))


def _with_truth(declaration: Declaration | None, value: object) -> object:
    """Return a value of the registry, which has numbers in place of true and false, as a file has it."""
    if declaration is not None and isinstance(declaration.kind, inspect.BoolType) and value in (0, 1):
        return bool(value)
    return value


def _unread_words(place: Path | str, error: Exception) -> str:
    reason = (error.strerror or str(error)) if isinstance(error, OSError) else _("it is no TOML")
    words = _("The administrator's settings {path} cannot be read ({problem}); they are not used.")
    return words.format(path=place, problem=reason)


def _valid(
    table: Mapping[str, Any], known: Mapping[str, Declaration], place: Path | str, problems: list[str]
) -> dict[str, Any]:
    """Return what is valid in ``table``. What another version may know is passed over."""
    found = {}
    for key, value in table.items():
        declaration = known.get(key)
        if declaration is None or declaration.is_own:
            continue
        try:
            found[key] = declaration.converted(value)
        except NOT_CONVERTED:
            words = _("In the administrator's settings {path}, “{key}” cannot be {value}. It is {allowed}.")
            problems.append(words.format(path=place, key=key, value=shown(value), allowed=declaration.allowed))
    return found


def _folders() -> tuple[Path, ...]:
    """Return where this system keeps settings for everybody, the most important first."""
    if family() != "linux":
        return ()
    given = [text for text in os.environ.get("XDG_CONFIG_DIRS", "").split(":") if text.startswith("/")]
    return tuple(map(Path, given or ["/etc/xdg"]))
