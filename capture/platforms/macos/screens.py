"""Which displays there are, and where, as macOS tells it.

A display is known by its UUID, which macOS makes of its maker, model, serial number and connector, and keeps when
others are plugged in or out. Its number (CGDirectDisplayID) may be another one's later.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
from collections.abc import Iterable
from typing import Any, NamedTuple

from capture.picture.pixels import Rect, overlap
from capture.platforms.macos.frameworks import frameworks
from capture.platforms.macos.top_windows import rect_of
from capture.source import Kind, clean_text

MOST_DISPLAYS = 32


class Uuid(ctypes.Structure):
    """CFUUIDBytes."""

    _fields_ = (("bytes", ctypes.c_uint8 * 16),)


@functools.cache
def color_sync() -> Any:
    """Return ColorSync, and with it CoreFoundation."""
    library = ctypes.CDLL("/System/Library/Frameworks/ColorSync.framework/ColorSync")
    library.CGDisplayCreateUUIDFromDisplayID.restype = ctypes.c_void_p
    library.CFUUIDGetUUIDBytes.argtypes = library.CFRelease.argtypes = (ctypes.c_void_p,)
    library.CFUUIDGetUUIDBytes.restype = Uuid
    return library


class Display(NamedTuple):
    """One display.

    Attributes:
        number: by which macOS knows it now.
        output: by which it is known as long as it exists.
        place: in points, from the upper left corner of the display with the menu bar.
        scale: device pixels a point, 2 of most displays of Apple's.
    """

    number: int
    output: str
    place: Rect
    scale: float

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in device pixels."""
        return round(self.place.width * self.scale), round(self.place.height * self.scale)


def displays() -> list[Display]:
    """Return the displays that show something of their own, also those that are asleep.

    Raises:
        OSError: macOS does not say: nobody is logged in on its screen.
    """
    found = [_display(number, _output(number)) for number in _numbers()]
    outputs = [display.output for display in found]
    # Of two that cannot be told apart neither is shown as the other.
    return [display for display in found if outputs.count(display.output) == 1]


def display_of(kind: Kind, output: str) -> Display | None:
    """Return the display that a source shows, None when it is not there.

    The whole desktop is a display as long as there is one only: macOS hands over each by itself.
    """
    found = displays()
    if kind == "desktop":
        return found[0] if len(found) == 1 else None
    return next((display for display in found if display.output == output), None)


def scale_at(place: Rect, there: Iterable[Display] | None = None) -> float:
    """Return the scale of the display on which the middle of a place is, 1 where it is on none."""
    middle = Rect(place.x + place.width // 2, place.y + place.height // 2, 1, 1)
    found = (_display(number, "") for number in _numbers()) if there is None else there
    return next((each.scale for each in found if overlap(each.place, middle)), 1.0)


def is_asleep(display: Display | None = None) -> bool:
    """Tell whether a display is switched off to save energy; without one, whether all are."""
    asked = _numbers() if display is None else [display.number]
    return bool(asked) and all(map(frameworks().quartz.CGDisplayIsAsleep, asked))


def label_of(display: Display) -> str:
    """Return what people know a display by, in the language of macOS."""
    for screen in frameworks().appkit.NSScreen.screens() or ():
        if int(screen.deviceDescription()["NSScreenNumber"]) == display.number:
            return clean_text(str(screen.localizedName()))
    return display.output


def _numbers() -> list[int]:
    quartz = frameworks().quartz
    error, numbers, count = quartz.CGGetOnlineDisplayList(MOST_DISPLAYS, None, None)
    if error:
        raise OSError(error, "macOS does not list its displays")
    # One that mirrors another shows nothing of its own.
    return [int(number) for number in tuple(numbers)[:count] if not quartz.CGDisplayMirrorsDisplay(number)]


def _display(number: int, output: str) -> Display:
    quartz = frameworks().quartz
    place = rect_of(quartz.CGDisplayBounds(number))
    mode = quartz.CGDisplayCopyDisplayMode(number)
    points = quartz.CGDisplayModeGetWidth(mode) if mode is not None else 0
    scale = quartz.CGDisplayModeGetPixelWidth(mode) / points if points else 1.0
    return Display(number, output, place, float(scale))


def _output(number: int) -> str:
    with contextlib.suppress(OSError, AttributeError):
        library = color_sync()
        uuid = library.CGDisplayCreateUUIDFromDisplayID(number)
        if uuid:
            output = bytes(library.CFUUIDGetUUIDBytes(uuid).bytes).hex()
            library.CFRelease(uuid)
            return output
    quartz = frameworks().quartz
    asked = (quartz.CGDisplayVendorNumber, quartz.CGDisplayModelNumber, quartz.CGDisplaySerialNumber)
    return "-".join(f"{ask(number):x}" for ask in asked)
