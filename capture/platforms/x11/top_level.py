"""One window on the screen with its frame: where it is, where it was, and whether it may be seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from capture.picture.pixels import Rect
from capture.platforms.trail import Left, remember


@dataclass(slots=True)
class TopLevel:
    """A child of the root, with all that the window manager put around the window it holds.

    ``may_be_shown`` is None while nobody has looked whose it is. ``hides``: all of its rectangle is painted by it.
    ``trail`` holds where it has been and until when (monotonic seconds), ``changed_at`` when it last changed at all.
    """

    rect: Rect
    is_mapped: bool
    changed_at: float
    may_be_shown: bool | None = None
    hides: bool = False
    trail: list[Left] = field(default_factory=list)

    @property
    def is_secret(self) -> bool:
        """Tell whether it shows something that must not be seen, or may do so for all we know."""
        return self.is_mapped and not self.may_be_shown

    def leave(self, now: float) -> None:
        """Note that it is no longer where it was."""
        if self.is_secret:
            remember(self.trail, Left(now, self.rect, self.may_be_shown is False))

    def forget(self, edge: float) -> None:
        """Drop the places that were left before ``edge``."""
        if self.trail:
            self.trail = [left for left in self.trail if left.at >= edge]

    def become(self, may_be_shown: bool, now: float) -> None:
        """Note that somebody has looked whose it is."""
        if may_be_shown:
            self.trail = [left for left in self.trail if left.is_sure]
        elif self.may_be_shown is not False:
            # The windows over it are not known yet.
            self.changed_at = now
        self.may_be_shown = may_be_shown
