"""Whether this computer has what the panel needs. Imports no Qt: a missing library would end the process."""

from __future__ import annotations

import ctypes

from capture.platforms.system import family
from resources.translate import _, ngettext
from server.doctor import Check

LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What the panel's part of Qt is linked with on Linux, and the Debian package that brings it.

A frozen program finds those that it brings along itself. A test compares the names with Qt's files.
"""


def checks() -> list[Check]:
    """Return one check that Qt's system libraries can be loaded."""
    if family() != "linux":
        return [Check(_("Panel"), True, _("Qt brings everything it needs."), "")]
    missing = [name for name in LIBRARIES if not _loads(name)]
    if not missing:
        return [Check(_("Panel"), True, _("The libraries that the panel needs are there."), "")]
    packages = " ".join(dict.fromkeys(LIBRARIES[name] for name in missing))
    words = ngettext(
        "The panel cannot open: {names} is missing.", "The panel cannot open: {names} are missing.", len(missing)
    )
    mend = _("Install what is missing; on Debian and Ubuntu: sudo apt install {packages}")
    return [Check(_("Panel"), False, words.format(names=", ".join(missing)), mend.format(packages=packages))]


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
