"""Newer Debians in folders, in which desktops run that this machine lacks: made once, and kept in ``.cache``."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.install.bare_root import apt_ways

CACHE = Path(__file__).parents[3] / ".cache" / "wayland"
SUITE = "forky"
"""Its xdg-desktop-portal-wlr is 0.8 or newer: older ones need a GPU, and know no windows."""
COMMON = ("dbus-daemon", "pipewire", "wireplumber", "xdg-desktop-portal")
SWAY = (*COMMON, "xdg-desktop-portal-wlr", "sway", "xwayland")
GNOME = (*COMMON, "xdg-desktop-portal-gnome", "gnome-shell")
# What is not needed where nobody reads anything.
OPTIONS = (
    "--quiet",
    "--variant=minbase",
    "--dpkgopt=force-unsafe-io",
    *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale")),
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=APT::Install-Recommends "false"',
    # The lists of a suite that is not released are not always made anew in time.
    '--aptopt=Acquire::Check-Valid-Until "false"',
)
MISSING = next((name for name in ("mmdebstrap", "unshare", "nsenter") if shutil.which(name) is None), None)


def root(packages: tuple[str, ...]) -> Path:
    """Return the folder of a system with ``packages``. Making it takes minutes, half a gigabyte or more, and root."""
    said = "\n".join((SUITE, *packages, *OPTIONS))
    made = CACHE / f"root-{hashlib.sha256(said.encode()).hexdigest()[:12]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    # Tests may run in several processes.
    with (CACHE / "lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make(made, packages)
    return made


def _make(made: Path, packages: tuple[str, ...]) -> None:
    if not made.exists():
        unfinished = made.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        ways = (f"--aptopt={line}" for line in apt_ways())
        command = ["mmdebstrap", *OPTIONS, *ways, f"--include={','.join(packages)}", SUITE, str(unfinished), _mirror()]
        subprocess.run(command, check=True)
        unfinished.rename(made)


def _mirror() -> str:
    """Return where this machine's own packages come from."""
    apt = Path("/etc/apt")
    for file in (apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))):
        for line in file.read_text().splitlines() if file.is_file() else ():
            found = re.match(r"(?:deb\s+(?:\[.*?\]\s+)?|URIs:\s*)(\S+/debian)/?(?:\s|$)", line)
            if found:
                return found[1]
    return "http://deb.debian.org/debian"


def why_not() -> str:
    """Return why no such system can be made here; empty where it can."""
    if os.geteuid() != 0:
        return "a system of its own takes root"
    return f"{MISSING} is not installed" if MISSING else ""
