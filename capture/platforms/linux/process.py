"""Facts about a process, as the system tells them. Linux: /proc; elsewhere nothing is known."""

from __future__ import annotations

import contextlib
from pathlib import Path

INTERPRETERS = ("python", "gjs", "mono", "java", "node", "electron", "perl", "ruby", "sh", "bash")
"""Programs that say nothing about what they run; their first argument may."""


def program_names(pid: int | None) -> tuple[str, ...]:
    """Return the names by which a process may be known, none when there is no such process.

    The kernel cuts a program's own name after 15 letters, and the path of the executable is hidden when it is another
    user's: so there are several.
    """
    if pid is None:
        return ()
    place = Path(f"/proc/{pid}")
    names: list[str] = []
    with contextlib.suppress(OSError):
        names.append((place / "comm").read_text(encoding="utf-8", errors="replace").strip())
    with contextlib.suppress(OSError):
        names.append((place / "exe").readlink().name)
    with contextlib.suppress(OSError):
        command = (place / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        names.append(Path(command[0]).name)
        if Path(command[0]).name.rstrip("0123456789.") in INTERPRETERS:
            names += [Path(word).name for word in command[1:3] if word and not word.startswith("-")]
            if "-m" in command[1:-1]:
                names.append(command[command.index("-m", 1) + 1])
    return tuple(dict.fromkeys(name for name in names if name))


def process_started(pid: int | None) -> int | None:
    """Return when a process began, in clock ticks since boot (proc(5), field 22 of stat)."""
    if pid is None:
        return None
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        # The second field is the program's name in parentheses and may itself hold spaces and parentheses.
        return int(stat.rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None
