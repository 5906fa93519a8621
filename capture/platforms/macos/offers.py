"""The parts that macOS offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from capture.platforms.contract import (
    Around,
    Backend,
    Finding,
    HotKey,
    Lister,
    Listing,
    Platform,
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
    from capture.platforms.macos.doctor import findings

    return findings()


def _lister(
    tell: Callable[[Listing], None], exclusions: Exclusions, generations: Generations, monitors: KnownMonitors
) -> Lister:
    from capture.platforms.macos.window_list import MacWindowList

    return MacWindowList(tell, exclusions, generations, monitors)


def _window(source: Source, around: Around) -> Backend:
    from capture.platforms.macos.window import ScreenCaptureKitWindow

    return ScreenCaptureKitWindow(source, around.exclusions, around.generations)


def _image(source: Source, around: Around) -> Backend:
    from capture.platforms.macos.window_image import WindowImage

    return WindowImage(source, around.exclusions, around.generations)


def _screen(source: Source, around: Around) -> Backend:
    from capture.platforms.macos.screen import ScreenCaptureKitScreen

    return ScreenCaptureKitScreen(source, around.exclusions)


def _hot_key(keys: Keys, pressed: Callable[[], None], failed: Callable[[Reason], None]) -> HotKey:
    from capture.platforms.macos.hot_key import MacHotKey

    return MacHotKey(keys, pressed, failed)


def _session_lock(changed: Callable[[], None], address: str | None) -> SessionLock:
    from capture.platforms.macos.session_lock import MacSessionLock

    return MacSessionLock(changed)


SCREEN_CAPTURE_KIT_WINDOW = Technique(
    "ScreenCaptureKit", "macOS 13, Screen Recording", _window,
    has_own_pixels=True, tells_changes=True, tells_damage=True, pointer="apart", has_menus=True,
)  # fmt: skip
"""The system hands over what it has composed of the window; what belongs to it, such as menus, from 14.2 on."""
WINDOW_IMAGE = Technique(
    "CGWindowListCreateImage", "macOS 13 or 14, Screen Recording", _image, has_own_pixels=True, pointer="apart"
)
"""A picture at a time. Apple calls it obsolete from macOS 15 on."""
SCREEN_CAPTURE_KIT_SCREEN = Technique(
    "ScreenCaptureKit", "macOS 13, Screen Recording", _screen,
    tells_changes=True, tells_damage=True, pointer="apart", has_menus=True,
)  # fmt: skip
"""The system leaves windows out that must not be seen."""
PLATFORM = Platform(
    findings=_findings,
    listers=(_lister,),
    techniques={
        "window": (SCREEN_CAPTURE_KIT_WINDOW, WINDOW_IMAGE),
        "desktop": (SCREEN_CAPTURE_KIT_SCREEN,),
        "monitor": (SCREEN_CAPTURE_KIT_SCREEN,),
    },
    hot_key=_hot_key,
    session_lock=_session_lock,
)
