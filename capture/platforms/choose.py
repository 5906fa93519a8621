"""Which technique takes the pictures of which source. Platform modules are imported where they are needed."""

from __future__ import annotations

import sys

from capture.errors import CaptureError
from capture.platforms.contract import Backend
from capture.platforms.demo import Demo
from capture.platforms.generations import Generations
from capture.privacy.exclusions import Guard
from capture.source import Source


def make_backend(source: Source, guard: Guard | None = None, generations: Generations | None = None) -> Backend:
    """Return a backend for ``source``, not yet opened; what ``guard`` says is never shown will be in no picture.

    Without a guard that is our own windows and those of the programs on the starting list. ``generations`` are those of
    the catalog that ``source`` is from.

    Raises:
        CaptureError: no technique works on this system.
    """
    if source.kind == "demo":
        return Demo(source)
    if not sys.platform.startswith("linux"):
        raise CaptureError("Windows and screens can be shown on Linux with X11 only, so far. The demo picture works.")
    if source.kind == "window":
        from capture.platforms.x11.window import X11Window

        return X11Window(source, guard or Guard(), generations or Generations())
    from capture.platforms.x11.screen import Screen

    return Screen(source, guard or Guard())
