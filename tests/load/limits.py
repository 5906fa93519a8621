"""Bounds and small disks for programs that are ended hard."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LATEST_END = 4.0
"""Two seconds, and what a machine needs that is busy with other tests."""


@contextlib.contextmanager
def disk(folder: Path, options: str) -> Iterator[None]:
    """Have a small disk at ``folder`` while the block lasts."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only the administrator may mount a disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("this machine does not let a disk be mounted")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
