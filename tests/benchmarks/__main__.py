"""Measure and print the table. Everything runs in processes of its own under a virtual display.

``python -m tests.benchmarks [--write] [PART...]``; a PART is one of those below, or the beginning of some (``page``).
``--write`` puts what a whole run has found into ``docs/benchmarks.md``, and the curves into a picture beside it.
"""

from __future__ import annotations

import functools
import sys
import time
import traceback
from collections.abc import Callable, Container, Iterator

from tests.benchmarks import (
    access_parts,
    dialog_parts,
    fault_parts,
    json_parts,
    list_parts,
    page_parts,
    profile_parts,
    reader_parts,
    scenes,
    servers,
    take_parts,
    thread_parts,
    wall_parts,
    wire_parts,
    writing,
)
from tests.benchmarks.counting import OtherWork
from tests.benchmarks.growth import parts as growth
from tests.benchmarks.growth.curves import Curve
from tests.benchmarks.report import Row, Watched, printed
from tests.benchmarks.running import adopt_orphans, display, reap_orphans

Part = Callable[[], Iterator[Row | Watched | Curve]]


def parts() -> dict[str, Part]:
    """Return every part by its name, in the order in which they run."""
    found: dict[str, Part] = {
        f"page-{scene.name.replace(' ', '-')}": functools.partial(page_parts.watch, scene) for scene in scenes.SCENES
    }
    found |= {
        f"wire-{scene.name.replace(' ', '-').removesuffix('-wire')}": functools.partial(wire_parts.watch, scene)
        for scene in scenes.WIRE_SCENES
    }
    found |= {f"growth-{part.__name__}": part for part in (growth.sources, growth.viewers, growth.pixels)}
    for part in (
        page_parts.settle,
        thread_parts.busy,
        thread_parts.flat,
        wall_parts.wall,
        reader_parts.floor,
        reader_parts.shared,
        take_parts.takes,
        list_parts.listed,
        reader_parts.screens,
        reader_parts.local,
        reader_parts.slow,
        reader_parts.memory,
        json_parts.usual,
        json_parts.motion,
        json_parts.still,
        json_parts.delay,
        json_parts.crowd,
        fault_parts.faults,
        profile_parts.profile,
        access_parts.access,
        dialog_parts.dialogs,
    ):
        found[part.__name__] = part
    return found


def main(requested: list[str], write: bool) -> int:
    """Run the wished parts, all when none is named, and print what they found; 1 when one failed."""
    if write and requested:
        sys.exit("Only a whole run is written down.")
    known = parts()
    chosen = [name for name in known if not requested or any(means(wish, name, known) for wish in requested)]
    if not chosen:
        sys.exit(f"There is no such part. There are: {', '.join(known)}.")
    if any(name.startswith(("page", "wire", "settle")) for name in chosen):
        for words in servers.missing():
            print(words, file=sys.stderr)
    rows: list[Row] = []
    watched: list[Watched] = []
    curves: list[Curve] = []
    adopt_orphans()
    others = OtherWork()
    begun = time.monotonic()
    with display():
        for name in chosen:
            print(f"{time.monotonic() - begun:4.0f} s: {name}", file=sys.stderr, flush=True)
            try:
                for found in known[name]():
                    match found:
                        case Row():
                            rows.append(found)
                        case Watched():
                            watched.append(found)
                        case Curve():
                            curves.append(found)
            except Exception:  # noqa: BLE001  what the others measure is not to be lost
                traceback.print_exc()
                rows.append(Row(name, "", "failed"))
    reap_orphans()
    report = printed(rows, watched, others.percent())
    print(report)
    if write:
        writing.write(report, curves)
    return 1 if any(row.measured == "failed" for row in rows) else 0


def means(wish: str, name: str, known: Container[str]) -> bool:
    """Tell whether a part is wished for: by its name, or by the beginning of it where that is no part's."""
    return name == wish or (wish not in known and name.startswith(f"{wish}-"))


if __name__ == "__main__":
    wishes = sys.argv[1:]
    sys.exit(main([wish for wish in wishes if wish != "--write"], write="--write" in wishes))
