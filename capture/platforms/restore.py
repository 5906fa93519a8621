"""Brings a minimised window back to the screen, by pywinctl, which knows how under each system.

The only module that knows pywinctl. It connects to the display when it is imported, ends the process when ``xrandr`` is
missing, and hangs when two threads call it: so it is imported for one call, by a thread of its own, one at a time.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from capture import reasons
from capture.platforms.system import family
from capture.reason import Reason
from capture.source import Source

log = logging.getLogger(__name__)

_calling = threading.Lock()


def restore(source: Source, failed: Callable[[Reason], None]) -> None:
    """Have the window be back on the screen and in front; returns at once.

    ``failed(reason)`` is called, from another thread, where that does not work.
    """
    threading.Thread(target=_restore, args=(int(source.id), failed), name="restore", daemon=True).start()


def _restore(window: int, failed: Callable[[Reason], None]) -> None:
    if not _calling.acquire(blocking=False):
        return  # a second press; the first is at work
    try:
        _ask_manager(window)
    except (Exception, SystemExit) as error:  # noqa: BLE001  pywinctl raises anything that Xlib does, and exits
        log.debug("window %s could not be restored: %r", window, error)
        failed(reasons.NOT_RESTORED)
    finally:
        _calling.release()


def _ask_manager(window: int) -> None:
    try:
        with _one_display_only():
            import pywinctl
        by_number: Any = pywinctl.Window
        by_number(window).activate()
    finally:
        _drop_pywinctl()


@contextlib.contextmanager
def _one_display_only() -> Iterator[None]:
    """Have Xlib connect to the display that DISPLAY names and to no other while the block lasts.

    When imported, ewmhlib (under pywinctl) connects to everything in ``/tmp/.X11-unix``: to other people's displays,
    and to hung ones, which hang it. Two displays number their windows alike, so it may also mean a window of another.
    """
    if family() != "linux":
        yield
        return
    from Xlib import display as xlib

    connect = xlib.Display

    def own(name: str | None = None) -> Any:
        if name is not None:
            raise OSError("This is not the display that is shown.")
        return connect()

    xlib.Display = own
    try:
        yield
    finally:
        xlib.Display = connect


def _drop_pywinctl() -> None:
    """Hang up pywinctl's connection to the display, and have it imported anew the next time."""
    ewmh = sys.modules.get("ewmhlib")
    if ewmh is not None:
        with contextlib.suppress(Exception):  # whatever Xlib raises for a display that is gone
            ewmh.defaultDisplay.close()
    for name in tuple(sys.modules):
        if name.partition(".")[0] in ("pywinctl", "ewmhlib", "pymonctl", "pywinbox"):
            del sys.modules[name]
