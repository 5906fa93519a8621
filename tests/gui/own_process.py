"""Programs with Qt's loop in a process of their own: Qt keeps what a loop leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it without a screen and return what it wrote, and its exit code."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *arguments],
        check=False,
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_API": "pyside6"},
        capture_output=True,
        text=True,
        timeout=60,
    )
