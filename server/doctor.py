"""The things this system lacks, with the command that mends each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from capture.installation import bundle
from capture.platforms.choose import findings
from capture.video.encoder import video_problem
from server import DEFAULT_PORT
from server.errors import ListenError
from server.server import listen


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, and for what is missing the command that mends it."""

    name: str
    ok: bool
    message: str
    mend: str = ""


def checks() -> list[Check]:
    """Return everything that pictures and the server need."""
    found = []
    if bundle() is None:  # else Python is part of the package
        version = ".".join(str(part) for part in sys.version_info[:3])
        supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
        found.append(Check("Python", supported, version, "" if supported else "Use Python 3.11, 3.12 or 3.13."))
    found += [Check(name, ok, words, mend) for name, ok, words, mend in findings()]
    problem = video_problem()
    found.append(Check("Video", True, problem or "there is an encoder"))  # without it there are single pictures
    try:
        for listening in listen("127.0.0.1", DEFAULT_PORT):
            listening.close()
        found.append(Check("Port", True, f"{DEFAULT_PORT} is free"))
    except ListenError as error:
        found.append(Check("Port", False, error.message, "panecast serve --port 0 … takes any free one"))
    return found


def report(found: Sequence[Check]) -> str:
    """Return the checks as text, a line each, with what mends a fault below it."""
    lines = []
    for check in found:
        lines.append(f"{'ok     ' if check.ok else 'MISSING'}  {check.name}: {check.message}")
        if not check.ok and check.mend:
            lines.append(f"         → {check.mend}")
    missing = sum(not check.ok for check in found)
    lines.append("")
    lines.append("Everything is there." if not missing else f"{missing} thing{'s' * (missing > 1)} to mend.")
    return "\n".join(lines)
