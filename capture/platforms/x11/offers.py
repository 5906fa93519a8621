"""The parts that X11 offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from capture.platforms.contract import (
    Backend,
    Finding,
    HotKey,
    Listing,
    PlaceList,
    Places,
    Platform,
    SystemTray,
    WindowList,
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


def _window_list(
    tell: Callable[[Listing], None], exclusions: Exclusions, generations: Generations, monitors: KnownMonitors
) -> WindowList:
    from capture.platforms.x11.window_list import X11WindowList

    return X11WindowList(tell, exclusions, generations, monitors)


def _backend(source: Source, exclusions: Exclusions, generations: Generations) -> Backend:
    if source.kind == "window":
        from capture.platforms.x11.window import X11Window

        return X11Window(source, exclusions, generations)
    from capture.platforms.x11.screen import Screen

    return Screen(source, exclusions)


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
    window_list=_window_list,
    backend=_backend,
    places=_places,
    hot_key=_hot_key,
    system_tray=_system_tray,
)
