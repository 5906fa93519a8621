"""The PIN: six digits that the person at this computer has shown for a moment, and reads out to somebody."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from capture.events import Listeners
from capture.source import Unsubscribe
from server.access.tokens import same

DIGITS = 6
LONGEST_GUESS = 4 * DIGITS
SHOWN_SECONDS = 180.0
MOST_FAILURES = 10
"""Wrong guesses, whoever made them, after which a PIN is good for nothing: one in 100,000 to guess it."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A PIN that is good now.

    Attributes:
        digits: what is read out; kept out of anything that prints this value.
        until: when it ends, on the clock of its `OneTimePin`.
    """

    digits: str = field(repr=False)
    until: float


class OneTimePin:
    """Owns the one PIN there may be. Loop only.

    A PIN ends when it has opened one question to the person at this computer, after three minutes, after ten wrong
    guesses in all, and when it is hidden. A guesser is not told which of them it was.
    """

    def __init__(
        self, now: Callable[[], float] = time.monotonic, random_below: Callable[[int], int] = secrets.randbelow
    ) -> None:
        """``now`` counts seconds steadily; ``random_below(n)`` returns an unpredictable number below n."""
        self._now = now
        self._random_below = random_below
        self._pin: Pin | None = None
        self._failures = 0
        self._listeners = Listeners()

    @property
    def pin(self) -> Pin | None:
        """Return the PIN that is good now, None if there is none."""
        return self._pin if self._pin is not None and self._now() < self._pin.until else None

    def show(self) -> Pin:
        """Return a new PIN; the one before is good no longer."""
        self._failures = 0
        self._pin = Pin(f"{self._random_below(10**DIGITS):0{DIGITS}d}", self._now() + SHOWN_SECONDS)
        self._listeners.tell()
        return self._pin

    def hide(self) -> None:
        """End the PIN."""
        if self._pin is not None:
            self._pin = None
            self._listeners.tell()

    def accepts(self, guess: str) -> bool:
        """Tell whether ``guess`` is the PIN, which is used up if so. Spaces in it do not matter."""
        pin = self.pin
        if pin is None:
            return False
        if len(guess) <= LONGEST_GUESS and same(pin.digits, "".join(guess.split())):
            self.hide()
            return True
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            self.hide()
        return False

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called when a PIN comes or goes, but not when its time is up; return what ends that."""
        return self._listeners.subscribe(changed)
