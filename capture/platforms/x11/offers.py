"""The parts that X11 offers."""

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
    SystemTray,
    Technique,
)
from capture.platforms.generations import Generations
from capture.platforms.keys import Keys
from capture.platforms.monitors import KnownMonitors
from capture.privacy.exclusions import Exclusions
from capture.reason import Reason
from capture.source import Source


def _findings() -> Iterator[Finding]:
    from capture.platforms.x11.doctor import findings

    return findings()


def _display_problem() -> Reason:
    from capture.platforms.x11.doctor import display_problem

    return display_problem()


def _lister(
    tell: Callable[[Listing], None], exclusions: Exclusions, generations: Generations, monitors: KnownMonitors
) -> Lister:
    from capture.platforms.x11.window_list import X11WindowList

    return X11WindowList(tell, exclusions, generations, monitors)


def _window(source: Source, around: Around) -> Backend:
    from capture.platforms.x11.window import X11Window

    return X11Window(source, around.exclusions, around.generations)


def _screen(source: Source, around: Around) -> Backend:
    from capture.platforms.x11.screen import Screen

    return Screen(source, around.exclusions)


COMPOSITE = Technique(
    "Composite", "Composite, DAMAGE, XFIXES", _window,
    has_own_pixels=True, tells_changes=True, tells_damage=True, pointer="apart",
)  # fmt: skip
"""A window's own picture. Through shared memory (MIT-SHM) where there is some, else over the connection."""
ROOT_WINDOW = Technique(
    "root window", "DAMAGE, XFIXES", _screen, tells_changes=True, tells_damage=True, pointer="apart", has_menus=True
)
"""What is on the screen, likewise through shared memory."""


def _places(tell: Callable[[Places], None]) -> PlaceList:
    from capture.platforms.x11.places import X11Places

    return X11Places(tell)


def _hot_key(keys: Keys, pressed: Callable[[], None], failed: Callable[[Reason], None]) -> HotKey:
    from capture.platforms.x11.hot_key import X11HotKey

    return X11HotKey(keys, pressed, failed)


def _system_tray(changed: Callable[[bool], None]) -> SystemTray:
    from capture.platforms.x11.system_tray import X11SystemTray

    return X11SystemTray(changed)


PLATFORM = Platform(
    findings=_findings,
    display_problem=_display_problem,
    listers=(_lister,),
    techniques={"window": (COMPOSITE,), "desktop": (ROOT_WINDOW,), "monitor": (ROOT_WINDOW,)},
    places=_places,
    hot_key=_hot_key,
    system_tray=_system_tray,
)
