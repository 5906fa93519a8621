"""The fewest steps from one list of rows to the next: views keep selection and scroll position with them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


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
