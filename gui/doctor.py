"""Whether this computer has what the panel needs. Imports no Qt: a missing library would end the process."""

from __future__ import annotations

import ctypes

from capture.platforms.system import family
from server.doctor import Check

LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""What Qt loads on Linux, and the Debian package that brings it."""


def checks() -> list[Check]:
    """Return one check that Qt's system libraries can be loaded."""
    if family() != "linux":
        return [Check("panel", True, "Qt brings everything it needs.", "")]
    missing = [name for name in LIBRARIES if not _loads(name)]
    if not missing:
        return [Check("panel", True, "The libraries that the panel needs are there.", "")]
    packages = " ".join(LIBRARIES[name] for name in missing)
    return [
        Check(
            "panel",
            False,
            f"The panel cannot open: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.",
            f"Install what is missing; on Debian and Ubuntu: sudo apt install {packages}",
        )
    ]


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
