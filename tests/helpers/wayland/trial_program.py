"""The program whose windows paint a moving code, as a guest of a desktop that runs for a test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gui.trial.process import TrialProcess


def begin_trial(folder: Path, *, wayland: str = "", x11: str = "") -> TrialProcess:
    """Return the program, begun as one of Wayland or of X11, by the name of a display; ``folder``: XDG_RUNTIME_DIR."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            patch.delenv(name, raising=False)
        patch.setenv("DISPLAY" if x11 else "WAYLAND_DISPLAY", x11 or wayland)
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        patch.setenv("QT_QPA_PLATFORM", "xcb" if x11 else "wayland")
        made = TrialProcess()
    return made.__enter__()


def memory() -> int:
    """Return the bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
