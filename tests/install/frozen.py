"""Packages as `installer/build.sh` makes them, and ways to try them."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tarfile
from pathlib import Path

from server import __version__

PROJECT = Path(__file__).parents[2]
DIST = PROJECT / "dist"
FROZEN = PROJECT / "build/panecast"
KINDS = ("deb", "tar", "rpm", "arch", "appimage")
BUILD_SECONDS = 1500
SMOKE_SECONDS = 300


@functools.cache
def build_packages() -> None:
    """Have all packages for Linux in `DIST`, with those of video, of the tree as it is; built once for all tests."""
    command = ["sh", "installer/build.sh", *KINDS, "--video"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=BUILD_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr


def package(pattern: str) -> Path:
    """Return the one package in `DIST` that is called like that; V stands for the version."""
    (found,) = DIST.glob(pattern.replace("V", __version__))
    return found


def unpacked(name: str, folder: Path) -> Path:
    """Return the folder in ``folder`` into which an archive of ``name`` was unpacked."""
    with tarfile.open(package(f"{name}-V-linux-*.tar.gz")) as archive:
        archive.extractall(folder, filter="tar")
    return folder / f"panecast-{__version__}"


def smoke(*command: str | Path, options: tuple[str, ...] = ()) -> str:
    """Return what the smoke test says of a program; it has to be content."""
    done = subprocess.run(
        [sys.executable, "-m", "installer.smoke", *options, "--", *map(str, command)],
        cwd=PROJECT,
        env=os.environ | {"TMPDIR": "/tmp"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SMOKE_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
