"""Nothing is shown while this computer is locked or asleep. Joins the session's lock to the hub's blanking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from capture import reasons
from capture.feed.hub import Hub
from capture.platforms.choose import make_session_lock
from capture.privacy.blanking import Blanking

LockRule = Literal["blank", "blank_and_wait", "nothing"]
"""When the session locks: everything is blanked until it is unlocked, or until a person says so, or nothing happens."""

LOCK, PERSON = "lock", "person"
"""Owners of the hub's curtains: the lock's opens with the lock, the person's only by a person."""
REASONS = {"locked": reasons.COMPUTER_LOCKED, "asleep": reasons.COMPUTER_ASLEEP}


class BlankOnLock:
    """Begins and ends the blanking of `LOCK` as the session locks and unlocks, from `start` to `stop`. Loop only.

    Where nobody tells of locks (no logind) it does nothing.

    Attributes:
        rule: what happens when the session locks.
    """

    def __init__(
        self,
        hub: Hub,
        rule: LockRule = "blank",
        changed: Callable[[], None] = lambda: None,
        address: str | None = None,
    ) -> None:
        """``changed()`` is called after the blanking has begun or ended; ``address`` is the bus, else the system's."""
        self.rule = rule
        self._hub = hub
        self._changed = changed
        self._lock = make_session_lock(self._follow, address)
        self._is_drawn = False

    @property
    def is_drawn(self) -> bool:
        """Tell whether everything is blanked because of the lock."""
        return self._is_drawn

    @property
    def is_locked(self) -> bool:
        """Tell whether the session is locked or asleep, whatever the rule; False where nobody tells."""
        return self._lock is not None and self._lock.state != "unlocked"

    def start(self) -> None:
        """Begin to follow the lock."""
        if self._lock is not None:
            self._lock.start()

    async def stop(self) -> None:
        """Follow it no longer; what is drawn stays drawn."""
        if self._lock is not None:
            await self._lock.stop()

    def set_rule(self, rule: LockRule) -> None:
        """Hold to ``rule``, at once."""
        if rule != self.rule:
            self.rule = rule
            self._follow()

    def _follow(self) -> None:
        reason = None if self._lock is None else REASONS.get(self._lock.state)
        if reason is not None and self.rule != "nothing":
            self._is_drawn = True
            self._hub.set_blanking(LOCK, Blanking("blanked", reason))
        elif self._is_drawn:
            self._is_drawn = False
            if self.rule == "blank_and_wait":
                # Before the other one opens, so that nothing is seen in between.
                self._hub.set_blanking(PERSON, Blanking("blanked", reasons.NOT_RESUMED))
            self._hub.set_blanking(LOCK, None)
        else:
            return
        self._changed()
