"""The pictures of one window, or one monitor, as Windows.Graphics.Capture hands them over.

| From | Used |
|---|---|
| Windows 10 1903 (build 18362) | both by their handles (IGraphicsCaptureItemInterop), a pool for any thread |
| Windows 10 2004 (19041) | pictures without the pointer |
| build 20348, Windows 11 | no coloured border, where the system allows it |
| Windows 11 24H2 (26100) | pictures no oftener than wanted (MinUpdateInterval), and where they changed (DirtyRegions) |

Each is asked for by name (ApiInformation) and done without where it is missing. Secondary windows (24H2) stay off: they
may be those of another program, which a picture of this one must not hold. Of a screen with more colours (HDR) pictures
are asked for in 8 bits each, into which the system turns them.

Written by the documentation and the wheels' metadata, tested against a stand-in, not run on Windows.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from capture.picture.pixels import Pixels, Rect
from capture.platforms.windows.win32.declarations import ole32
from capture.platforms.windows.win32.direct3d import Device, DeviceLost, release

log = logging.getLogger(__name__)

BUFFERS = 3
"""One that is being read, one that is kept for the next look, and one that the system paints next."""
SESSION = "Windows.Graphics.Capture.GraphicsCaptureSession"
ACCESS = "Windows.Graphics.Capture.GraphicsCaptureAccess"
HINDERED = frozenset({0x887A0005, 0x887A0006, 0x887A0007, 0x887A0020})
"""DXGI_ERROR_DEVICE_REMOVED, …_HUNG, …_RESET, …_DRIVER_INTERNAL_ERROR, as an error's number without its sign."""


@dataclass(frozen=True, slots=True, eq=False)
class Handed:
    """A picture as the system has handed it over: BGRX, and where it differs from the one before.

    Attributes:
        pixels: the part that was asked for.
        size: width and height of the whole window, or monitor, in it.
        damage: in that; None when the system does not tell.
    """

    pixels: Pixels
    size: tuple[int, int]
    damage: tuple[Rect, ...] | None


class CaptureSession:
    """Pictures of one window or monitor, from `open` to `close`. Used by one thread.

    ``arrived()`` is called from a thread of the system's when there is a new picture, or when the window is closed.

    Attributes:
        is_closed: the window, or monitor, exists no more.
        is_resized: its size has changed since the last picture.
    """

    def __init__(
        self,
        handle: int,
        arrived: Callable[[], None],
        make_device: Callable[[], Device] = Device,
        kind: Literal["window", "monitor"] = "window",
    ) -> None:
        self.is_closed = False
        self.is_resized = False
        self._handle = handle
        self._kind = kind
        self._arrived = arrived
        self._make_device = make_device
        self._undo: list[Callable[[], Any]] = []
        self._session: Any = None
        self._pool: Any = None
        self._shared: Any = None
        self._device: Device | None = None
        self._size = (0, 0)
        self._tells_damage = False
        self._interval = 0.0
        # What the system's thread and ours have in common: the newest picture, where it differs from the last one that
        # was handed over (None: anywhere), and why there are no more.
        self._lock = threading.Lock()
        self._kept: Any = None
        self._damage: tuple[Rect, ...] | None = None
        self._fault: OSError | None = None

    def open(self) -> None:
        """Begin.

        Raises:
            OSError: this Windows, or this computer, does not offer it, or not for this window.
            ImportError: the wheels are not there.
        """
        from winrt.runtime import ApartmentType, init_apartment, uninit_apartment

        keep_apartment()
        try:
            init_apartment(ApartmentType.MULTI_THREADED)
            self._undo.append(uninit_apartment)
            self._begin()
        except BaseException:
            self.close()
            raise

    def newest(self, part_of: Callable[[tuple[int, int]], Rect]) -> Handed | None:
        """Return the newest picture, None when there is none since the last one, or its size just changes.

        ``part_of(size)`` says which part is wanted of a window of that size; one beyond it is cut.

        Raises:
            DeviceLost: nothing more will come; a new session may do better.
            OSError: the picture cannot be read.
        """
        with self._lock:
            self._keep_newest()
            frame, self._kept = self._kept, None
            damage, fault = self._damage, self._fault
            if frame is not None:
                self._damage = () if self._tells_damage else None
        if fault is not None:
            raise fault
        if frame is None:
            return None
        try:
            size = (frame.content_size.width, frame.content_size.height)
            part = _within(part_of(size), size)
            is_right = size == self._size and part.area > 0
            handed = Handed(self._read(frame, part), size, damage) if is_right else None
        finally:
            frame.close()
        if handed is not None:
            self.is_resized = False
        elif size != self._size:
            # In a pool of another size the picture is cut, or has an edge. The next one is right.
            self._follow(size)
        else:
            self._forget_damage()
        return handed

    def set_rate(self, fps: float) -> None:
        """Have pictures come ``fps`` times a second at most, where the system can."""
        interval = round(1 / max(fps, 0.1), 3)
        if self._session is not None and interval != self._interval:
            self._interval = interval
            self._set("min_update_interval", "MinUpdateInterval", timedelta(seconds=interval))

    def close(self) -> None:
        """Give everything back; may be called twice, and never raises."""
        with self._lock:
            self._session = self._pool = self._shared = None
            frame, self._kept = self._kept, None
        if frame is not None:
            self._undo.append(frame.close)
        while self._undo:
            with contextlib.suppress(OSError, RuntimeError):
                self._undo.pop()()

    def _begin(self) -> None:
        from winrt.windows.graphics.capture import Direct3D11CaptureFramePool, GraphicsCaptureSession
        from winrt.windows.graphics.capture.interop import create_for_monitor, create_for_window
        from winrt.windows.graphics.directx import DirectXPixelFormat
        from winrt.windows.graphics.directx.direct3d11.interop import create_direct3d11_device_from_dxgi_device

        if not GraphicsCaptureSession.is_supported():
            raise OSError("not supported")
        self._format = DirectXPixelFormat.B8_G8_R8_A8_UINT_NORMALIZED
        item = (create_for_window if self._kind == "window" else create_for_monitor)(self._handle)
        self._device = self._make_device()
        self._undo.append(self._device.close)
        pointer = self._device.for_windows
        try:
            self._shared = create_direct3d11_device_from_dxgi_device(pointer)
        finally:
            release(pointer)
        self._size = (item.size.width, item.size.height)
        pool = Direct3D11CaptureFramePool.create_free_threaded(self._shared, self._format, BUFFERS, self._room)
        self._pool = pool
        self._undo.append(pool.close)
        session = self._session = pool.create_capture_session(item)
        self._undo.append(session.close)
        arrival = pool.add_frame_arrived(lambda *_told: self._note_arrival())
        self._undo.append(lambda: pool.remove_frame_arrived(arrival))
        end = item.add_closed(lambda *_told: self._note_end())
        self._undo.append(lambda: item.remove_closed(end))
        self._set("is_cursor_capture_enabled", "IsCursorCaptureEnabled", False)
        self._tells_damage = self._set_damage_told()
        self._leave_border_off(session)
        session.start_capture()

    def _set_damage_told(self) -> bool:
        if not _has_property(SESSION, "DirtyRegionMode"):
            return False
        from winrt.windows.graphics.capture import GraphicsCaptureDirtyRegionMode

        return self._set("dirty_region_mode", "DirtyRegionMode", GraphicsCaptureDirtyRegionMode.REPORT_ONLY)

    @property
    def _room(self) -> tuple[int, int]:
        """Return the size of the pool's pictures: of those without any there are none."""
        return max(self._size[0], 1), max(self._size[1], 1)

    def _note_arrival(self) -> None:
        # At once, also while nobody looks: what finds no room in the pool is never sent again.
        with self._lock:
            self._keep_newest()
        self._arrived()

    def _keep_newest(self) -> None:
        """Take what the pool has; the older ones are given back."""
        try:
            while self._pool is not None and (newer := self._pool.try_get_next_frame()) is not None:
                if self._kept is not None:
                    self._kept.close()
                self._kept = newer
                self._note_damage(newer)
        except OSError as error:
            self._fault = _lost_or_not(error)

    def _follow(self, size: tuple[int, int]) -> None:
        self._size, self.is_resized = size, True
        self._forget_damage()
        try:
            self._pool.recreate(self._shared, self._format, BUFFERS, self._room)
        except OSError as error:
            raise _lost_or_not(error) from error

    def _read(self, frame: Any, part: Rect) -> Pixels:
        from winrt.windows.graphics.directx.direct3d11.interop import get_dxgi_surface_from_object

        assert self._device is not None
        surface = get_dxgi_surface_from_object(frame.surface)
        try:
            return self._device.read(surface, part)
        finally:
            release(surface)

    def _forget_damage(self) -> None:
        with self._lock:
            self._damage = None

    def _note_damage(self, frame: Any) -> None:
        if self._damage is not None:
            regions: Sequence[Any] = frame.dirty_regions
            self._damage += tuple(Rect(each.x, each.y, each.width, each.height) for each in regions)

    def _note_end(self) -> None:
        self.is_closed = True
        self._arrived()

    def _set(self, name: str, asked: str, value: object) -> bool:
        """Set something that not every Windows has; tell whether this one does."""
        if not _has_property(SESSION, asked):
            return False
        try:
            setattr(self._session, name, value)
        except (OSError, AttributeError) as error:
            log.info("%s is not to be had: %s", asked, error)
            return False
        return True

    def _leave_border_off(self, session: Any) -> None:
        """Ask for pictures without a border around the window; the answer may take as long as a person does."""
        if not (_has_property(SESSION, "IsBorderRequired") and _has_method(ACCESS, "RequestAccessAsync")):
            return
        from winrt.windows.graphics.capture import GraphicsCaptureAccess, GraphicsCaptureAccessKind

        def allowed(*_told: Any) -> None:
            # The session may have ended meanwhile. Where it was not allowed this changes nothing.
            with contextlib.suppress(OSError, RuntimeError):
                session.is_border_required = False

        try:
            GraphicsCaptureAccess.request_access_async(GraphicsCaptureAccessKind.BORDERLESS).completed = allowed
        except (OSError, AttributeError) as error:
            log.info("the border stays: %s", error)


def is_offered() -> bool:
    """Tell whether this Windows has it. Asked in a thread that has no windows."""
    with contextlib.suppress(OSError, ImportError, AttributeError):
        from winrt.runtime import ApartmentType, init_apartment, uninit_apartment
        from winrt.windows.graphics.capture import GraphicsCaptureSession

        init_apartment(ApartmentType.MULTI_THREADED)
        try:
            return bool(GraphicsCaptureSession.is_supported())
        finally:
            uninit_apartment()
    return False


@functools.cache
def keep_apartment() -> None:
    """Have COM's apartment for any thread stay for good: what is given back late, by whichever thread, needs it."""
    ole32().CoIncrementMTAUsage(ctypes.byref(ctypes.c_void_p()))


def _lost_or_not(error: OSError) -> OSError:
    number = getattr(error, "winerror", None) or error.errno or 0
    return DeviceLost(str(error)) if number & 0xFFFFFFFF in HINDERED else error


def _within(part: Rect, size: tuple[int, int]) -> Rect:
    left, top = min(max(part.x, 0), size[0]), min(max(part.y, 0), size[1])
    right, bottom = min(part.x + part.width, size[0]), min(part.y + part.height, size[1])
    return Rect.between(left, top, max(left, right), max(top, bottom))


def _has_property(kind: str, name: str) -> bool:
    from winrt.windows.foundation.metadata import ApiInformation

    with contextlib.suppress(OSError):
        return bool(ApiInformation.is_property_present(kind, name))
    return False


def _has_method(kind: str, name: str) -> bool:
    from winrt.windows.foundation.metadata import ApiInformation

    with contextlib.suppress(OSError):
        return bool(ApiInformation.is_method_present(kind, name))
    return False
