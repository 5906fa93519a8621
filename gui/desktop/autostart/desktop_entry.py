"""Desktop entries as far as starting with the system needs them, and how their commands are quoted. Pure.

See https://specifications.freedesktop.org/desktop-entry-spec/ and …/autostart-spec/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

GROUP = "[Desktop Entry]"
WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)')
PLAIN = re.compile(r"[\w@+=:,./-]+")


def values(text: str) -> dict[str, str]:
    """Return the keys of the entry itself, as they are written."""
    found: dict[str, str] = {}
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            group = line
        elif group == GROUP and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key.rstrip(), value.lstrip())
    return found


def changed(text: str, **wanted: str) -> str:
    """Return the entry with keys set anew; all else stays as it is."""
    lines, group, at = [], "", 0
    for line in text.splitlines():
        if line.strip().startswith("["):
            group = line.strip()
        elif group == GROUP and line.partition("=")[0].strip() in wanted:
            continue
        lines.append(line)
        if line.strip() == GROUP and not at:
            at = len(lines)
    if not at:
        lines[:0] = [GROUP]
        at = 1
    lines[at:at] = [f"{key}={value}" for key, value in wanted.items()]
    return "\n".join(lines) + "\n"


def is_started(entry: dict[str, str], desktops: Iterable[str]) -> bool:
    """Tell whether a session of these ``desktops`` starts what the entry names."""
    only, never = (set(filter(None, entry.get(key, "").split(";"))) for key in ("OnlyShowIn", "NotShowIn"))
    names = set(desktops)
    return (
        entry.get("Hidden", "").casefold() != "true"
        and entry.get("X-GNOME-Autostart-enabled", "").casefold() != "false"
        and (not only or bool(only & names))
        and not never & names
    )


def command(words: Iterable[str]) -> str:
    """Return ``words`` as the value of ``Exec``."""
    return " ".join(map(_quoted, words)).replace("\\", "\\\\")


def words(value: str) -> tuple[str, ...]:
    """Return the words of an ``Exec``, without the places that stand for files."""
    text = value.replace("\\\\", "\\")
    found = (re.sub(r"\\(.)", r"\1", each[1]) if each[1] is not None else each[2] for each in WORD.finditer(text))
    return tuple(word.replace("%%", "%") for word in found if not re.fullmatch(r"%[a-zA-Z]", word))


def _quoted(word: str) -> str:
    doubled = word.replace("%", "%%")
    return doubled if PLAIN.fullmatch(word) else '"' + re.sub(r'(["`$\\])', r"\\\1", doubled) + '"'
