"""A stand-in for Windows.Graphics.Capture, as its documentation and the wheels' metadata describe it.

Where the real one cannot be had: under wine, and on other systems. Pictures are painted by the test.
"""

from __future__ import annotations

import ctypes
import sys
import types
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from capture.picture.pixels import Pixels, Rect
from capture.platforms.windows.win32.direct3d import DeviceLost

REMOVED = 0x887A0005
"""DXGI_ERROR_DEVICE_REMOVED."""
OF_2004 = frozenset({"IsCursorCaptureEnabled"})
OF_20348 = OF_2004 | {"IsBorderRequired", "RequestAccessAsync"}
OF_26100 = OF_20348 | {"MinUpdateInterval", "DirtyRegionMode", "IncludeSecondaryWindows"}
"""What each build has."""


class Size(NamedTuple):
    """SizeInt32."""

    width: int
    height: int


class Surface:
    """An object of COM with a count of its owners; ``pixels`` are those of its texture.

    Attributes:
        owners: how many have not given it back.
        address: by which it is known.
    """

    known: dict[int, Surface] = {}  # noqa: RUF012  by their addresses

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels
        self.owners = 0
        make: Any = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
        self._release = make(ctypes.c_uint32, ctypes.c_void_p)(self._give_back)
        self._table = (ctypes.c_void_p * 3)(None, None, ctypes.cast(self._release, ctypes.c_void_p))
        self._object = ctypes.pointer(self._table)
        self.address = ctypes.addressof(self._object)
        self.known[self.address] = self

    def take(self) -> int:
        """Return the address to one more owner."""
        self.owners += 1
        return self.address

    def _give_back(self, address: int | None) -> int:
        self.owners -= 1
        return self.owners


class FakeDevice:
    """A device whose textures are arrays.

    Attributes:
        reads: the parts that were copied.
        fault: what the next read raises.
    """

    def __init__(self) -> None:
        self.reads: list[Rect] = []
        self.fault: OSError | None = None
        self.is_closed = False
        self._own = Surface(np.zeros((1, 1, 4), np.uint8))

    @property
    def for_windows(self) -> int:
        return self._own.take()

    def read(self, surface: int, part: Rect) -> Pixels:
        if self.fault is not None:
            raise self.fault
        self.reads.append(part)
        whole = Surface.known[surface].pixels
        return whole[part.y : part.y + part.height, part.x : part.x + part.width].copy()

    def close(self) -> None:
        self.is_closed = True
        assert self._own.owners == 0, "the device as Windows sees it was given back"


class FakeFrame:
    """One picture that is lent out."""

    def __init__(self, pool: FakePool, pixels: Pixels, size: Size, dirty: list[Rect]) -> None:
        self.content_size = size
        self.dirty_regions = dirty
        self.surface = Surface(pixels)
        self._pool = pool
        self._is_open = True

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._pool.free += 1


class FakePool:
    """Direct3D11CaptureFramePool: what does not fit into its pictures is cut, and none comes while all are lent."""

    def __init__(self, runtime: FakeCapture, buffers: int, size: tuple[int, int]) -> None:
        self.free, self.size = buffers, Size(*size)
        self.waiting: list[FakeFrame] = []
        self.handlers: dict[int, Callable[..., None]] = {}
        self.is_closed = False
        self._runtime = runtime

    def create_capture_session(self, item: FakeItem) -> FakeSession:
        session = self._runtime.session = FakeSession(self._runtime, item)
        return session

    def recreate(self, device: object, pixel_format: int, buffers: int, size: tuple[int, int]) -> None:
        self._runtime.formats.append(pixel_format)
        self.waiting.clear()
        self.free, self.size = buffers, Size(*size)

    def try_get_next_frame(self) -> FakeFrame | None:
        assert not self.is_closed
        if self._runtime.is_lost:
            error = OSError("the device was removed")
            error.winerror = REMOVED - (1 << 32)  # type: ignore[attr-defined]
            raise error
        return self.waiting.pop(0) if self.waiting else None

    def add_frame_arrived(self, handler: Callable[..., None]) -> int:
        self.handlers[1] = handler
        return 1

    def remove_frame_arrived(self, token: int) -> None:
        assert not self.is_closed
        del self.handlers[token]

    def close(self) -> None:
        self.is_closed = True


class FakeItem:
    """GraphicsCaptureItem."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.closed: dict[int, Callable[..., None]] = {}

    def add_closed(self, handler: Callable[..., None]) -> int:
        self.closed[2] = handler
        return 2

    def remove_closed(self, token: int) -> None:
        del self.closed[token]


class FakeSession:
    """GraphicsCaptureSession: it takes what this build of Windows has, and nothing else.

    Attributes:
        set: what was set, by its name.
    """

    def __init__(self, runtime: FakeCapture, item: FakeItem) -> None:
        object.__setattr__(self, "set", {})
        object.__setattr__(self, "_runtime", runtime)
        object.__setattr__(self, "is_started", False)

    def __setattr__(self, name: str, value: object) -> None:
        wanted = "".join(word.capitalize() for word in name.split("_"))
        if wanted not in self._runtime.features:  # type: ignore[attr-defined]
            raise OSError("no such interface supported")
        self.set[name] = value  # type: ignore[attr-defined]

    def start_capture(self) -> None:
        object.__setattr__(self, "is_started", True)

    def close(self) -> None:
        object.__setattr__(self, "is_started", False)


class FakeCapture:
    """The whole of it, for one window.

    Attributes:
        features: what this build of Windows has, besides what 1903 has.
        is_supported: as the system says of itself.
        is_lost: the device was removed.
        session, pool, item: the newest ones, None before.
        apartments: how many were entered and not left.
        handles: those of which items were made.
        formats: in which pictures were asked for, one after the other.
        asked: the answers to requests for access that have not come yet.
    """

    def __init__(self, size: tuple[int, int], features: frozenset[str] = OF_26100) -> None:
        self.size = Size(*size)
        self.features = features
        self.is_supported = True
        self.is_lost = False
        self.session: FakeSession | None = None
        self.pool: FakePool | None = None
        self.item: FakeItem | None = None
        self.apartments = 0
        self.devices: list[FakeDevice] = []
        self.handles: list[int] = []
        self.formats: list[int] = []
        self.asked: list[Any] = []

    def make_device(self) -> FakeDevice:
        """Return a new device, as a session asks for one."""
        self.devices.append(FakeDevice())
        return self.devices[-1]

    def paint(self, pixels: Pixels, *dirty: Rect) -> None:
        """Have the window look so; without ``dirty`` all of it was painted."""
        pool = self.pool
        assert pool is not None
        height, width = pixels.shape[:2]
        if not pool.free:
            return
        pool.free -= 1
        # Of the size that the pool has.
        room = np.zeros((pool.size.height, pool.size.width, 4), np.uint8)
        room[: min(height, pool.size.height), : min(width, pool.size.width)] = pixels[
            : pool.size.height, : pool.size.width
        ]
        regions = list(dirty) or [Rect(0, 0, width, height)]
        pool.waiting.append(FakeFrame(pool, room, Size(width, height), regions))
        for handler in tuple(pool.handlers.values()):
            handler(pool, None)

    def end(self) -> None:
        """Have the window be closed."""
        assert self.item is not None
        for handler in tuple(self.item.closed.values()):
            handler(self.item, None)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have it found where the wheels' modules are looked for."""
        monkeypatch.setattr("capture.platforms.windows.graphics_capture.session.keep_apartment", lambda: None)
        for name, content in self._modules().items():
            module = types.ModuleType(name)
            vars(module).update(content)
            monkeypatch.setitem(sys.modules, name, module)

    def _modules(self) -> dict[str, dict[str, object]]:
        capture = self

        class ApartmentType:
            MULTI_THREADED = 1

        class GraphicsCaptureSession:
            is_supported = staticmethod(lambda: capture.is_supported)

        class Direct3D11CaptureFramePool:
            @staticmethod
            def create_free_threaded(
                device: object, pixel_format: int, buffers: int, size: tuple[int, int]
            ) -> FakePool:
                capture.formats.append(pixel_format)
                capture.pool = FakePool(capture, buffers, size)
                return capture.pool

        class GraphicsCaptureAccess:
            @staticmethod
            def request_access_async(kind: int) -> Any:
                assert kind == 0
                capture.asked.append(types.SimpleNamespace(completed=None))
                return capture.asked[-1]

        class ApiInformation:
            is_property_present = staticmethod(lambda kind, name: name in capture.features)
            is_method_present = staticmethod(lambda kind, name: name in capture.features)

        def create_for_window(window: int) -> FakeItem:
            if not window:
                raise OSError("invalid window handle")
            capture.handles.append(window)
            capture.item = FakeItem(capture.size)
            return capture.item

        def enter(kind: int) -> None:
            capture.apartments += kind

        def leave() -> None:
            capture.apartments -= 1

        graphics = "winrt.windows.graphics"
        packages = ("winrt", "winrt.windows", graphics, "winrt.windows.foundation")
        return {name: {"__path__": []} for name in packages} | {
            "winrt.runtime": {"ApartmentType": ApartmentType, "init_apartment": enter, "uninit_apartment": leave},
            f"{graphics}.capture": {
                "__path__": [],
                "Direct3D11CaptureFramePool": Direct3D11CaptureFramePool,
                "GraphicsCaptureSession": GraphicsCaptureSession,
                "GraphicsCaptureAccess": GraphicsCaptureAccess,
                "GraphicsCaptureAccessKind": types.SimpleNamespace(BORDERLESS=0),
                "GraphicsCaptureDirtyRegionMode": types.SimpleNamespace(REPORT_ONLY=0),
            },
            f"{graphics}.capture.interop": {
                "create_for_window": create_for_window,
                "create_for_monitor": create_for_window,
            },
            f"{graphics}.directx": {
                "__path__": [],
                "DirectXPixelFormat": types.SimpleNamespace(B8_G8_R8_A8_UINT_NORMALIZED=87),
            },
            f"{graphics}.directx.direct3d11": {"__path__": []},
            f"{graphics}.directx.direct3d11.interop": {
                "create_direct3d11_device_from_dxgi_device": lambda pointer: ("shared", pointer),
                "get_dxgi_surface_from_object": lambda surface: surface.take(),
            },
            "winrt.windows.foundation.metadata": {"ApiInformation": ApiInformation},
        }


def lost() -> DeviceLost:
    """Return what a device raises that was removed."""
    return DeviceLost("removed")
