"""One table of the platforms that serve each system, and the words where none does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from capture import reasons
from capture.errors import CaptureError
from capture.platforms.attempts import FirstThatBegins
from capture.platforms.contract import (
    Around,
    Backend,
    Finding,
    HotKey,
    Lister,
    Listing,
    Picker,
    PlaceList,
    Places,
    Platform,
    SessionEnd,
    SessionLock,
    SystemTray,
    Technique,
)
from capture.platforms.demo import DEMO
from capture.platforms.generations import Generations
from capture.platforms.keys import HotKeyError, Keys
from capture.platforms.linux import offers as linux
from capture.platforms.macos import offers as macos
from capture.platforms.monitors import KnownMonitors
from capture.platforms.picks import PickStore
from capture.platforms.system import System, family, system
from capture.platforms.wayland import offers as wayland
from capture.platforms.windows import offers as windows
from capture.platforms.x11 import offers as x11
from capture.privacy.exclusions import Exclusions
from capture.reason import Reason
from capture.source import Kind, Source
from resources.translate import _

_X11 = replace(x11.PLATFORM, session_lock=linux.PLATFORM.session_lock)


def _wayland_findings() -> Iterator[Finding]:
    for platform in (x11.PLATFORM, wayland.PLATFORM):
        if platform.findings is not None:
            yield from platform.findings()


# Under Wayland, X11 tells of keys for its own windows only, and of places of its own windows only.
_WAYLAND = replace(
    _X11,
    places=None,
    hot_key=linux.PLATFORM.hot_key,
    picker=wayland.PLATFORM.picker,
    findings=_wayland_findings,
    # What X11 takes for the screen is black there.
    techniques={"window": x11.PLATFORM.techniques["window"], **wayland.PLATFORM.techniques},
)
PLATFORMS: Mapping[System, Platform] = MappingProxyType(
    {
        "x11": _X11,
        "wayland+x11": _WAYLAND,
        "wayland": replace(_WAYLAND, techniques=wayland.PLATFORM.techniques),
        # It says why there are no windows, and may find a display later.
        "headless": replace(_X11, places=None, hot_key=None),
        "windows": windows.PLATFORM,
        "macos": macos.PLATFORM,
        "other": Platform(),
    }
)


def platform() -> Platform:
    """Return what this system offers."""
    return PLATFORMS[system()]


def unkept(name: System) -> Mapping[str, Reason]:
    """Return the protecting settings that a system does not keep to, or not everywhere, with what to say of it."""
    offered = PLATFORMS[name]
    is_there = {
        # Nobody tells there where windows are.
        "never_shown": (offered.picker is None, reasons.PICKS_UNCOVERED),
        "border": (offered.places is not None, reasons.NO_BORDER),
        "when_locked": (offered.session_lock is not None, reasons.LOCK_UNKNOWN),
    }
    return {setting: reason for setting, (kept, reason) in is_there.items() if not kept}


def techniques(name: System, kind: Kind) -> tuple[Technique, ...]:
    """Return what is tried on a system for a kind of source, in this order; nothing where there are no pictures."""
    return (DEMO,) if kind == "demo" else PLATFORMS[name].techniques.get(kind, ())


def make_backend(
    source: Source,
    exclusions: Exclusions | None = None,
    generations: Generations | None = None,
    picker: Picker | None = None,
) -> Backend:
    """Return a backend for ``source``, not yet opened; what ``exclusions`` says is never shown will be in no picture.

    Without a guard that is our own windows and those of the programs on the starting list. ``generations`` are those of
    the catalog that ``source`` is from, and ``picker`` is what it was picked with.

    Raises:
        CaptureError: no technique works on this system.
    """
    ways = techniques(system(), source.kind)
    around = Around(exclusions or Exclusions(), generations or Generations(), picker)
    if not ways:
        raise CaptureError(reasons.PICK_ELSEWHERE if source.kind == "portal" else reasons.ONLY_X11)
    return ways[0].make(source, around) if len(ways) == 1 else FirstThatBegins(ways, source, around)


def make_picker(store: PickStore | None, address: str | None = None) -> Picker | None:
    """Return what has the person pick sources, not yet started; None where the system lists all there is."""
    make = platform().picker
    return None if make is None else make(store, address)


def make_listers(
    tell: Callable[[int, Listing], None], exclusions: Exclusions, generations: Generations, monitors: KnownMonitors
) -> tuple[Lister, ...]:
    """Return all that tell of sources, not yet started; ``tell`` gets which of them tells, see `MakeLister`.

    Raises:
        CaptureError: this system lists none.
    """
    made = platform().listers
    if not made:
        raise CaptureError(reasons.ONLY_X11_LISTED)
    return tuple(make(partial(tell, number), exclusions, generations, monitors) for number, make in enumerate(made))


def make_places(tell: Callable[[Places], None]) -> PlaceList | None:
    """Return what tells where sources are on this computer's screen, not yet started; None where nobody does."""
    make = platform().places
    return None if make is None else make(tell)


def make_hot_key(keys: Keys, pressed: Callable[[], None], failed: Callable[[Reason], None]) -> HotKey:
    """Return what listens for ``keys``, not yet started; see `Platform.hot_key`.

    Raises:
        HotKeyError: no technique works on this system.
    """
    make = platform().hot_key
    if make is None:
        raise HotKeyError(reasons.KEYS_UNSUPPORTED)
    return make(keys, pressed, failed)


def make_session_lock(changed: Callable[[], None], address: str | None = None) -> SessionLock | None:
    """Return what follows the session's lock, not yet started; None where nobody tells of it."""
    make = platform().session_lock
    return None if make is None else make(changed, address)


def make_session_end(end: Callable[[], None]) -> SessionEnd | None:
    """Return what tells of the session's end, not yet started; None where the system tells each program by a signal."""
    make = platform().session_end
    return None if make is None else make(end)


def make_system_tray(changed: Callable[[bool], None]) -> SystemTray | None:
    """Return what follows whether the display shows tray icons, not yet started; None where nobody tells of it."""
    make = platform().system_tray
    return None if make is None else make(changed)


def findings() -> Iterator[Finding]:
    """Yield what taking pictures needs on this system, and whether it is there."""
    look = platform().findings
    if look is None:
        yield Finding(_("System"), False, reasons.ONLY_DEMO.of(system=family()))
    else:
        yield from look()
