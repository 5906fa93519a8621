"""One text for a report of a fault: versions, what was found, the settings without secrets, and the end of the log.

It is printed and goes nowhere by itself.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from capture.installation import installation
from capture.platforms.system import system
from resources.translate import _
from server import __version__
from server.doctor import Check, report
from server.logs.last_run import LOG_HEADING, REPORT
from server.logs.place import REPORTED_BYTES, last_lines, log_folder
from server.logs.shortening import Titles, shortened
from server.private_files import open_plain

LIBRARIES = (
    "aiohttp", "av", "cryptography", "dbus-fast", "ifaddr", "mss", "msgspec", "numpy", "Pillow", "platformdirs",
    "PySide6_Essentials", "qasync", "segno", "simplejpeg", "tomli-w", "xcffib",
)  # fmt: skip
"""Those that a fault may come from."""
SESSION = ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "LANG")
"""Variables that say what kind of desktop this is."""


@dataclass(frozen=True, slots=True)
class SettingsExcerpt:
    """What is told of the settings: lines without secrets, and the titles of windows that they hold."""

    lines: Sequence[str] = ()
    titles: Iterable[str] = ()


def bug_report(checks: Sequence[Check], settings: SettingsExcerpt, chosen: Path | None) -> str:
    """Return the text. ``chosen`` is the settings folder of a command line; the log belongs to it."""
    titles, folder = Titles(settings.titles), log_folder(chosen)
    log = "\n".join(last_lines(folder)) or _("There is no log.")
    parts = [
        (_("Version"), _versions()),
        (_("System"), _system()),
        (_("What panecast doctor found"), _clean(report(checks), titles)),
        (_("Settings"), _clean("\n".join(settings.lines), titles) or _("There are none.")),
        (_("Last crash"), _clean(_crash(folder), titles) or _("There is no report of one.")),
        (_("Log"), _clean(log, titles)),
    ]
    return "\n\n".join(f"## {name}\n\n{text}" for name, text in parts)


def _clean(text: str, titles: Titles) -> str:
    return shortened(text, titles, longest=REPORTED_BYTES)


def _versions() -> str:
    lines = [f"Panecast {__version__} ({installation()})", f"Python {platform.python_version()}"]
    for name in LIBRARIES:
        try:
            lines.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue  # not installed, or put into the package without saying
    return "\n".join(lines)


def _system() -> str:
    lines = [platform.platform()]
    try:
        lines.append(platform.freedesktop_os_release().get("PRETTY_NAME", ""))
    except OSError:  # not Linux
        lines.append("")
    lines.append(_("Display: {kind}").format(kind=system()))
    lines += [f"{name}={os.environ[name]}" for name in SESSION if os.environ.get(name)]
    return "\n".join(line for line in lines if line)


def _crash(folder: Path) -> str:
    """Return the last one's report, without the log, in which more was written since."""
    try:
        with open_plain(folder / REPORT, follow=False) as file:
            text = file.read(REPORTED_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
    for heading in (LOG_HEADING, _(LOG_HEADING)):  # it may have been written in another language
        text = text.partition(heading)[0]
    return text.strip()
