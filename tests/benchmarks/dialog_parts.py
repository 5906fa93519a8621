"""How soon dialogs open, and for how long that holds the loop, against the least that can be opened."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tests.benchmarks.report import Row, times
from tests.benchmarks.running import module, showing

TIMES = 6
REFERENCE = "reference"
"""A dialog with a sentence and a button, in the panel's style."""
WORDS = {
    "settings": ("settings dialog", 150),
    "letter": ("first letter of a search in it", 30),
    "next letter": ("further letters", 30),
    "page": ("another page of it", None),
    "language": ("another language", 300),
    "language, settings open": ("another language, settings open", 300),
    "manual": ("manual (F1)", None),
    "manual page": ("another page of it", None),
    "first start": ("first start", None),
}
"""What each is called in the table, and after how many milliseconds it is to be seen."""
HELD = 50
Found = Mapping[str, Sequence[Mapping[str, float]]]


def dialogs() -> Iterator[Row]:
    """Measure the app with a window to show, its dialogs opened in turn; the first time of each apart."""
    with showing("still", 640, 480):
        done = subprocess.run(module("dialogs", TIMES), check=True, text=True, stdout=subprocess.PIPE, timeout=600)
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for line in done.stdout.splitlines():
        one = json.loads(line)
        found[one.pop("name")].append(one)
    yield from rows(found)


def rows(found: Found) -> Iterator[Row]:
    """Yield a row for each thing, and one for its first time, against the reference of the same run."""
    for mark, when in (("", ""), ("first ", ", for the first time")):
        held_against = found[mark + REFERENCE]
        for name, (words, most) in WORDS.items():
            some = found[mark + name]
            end = "over" if name.startswith("language") else "seen"
            aim = f"{end} ≤ {most} ms, held ≤ {HELD} ms" if most else f"held ≤ {HELD} ms"
            beside = f"a plain dialog {_told(held_against, 'seen')}"
            yield Row(f"{words}{when}", beside, _measured(some, held_against, end), aim)


def _measured(some: Sequence[Mapping[str, float]], other: Sequence[Mapping[str, float]], end: str) -> str:
    ratio = times(_middle(some, "worked"), _middle(other, "worked"))
    return f"{_told(some, end)}, {ratio}; by the watchdog {max(one['watchdog'] for one in some):.0f} ms"


def _told(some: Sequence[Mapping[str, float]], end: str) -> str:
    held, worked = (max(one[name] for one in some) for name in ("held", "worked"))
    return f"{end} after {_middle(some, end):.0f} ms; longest turn {held:.0f} ms, of processor time {worked:.0f} ms"


def _middle(some: Sequence[Mapping[str, float]], name: str) -> float:
    return statistics.median(one[name] for one in some)
