"""What the person has picked in a dialog of the desktop, as it is kept, and as it is told of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from capture.reason import NOTHING, Reason
from capture.source import Source

Sort = Literal["screen", "window", "other"]
"""What the desktop says that was picked; ``other``: it does not say, or something else."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One thing that was picked: ``portal-N`` by its ``number``, which no other one ever gets.

    ``token`` brings it back without a dialog; whoever has it, as the same person, sees what was picked. It is empty
    where the desktop gives none. ``width`` and ``height`` are what is known of the size, 0 for nothing.
    """

    number: int
    sort: Sort
    token: str = ""
    width: int = 0
    height: int = 0

    @property
    def id(self) -> str:
        """Return the id of its source."""
        return f"portal-{self.number}"


@dataclass(frozen=True, slots=True)
class Picks:
    """All that are kept, and the number that the next one gets."""

    each: tuple[Pick, ...] = ()
    following: int = 1


class PickStore(Protocol):
    """Where picks are kept from one run to the next. Called by the thread of the picker alone, and never raises."""

    def load(self) -> Picks:
        """Return what was kept."""
        ...

    def save(self, picks: Picks) -> None:
        """Keep ``picks`` in place of all before, so that nobody else can read them."""


@dataclass(frozen=True, slots=True)
class Picking:
    """What can be picked, and what was.

    Attributes:
        is_there: the desktop has a dialog for it.
        sources: what was picked; ``live``, or ``waiting`` when it has to be picked again.
        reason: what there is to say of it in the list.
    """

    is_there: bool = False
    sources: tuple[Source, ...] = ()
    reason: Reason = NOTHING
