"""Somebody who picks by the desktop's portal, and looks at what was picked. Without a loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from capture.platforms.picks import Picking, Picks
from capture.platforms.wayland.picker import PortalPicker
from capture.source import Source
from capture.trial.eye import Eye
from tests.helpers.waiting import wait_for


class MemoryStore:
    """Keeps picks for the next picker of the same test."""

    def __init__(self) -> None:
        self.picks = Picks()

    def load(self) -> Picks:
        return self.picks

    def save(self, picks: Picks) -> None:
        self.picks = picks


class Person:
    """Uses the portal on the bus at ``address``, from the moment it is made until `end`.

    Attributes:
        told: what the picker said last.
    """

    def __init__(self, address: str) -> None:
        self.store = MemoryStore()
        self.told = Picking()
        self._address = address
        self._begin()

    def pick(self, answer: Callable[[], None] = lambda: None) -> Source:
        """Pick something, and return its source; ``answer()`` is what is done when there is a dialog."""
        number = self.store.picks.following
        self.picker.pick()
        answer()
        wait_for(lambda: any(each.id == f"portal-{number}" for each in self.told.sources))
        return next(each for each in self.told.sources if each.id == f"portal-{number}")

    def restart(self) -> None:
        """End the program and start it again."""
        self.end()
        self._begin()

    def end(self) -> None:
        self.picker.stop()
        self.picker.join(10)

    @contextmanager
    def looking_at(self, source: Source) -> Iterator[Eye]:
        """Look at ``source`` while the block lasts."""
        eye = Eye(self.picker.backend(source), 0)
        eye.open()
        try:
            yield eye
        finally:
            eye.close()

    def _begin(self) -> None:
        self.picker = PortalPicker(self.store, self._address)
        self.picker.start(self._tell)
        wait_for(lambda: self.told.is_there)

    def _tell(self, picking: Picking) -> None:
        self.told = picking
