"""All lists of this system, for somebody who waits for a source to be in one of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from capture.platforms.choose import make_listers
from capture.platforms.contract import Around, Listing
from capture.platforms.monitors import KnownMonitors
from capture.source import Source

JOIN_SECONDS = 1.0


class Lists:
    """Listens from the first moment to `close`. Used by one thread.

    Attributes:
        around: what backends of the sources need.
    """

    def __init__(self) -> None:
        """Begin.

        Raises:
            CaptureError: this system lists nothing.
        """
        self.around = Around()
        self._listings: dict[int, Listing] = {}
        self._told = threading.Condition()
        self._listers = make_listers(self._tell, self.around.exclusions, self.around.generations, KnownMonitors())
        for lister in self._listers:
            lister.start()

    def find(self, true: Callable[[Source], bool], seconds: float) -> tuple[Source, ...]:
        """Return the sources of which ``true(source)`` holds, as soon as there are some; none after ``seconds``."""
        deadline = time.monotonic() + seconds
        with self._told:
            while True:
                found = tuple(each for listing in self._listings.values() for each in listing.sources if true(each))
                left = deadline - time.monotonic()
                if found or left <= 0:
                    return found
                self._told.wait(left)

    def close(self) -> None:
        """Listen no more."""
        for lister in self._listers:
            lister.stop()
        for lister in self._listers:
            lister.join(JOIN_SECONDS)

    def _tell(self, number: int, listing: Listing) -> None:
        with self._told:
            self._listings[number] = listing
            self._told.notify_all()
