"""All that a platform can offer. One folder per platform; nothing outside of this package knows which one is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from capture.picture.frame import Take
from capture.picture.pixels import Rect
from capture.platforms.generations import Generations
from capture.platforms.keys import Keys
from capture.platforms.monitors import KnownMonitors
from capture.platforms.picks import Picking, PickStore
from capture.privacy.exclusions import Exclusions
from capture.reason import NOTHING, Reason
from capture.source import Condition, Kind, Source

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
    the source is closed for good. They raise `NoPicture` where another technique is to be tried, also after this one
    has brought pictures. ``close`` may be called at any time, also twice, and never raises.
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
    """What one `Lister` finds: the sources, or why there are none. Also a live one may have a reason to tell."""

    sources: tuple[Source, ...]
    condition: Condition


class Lister(Protocol):
    """Tells of every change of the sources of one kind or more, from a thread of its own, until `stop`.

    It sleeps until the system says that something has changed, and asks now and then only where no system says so.
    """

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


@dataclass(frozen=True, slots=True)
class Around:
    """All that a backend may need beside its source.

    Attributes:
        exclusions: what must be in no picture.
        generations: those of the catalog that the source is from.
        picker: what the source was picked with, None where nothing is.
    """

    exclusions: Exclusions = field(default_factory=Exclusions)
    generations: Generations = field(default_factory=Generations)
    picker: Picker | None = None


@dataclass(frozen=True, slots=True)
class Technique:
    """One way to take pictures, and what it can do; all of it is claimed here and tried by ``panecast doctor --try``.

    Attributes:
        name: as the system's makers call it, such as ``Composite``. In no language of ours.
        needs: what it cannot do without, called likewise.
        make: a backend of it, not yet opened.
        has_own_pixels: a window that is covered shows itself, and not what covers it.
        tells_changes: its `wait` ends when something was painted; else it has to look again and again.
        tells_damage: a take says where something was painted.
        pointer: it comes apart from the picture, or lies in it where it is wanted, or there is none.
        has_menus: menus that a program opens as windows of their own are in the window's picture.
    """

    name: str
    needs: str
    make: Callable[[Source, Around], Backend]
    has_own_pixels: bool = False
    tells_changes: bool = False
    tells_damage: bool = False
    pointer: Literal["apart", "inside", "none"] = "none"
    has_menus: bool = False


Techniques = Mapping[Kind, tuple[Technique, ...]]
"""Those that are tried for each kind of source, the first one first; a kind that is not in it has no pictures."""
MakeLister = Callable[[Callable[[Listing], None], Exclusions, Generations, KnownMonitors], Lister]
"""Makes a lister, not yet started. The first value is called from its thread with each new `Listing`, for the first
time as soon as it is known. Windows of programs that the exclusions never show are left out. Each window gets one of
the generations. The last value gives monitors their ids, and one lister alone may use it."""


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


class SessionEnd(Protocol):
    """Tells of the session's end from `start` to `stop`. Loop only."""

    def start(self) -> None:
        """Begin to listen."""

    async def stop(self) -> None:
        """Listen no longer; may be called twice. To be called when all else is done."""


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
        listers: what tells of the sources there are; the catalog has them in this order.
        techniques: the ways to take their pictures.
        picker: what shows the desktop's own dialog, not yet started, with where picks are kept; the ``address`` is a
            bus, else the usual.
        places: ``tell`` is called from its thread with all places after each change.
        hot_key: ``pressed()`` is called on the loop each time, ``failed(words)`` once when it listens no more.
        session_lock: ``changed()`` is called on the loop after each change; the ``address`` is a bus, else the usual.
        session_end: ``end()`` is called on the loop as the session ends, and has some seconds to end the process then.
        system_tray: ``changed(is_there)`` is called on the loop after each change, and as soon as it is known.
    """

    findings: Callable[[], Iterator[Finding]] | None = None
    display_problem: Callable[[], Reason] = _no_problem
    listers: tuple[MakeLister, ...] = ()
    techniques: Techniques = field(default_factory=lambda: MappingProxyType({}))
    picker: Callable[[PickStore | None, str | None], Picker] | None = None
    places: Callable[[Callable[[Places], None]], PlaceList] | None = None
    hot_key: Callable[[Keys, Callable[[], None], Callable[[Reason], None]], HotKey] | None = None
    session_lock: Callable[[Callable[[], None], str | None], SessionLock] | None = None
    session_end: Callable[[Callable[[], None]], SessionEnd] | None = None
    system_tray: Callable[[Callable[[bool], None]], SystemTray] | None = None
