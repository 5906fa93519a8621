"""The lines of the source list, and the fewest steps from one list to the next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gui.core.state import SourceState


@dataclass(frozen=True, slots=True)
class Heading:
    """The name above a group of sources."""

    text: str


Row = Heading | SourceState
GROUPS = {"desktop": "Screens", "monitor": "Screens", "window": "Windows", "demo": "Demo"}


@dataclass(frozen=True, slots=True)
class Remove:
    """Take out the rows from ``first`` to ``last``, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Insert:
    """Put ``count`` of the new rows in at ``first``, where the new list has them too."""

    first: int
    count: int


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
        text = f"{state.title} {source.app} {source.id} {source.output}".casefold()
        if all(word in text for word in words):
            group = GROUPS[source.kind]
            if group != heading:
                heading = group
                rows.append(Heading(group))
            rows.append(state)
    return tuple(rows)


def steps(old: Sequence[Any], new: Sequence[Any]) -> Iterator[Remove | Insert]:
    """Yield what turns the keys ``old`` into ``new``; each step counts on the ones before it.

    What is in both lists in the same order stays, which is how views keep selection and scroll position.
    """
    places = {key: place for place, key in enumerate(new)}
    kept: list[Any] = []
    gone: list[int] = []
    last = -1
    for at, key in enumerate(old):
        place = places.get(key, -1)
        if place > last:
            kept.append(key)
            last = place
        else:
            gone.append(at)
    for first, end in reversed(list(_runs(gone))):
        yield Remove(first, end)
    survivors = set(kept)
    for first, end in _runs([place for place, key in enumerate(new) if key not in survivors]):
        yield Insert(first, end - first + 1)


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of each run of neighbouring numbers."""
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    if first is not None and last is not None:
        yield first, last
