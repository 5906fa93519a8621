"""Whether the desktop that the person sees is the one that programs see."""

from __future__ import annotations

from capture.platforms.windows.win32.declarations import user32

READ_OBJECTS = 0x0001
"""DESKTOP_READOBJECTS."""


def is_desktop_ours() -> bool:
    """Tell whether programs of the person are on the screen: not while Windows is locked or asks for a password.

    Such questions (of the user account control, too) come on a desktop that no program may open.
    """
    desktop = user32().OpenInputDesktop(0, False, READ_OBJECTS)
    if not desktop:
        return False
    user32().CloseDesktop(desktop)
    return True
