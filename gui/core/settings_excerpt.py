"""What a report of a fault says of the settings: choices as they are, of everything personal only how much there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from gui.core.settings import Settings
from gui.core.settings_file import SettingsFile
from resources.translate import _, ngettext
from server.bug_report import SettingsExcerpt

PLAIN = ("format", "when_locked", "hot_key", "hot_key_does", "mode")
"""Texts that are choices and nobody's own."""


def settings_excerpt(folder: Path | None) -> SettingsExcerpt:
    """Return it for the settings in ``folder``, which are read and left as they are."""
    file = SettingsFile(folder)
    try:
        table = file.peek()
    except FileNotFoundError:
        return SettingsExcerpt()
    except (OSError, ValueError, RecursionError) as error:
        return SettingsExcerpt([_("They cannot be read: {problem}.").format(problem=type(error).__name__)])
    known = {field.name for field in msgspec.structs.fields(Settings)}
    lines = [f"{name} = {_described(name, table[name])}" for name in sorted(known & table.keys())]
    unknown = len(table.keys() - known)
    if unknown:
        words = ngettext(
            "{count} more that this version does not know", "{count} more that this version does not know", unknown
        )
        lines.append(words.format(count=unknown))
    return SettingsExcerpt(lines, tuple(_titles(table)))


def _described(name: str, value: Any) -> str:
    match value:
        case bool() | int() | float():
            return str(value).lower()
        case str() if name in PLAIN or not value:
            return repr(value)
        case list():
            return f"({len(value)})"
    return "(set)"


def _titles(value: Any) -> Iterator[str]:
    """Yield the titles of windows, wherever they stand."""
    if isinstance(value, dict):
        if isinstance(title := value.get("title"), str):
            yield title
        for part in value.values():
            yield from _titles(part)
    elif isinstance(value, list):
        for part in value:
            yield from _titles(part)
