"""Where windows and screens are, told whenever one moves. On X11 only, so far.

It is for what is drawn on this computer's screen around them; pictures are taken without it.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

import mss
import xcffib.randr
import xcffib.xproto
from mss.exception import ScreenShotError
from xcffib import Error as XError
from xcffib.xproto import EventMask, MapState

from capture.backends.x11 import GONE, Display, speaks_to_display
from capture.called_thread import CalledThread
from capture.errors import CaptureError, DisplayGone
from capture.pixels import Rect
from capture.source import DESKTOP_ID

log = logging.getLogger(__name__)

Places = Mapping[str, Rect]
"""By a source's id, where it is: relative to the root, in device pixels. What cannot be seen is not in it."""


class PlaceWatch:
    """Follows chosen sources from its own thread, until `stop`.

    A window's place is that of its frame. ``tell`` is called from that thread with all places after each change.
    """

    def __init__(self, tell: Callable[[Places], None]) -> None:
        self._tell = tell
        self._wanted: frozenset[str] = frozenset()
        self._thread = CalledThread("places", self._body)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def follow(self, ids: frozenset[str]) -> None:
        """Follow these sources, and no others."""
        if ids != self._wanted:
            self._wanted = ids
            self._thread.call()

    def stop(self) -> None:
        """Have the thread end; it does so within a fraction of a second."""
        self._thread.stop()

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended, ``seconds`` at most."""
        self._thread.join(seconds)

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
            if not self._thread.is_stopping:
                self._tell({})

    @speaks_to_display
    def _watch(self) -> None:
        display = Display()
        try:
            root = display.root
            # Of every child of the root, and so of every frame, also of windows that are not followed yet.
            mask = [EventMask.SubstructureNotify]
            display.connection.core.ChangeWindowAttributes(root, xcffib.xproto.CW.EventMask, mask)
            with contextlib.suppress(CaptureError):
                randr = display.extension(xcffib.randr, 1, 2)
                randr.SelectInput(root, xcffib.randr.NotifyMask.ScreenChange)
            screens = _screens()
            told: Places = {}
            events: list[Any] = []
            while not self._thread.is_stopping:
                if any(isinstance(event, xcffib.randr.ScreenChangeNotifyEvent) for event in events):
                    screens = _screens()
                places = {each: place for each in self._wanted if (place := _place(display, each, screens)) is not None}
                if places != told:
                    told = places
                    self._tell(places)
                # What came along with the answers is here already, and the socket tells of it no more.
                events = list(display.events())
                if not events:
                    if display.wait(None, self._thread.descriptor):
                        self._thread.take_calls()
                    events = list(display.events())
        finally:
            display.close()


def _place(display: Display, source_id: str, screens: Places) -> Rect | None:
    if source_id in screens:
        return screens[source_id]
    if not source_id.isdecimal():
        return None
    core = display.connection.core
    window = int(source_id)
    try:
        if core.GetWindowAttributes(window).reply().map_state != MapState.Viewable:
            return None
        while (parent := core.QueryTree(window).reply().parent) not in (display.root, xcffib.NONE):
            window = parent
        place: Any = core.GetGeometry(window).reply()
    except XError:
        return None  # closed meanwhile
    border = 2 * place.border_width
    return Rect(place.x, place.y, place.width + border, place.height + border)


def _screens() -> Places:
    try:
        with mss.MSS() as taken:
            rects = [Rect(each["left"], each["top"], each["width"], each["height"]) for each in taken.monitors]
    except (ScreenShotError, AssertionError) as error:
        raise DisplayGone(GONE) from error
    return {DESKTOP_ID if number == 0 else f"monitor-{number}": rect for number, rect in enumerate(rects)}
