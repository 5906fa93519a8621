"""What was changed in the dialog, and what takes it back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

MOST = 100
JOINED_SECONDS = 1.5
"""Changes of one setting within so long, as by an arrow that is held, are taken back together."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was done at once.

    Attributes:
        words: what it was, as the tooltip of *Undo* calls it.
        before: the values that it replaced, by key.
        at: when, in seconds of a clock that only goes forward.
    """

    words: str
    before: Mapping[str, Any]
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class History:
    """Changes, the newest last."""

    changes: tuple[Change, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Return the settings of which a change can be taken back."""
        return frozenset(key for change in self.changes for key in change.before)

    @property
    def words(self) -> str:
        """Return what would be taken back; empty for nothing."""
        return self.changes[-1].words if self.changes else ""

    def with_change(self, change: Change) -> History:
        """Return it with something that was done."""
        last = self.changes[-1] if self.changes else None
        if last is not None and last.before.keys() == change.before.keys() and len(change.before) == 1:
            joined = change.at - last.at < JOINED_SECONDS
            if joined:
                return History((*self.changes[:-1], replace(last, at=change.at)))
        return History((*self.changes, change)[-MOST:])

    def undone(self, key: str = "") -> tuple[History, dict[str, Any]]:
        """Return it without what was done last, to ``key`` alone where one is named, and what that was before."""
        for at in range(len(self.changes) - 1, -1, -1):
            change = self.changes[at]
            if not key or key in change.before:
                taken = dict(change.before) if not key else {key: change.before[key]}
                left = {each: value for each, value in change.before.items() if each not in taken}
                rest = (replace(change, before=left),) if left else ()
                return History((*self.changes[:at], *rest, *self.changes[at + 1 :])), taken
        return self, {}
