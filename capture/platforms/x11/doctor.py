"""The needs of taking pictures on this system, and whether each is met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from capture.errors import CaptureError
from capture.platforms.contract import Finding
from capture.platforms.system import is_wayland_session, x11_display

if TYPE_CHECKING:
    from capture.platforms.x11.protocol.display import Display

USEFUL = {
    "MIT-SHM": "see shared memory",
    "RANDR": "the desktop can be shown, single monitors cannot",
    "X-Resource": "whose a window is, is known only by what the window says",
    "XInputExtension": "the pointer moves only with the next picture",
    "SHAPE": "windows are taken to be rectangles",
}
"""Extensions without which something else is done."""


def findings() -> Iterator[Finding]:
    """Yield what was looked at, one after the other."""
    try:
        import xcffib

        from capture.platforms.x11.protocol.display import Display
        from capture.platforms.x11.xwayland import NO_X11
    except (ImportError, OSError) as error:
        yield ("X11 library", False, str(error), "apt-get install libxcb1")
        return
    name = x11_display()
    if not name and is_wayland_session():
        yield ("Display", False, NO_X11, "Log in to an X11 (Xorg) session.")
        return
    try:
        display = Display()
    except CaptureError as fault:
        yield ("Display", False, fault.message, "Start it inside a graphical session, or: xvfb-run panecast …")
        return
    yield ("Display", True, name, "")
    try:
        yield from _extensions(display)
        yield from _screens(display)
    except (CaptureError, xcffib.XcffibException) as fault:
        yield ("Display", False, f"It stopped answering: {fault}", "Look into the log of the display server.")
    finally:
        display.close()


def display_problem() -> str:
    """Return why the display cannot be connected to, empty if it can."""
    import xcffib
    import xcffib.xproto  # without it a connection cannot even begin

    name = x11_display()
    try:
        xcffib.connect(display=name).disconnect()
    except xcffib.ConnectionException:
        return f"The display {name} does not answer."
    return ""


def _extensions(display: Display) -> Iterator[Finding]:
    from capture.platforms.x11.protocol.display import NEEDED_FOR

    for name, needed_for in NEEDED_FOR.items():
        found = display.has_extension(name)
        words = "found" if found else f"missing{needed_for}"
        yield (f"X extension {name}", found, words, f"Switch the extension {name} on in the X server.")
    for name, without in USEFUL.items():
        yield (f"X extension {name}", True, "found" if display.has_extension(name) else f"missing; {without}", "")


def _screens(display: Display) -> Iterator[Finding]:
    from capture.platforms.x11.clients import Clients
    from capture.platforms.x11.protocol.shm import shared_memory_problem
    from capture.platforms.x11.protocol.visual import pixel_format
    from capture.platforms.x11.xwayland import WAYLAND, is_guest

    if is_guest(display):
        mend = "If this display is another one (Xvfb, VNC): env -u WAYLAND_DISPLAY -u XDG_SESSION_TYPE panecast …"
        yield ("Screens", False, WAYLAND, mend)
    problem = shared_memory_problem(display)
    slower = f"{problem} Pictures come over the connection, which takes longer."
    yield ("Shared memory", True, slower if problem else "is used for pictures", "")
    depth = display.connection.core.GetGeometry(display.root).reply().depth
    try:
        pixel_format(display, display.root)
        yield ("Colours", True, f"{depth} bits", "")
    except CaptureError as fault:
        yield ("Colours", False, fault.message, "Start the X server with 24 bits of colour.")
    kept = Clients(display).has_list()
    words = "keeps a list of windows" if kept else "none that keeps a list; windows are found without it"
    yield ("Window manager", True, words, "")
