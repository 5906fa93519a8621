"""The lines of the source list. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gui.core.state import SourceState
from resources.translate import N_


@dataclass(frozen=True, slots=True)
class Heading:
    """The name above a group of sources, marked by `N_`."""

    text: str


Row = Heading | SourceState
GROUPS = {
    "desktop": N_("Screens"),
    "monitor": N_("Screens"),
    "portal": N_("Picked"),
    "window": N_("Windows"),
    "demo": N_("Demo"),
}


def key_of(row: Row) -> Any:
    """Return what makes a row the same row although it looks different."""
    return row.text if isinstance(row, Heading) else row.source.identity


def rows_for(sources: Iterable[SourceState], query: str) -> tuple[Row, ...]:
    """Return the sources that ``query`` finds, under headings. Every word has to be in title, program or id.

    A monitor that is unplugged has a row only while it is shared: there it says why nothing is seen.
    """
    words = query.casefold().split()
    rows: list[Row] = []
    heading = ""
    for state in sources:
        source = state.source
        if source.kind == "monitor" and source.state == "waiting" and not state.shared:
            continue
        text = f"{state.title} {source.app} {source.id} {source.connector}".casefold()
        if all(word in text for word in words):
            group = GROUPS[source.kind]
            if group != heading:
                heading = group
                rows.append(Heading(group))
            rows.append(state)
    return tuple(rows)
