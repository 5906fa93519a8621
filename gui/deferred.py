"""What is made when it is first wanted, for an app that may stay in the tray for weeks without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Deferred(Generic[Made]):
    """One thing that ``make`` makes at the first call; each later call returns the same.

    Attributes:
        made: it, for those who have nothing to say to one that is not there; None before.
    """

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self.made: Made | None = None

    def __call__(self) -> Made:
        if self.made is None:
            self.made = self._make()
        return self.made

    def forget(self) -> Made | None:
        """Have it made anew when it is wanted next; return the one there was."""
        made, self.made = self.made, None
        return made
