"""Runs the demo window as a program of its own and tells when its window is there."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from capture.feed.catalog import Catalog
from capture.installation import bundle
from capture.source import Source
from gui.desktop.demo_window import FOLLOW, TEXT, TITLE
from resources.translate import _

COMMAND = "demo-window"
"""By which a frozen program is asked to be the demo window."""


def _program() -> tuple[str, ...]:
    """Return the words that start the demo window."""
    if bundle() is not None:
        return (sys.executable, COMMAND)
    # Isolated, and by its path: with -m, Python would look for it in the current folder first.
    return (sys.executable, "-I", str(Path(__file__).with_name("demo_window.py")))


class DemoProcess:
    """The demo window's process. Loop only; `close` ends it.

    ``found`` is called with the window's source, once, and once more after each `find_again`.

    Attributes:
        is_open: the window is there, or will be.
    """

    def __init__(self, catalog: Catalog, found: Callable[[Source], None]) -> None:
        self._catalog = catalog
        self._found = found
        # It watches its standard input, so that it ends with us even if we are killed; Ctrl-C is for us alone.
        self._process = subprocess.Popen(  # noqa: S603  both are ours
            [*_program(), FOLLOW, _(TITLE), *map(_, TEXT)], stdin=subprocess.PIPE, start_new_session=True
        )
        self._unsubscribe = catalog.subscribe(self._look)
        self._look()

    @property
    def is_open(self) -> bool:
        return self._process.poll() is None

    def find_again(self) -> None:
        """Have ``found`` be called again."""
        self._unsubscribe()
        self._unsubscribe = self._catalog.subscribe(self._look)
        self._look()

    def close(self) -> None:
        """End the demo window."""
        self._unsubscribe()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)

    def _look(self) -> None:
        for source in self._catalog.sources:
            if source.kind == "window" and source.pid == self._process.pid:
                self._unsubscribe()
                self._found(source)
                return
