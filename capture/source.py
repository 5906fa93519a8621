"""Sources, which can be shown: the desktop, a monitor, a window, the demo picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from capture.reason import NOTHING, Reason

Kind = Literal["desktop", "monitor", "window", "portal", "demo"]
"""Portal: picked by the person in a dialog of the desktop, which alone knows what it is."""
State = Literal["live", "minimised", "hidden", "protected", "paused", "blanked", "waiting", "closed"]
"""Protected: the window keeps itself out of pictures, and is in none."""

DESKTOP_ID = "0"
DEMO_ID = "demo"
TITLE_LIMIT = 256
"""Longest title in characters; programs may set titles of any length."""
CONNECTOR = re.compile(r"[A-Za-z][\w.-]{0,15}")
"""As sockets are called: ``HDMI-1``, ``eDP-1``, ``DP-1.2``. Paths of devices and long identifiers are not."""


def clean_text(text: str) -> str:
    """Return ``text`` as one line without control characters or lone surrogates, cut at `TITLE_LIMIT`."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    printable = "".join(character if character.isprintable() else " " for character in whole[: TITLE_LIMIT * 2])
    return " ".join(printable.split())[:TITLE_LIMIT]


@dataclass(frozen=True, slots=True)
class Icon:
    """A program's own icon: ``width`` × ``height`` pixels, straight (not premultiplied) BGRA."""

    width: int
    height: int
    bgra: bytes


class Identity(NamedTuple):
    """The part of a source that stays the same for as long as it is the same thing.

    ``id`` is the source's. A window's number may be given to another one: ``pid`` and ``started`` tell its process from
    a later one, ``generation`` tells it from a later window, also of the same process. It differs in each run.
    A monitor is the same as long as its ``output`` is.
    """

    id: str
    pid: int | None = None
    started: int | None = None
    generation: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that can be shown, as it was when last looked at.

    Attributes:
        id: what stands in addresses: ``0``, a window's handle in decimal, ``monitor-1``, ``portal-1``, ``demo``.
        kind: desktop, monitor, window, portal or demo.
        title: one line, at most 256 characters; may be empty.
        app: the program's name, empty where there is none.
        width, height: device pixels.
        state: ``live``, ``minimised``, ``hidden`` or ``protected``; a running feed knows more.
        pid: the owning process, None where the system does not tell.
        started: start time of that process in clock ticks since boot; with ``pid`` it tells a reused
            handle from the window it once was.
        icon: the program's own icon, None where it has none.
        generation: which of the windows that had this number one after the other; empty for all else, and where no list
            of windows has looked.
        output: the name by which the system knows a monitor, such as ``HDMI-1`` or a device's path; empty for all else.
        is_screen: it shows, or may show, everything that is on a screen.
        identity: what stays the same for as long as this is the same thing.
    """

    id: str
    kind: Kind
    title: str
    app: str
    width: int
    height: int
    state: State = "live"
    pid: int | None = None
    started: int | None = None
    icon: Icon | None = None
    generation: str = ""
    output: str = ""
    is_screen: bool = False
    identity: Identity = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked for with every picture of every viewer.
        identity = Identity(self.id, self.pid, self.started, self.generation, self.output)
        object.__setattr__(self, "identity", identity)

    @property
    def connector(self) -> str:
        """Return a monitor's ``output`` where that is a name for people, empty where it is one for systems only."""
        return self.output if CONNECTOR.fullmatch(self.output) else ""

    @property
    def handle(self) -> int | str:
        """Return the id as the wire shows it: a number for the desktop and windows, else the id itself."""
        return int(self.id) if self.kind in ("desktop", "window") else self.id


@dataclass(frozen=True, slots=True)
class Condition:
    """How a source is right now: its state and the reason for it."""

    state: State
    reason: Reason = NOTHING


Unsubscribe = Callable[[], None]
