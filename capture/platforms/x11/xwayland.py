"""Whether what looks like an X11 display is only a guest in a Wayland session.

There the root window is black: what is on the screen belongs to the compositor, which shows the windows of X11 programs
among others. Those have pictures as anywhere; the desktop and the monitors have none.
"""

from __future__ import annotations

from capture.platforms.system import is_wayland_session
from capture.platforms.x11.protocol.display import Display
from capture.platforms.x11.screens import Screens


def flips_pictures(display: Display) -> bool:
    """Tell whether windows of ``display`` get another pixmap with each picture that their program paints.

    Xwayland gives them another one as long as the compositor has not given the last one back, and tells nobody (its
    `xwl_window_swap_pixmap`): of a window that is covered a name that was had before shows the same for ever.
    """
    return is_wayland_session() or display.has_extension("XWAYLAND")


def is_guest(display: Display) -> bool:
    """Tell whether ``display`` is a guest in a Wayland session.

    The environment is not asked alone: programs that are started by a service or through SSH do not have it. Xwayland
    has an extension that says so since 23.1; before that it named its outputs after itself.
    """
    if is_wayland_session() or display.has_extension("XWAYLAND"):
        return True
    return any(name.startswith("XWAYLAND") for name in Screens(display).layout().monitors)
