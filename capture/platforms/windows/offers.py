"""The parts that Windows offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from capture.platforms.contract import (
    Around,
    Backend,
    Finding,
    HotKey,
    Lister,
    Listing,
    PlaceList,
    Places,
    Platform,
    SessionEnd,
    SessionLock,
    Technique,
)
from capture.platforms.generations import Generations
from capture.platforms.keys import Keys
from capture.platforms.monitors import KnownMonitors
from capture.privacy.exclusions import Exclusions
from capture.reason import Reason
from capture.source import Source


def _findings() -> Iterator[Finding]:
    from capture.platforms.windows.doctor import findings

    return findings()


def _lister(
    tell: Callable[[Listing], None], exclusions: Exclusions, generations: Generations, monitors: KnownMonitors
) -> Lister:
    from capture.platforms.windows.window_list import WindowsWindowList

    return WindowsWindowList(tell, exclusions, generations, monitors)


def _graphics_capture(source: Source, around: Around) -> Backend:
    from capture.platforms.windows.graphics_capture.window import GraphicsCaptureWindow

    return GraphicsCaptureWindow(source, around.exclusions, around.generations)


def _printed(source: Source, around: Around) -> Backend:
    from capture.platforms.windows.window import PrintedWindow

    return PrintedWindow(source, around.exclusions, around.generations)


def _handed_screen(source: Source, around: Around) -> Backend:
    from capture.platforms.windows.graphics_capture.screen import GraphicsCaptureReader
    from capture.platforms.windows.screen import WindowsScreen

    return WindowsScreen(source, around.exclusions, GraphicsCaptureReader())


def _duplicated_screen(source: Source, around: Around) -> Backend:
    from capture.platforms.windows.duplication.reader import DuplicationReader
    from capture.platforms.windows.screen import WindowsScreen

    return WindowsScreen(source, around.exclusions, DuplicationReader())


def _copied_screen(source: Source, around: Around) -> Backend:
    from capture.platforms.windows.readers import GdiReader
    from capture.platforms.windows.screen import WindowsScreen

    return WindowsScreen(source, around.exclusions, GdiReader())


def _places(tell: Callable[[Places], None]) -> PlaceList:
    from capture.platforms.windows.places import WindowsPlaces

    return WindowsPlaces(tell)


def _hot_key(keys: Keys, pressed: Callable[[], None], failed: Callable[[Reason], None]) -> HotKey:
    from capture.platforms.windows.hot_key import WindowsHotKey

    return WindowsHotKey(keys, pressed, failed)


def _session_lock(changed: Callable[[], None], address: str | None) -> SessionLock:
    from capture.platforms.windows.session_lock import WindowsSessionLock

    return WindowsSessionLock(changed)


def _session_end(end: Callable[[], None]) -> SessionEnd:
    from capture.platforms.windows.session_end import WindowsSessionEnd

    return WindowsSessionEnd(end)


GRAPHICS_CAPTURE = Technique(
    "Windows.Graphics.Capture", "Windows 10 1903, Direct3D 11", _graphics_capture,
    has_own_pixels=True, tells_changes=True, tells_damage=True, pointer="apart",
)  # fmt: skip
"""The system hands over what it has composed of the window. Damage it tells from Windows 11 24H2 on."""
PRINT_WINDOW = Technique("PrintWindow", "Windows 8.1", _printed, has_own_pixels=True, pointer="apart")
"""The program paints once more, for us."""
GRAPHICS_CAPTURE_SCREEN = Technique(
    "Windows.Graphics.Capture", "Windows 10 1903, Direct3D 11", _handed_screen,
    tells_changes=True, tells_damage=True, pointer="apart", has_menus=True,
)  # fmt: skip
"""What the system has composed of a monitor, handed over likewise."""
DUPLICATION = Technique(
    "Desktop Duplication", "Windows 8, a graphics card that has the monitor", _duplicated_screen,
    tells_changes=True, tells_damage=True, pointer="apart", has_menus=True,
)  # fmt: skip
"""What a graphics card shows on a monitor, by DXGI. It is asked often, and tells where something has changed."""
SCREEN_COPY = Technique("BitBlt", "Windows 8.1", _copied_screen, pointer="apart", has_menus=True)
"""What Windows has composed, by GDI."""
SCREENS = (GRAPHICS_CAPTURE_SCREEN, DUPLICATION, SCREEN_COPY)
PLATFORM = Platform(
    findings=_findings,
    listers=(_lister,),
    techniques={
        "window": (
            GRAPHICS_CAPTURE,
            PRINT_WINDOW,
        ),
        "desktop": SCREENS,
        "monitor": SCREENS,
    },
    places=_places,
    hot_key=_hot_key,
    session_lock=_session_lock,
    session_end=_session_end,
)
