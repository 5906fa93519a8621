"""What taking pictures needs on this system, and whether it is there."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator

Finding = tuple[str, bool, str, str]
"""Name, whether it is there, what was found, the command that mends it."""


def findings() -> Iterator[Finding]:
    """Yield what was looked at, one after the other."""
    if not sys.platform.startswith("linux"):
        yield ("System", False, f"{sys.platform}: only the demo picture can be shown so far", "")
        return
    if os.environ.get("WAYLAND_DISPLAY") and not os.environ.get("DISPLAY"):
        yield ("Display", False, "a Wayland session; only X11 is supported so far", "Log in to an X11 (Xorg) session.")
    if shutil.which("xrandr") is None:
        yield ("xrandr", False, "missing; without it there is no list of windows", "apt-get install x11-xserver-utils")
    else:
        yield ("xrandr", True, "found", "")
    yield from _display()


def _display() -> Iterator[Finding]:
    try:
        import xcffib.composite
        import xcffib.damage
        import xcffib.shm
        import xcffib.xfixes

        from capture.backends import x11
    except (ImportError, OSError) as error:
        yield ("X11 library", False, str(error), "apt-get install libxcb1")
        return
    from capture.errors import CaptureError

    try:
        display = x11.Display()
    except CaptureError as fault:
        yield ("Display", False, fault.message, "Start it inside a graphical session, or: xvfb-run panecast …")
        return
    try:
        yield ("Display", True, os.environ.get("DISPLAY", ""), "")
        for name, module, major, minor in (
            ("Composite", xcffib.composite, 0, 4),
            ("Damage", xcffib.damage, 1, 1),
            ("MIT-SHM", xcffib.shm, 1, 2),
            ("XFixes", xcffib.xfixes, 5, 0),
        ):
            try:
                display.extension(module, major, minor)
                yield (f"X extension {name}", True, "found", "")
            except CaptureError as fault:
                yield (f"X extension {name}", False, fault.message, f"Switch the extension {name} on in the X server.")
        manager = display.property(display.root, "_NET_CLIENT_LIST")
        if manager is not None and manager.type != 0:
            yield ("Window manager", True, "keeps a list of windows", "")
        else:
            yield ("Window manager", False, "none that keeps a list of windows", "apt-get install openbox; openbox &")
    finally:
        display.close()
