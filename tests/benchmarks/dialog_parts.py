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
Times = Sequence[Mapping[str, float]]


def dialogs() -> Iterator[Row]:
    """Measure the app with a window to show, its dialogs opened in turn; the first time of each apart."""
    with showing("still", 640, 480):
        done = subprocess.run(module("dialogs", TIMES), check=True, text=True, stdout=subprocess.PIPE, timeout=600)
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for line in done.stdout.splitlines():
        one = json.loads(line)
        found[one.pop("name")].append(one)
    yield from rows(found)


def rows(found: Mapping[str, Times]) -> Iterator[Row]:
    """Yield a row for each thing, and one for its first time.

    Beside it: how many times the processor time of the plain dialog it takes, until it is seen and in its longest turn.
    """
    other = found[REFERENCE]
    yield Row("a plain dialog", "", _told(other, "seen"))
    for mark, when in (("", ""), ("first ", ", for the first time")):
        for name, (words, most) in WORDS.items():
            some = found[mark + name]
            end = "over" if name == "language" else "seen"
            aim = f"{end} ≤ {most} ms, held ≤ {HELD} ms" if most else f"held ≤ {HELD} ms"
            ratios = f"{_ratio(some, other, f'{end} at work')}, {_ratio(some, other, 'worked')}"
            yield Row(f"{words}{when}", ratios, _told(some, end), aim)


def _ratio(some: Times, other: Times, name: str) -> str:
    """Return how many times the processor time of the plain dialog something takes."""
    return times(_middle(some, name), _middle(other, name if name == "worked" else "seen at work"))


def _told(some: Times, end: str) -> str:
    held, worked, watchdog = (max(one[name] for one in some) for name in ("held", "worked", "watchdog"))
    return (
        f"{end} after {_middle(some, end):.0f} ms, at work {_middle(some, f'{end} at work'):.0f} ms; "
        f"longest turn {held:.0f} ms, at work {worked:.0f} ms; by the watchdog {watchdog:.0f} ms"
    )


def _middle(some: Times, name: str) -> float:
    return statistics.median(one[name] for one in some)
