"""All that a platform can offer. One folder per platform; nothing outside of this package knows which one is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from capture.picture.frame import Take
from capture.picture.pixels import Rect
from capture.platforms.generations import Generations
from capture.platforms.keys import Keys
from capture.platforms.monitors import KnownMonitors
from capture.platforms.picks import Picking, PickStore
from capture.privacy.exclusions import Exclusions
from capture.reason import NOTHING, Reason
from capture.source import Condition, Source

Places = Mapping[str, Rect]
"""By a source's id, where it is: relative to the root, in device pixels. A source out of sight is not in it."""
SessionState = Literal["unlocked", "locked", "asleep"]
"""Asleep: about to sleep, or just waking."""


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes:
        name: of what, in the language in use.
        ok: it is there.
        found: what was found.
        mend: how it is had; `NOTHING` where nothing helps or nothing is missing.
    """

    name: str
    ok: bool
    found: Reason
    mend: Reason = NOTHING


class Wake(Enum):
    """Why a backend's wait ended."""

    NOTHING = "the time is over, or the feed was called"
    CHANGED = "the picture may look different"
    URGENT = "the source's state changed: look at once, whatever the rate"


class Backend(Protocol):
    """One way to take pictures of one source. Every call comes from the same thread.

    ``open`` and ``take`` raise `DisplayGone` when the display server does not answer and `SourceGone` when
    the source is closed for good. ``close`` may be called at any time, also twice, and never raises.
    """

    def open(self) -> None:
        """Connect and prepare."""

    def wait(self, seconds: float | None, call: int) -> Wake:
        """Block until something may have changed, ``seconds`` are over (None: for ever), or ``call`` is readable.

        News that is known and was not told yet ends the wait at once, however long ago it was noticed.
        ``call`` is a file descriptor through which the feed is woken; it is not read here.
        """

    def take(self, pointer: bool) -> Take:
        """Look at the source now; with ``pointer`` also at the mouse pointer."""

    def close(self) -> None:
        """Give everything back."""


@runtime_checkable
class Paced(Protocol):
    """A backend that can have pictures made no oftener than they are wanted. Called like the rest of it."""

    def set_rate(self, fps: float) -> None:
        """Have ``fps`` pictures a second be made at most, or somewhat more; called often with the same rate."""


@dataclass(frozen=True, slots=True)
class Listing:
    """All there is to show: desktop, monitors, windows; or why there is nothing."""

    sources: tuple[Source, ...]
    condition: Condition


class WindowList(Protocol):
    """Tells of every change of the windows and screens, from a thread of its own, until `stop`."""

    def start(self) -> None:
        """Begin."""

    def look_again(self) -> None:
        """Have the list made again, after the guard's rules have changed."""

    def stop(self) -> None:
        """Have it end, within a fraction of a second."""

    def join(self, seconds: float) -> None:
        """Wait until it has ended, ``seconds`` at most."""


class Picker(Protocol):
    """Has the person pick sources in a dialog of the desktop, and brings them back in later runs.

    It has a thread of its own, from `start` to `stop`. Any thread may call; every call returns at once.
    """

    def start(self, tell: Callable[[Picking], None]) -> None:
        """Begin; ``tell`` is called from its thread after each change, the first time at once."""

    def pick(self, again: str = "") -> None:
        """Show the dialog, for a new source or for the one that has the id ``again``. One that is open is closed."""

    def remove(self, source_id: str) -> None:
        """Forget what was picked, and have no more pictures of it."""

    def backend(self, source: Source) -> Backend:
        """Return what takes the pictures of one of its sources, not yet opened."""
        ...

    def stop(self) -> None:
        """Have it end, within a fraction of a second."""

    def join(self, seconds: float) -> None:
        """Wait until it has ended, ``seconds`` at most."""


class PlaceList(Protocol):
    """Tells where chosen sources are, from a thread of its own, until `stop`."""

    def start(self) -> None:
        """Begin."""

    def follow(self, sources: Iterable[Source]) -> None:
        """Follow these sources, and no others."""

    def stop(self) -> None:
        """Have it end, within a fraction of a second."""

    def join(self, seconds: float) -> None:
        """Wait until it has ended, ``seconds`` at most."""


class HotKey(Protocol):
    """Listens for keys from `start` to `stop`. Loop only."""

    def start(self) -> None:
        """Begin to listen."""

    async def stop(self) -> None:
        """Listen no longer; may be called twice."""


class SessionLock(Protocol):
    """Follows the session's lock from `start` to `stop`. Loop only."""

    @property
    def state(self) -> SessionState:
        """Return how the session is; ``unlocked`` where nobody tells."""
        ...

    def start(self) -> None:
        """Begin to follow."""

    async def stop(self) -> None:
        """Follow it no longer; may be called twice."""


class SystemTray(Protocol):
    """Follows whether this display shows tray icons, from `start` to `stop`. Loop only."""

    def start(self) -> None:
        """Begin to follow."""

    async def stop(self) -> None:
        """Follow it no longer; may be called twice."""


def _no_problem() -> Reason:
    return NOTHING


@dataclass(frozen=True, slots=True)
class Platform:
    """The parts that one kind of system offers, each None where it does not.

    Every function imports what it needs when it is called: libraries of other systems are not there.

    Attributes:
        findings: what taking pictures needs, and whether it is there.
        display_problem: why no window can be opened, `NOTHING` if one can.
        window_list: ``tell`` is called from its thread with each new `Listing`, the first time as soon as it is known.
            Windows of programs that ``exclusions`` never shows are left out. Each window gets one of ``generations``,
            each monitor its id from ``monitors``.
        picker: what shows the desktop's own dialog, not yet started, with where picks are kept; the ``address`` is a
            bus, else the usual.
        backend: what takes the pictures of a window or a screen, not yet opened.
        places: ``tell`` is called from its thread with all places after each change.
        hot_key: ``pressed()`` is called on the loop each time, ``failed(words)`` once when it listens no more.
        session_lock: ``changed()`` is called on the loop after each change; the ``address`` is a bus, else the usual.
        system_tray: ``changed(is_there)`` is called on the loop after each change, and as soon as it is known.
    """

    findings: Callable[[], Iterator[Finding]] | None = None
    display_problem: Callable[[], Reason] = _no_problem
    window_list: Callable[[Callable[[Listing], None], Exclusions, Generations, KnownMonitors], WindowList] | None = None
    picker: Callable[[PickStore | None, str | None], Picker] | None = None
    backend: Callable[[Source, Exclusions, Generations], Backend] | None = None
    places: Callable[[Callable[[Places], None]], PlaceList] | None = None
    hot_key: Callable[[Keys, Callable[[], None], Callable[[Reason], None]], HotKey] | None = None
    session_lock: Callable[[Callable[[], None], str | None], SessionLock] | None = None
    system_tray: Callable[[Callable[[bool], None]], SystemTray] | None = None
