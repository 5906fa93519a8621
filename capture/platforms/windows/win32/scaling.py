"""Places and sizes in device pixels, on each monitor: Windows tells programs scaled ones until they ask for these."""

from __future__ import annotations

import functools

from capture.platforms.windows.win32.declarations import user32

PER_MONITOR = -4
"""DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2: from Windows 10 1703 on."""


def see_device_pixels() -> None:
    """Have this thread be told device pixels, whatever was said of the process when it was started.

    Called by each thread before it asks where anything is.
    """
    _ask_for_process()
    user32().SetThreadDpiAwarenessContext(PER_MONITOR)


@functools.cache
def _ask_for_process() -> None:
    """Ask the same for all; in vain where the program's file, or Qt, has done so already."""
    user32().SetProcessDpiAwarenessContext(PER_MONITOR)
