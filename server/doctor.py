"""The things this system lacks, with the command that mends each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from capture.installation import bundle
from capture.platforms.choose import findings
from capture.video.encoder import encoder_words, video_problem
from resources.translate import _, ngettext
from server import DEFAULT_PORT
from server.errors import ListenError
from server.net.congestion_control import congestion_words
from server.server import listen


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, and for what is missing the command that mends it."""

    name: str
    ok: bool
    message: str
    mend: str = ""


def checks(*, with_video: bool = True) -> list[Check]:
    """Return everything that pictures and the server need.

    ``with_video``: say which encoders there are. Loading them holds all threads for a tenth of a second, and without
    any there are single pictures.
    """
    found = []
    if bundle() is None:  # else Python is part of the package
        version = ".".join(str(part) for part in sys.version_info[:3])
        supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
        found.append(Check("Python", supported, version, "" if supported else _("Use Python 3.11, 3.12 or 3.13.")))
    found += [Check(each.name, each.ok, each.found.words, each.mend.words) for each in findings()]
    if with_video:
        found.append(Check(_("Video"), True, video_problem().words or encoder_words()))
    found.append(Check(_("Congestion control"), True, congestion_words()))
    try:
        for listening in listen("127.0.0.1", DEFAULT_PORT):
            listening.close()
        found.append(Check(_("Port"), True, _("{port} is free").format(port=DEFAULT_PORT)))
    except ListenError as error:
        mend = _("panecast serve --port 0 … takes any free one")
        found.append(Check(_("Port"), False, error.message, mend))
    return found


def report(found: Sequence[Check]) -> str:
    """Return the checks as text, a line each, with what mends a fault below it."""
    lines = []
    good, bad = _("ok"), _("MISSING")
    width = max(len(good), len(bad))
    for check in found:
        lines.append(f"{(good if check.ok else bad):{width}}  {check.name}: {check.message}")
        if not check.ok and check.mend:
            lines.append(f"{'':{width}}  → {check.mend}")
    missing = sum(not check.ok for check in found)
    lines.append("")
    problems = ngettext("{count} problem found.", "{count} problems found.", missing).format(count=missing)
    lines.append(problems if missing else _("Everything is there."))
    return "\n".join(lines)
