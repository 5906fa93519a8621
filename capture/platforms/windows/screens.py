"""Where the desktop and the monitors are, as Windows tells it.

A monitor is known by the path of its device, which has its model and its connector in it and stays the same when others
are plugged in or out; its number (``\\\\.\\DISPLAY1``) is given to whichever comes first.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, NamedTuple

from mss.tools import parse_edid

from capture.picture.pixels import Rect, around
from capture.platforms.windows.top_windows import rect_of
from capture.platforms.windows.win32.declarations import DisplayDevice, EachMonitor, MonitorInfo, text_of, user32
from capture.source import Kind, clean_text

VIRTUAL_SCREEN = (76, 77, 78, 79)
"""SM_XVIRTUALSCREEN and the following: left, top, width, height of all monitors together."""
INTERFACE_NAME = 1
GENERIC = "generic"
DEVICES = r"SYSTEM\CurrentControlSet\Enum"


class Monitor(NamedTuple):
    """One monitor: the path of its device, where it is on the desktop, in device pixels, and its handle (HMONITOR)."""

    output: str
    place: Rect
    handle: int = 0


class Layout(NamedTuple):
    """A screen that is shown: where it is on the desktop, and all monitors of which something is there."""

    place: Rect
    monitors: tuple[Monitor, ...]


def whole_desktop() -> Rect:
    """Return where all monitors are together; its corner may be left of and above the first monitor's."""
    return Rect(*(user32().GetSystemMetrics(each) for each in VIRTUAL_SCREEN))


def monitors() -> list[Monitor]:
    """Return the monitors that are there and can be told from each other, in the system's order."""
    found = _found(_output)
    names = [monitor.output for monitor in found]
    # Of two that cannot be told apart neither is shown as the other.
    return [monitor for monitor in found if names.count(monitor.output) == 1]


def _found(output_of: Callable[[str], str]) -> list[Monitor]:
    """Return all monitors; ``output_of`` gets the name of each one's adapter."""
    found: list[Monitor] = []
    library = user32()

    def each(monitor: int | None, context: int | None, box: int | None, more: int) -> int:
        info = MonitorInfo(size=ctypes.sizeof(MonitorInfo))
        if library.GetMonitorInfoW(monitor, ctypes.byref(info)):
            found.append(Monitor(output_of(text_of(info.device)), rect_of(info.whole), monitor or 0))
        return 1

    library.EnumDisplayMonitors(None, None, EachMonitor(each), 0)
    return found


def place_of(kind: Kind, output: str) -> Rect | None:
    """Return where a screen is, None when it is not there."""
    layout = layout_of(kind, output)
    return None if layout is None else layout.place


def layout_of(kind: Kind, output: str) -> Layout | None:
    """Return a screen as it is now, None when it is not there."""
    whole = whole_desktop()
    if kind == "desktop":
        return Layout(whole, tuple(_found(str))) if whole.area > 0 else None
    for monitor in monitors():
        place = within(monitor.place, whole)
        if monitor.output == output and place is not None:
            return Layout(place, (monitor,))
    return None


def within(place: Rect, whole: Rect) -> Rect | None:
    """Return the part of ``place`` that lies on the whole desktop, None for no part."""
    found = around([Rect(place.x - whole.x, place.y - whole.y, place.width, place.height)], whole.width, whole.height)
    return None if found is None else Rect(found.x + whole.x, found.y + whole.y, found.width, found.height)


def label_of(output: str) -> str:
    """Return what people know a monitor by: its model where it tells one, else the name that Windows gives it."""
    model = clean_text(str(parse_edid(_edid(output)).get("display_name", "")))
    return model or clean_text(_description(output)) or output


def device_key(output: str) -> str:
    r"""Return where the registry keeps what is known of a device: ``\\?\DISPLAY#DEL40F8#5&1&0&UID4#{…}`` of it.

    Empty where that is no path of a device.
    """
    parts = output.removeprefix("\\\\?\\").split("#")
    is_path = output.startswith("\\\\?\\") and len(parts) >= 3 and all(parts[:3])
    return "\\".join((DEVICES, *parts[:3])) if is_path else ""


def _output(adapter: str) -> str:
    """Return the path of the device at an adapter's output, the output's own name where there is none."""
    device = DisplayDevice(size=ctypes.sizeof(DisplayDevice))
    if user32().EnumDisplayDevicesW(adapter, 0, ctypes.byref(device), INTERFACE_NAME):
        return text_of(device.id) or adapter
    return adapter


def _description(output: str) -> str:
    for adapter in _adapters():
        device = DisplayDevice(size=ctypes.sizeof(DisplayDevice))
        if user32().EnumDisplayDevicesW(adapter, 0, ctypes.byref(device), INTERFACE_NAME) and output in (
            text_of(device.id),
            adapter,
        ):
            told = text_of(device.description)
            # "Generic PnP Monitor", in whichever language, tells nobody anything: its number does.
            return told if told and GENERIC not in told.casefold() else adapter.rpartition("\\")[2]
    return ""


def _adapters() -> list[str]:
    found: list[str] = []
    device = DisplayDevice(size=ctypes.sizeof(DisplayDevice))
    while user32().EnumDisplayDevicesW(None, len(found), ctypes.byref(device), 0):
        found.append(text_of(device.name))
    return found


def _edid(output: str) -> bytes:
    """Return what a monitor says of itself, empty where Windows keeps nothing of it."""
    import winreg

    registry: Any = winreg  # of which type checkers of other systems know no functions
    where = device_key(output)
    if not where:
        return b""
    try:
        with registry.OpenKey(registry.HKEY_LOCAL_MACHINE, rf"{where}\Device Parameters") as key:
            told, _kind = registry.QueryValueEx(key, "EDID")
    except OSError:
        return b""
    return bytes(told) if isinstance(told, bytes) else b""
