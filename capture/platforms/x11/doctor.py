"""The needs of taking pictures on this system, and whether each is met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from capture import reasons
from capture.errors import CaptureError
from capture.platforms.contract import Finding
from capture.platforms.system import is_wayland_session, x11_display
from capture.reason import NOTHING, Reason
from resources.translate import _

if TYPE_CHECKING:
    from capture.platforms.x11.protocol.display import Display

USEFUL = {
    "MIT-SHM": reasons.WITHOUT_MIT_SHM,
    "RANDR": reasons.WITHOUT_RANDR,
    "X-Resource": reasons.WITHOUT_X_RESOURCE,
    "XInputExtension": reasons.WITHOUT_XINPUT,
    "SHAPE": reasons.WITHOUT_SHAPE,
}
"""Extensions without which something else is done."""


def findings() -> Iterator[Finding]:
    """Yield what was looked at, one after the other."""
    try:
        import xcffib

        from capture.platforms.x11.protocol.display import Display
    except (ImportError, OSError) as error:
        yield Finding(
            _("X11 library"),
            False,
            reasons.AS_SAID.of(text=str(error)),
            reasons.AS_SAID.of(text="apt-get install libxcb1"),
        )
        return
    name = x11_display()
    if not name and is_wayland_session():
        yield Finding(_("Display"), True, reasons.WAYLAND_ONLY)
        return
    try:
        display = Display()
    except CaptureError as fault:
        yield Finding(_("Display"), False, fault.reason, reasons.MEND_DISPLAY)
        return
    yield Finding(_("Display"), True, reasons.AS_SAID.of(text=name))
    try:
        yield from _extensions(display)
        yield from _screens(display)
    except (CaptureError, xcffib.XcffibException) as fault:
        yield Finding(_("Display"), False, reasons.DISPLAY_STOPPED.of(problem=str(fault)), reasons.MEND_DISPLAY_LOG)
    finally:
        display.close()


def display_problem() -> Reason:
    """Return why the display cannot be connected to, `NOTHING` if it can."""
    import xcffib
    import xcffib.xproto  # without it a connection cannot even begin

    name = x11_display()
    if not name:
        return reasons.NO_DISPLAY
    try:
        xcffib.connect(display=name).disconnect()
    except xcffib.ConnectionException:
        return reasons.DISPLAY_GONE.of(display=name)
    return NOTHING


def _extensions(display: Display) -> Iterator[Finding]:
    from capture.platforms.x11.protocol.display import NEEDED_FOR

    for name, needed_for in NEEDED_FOR.items():
        found = display.has_extension(name)
        told = reasons.FOUND if found else reasons.MISSING.of(need=needed_for)
        yield Finding(_("X extension {name}").format(name=name), found, told, reasons.MEND_EXTENSION.of(name=name))
    for name, without in USEFUL.items():
        told = reasons.FOUND if display.has_extension(name) else reasons.MISSING_BUT.of(without=without)
        yield Finding(_("X extension {name}").format(name=name), True, told)


def _screens(display: Display) -> Iterator[Finding]:
    from capture.platforms.x11.clients import Clients
    from capture.platforms.x11.protocol.shm import shared_memory_problem
    from capture.platforms.x11.protocol.visual import pixel_format
    from capture.platforms.x11.xwayland import is_guest

    if is_guest(display):
        yield Finding(_("Screens"), True, reasons.WAYLAND_SCREENS, reasons.MEND_OTHER_DISPLAY)
    problem = shared_memory_problem(display)
    told = reasons.SHARED_MEMORY_NOT_USED.of(problem=problem) if problem else reasons.SHARED_MEMORY_USED
    yield Finding(_("Shared memory"), True, told)
    depth = display.connection.core.GetGeometry(display.root).reply().depth
    try:
        pixel_format(display, display.root)
        yield Finding(_("Colours"), True, reasons.COLOUR_BITS.of(bits=int(depth)))
    except CaptureError as fault:
        yield Finding(_("Colours"), False, fault.reason, reasons.MEND_COLOURS)
    kept = Clients(display).has_list()
    yield Finding(_("Window manager"), True, reasons.LIST_KEPT if kept else reasons.LIST_NOT_KEPT)
