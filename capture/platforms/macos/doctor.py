"""The needs of taking pictures on macOS, and whether each is met."""

from __future__ import annotations

import platform
from collections.abc import Iterator

from capture import reasons
from capture.platforms.contract import Finding
from capture.reason import Reason
from resources.translate import _

INSTALL = "pip install pyobjc-framework-ScreenCaptureKit pyobjc-framework-Quartz"
OLDEST = 13
"""The oldest that the program is written for."""


def findings() -> Iterator[Finding]:
    """Yield what was looked at, one after the other."""
    version = platform.mac_ver()[0]
    yield Finding(_("System"), _major(version) >= OLDEST, _said(f"macOS {version}"), reasons.MACOS_OLD)
    try:
        from capture.platforms.macos.frameworks import frameworks

        frameworks()
    except ImportError as error:
        yield Finding(_("Apple's frameworks"), False, _said(str(error)), _said(INSTALL))
        return
    yield from _asked()


def _asked() -> Iterator[Finding]:
    from capture.platforms.macos.frameworks import is_permitted, pool
    from capture.platforms.macos.screens import displays

    with pool():
        granted = is_permitted()
        try:
            sizes = ", ".join("{} × {}".format(*each.size) for each in displays())
        except OSError as error:
            sizes = str(error)
    found = reasons.FOUND if granted else reasons.MISSING.of(need="")
    yield Finding(_("Screen recording"), granted, found, reasons.SCREEN_RECORDING_OFF)
    yield Finding(_("Screens"), bool(sizes), _said(sizes))


def _said(text: str) -> Reason:
    return reasons.AS_SAID.of(text=text)


def _major(version: str) -> int:
    number = version.partition(".")[0]
    return int(number) if number.isdecimal() else 0
