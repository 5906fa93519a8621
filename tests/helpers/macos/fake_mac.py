"""A Mac that is none: windows, displays, programs and permissions, as CoreGraphics and AppKit tell of them.

It behaves as documentation and the metadata of pyobjc's wheels describe it, and answers to no other names. What is
asked of it outside of an autorelease pool is an error, for it would be kept for good.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from capture.picture.pixels import Pixels, Rect
from capture.platforms.macos import frameworks, screens, stream
from capture.platforms.macos import window as kit_window
from tests.helpers.macos.fake_screencapturekit import FakeScreenCaptureKit

MENU_LAYER = 101


class ObjcError(Exception):
    """objc.error."""


@dataclass(slots=True)
class FakeWindow:
    """A window; ``place`` in points, ``pixels`` in device pixels, None for one colour that belongs to its number."""

    number: int
    pid: int
    title: str = "A window"
    place: Rect = Rect(100, 80, 200, 120)  # noqa: RUF009  frozen
    layer: int = 0
    alpha: float = 1.0
    is_on_screen: bool = True
    sharing: int = 1
    pixels: Pixels | None = None


@dataclass(slots=True)
class FakeDisplay:
    """A display; ``place`` in points."""

    number: int
    place: Rect = Rect(0, 0, 800, 600)  # noqa: RUF009  frozen
    scale: float = 1.0
    vendor: int = 0x610
    model: int = 0xA050
    serial: int = 7
    name: str = "Built-in Retina Display"
    is_asleep: bool = False
    mirrors: int = 0
    uuid: bytes = b""


@dataclass(slots=True)
class FakeProgram:
    """A program that runs; ``name`` and ``bundle`` are empty for a tool without a bundle."""

    pid: int
    name: str = "Notes"
    bundle: str = "com.apple.Notes"
    path: str = "/System/Applications/Notes.app/Contents/MacOS/Notes"
    started: int = 1_700_000_000_123
    policy: int = 0
    icon: Pixels | None = None


@dataclass(slots=True)
class FakeImage:
    """A CGImage whose rows are padded, and an NSImage of it."""

    pixels: Pixels
    info: int = 8194
    hot: tuple[float, float] = (4.0, 4.0)

    @property
    def pitch(self) -> int:
        return int(self.pixels.shape[1]) * 4 + 32

    def CGImageForProposedRect_context_hints_(self, rect: Any, context: Any, hints: Any) -> Any:  # noqa: N802
        return self, rect

    def image(self) -> FakeImage:
        return self

    def size(self) -> tuple[float, float]:
        return float(self.pixels.shape[1]), float(self.pixels.shape[0])

    def hotSpot(self) -> tuple[float, float]:  # noqa: N802
        return self.hot


@dataclass(slots=True)
class Centre:
    """An NSNotificationCenter."""

    heard: dict[int, tuple[str, Callable[[Any], None]]] = field(default_factory=dict)

    def addObserverForName_object_queue_usingBlock_(  # noqa: N802
        self, name: str, thing: Any, queue: Any, block: Callable[[Any], None]
    ) -> int:
        self.heard[len(self.heard) + 1] = (name, block)
        return len(self.heard)

    def removeObserver_(self, token: int) -> None:  # noqa: N802
        del self.heard[token]

    def post(self, name: str) -> None:
        """Have all hear it that want to."""
        for wanted, block in tuple(self.heard.values()):
            if wanted == name:
                block(name)


class FakeMac:
    """All of it.

    Attributes:
        windows: the uppermost first.
        is_granted: Screen Recording is allowed.
        requests: how often the person was asked to allow it.
        version: of macOS, such as ``(14, 2)``.
        pointer: where it is, in points.
        cursor: how it looks.
        session: what CGSessionCopyCurrentDictionary tells, None without one.
        is_logged_in: windows are listed at all.
        capture: the part that is ScreenCaptureKit.
        pools: how many autorelease pools were opened.
        images: how often CGWindowListCreateImage was called.
        is_joined: the process is known to the window server; ScreenCaptureKit ends one that is not.
    """

    def __init__(self, version: tuple[int, int] = (14, 2)) -> None:
        self.windows: list[FakeWindow] = []
        self.displays = [FakeDisplay(1)]
        self.programs: dict[int, FakeProgram] = {}
        self.is_granted = True
        self.requests = 0
        self.version = version
        self.pointer = (-1.0, -1.0)
        self.cursor: FakeImage | None = FakeImage(np.full((10, 8, 4), 200, np.uint8))
        self.session: dict[str, Any] | None = {"kCGSSessionOnConsoleKey": True}
        self.is_logged_in = True
        self.pools = 0
        self.images = 0
        self.is_joined = False
        self.form = 8194
        self.centres = (Centre(), Centre())
        self._depth = threading.local()
        self.capture = FakeScreenCaptureKit(self)

    def open(self, number: int, pid: int = 500, **values: Any) -> FakeWindow:
        """Open a window on top of all others, of a program that runs from now on."""
        self.programs.setdefault(pid, FakeProgram(pid))
        window = FakeWindow(number, pid, **values)
        self.windows.insert(0, window)
        return window

    def close(self, number: int) -> None:
        """Close a window."""
        self.windows = [each for each in self.windows if each.number != number]

    def find(self, number: int) -> FakeWindow:
        """Return a window by its number."""
        return next(each for each in self.windows if each.number == number)

    def scale_of(self, window: FakeWindow) -> float:
        """Return the scale of the display that a window's corner is on."""
        for display in self.displays:
            inside = display.place
            if inside.x <= window.place.x < inside.x + inside.width:
                return display.scale
        return 1.0

    def look_of(self, window: FakeWindow) -> Pixels:
        """Return a window's own pixels."""
        if window.pixels is not None:
            return window.pixels
        scale = self.scale_of(window)
        size = (round(window.place.height * scale), round(window.place.width * scale))
        return np.full((*size, 4), window.number % 251, np.uint8)

    def check_pool(self) -> None:
        """Complain where what is handed out would be kept for good."""
        assert getattr(self._depth, "value", 0) > 0, "asked outside of an autorelease pool"

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have it found where pyobjc's modules and the system's libraries are looked for."""
        for name, content in self._modules().items():
            module = types.ModuleType(name)
            vars(module).update(content)
            monkeypatch.setitem(sys.modules, name, module)
        for cached in (frameworks.frameworks, frameworks.ask_once, stream.output_class):
            cached.cache_clear()
        kit_window.ended_by_person.clear()
        for name in ("processes.system", "screens.color_sync"):
            monkeypatch.setattr(f"capture.platforms.macos.{name}", lambda: _Libraries(self))

    def _modules(self) -> dict[str, dict[str, Any]]:
        mac = self

        class Pool:
            def __enter__(self) -> None:
                mac.pools += 1
                mac._depth.value = getattr(mac._depth, "value", 0) + 1

            def __exit__(self, *fault: object) -> None:
                mac._depth.value -= 1

        class NSObject:
            def __init_subclass__(cls, protocols: tuple[str, ...] = ()) -> None:
                assert cls.__name__ not in mac.capture.classes, "Objective-C knows a class by its name"
                mac.capture.classes.add(cls.__name__)

            @classmethod
            def alloc(cls) -> Any:
                return cls()

            def init(self) -> Any:
                return self

        workspace = types.SimpleNamespace(notificationCenter=lambda: mac.centres[1])
        appkit = {
            "NSRunningApplication": types.SimpleNamespace(runningApplicationWithProcessIdentifier_=self._program),
            "NSScreen": types.SimpleNamespace(screens=self._screens),
            "NSCursor": types.SimpleNamespace(currentSystemCursor=self._cursor, arrowCursor=self._cursor),
            "NSWorkspace": types.SimpleNamespace(sharedWorkspace=lambda: workspace),
            "NSWorkspaceWillSleepNotification": "NSWorkspaceWillSleepNotification",
            "NSWorkspaceDidWakeNotification": "NSWorkspaceDidWakeNotification",
        }
        distributed = types.SimpleNamespace(defaultCenter=lambda: mac.centres[0])
        objc = {"autorelease_pool": Pool, "error": ObjcError, "protocolNamed": lambda name: name}
        return {
            "objc": objc,
            "AppKit": appkit,
            "Foundation": {"NSObject": NSObject, "NSDistributedNotificationCenter": distributed},
            "Quartz": self._quartz(),
            **self.capture.modules(),
        }

    def _quartz(self) -> dict[str, Any]:
        def asked(answer: Callable[..., Any]) -> Callable[..., Any]:
            def ask(*given: Any) -> Any:
                self.check_pool()
                return answer(*given)

            return ask

        def request() -> bool:
            self.requests += 1
            return self.is_granted

        def join() -> int:
            self.is_joined = True
            return self.displays[0].number if self.displays else 0

        def of_display(name: str) -> Callable[[int], Any]:
            return lambda number: getattr(next(each for each in self.displays if each.number == number), name)

        def bounds(number: int) -> Any:
            place: Rect = of_display("place")(number)
            return ((float(place.x), float(place.y)), (float(place.width), float(place.height)))

        functions = {
            "CGPreflightScreenCaptureAccess": lambda: self.is_granted,
            "CGRequestScreenCaptureAccess": request,
            "CGWindowListCopyWindowInfo": self._list,
            "CGGetOnlineDisplayList": lambda most, ids, count: (
                0,
                tuple(each.number for each in self.displays)[:most],
                len(self.displays),
            ),
            "CGDisplayMirrorsDisplay": of_display("mirrors"),
            "CGDisplayIsAsleep": lambda number: int(of_display("is_asleep")(number)),
            "CGDisplayBounds": bounds,
            "CGDisplayCopyDisplayMode": lambda number: number,
            "CGDisplayModeGetWidth": lambda mode: of_display("place")(mode).width,
            "CGDisplayModeGetPixelWidth": lambda mode: round(
                of_display("place")(mode).width * of_display("scale")(mode)
            ),
            "CGDisplayVendorNumber": of_display("vendor"),
            "CGDisplayModelNumber": of_display("model"),
            "CGDisplaySerialNumber": of_display("serial"),
            "CGEventCreate": lambda source: "event",
            "CGEventGetLocation": lambda event: self.pointer,
            "CGSessionCopyCurrentDictionary": lambda: self.session,
            "CGImageGetBitmapInfo": lambda image: image.info,
            "CGImageGetBitsPerPixel": lambda image: 32,
            "CGImageGetWidth": lambda image: image.pixels.shape[1],
            "CGImageGetHeight": lambda image: image.pixels.shape[0],
            "CGImageGetBytesPerRow": lambda image: image.pitch,
            "CGImageGetDataProvider": lambda image: image,
            "CGDataProviderCopyData": lambda image: padded(image.pixels, image.pitch),
            "CGColorSpaceCreateDeviceRGB": lambda: "space",
            "CGBitmapContextCreate": lambda data, width, height, bits, pitch, space, info: {
                "size": (width, height),
                "info": info,
            },
            "CGContextDrawImage": lambda context, rect, image: context.update(image=image),
            "CGBitmapContextCreateImage": lambda context: FakeImage(
                resized(context["image"].pixels, *context["size"]), context["info"]
            ),
            "CVPixelBufferGetPixelFormatType": lambda buffer: buffer.form,
            "CVPixelBufferGetWidth": lambda buffer: buffer.width,
            "CVPixelBufferGetHeight": lambda buffer: buffer.height,
            "CVPixelBufferGetBytesPerRow": lambda buffer: buffer.pitch,
            "CVPixelBufferLockBaseAddress": lambda buffer, flags: buffer.lock(flags),
            "CVPixelBufferUnlockBaseAddress": lambda buffer, flags: buffer.unlock(flags),
            "CVPixelBufferGetBaseAddress": lambda buffer: buffer.address(),
        }
        if self.version < (15, 0):
            functions["CGWindowListCreateImage"] = self._window_image
        # What is asked of a lent buffer, or by a thread of the system's, which has a pool of its own, needs none.
        free = {name: each if name.startswith("CV") else asked(each) for name, each in functions.items()}
        return free | {"CGMainDisplayID": join, "kCGColorSpaceSRGB": "kCGColorSpaceSRGB"}

    def _list(self, option: int, number: int) -> list[dict[str, Any]] | None:
        if not self.is_logged_in:
            return None
        found = [each for each in self.windows if not option & 8 or each.number == number]
        return [self._told(each) for each in found if not option & 1 or each.is_on_screen]

    def _told(self, window: FakeWindow) -> dict[str, Any]:
        program = self.programs.get(window.pid)
        place = window.place
        told = {
            "kCGWindowNumber": window.number,
            "kCGWindowOwnerPID": window.pid,
            "kCGWindowOwnerName": program.name if program else "",
            "kCGWindowLayer": window.layer,
            "kCGWindowAlpha": window.alpha,
            "kCGWindowSharingState": window.sharing,
            "kCGWindowBounds": {"X": place.x, "Y": place.y, "Width": place.width, "Height": place.height},
        }
        # What is not so is left out, and titles are told to those only who may record the screen.
        if window.is_on_screen:
            told["kCGWindowIsOnscreen"] = True
        if self.is_granted and window.title:
            told["kCGWindowName"] = window.title
        return told

    def _window_image(self, rect: Any, option: int, number: int, how: int) -> FakeImage | None:
        assert (option, how) == (8, 9)
        self.images += 1
        found = [each for each in self.windows if each.number == number]
        return FakeImage(self.look_of(found[0]), self.form) if found and self.is_granted else None

    def _program(self, pid: int) -> Any:
        self.check_pool()
        program = self.programs.get(pid)
        if program is None or not program.bundle:
            return None
        return types.SimpleNamespace(
            localizedName=lambda: program.name,
            bundleIdentifier=lambda: program.bundle,
            activationPolicy=lambda: program.policy,
            icon=lambda: None if program.icon is None else FakeImage(program.icon),
        )

    def _screens(self) -> list[Any]:
        self.check_pool()
        return [
            types.SimpleNamespace(
                deviceDescription=lambda number=each.number: {"NSScreenNumber": number},
                localizedName=lambda name=each.name: name,
            )
            for each in self.displays
        ]

    def _cursor(self) -> FakeImage | None:
        self.check_pool()
        return self.cursor


class _Libraries:
    """libSystem, ColorSync and CoreFoundation, as far as processes and displays are asked of them."""

    def __init__(self, mac: FakeMac) -> None:
        self._mac = mac

    def proc_pidpath(self, pid: int, text: Any, size: int) -> int:
        program = self._mac.programs.get(pid)
        if program is None:
            return 0
        text.value = program.path.encode()
        return len(text.value)

    def proc_pidinfo(self, pid: int, kind: int, more: int, facts: Any, size: int) -> int:
        assert (kind, size) == (3, 136)
        program = self._mac.programs.get(pid)
        if program is None:
            return 0
        pointed(facts).started_seconds, milliseconds = divmod(program.started, 1000)
        pointed(facts).started_microseconds = milliseconds * 1000
        return size

    def CGDisplayCreateUUIDFromDisplayID(self, number: int) -> int:  # noqa: N802
        return number if next(each for each in self._mac.displays if each.number == number).uuid else 0

    def CFUUIDGetUUIDBytes(self, number: int) -> screens.Uuid:  # noqa: N802
        uuid = next(each for each in self._mac.displays if each.number == number).uuid
        return screens.Uuid((ctypes.c_uint8 * 16)(*uuid))

    def CFRelease(self, number: int) -> None:  # noqa: N802
        assert number


def pointed(reference: Any) -> Any:
    """Return what ``ctypes.byref`` points at."""
    return reference._obj  # noqa: SLF001  ctypes has no other way


def padded(pixels: Pixels, pitch: int) -> bytes:
    """Return rows ``pitch`` bytes apart, with what is no picture in between."""
    height, width = pixels.shape[:2]
    rows = np.full((height, pitch), 0xEE, np.uint8)
    rows[:, : width * 4] = pixels.reshape(height, width * 4)
    return rows.tobytes()


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """Return pixels in another size, each the nearest one."""
    down = np.arange(height) * pixels.shape[0] // height
    across = np.arange(width) * pixels.shape[1] // width
    return np.ascontiguousarray(pixels[down][:, across])
