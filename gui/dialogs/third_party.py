"""Others' work in the program, in words: what the package says of itself, else what Python has installed.

Both come in pieces, for a package's notices are longer than may be read, or shown, at once.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import islice

from resources.translate import N_, _

LINES = 60
"""Of one piece, which Qt lays out within 8 ms."""
FROM_SOURCE = N_("Panecast runs from source here, with these Python packages. Each of them brings its licence.")
OWN_NAME = "panecast"
PACKAGED = ("notices.txt", "notices-video.txt")
"""Beside the resources; the second one comes with the video package."""


def packaged_notices() -> tuple[Traversable, ...]:
    """Return the notices that the packages were given when they were built; there are none from source."""
    return tuple(file for name in PACKAGED if (file := files("resources") / name).is_file())


def pieces(notices: tuple[Traversable, ...]) -> Iterator[str]:
    """Yield the text of ``notices`` in pieces, of what is installed where there are none; pieces may be empty."""
    if not notices:
        yield from _installed()
    for file in notices:
        with file.open(encoding="utf-8") as lines:
            while piece := "".join(islice(lines, LINES)):
                yield piece


def _installed() -> Iterator[str]:
    """Yield once all are read, and nothing after each: reading one takes a millisecond."""
    lines = {}
    for distribution in importlib.metadata.distributions():
        name = distribution.name
        # What lies first on the path is what is used.
        if name and name.lower() != OWN_NAME and name not in lines:
            lines[name] = f"{name} {distribution.version}: {_licence(distribution)}\n"
        yield ""
    yield f"{_(FROM_SOURCE)}\n\n"
    for name in sorted(lines, key=str.lower):
        yield lines[name]


def _licence(distribution: importlib.metadata.Distribution) -> str:
    metadata = distribution.metadata
    stated = [*(metadata.get_all("License-Expression") or ()), *(metadata.get_all("License") or ())]
    kinds = [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or () if line.startswith("License")]
    # Some put the whole text there.
    short = [words.strip() for words in stated if words.strip() not in ("", "UNKNOWN") and "\n" not in words.strip()]
    return next(iter(short + kinds), _("see its own files"))
