"""What can be shown: the desktop, a monitor, a window, the demo picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["desktop", "monitor", "window", "demo"]
State = Literal["live", "minimised", "hidden", "paused", "blanked", "waiting", "closed"]

DESKTOP_ID = "0"
DEMO_ID = "demo"
TITLE_LIMIT = 256
"""Longest title in characters; programs may set titles of any length."""


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


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that can be shown, as it was when last looked at.

    Attributes:
        id: what stands in addresses: ``0``, a window's handle in decimal, ``monitor-1``, ``demo``.
        kind: desktop, monitor, window or demo.
        title: one line, at most 256 characters; may be empty.
        app: the program's name, empty where there is none.
        width, height: device pixels.
        state: ``live``, ``minimised`` or ``hidden``; a running feed knows more.
        pid: the owning process, None where the system does not tell.
        started: start time of that process in clock ticks since boot; with ``pid`` it tells a reused
            handle from the window it once was.
        icon: the program's own icon, None where it has none.
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

    @property
    def handle(self) -> int | str:
        """Return the id as the wire shows it: a number for the desktop and windows, else the id itself."""
        return int(self.id) if self.kind in ("desktop", "window") else self.id

    @property
    def identity(self) -> tuple[str, int | None, int | None]:
        """Return what stays the same for as long as this is the same thing."""
        return (self.id, self.pid, self.started)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a source is right now: its state and the reason in words."""

    state: State
    reason: str = ""


Unsubscribe = Callable[[], None]
