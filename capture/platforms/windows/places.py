"""Where windows and screens are on Windows, told whenever one moves.

It is for what is drawn on this computer's screen around them; pictures are taken without it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping

from capture.picture.pixels import Rect
from capture.platforms.contract import Places
from capture.platforms.windows.screens import place_of
from capture.platforms.windows.top_windows import look_at
from capture.platforms.windows.win32.messages import WM_DISPLAYCHANGE, hidden_window, window_events
from capture.platforms.windows.win32.threads import MessageThread
from capture.platforms.windows.window_list import A_DAY, EVENTS
from capture.source import Kind, Source

log = logging.getLogger(__name__)

Wanted = tuple[Kind, str]
"""Kind of a source, and its output."""


class WindowsPlaces(MessageThread):
    """Follows chosen sources from its own thread, until `stop`.

    A window's place is what of it is seen, without its invisible edges. ``tell`` is called from that thread with all
    places after each change.
    """

    def __init__(self, tell: Callable[[Places], None]) -> None:
        self._tell = tell
        self._wanted: Mapping[str, Wanted] = {}
        self._is_stale = True
        super().__init__("places", self._body)

    def follow(self, sources: Iterable[Source]) -> None:
        """Follow these sources, and no others."""
        wanted = {source.id: (source.kind, source.output) for source in sources}
        if wanted != self._wanted:
            self._wanted = wanted
            self.call()

    # The thread from here on.

    def _body(self) -> None:
        try:
            with hidden_window("PanecastPlaces", self._hear_message), window_events(EVENTS, self._hear):
                self._watch()
        except Exception:
            # The thread's border: what is drawn around the windows goes away.
            log.exception("following windows failed")
        finally:
            if not self.is_stopping:
                self._tell({})

    def _watch(self) -> None:
        told: Places = {}
        while not self.is_stopping:
            self._is_stale = False
            wanted = self._wanted.items()
            places = {each: place for each, what in wanted if (place := _place(each, what))}
            if places != told:
                told = places
                self._tell(places)
            self.wait(A_DAY, lambda: self._is_stale)

    def _hear(self, event: int, window: int) -> None:
        self._is_stale |= str(window) in self._wanted

    def _hear_message(self, message: int, parameter: int) -> None:
        self._is_stale |= message == WM_DISPLAYCHANGE


def _place(source_id: str, wanted: Wanted) -> Rect | None:
    # From the first monitor's upper left corner, as Windows and Qt count.
    kind, output = wanted
    if kind != "window":
        return place_of(kind, output)
    top = look_at(int(source_id))
    return top.shown if top is not None and top.is_on_screen else None
