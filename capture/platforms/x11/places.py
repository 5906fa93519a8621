"""Where windows and screens are, told whenever one moves.

It is for what is drawn on this computer's screen around them; pictures are taken without it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import xcffib
from xcffib import Error as XError
from xcffib.xproto import EventMask, MapState

from capture.errors import CaptureError
from capture.picture.pixels import Rect
from capture.platforms.contract import Places
from capture.platforms.threads import WakeableThread
from capture.platforms.x11.protocol.display import Display, speaks_to_display
from capture.platforms.x11.protocol.frame_extents import shown_area
from capture.platforms.x11.screens import Layout, Screens
from capture.source import Kind, Source

log = logging.getLogger(__name__)

Wanted = tuple[Kind, str]
"""Kind of a source, and its output."""


class X11Places(WakeableThread):
    """Follows chosen sources from its own thread, until `stop`.

    A window's place is that of its frame; of one that paints its own shadow it is what lies in that. ``tell`` is called
    from that thread with all places after each change.
    """

    def __init__(self, tell: Callable[[Places], None]) -> None:
        self._tell = tell
        self._wanted: Mapping[str, Wanted] = {}
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
            self._watch()
        except CaptureError as fault:
            log.info("nobody tells where windows are: %s", fault.message)
        except Exception:
            # The thread's border: what is drawn around the windows goes away.
            log.exception("following windows failed")
        finally:
            if not self.is_stopping:
                self._tell({})

    @speaks_to_display
    def _watch(self) -> None:
        display = Display()
        try:
            # Of every child of the root, and so of every frame, also of windows that are not followed yet.
            display.hear(EventMask.SubstructureNotify)
            screens = Screens(display)
            layout = screens.layout()
            told: Places = {}
            events: list[Any] = []
            while not self.is_stopping:
                if any(map(screens.is_event, events)):
                    layout = screens.layout()
                wanted = self._wanted.items()
                places = {each: place for each, what in wanted if (place := _place(display, each, what, layout))}
                if places != told:
                    told = places
                    self._tell(places)
                # Events that came along with the answers are here already, and the socket tells of them no more.
                events = list(display.events())
                if not events:
                    if display.wait(None, self.descriptor):
                        self.take_calls()
                    events = list(display.events())
        finally:
            display.close()


def _place(display: Display, source_id: str, wanted: Wanted, layout: Layout) -> Rect | None:
    kind, output = wanted
    if kind != "window":
        return layout.place(kind, output)
    core = display.connection.core
    window = int(source_id)
    try:
        if core.GetWindowAttributes(window).reply().map_state != MapState.Viewable:
            return None
        # Programs change the shadow's width without moving: when they become active, or fill the screen.
        core.ChangeWindowAttributes(window, xcffib.xproto.CW.EventMask, [EventMask.PropertyChange])
        size = core.GetGeometry(window).reply()
        whole, shown = Rect(0, 0, size.width, size.height), shown_area(display, window, size.width, size.height)
        if shown != whole:
            corner = core.TranslateCoordinates(window, display.root, shown.x, shown.y).reply()
            return Rect(corner.dst_x, corner.dst_y, shown.width, shown.height)
        while (parent := core.QueryTree(window).reply().parent) not in (display.root, xcffib.NONE):
            window = parent
        place: Any = core.GetGeometry(window).reply()
    except XError:
        return None  # closed meanwhile
    border = 2 * place.border_width
    return Rect(place.x, place.y, place.width + border, place.height + border)
