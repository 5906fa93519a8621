"""The list of windows as it is told, for tests on Windows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from capture.platforms.contract import Lister, Listing
from capture.platforms.generations import Generations
from capture.platforms.monitors import KnownMonitors
from capture.platforms.windows.window_list import WindowsWindowList
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.source import Source
from tests.helpers.windows.painted_window import wait_until

EVERYTHING = ExclusionRules(programs=(), pid=None)


class Desk:
    """A list that is running.

    Attributes:
        listings: all that was told, the newest last.
        generations: what answers whether a window is still the one that was listed.
    """

    def __init__(self, exclusions: Exclusions) -> None:
        self.listings: list[Listing] = []
        self.generations = Generations()
        self.watch: Lister = WindowsWindowList(self.listings.append, exclusions, self.generations, KnownMonitors())

    def windows(self) -> dict[str, Source]:
        """Return the windows by their titles."""
        sources = self.listings[-1].sources if self.listings else ()
        return {source.title: source for source in sources if source.kind == "window"}

    def screens(self) -> list[Source]:
        """Return the desktop and the monitors."""
        sources = self.listings[-1].sources if self.listings else ()
        return [source for source in sources if source.kind in ("desktop", "monitor")]

    def wait_for(self, title: str) -> Source:
        """Return a window once it is listed."""
        wait_until(lambda: title in self.windows())
        return self.windows()[title]


@contextlib.contextmanager
def listing(rules: ExclusionRules | None = None) -> Iterator[Desk]:
    """Have windows listed."""
    desk = Desk(Exclusions(rules))
    desk.watch.start()
    try:
        wait_until(lambda: desk.listings)
        yield desk
    finally:
        desk.watch.stop()
        desk.watch.join(5)
