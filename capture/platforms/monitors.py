"""The monitors that were there since the program started: each keeps its number, also while it is unplugged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from capture.picture.pixels import Rect
from capture.source import Source

UNNAMED = "screen"
"""Names that servers without hardware give their only monitor: they tell nobody anything."""


class KnownMonitors:
    """Gives each monitor, known by its output's name, an id that no other one gets as long as the program runs."""

    def __init__(self) -> None:
        self._known: dict[str, Source] = {}

    def sources(self, found: Iterable[tuple[str, str, Rect]]) -> tuple[Source, ...]:
        """Return all that were ever told of, in the order of their numbers, those that are gone as ``waiting``.

        ``found`` are those that are there now: output's name, what people know it by, place. A new one gets the next
        number.
        """
        there = set()
        for output, label, place in found:
            there.add(output)
            known = self._known.get(output)
            number = len(self._known) + 1 if known is None else int(known.id.removeprefix("monitor-"))
            title = f"Monitor {number}" + (f" · {label}" if label != UNNAMED else "")
            self._known[output] = Source(
                f"monitor-{number}", "monitor", title, "", place.width, place.height, output=output
            )
        return tuple(
            source if output in there else replace(source, state="waiting") for output, source in self._known.items()
        )
