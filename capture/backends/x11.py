"""What the X11 backends share: a connection, a shared memory segment, the mouse pointer.

Each object is opened, used and closed in one thread.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import weakref
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

import numpy as np
import xcffib
import xcffib.composite
import xcffib.damage
import xcffib.shm
import xcffib.xfixes
import xcffib.xinput
import xcffib.xproto
from xcffib import Error as XError

from capture.backends import Wake
from capture.errors import CaptureError, DisplayGone
from capture.frame import Pointer
from capture.pixels import Pixels, Rect
from capture.waiting import wait_readable

P = ParamSpec("P")
T = TypeVar("T")

GONE = "The display server does not answer. Pictures go on when it is back."
RAW_MOTION = 1 << 17
"""XI_RawMotion is event 17 of XInput 2; selected on the root it tells of every movement, wherever."""
XI_ALL_MASTER_DEVICES = 1
ALL_PLANES = 0xFFFFFFFF


def speaks_to_display(method: Callable[P, T]) -> Callable[P, T]:
    """Turn the loss of the connection into `DisplayGone`, whatever xcffib raises for it."""

    @functools.wraps(method)
    def inner(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except xcffib.ConnectionException as error:
            raise DisplayGone(GONE) from error

    return inner


class Display:
    """A connection to the X server named by DISPLAY.

    Raises:
        DisplayGone: there is none, or it does not answer.
        CaptureError: it lacks an extension.
    """

    @speaks_to_display
    def __init__(self) -> None:
        name = os.environ.get("DISPLAY")
        if not name:
            raise DisplayGone("This program sees no X display (DISPLAY is not set).")
        self.connection = xcffib.connect(display=name)
        setup = self.connection.get_setup()
        self.root: int = setup.roots[self.connection.pref_screen].root
        self._fd: int = self.connection.get_file_descriptor()

    def extension(self, module: Any, major: int, minor: int) -> Any:
        """Return an extension of the server, told which version we speak."""
        try:
            extension = self.connection(module.key)
            query = "XIQueryVersion" if module is xcffib.xinput else "QueryVersion"
            versions = () if module is xcffib.shm else (major, minor)
            getattr(extension, query)(*versions).reply()
        except xcffib.XcffibException as error:
            if isinstance(error, xcffib.ConnectionException):
                raise
            name = module.__name__.rpartition(".")[2]
            raise CaptureError(f"The display server lacks the extension {name}.") from error
        return extension

    def new_id(self) -> int:
        """Return an unused resource id."""
        return int(self.connection.generate_id())

    @speaks_to_display
    def events(self) -> Iterator[Any]:
        """Return what has arrived. Errors of requests nobody waits for are passed over."""
        self.connection.flush()
        found: list[Any] = []
        while True:
            try:
                event = self.connection.poll_for_event()
            except XError:
                continue
            if event is None:
                return iter(found)
            found.append(event)

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


class SharedSegment:
    """SysV memory into which the X server writes pictures. Grows when a bigger picture is asked for."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._shm = display.extension(xcffib.shm, 1, 2)
        self._libc = _libc()
        self._memory: memoryview | None = None
        self._segment = 0

    @property
    def segment(self) -> int:
        """Return the X server's number of the segment, 0 before the first picture."""
        return self._segment

    def image(self, drawable: int, x: int, y: int, width: int, height: int) -> Pixels:
        """Return the pixels of a drawable of depth 24 or 32: BGRX, a view that the next call overwrites.

        Raises:
            XError: the drawable is gone or smaller than that.
        """
        pixels = self.room(width, height)
        self._shm.GetImage(
            drawable, x, y, width, height, ALL_PLANES, xcffib.xproto.ImageFormat.ZPixmap, self._segment, 0
        ).reply()
        return pixels

    def room(self, width: int, height: int) -> Pixels:
        """Return the memory that `image` fills for such a picture."""
        size = width * height * 4
        if self._memory is None:
            self._memory = self._attach(size)
        elif size > len(self._memory):
            # By half at least: what is painted grows letter by letter, and attaching takes longer than taking.
            self._memory = self._attach(max(size, len(self._memory) * 3 // 2))
        pixels: Pixels = np.frombuffer(self._memory[:size], dtype=np.uint8).reshape(height, width, 4)
        return pixels

    def close(self) -> None:
        """Have the X server let go of the memory; never raises. Pictures in it stay until nobody holds them."""
        if self._memory is not None:
            with contextlib.suppress(xcffib.XcffibException):
                self._shm.Detach(self._segment, is_checked=True).check()
            self._memory = None

    def _attach(self, size: int) -> memoryview:
        self.close()
        private, create_for_owner, remove = 0, 0o1600, 0
        number = self._libc.shmget(private, ctypes.c_size_t(size), create_for_owner)
        if number < 0:
            raise CaptureError(f"The system gives no shared memory: {os.strerror(ctypes.get_errno())}.")
        try:
            address = self._libc.shmat(number, None, 0)
            if address in (None, ctypes.c_void_p(-1).value):
                raise CaptureError(f"Shared memory cannot be used: {os.strerror(ctypes.get_errno())}.")
            memory = (ctypes.c_uint8 * size).from_address(address)
            # Arrays refer to it, so it is unmapped when the last picture in it is gone, and not before.
            weakref.finalize(memory, self._libc.shmdt, ctypes.c_void_p(address)).atexit = False
            self._segment = self._display.new_id()
            try:
                self._shm.Attach(self._segment, number, False, is_checked=True).check()
            except XError as error:
                raise CaptureError(
                    "The display server cannot reach this computer's memory; is the display a remote one?"
                ) from error
        finally:
            # Marked for removal at once: it lives while attached and cannot be left behind by a crash.
            self._libc.shmctl(number, remove, None)
        return memoryview(memory)


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmget.argtypes = (ctypes.c_int, ctypes.c_size_t, ctypes.c_int)
    libc.shmat.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
    libc.shmat.restype = ctypes.c_void_p
    libc.shmdt.argtypes = (ctypes.c_void_p,)
    libc.shmctl.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
    return libc


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

    def look(self, window: int, top_level: int | None) -> Pointer | None:
        """Return the pointer relative to ``window``, None when it is elsewhere.

        ``top_level`` is the child of the root that holds the window: the pointer counts only where that is
        on top, for over a covering window it belongs to the other. None: ``window`` is the root itself.
        """
        self._listen(True)
        core = self._display.connection.core
        here = core.QueryPointer(window)
        on_root = core.QueryPointer(self._display.root)
        geometry = core.GetGeometry(window)
        place, above, size = here.reply(), on_root.reply(), geometry.reply()
        inside = 0 <= place.win_x < size.width and 0 <= place.win_y < size.height
        if not inside or (top_level is not None and above.child != top_level):
            return None
        if self._shape is None:
            self._shape = self._read_shape()
        hot_x, hot_y, serial, image = self._shape
        return Pointer(place.win_x - hot_x, place.win_y - hot_y, serial, image)

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
