"""What every package says of the project: name, version, addresses, dates of releases."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from resources import APPLICATION_ID
from resources import HOMEPAGE as OWN_PAGE
from server import __version__

TOP = Path(__file__).resolve().parents[1]
VERSION = __version__
APPLICATION = APPLICATION_ID
HOMEPAGE = OWN_PAGE
PUBLISHER = "Panecast contributors"
MAINTAINER = f"{PUBLISHER} <noreply@panecast.github.io>"
"""As packages of Debian want it; there is no mail address yet."""

UNRELEASED = "unreleased"


@dataclass(frozen=True, slots=True)
class Release:
    """One heading of the changelog; ``day`` is None until it is released."""

    version: str
    day: date | None


class BadInput(ValueError):
    """Something that a package is made from is missing or wrong; the text says what to do."""


def releases(changelog: str) -> tuple[Release, ...]:
    """Return the releases that ``changelog`` names, newest first. Raises `BadInput`."""
    found = []
    for line in re.findall(r"^## .*$", changelog, re.MULTILINE):
        match = re.fullmatch(rf"## (\d+\.\d+\.\d+) – (\d{{4}}-\d\d-\d\d|{UNRELEASED})", line)
        if match is None:
            raise BadInput(f"CHANGELOG.md: {line!r} is not of the form “## 1.2.3 – 2026-01-31” or “… – {UNRELEASED}”.")
        day = None if match[2] == UNRELEASED else date.fromisoformat(match[2])
        found.append(Release(match[1], day))
    if not found:
        raise BadInput("CHANGELOG.md names no release (## 1.2.3 – 2026-01-31).")
    if any(release.day is None for release in found[1:]):
        raise BadInput("CHANGELOG.md: only the newest release can be unreleased.")
    return tuple(found)


def own_releases() -> tuple[Release, ...]:
    """Return the releases of the project, the newest of which is `VERSION`. Raises `BadInput`."""
    found = releases((TOP / "CHANGELOG.md").read_text(encoding="utf-8"))
    if found[0].version != VERSION:
        raise BadInput(
            f"server/__init__.py says version {VERSION}, CHANGELOG.md begins with {found[0].version}. Make them one."
        )
    return found


def build_day() -> date:
    """Return the day that a build has: of ``SOURCE_DATE_EPOCH``, else of the last commit. Raises `BadInput`."""
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        asked = ["git", "-C", str(TOP), "log", "-1", "--format=%ct"]
        try:
            text = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError) as error:
            raise BadInput("Set SOURCE_DATE_EPOCH: there is no git history here that tells the date.") from error
    if not text.isdecimal():
        raise BadInput(f"SOURCE_DATE_EPOCH is to be seconds since 1970, not {text!r}.")
    return datetime.fromtimestamp(int(text), UTC).date()
