"""How this copy of Panecast came onto this computer, so that advice fits it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final, Literal, get_args

from capture import reasons
from capture.reason import Reason

Installation = Literal["python", "deb", "rpm", "arch", "appimage", "portable", "windows", "macos"]

MARK: Final = "installed-as"
"""The file, beside the bundled files, in which a package says its kind: one of `Installation`."""


def bundle() -> Path | None:
    """Return the folder of a frozen program's files, None where Python runs it."""
    return Path(str(vars(sys)["_MEIPASS"])) if getattr(sys, "frozen", False) else None


def installation() -> Installation:
    """Return how this copy was installed; a frozen one without a mark is carried about by hand."""
    folder = bundle()
    if folder is None:
        return "python"
    try:
        word = (folder / MARK).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return "portable"
    for known in get_args(Installation):
        if word == known:
            return known  # type: ignore[no-any-return]
    return "portable"


PORTABLE: Final = "portable"
"""The file, beside the program, by which a copy that is carried about says so; whatever it holds."""


def portable_folder() -> Path | None:
    """Return where a copy that is carried about keeps its settings: beside the program. None for any other copy."""
    if bundle() is None:
        return None
    folder = Path(sys.executable).resolve().parent
    return folder / "settings" if (folder / PORTABLE).is_file() else None


_VIDEO_ADVICE: Final[dict[Installation, Reason]] = {
    "python": reasons.GET_VIDEO_PYTHON,
    "deb": reasons.GET_VIDEO_DEB,
    "rpm": reasons.GET_VIDEO_RPM,
    "arch": reasons.GET_VIDEO_ARCH,
    "appimage": reasons.GET_VIDEO_APPIMAGE,
    "portable": reasons.GET_VIDEO_PORTABLE,
    "windows": reasons.GET_VIDEO_WINDOWS,
    "macos": reasons.GET_VIDEO_MACOS,
}


def video_advice() -> Reason:
    """Return how video is had with this kind of package."""
    return _VIDEO_ADVICE[installation()]
