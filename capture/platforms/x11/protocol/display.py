"""The common ground of the X11 backends: a connection, the news of painting, the mouse pointer.

Each object is opened, used and closed in one thread. Every extension that anybody uses is imported here: xcffib keeps
them in a dictionary, through which each new connection goes, and that must not grow in another thread meanwhile.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

import numpy as np
import xcffib
import xcffib.composite
import xcffib.damage
import xcffib.randr
import xcffib.res
import xcffib.shape
import xcffib.shm
import xcffib.xfixes
import xcffib.xinput
import xcffib.xproto
from xcffib import Error as XError

from capture import reasons
from capture.errors import CaptureError, DisplayGone
from capture.picture.frame import Pointer
from capture.picture.pixels import Pixels, Rect
from capture.platforms.contract import Wake
from capture.platforms.system import x11_display
from capture.platforms.waiting import wait_readable
from capture.platforms.x11.protocol.refusal import refusal
from capture.reason import NOTHING

P = ParamSpec("P")
T = TypeVar("T")

RAW_MOTION = 1 << 17
"""XI_RawMotion is event 17 of XInput 2; selected on the root it tells of every movement, wherever."""
XI_ALL_MASTER_DEVICES = 1
NEEDED_FOR = {
    "Composite": reasons.NEED_COMPOSITE,
    "DAMAGE": reasons.NEED_DAMAGE,
    "XFIXES": reasons.NEED_XFIXES,
}
"""What the extensions are for that we cannot do without."""
LONGEST_TEXT = 16384
"""Bytes of a title or a name that are read: programs may write any number of them."""


def speaks_to_display(method: Callable[P, T]) -> Callable[P, T]:
    """Turn the loss of the connection into `DisplayGone`, whatever xcffib raises for it."""

    @functools.wraps(method)
    def inner(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except xcffib.ConnectionException as error:
            raise DisplayGone(reasons.DISPLAY_SILENT) from error

    return inner


class Display:
    """A connection to the X server named by DISPLAY.

    Raises:
        DisplayGone: there is none, or it does not answer.
        CaptureError: it lacks an extension.
    """

    @speaks_to_display
    def __init__(self) -> None:
        name = x11_display()
        if not name:
            raise DisplayGone(reasons.NO_DISPLAY)
        try:
            self.connection = xcffib.connect(display=name)
        except xcffib.ConnectionException as error:
            raise DisplayGone(refusal(name)) from error
        setup = self.connection.get_setup()
        self.root: int = setup.roots[self.connection.pref_screen].root
        self._fd: int = self.connection.get_file_descriptor()

    def has_extension(self, name: str) -> bool:
        """Tell whether the server has an extension. One that it lacks costs the connection when it is used."""
        return bool(self.connection.core.QueryExtension(len(name), name).reply().present)

    def extension(self, module: Any, major: int, minor: int) -> Any:
        """Return an extension of the server, told which version we speak.

        Raises:
            CaptureError: the server lacks it.
        """
        name = module.key.name
        try:
            if not self.has_extension(name):
                raise CaptureError(reasons.EXTENSION_MISSING.of(name=name, need=NEEDED_FOR.get(name, NOTHING)))
            extension = self.connection(module.key)
            query = "XIQueryVersion" if module is xcffib.xinput else "QueryVersion"
            versions = () if module in (xcffib.shm, xcffib.shape) else (major, minor)
            getattr(extension, query)(*versions).reply()
        except XError as error:
            raise CaptureError(reasons.EXTENSION_OLD.of(name=name, need=NEEDED_FOR.get(name, NOTHING))) from error
        return extension

    def hear(self, mask: int) -> None:
        """Have events of the root told that ``mask`` selects, beside those that are told already."""
        heard = self.connection.core.GetWindowAttributes(self.root).reply().your_event_mask
        self.connection.core.ChangeWindowAttributes(self.root, xcffib.xproto.CW.EventMask, [heard | mask])

    def new_id(self) -> int:
        """Return an unused resource id."""
        return int(self.connection.generate_id())

    def events(self) -> Iterator[Any]:
        """Give what has arrived, also what arrives with answers to what is asked meanwhile: no wait tells of that.

        Errors of requests nobody waits for are passed over.
        """
        try:
            self.connection.flush()
            while True:
                try:
                    event = self.connection.poll_for_event()
                except XError:
                    continue
                if event is None:
                    return
                yield event
        except xcffib.ConnectionException as error:
            raise DisplayGone(reasons.DISPLAY_SILENT) from error

    def wait(self, seconds: float | None, call: int | None = None) -> bool:
        """Block until an event may have arrived, ``call`` is readable or ``seconds`` are over; True if called."""
        descriptors = (self._fd,) if call is None else (self._fd, call)
        return call in wait_readable(descriptors, seconds)

    def property(self, window: int, name: str, kind: int = 0, words: int = 65536) -> Any:
        """Return a property's reply, None when the window is gone."""
        try:
            atom = self.atom(name)
            reply = self.connection.core.GetProperty(False, window, atom, kind, 0, words).reply()
        except XError:
            return None
        return reply

    def numbers(self, window: int, name: str) -> tuple[int, ...]:
        """Return a property of 32-bit numbers, empty when there is none."""
        reply = self.property(window, name)
        return () if reply is None or reply.format != 32 else tuple(reply.value.to_atoms())

    def text(self, window: int, name: str) -> tuple[bytes, str]:
        """Return a property of bytes, at most `LONGEST_TEXT`, and the name of its type; empty when there is none."""
        reply = self.property(window, name, words=LONGEST_TEXT // 4)
        if reply is None or reply.format != 8:
            return b"", ""
        kinds = ("STRING", "UTF8_STRING", "COMPOUND_TEXT")
        return reply.value.buf(), next((kind for kind in kinds if self.atom(kind) == reply.type), "")

    @functools.lru_cache(maxsize=64)  # noqa: B019  a display lives as long as its thread needs it
    def atom(self, name: str) -> int:
        """Return the number of a named atom."""
        return int(self.connection.core.InternAtom(False, len(name), name).reply().atom)

    def close(self) -> None:
        """Hang up; never raises."""
        with contextlib.suppress(xcffib.XcffibException):
            self.connection.disconnect()


def wait_for_events(display: Display, absorb: Callable[[], Wake], seconds: float | None, call: int) -> Wake:
    """Return what ``absorb`` makes of the events that are there or, if that is nothing, of the next ones.

    ``seconds`` and ``call`` end the waiting as they do in `Backend.wait`.
    """
    wake = absorb()
    if wake is Wake.NOTHING and not display.wait(seconds, call):
        wake = absorb()
    return wake


def wait_for_events_until(
    display: Display, absorb: Callable[[], Wake], seconds: float | None, call: int, moment: float | None
) -> tuple[Wake, bool]:
    """Do as `wait_for_events`, and tell as well whether ``moment`` (monotonic, None: never) came without an event."""
    left = None if moment is None else max(moment - time.monotonic(), 0)
    if left is None or (seconds is not None and seconds <= left):
        return wait_for_events(display, absorb, seconds, call), False
    wake = wait_for_events(display, absorb, left, call)
    if wake is Wake.NOTHING and moment is not None and time.monotonic() >= moment:
        return Wake.CHANGED, True
    return wake, False


class DamageWatch:
    """Tells when and where a drawable was painted (XDamage), without polling."""

    def __init__(self, display: Display, drawable: int) -> None:
        self._display = display
        self._damage = display.extension(xcffib.damage, 1, 1)
        self._fixes = display.extension(xcffib.xfixes, 5, 0)
        self._region = display.new_id()
        self._fixes.CreateRegion(self._region, 0, [], is_checked=True).check()
        self._handle = display.new_id()
        level = xcffib.damage.ReportLevel.NonEmpty
        self._damage.Create(self._handle, drawable, level, is_checked=True).check()

    def is_event(self, event: Any) -> bool:
        """Tell whether ``event`` says that the drawable was painted."""
        return isinstance(event, xcffib.damage.NotifyEvent) and event.damage == self._handle

    def collect(self) -> tuple[Rect, ...]:
        """Return what was painted since the last call, relative to the drawable, and begin anew."""
        self._damage.Subtract(self._handle, xcffib.NONE, self._region)
        reply = self._fixes.FetchRegion(self._region).reply()
        return tuple(Rect(r.x, r.y, r.width, r.height) for r in reply.rectangles)


class PointerWatch:
    """Tells when the mouse pointer moved or changed its shape, and what it looks like."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._fixes = display.extension(xcffib.xfixes, 5, 0)
        self._fixes.SelectCursorInput(display.root, xcffib.xfixes.CursorNotifyMask.DisplayCursor)
        self._input: Any = None
        with contextlib.suppress(CaptureError):
            self._input = display.extension(xcffib.xinput, 2, 2)
        self._shape: tuple[int, int, int, Pixels] | None = None
        self._listens = False

    def is_event(self, event: Any) -> bool:
        """Tell whether ``event`` says that the pointer may look different; none is told again until `look`."""
        if isinstance(event, xcffib.xfixes.CursorNotifyEvent):
            self._shape = None
            return True
        if isinstance(event, xcffib.xinput.RawMotionEvent):
            # A mouse tells up to a thousand movements a second; one is enough to know.
            self._listen(False)
            return True
        return False

    def look(self, window: int, top_level: int | None, shown: Rect | None = None) -> Pointer | None:
        """Return the pointer relative to ``shown``, a part of ``window`` or all of it, None when it is elsewhere.

        ``top_level`` is the child of the root that holds the window: the pointer counts only where that is
        on top, for over a covering window it belongs to the other. None: ``window`` is the root itself.
        """
        self._listen(True)
        core = self._display.connection.core
        here = core.QueryPointer(window)
        on_root = core.QueryPointer(self._display.root)
        geometry = core.GetGeometry(window)
        place, above, size = here.reply(), on_root.reply(), geometry.reply()
        if shown is None:
            shown = Rect(0, 0, size.width, size.height)
        x, y = place.win_x - shown.x, place.win_y - shown.y
        inside = 0 <= x < shown.width and 0 <= y < shown.height
        if not inside or (top_level is not None and above.child != top_level):
            return None
        if self._shape is None:
            self._shape = self._read_shape()
        hot_x, hot_y, serial, image = self._shape
        return Pointer(x - hot_x, y - hot_y, serial, image)

    def _read_shape(self) -> tuple[int, int, int, Pixels]:
        reply = self._fixes.GetCursorImage().reply()
        words = np.array(list(reply.cursor_image), dtype=np.uint32)
        image = words.view(np.uint8).reshape(reply.height, reply.width, 4)
        return reply.xhot, reply.yhot, reply.cursor_serial, image

    def _listen(self, listen: bool) -> None:
        if self._input is None or listen == self._listens:
            return
        mask = xcffib.xinput.EventMask.synthetic(XI_ALL_MASTER_DEVICES, 1, [RAW_MOTION if listen else 0])
        self._input.XISelectEvents(self._display.root, 1, [mask], is_checked=True).check()
        self._listens = listen
