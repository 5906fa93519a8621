"""The needs of taking pictures on Windows, and whether each is met."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from capture import reasons
from capture.platforms.contract import Finding
from capture.reason import Reason
from resources.translate import _

OLDEST_BUILD = 17763
"""Windows 10 1809: the oldest that setup takes."""


def findings() -> Iterator[Finding]:
    """Yield what was looked at, one after the other."""
    build = _build()
    yield Finding(_("System"), build >= OLDEST_BUILD, _said(f"Windows (build {build})"), reasons.WINDOWS_OLD)
    try:
        from capture.platforms.windows.screens import monitors, whole_desktop
        from capture.platforms.windows.win32.bitmaps import Canvas
        from capture.platforms.windows.win32.scaling import see_device_pixels

        see_device_pixels()
        whole = whole_desktop()
        canvas = Canvas(1, 1)
        try:
            is_readable = canvas.copy_screen(whole.x, whole.y)
        finally:
            canvas.close()
        there = monitors()
        found = ", ".join(f"{each.place.width} × {each.place.height}" for each in there)
    except OSError as error:
        yield Finding(_("Screens"), False, _said(str(error)))
        return
    yield Finding(_("Screens"), is_readable, _said(found) if is_readable else reasons.SCREEN_KEPT_BACK)

    yield Finding(_("Pictures by"), True, _said(", ".join(ways([each.handle for each in there]))))


def ways(monitors: Sequence[int]) -> tuple[str, ...]:
    """Return what pictures can be taken by, as far as that can be known without taking any.

    Asked in a thread of its own: of threads with windows the system may not be asked all of it. ``monitors``: HMONITOR.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_ways, monitors).result()


def _ways(monitors: Sequence[int]) -> tuple[str, ...]:
    from capture.platforms.windows.duplication.monitor import DuplicatedMonitor
    from capture.platforms.windows.graphics_capture.session import is_offered

    found = ["Windows.Graphics.Capture"] if is_offered() else []
    for monitor in monitors[:1]:
        duplicated = DuplicatedMonitor(monitor)
        with contextlib.suppress(OSError), contextlib.closing(duplicated):
            duplicated.open()
            found.append("Desktop Duplication")
    return (*found, "PrintWindow", "BitBlt")


def _said(text: str) -> Reason:
    return reasons.AS_SAID.of(text=text)


def _build() -> int:
    """Return the number of this Windows' build: that of the feature update, such as 19045."""
    found = getattr(sys, "getwindowsversion", None)
    return int(found().build) if found is not None else 0
