"""A stand-in for ScreenCaptureKit and what of CoreMedia and CoreVideo goes with it.

Each stream calls from a thread of its own, as from a dispatch queue. Its pictures are composed of the windows that its
filter lets through, lie in memory with padded rows, and are only as many as have room in its queue.
"""

from __future__ import annotations

import queue
import threading
import types
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from capture.picture.pixels import Pixels, Rect

if TYPE_CHECKING:
    from tests.helpers.macos.fake_mac import FakeMac, FakeWindow

DECLINED, USER_STOPPED, SYSTEM_STOPPED, BUSY = -3801, -3817, -3821, -3810
COMPLETE, IDLE, BLANK, SUSPENDED, STARTED, STOPPED = range(6)
BGRA = 0x42475241
KEYS = ("Status", "ContentRect", "ContentScale", "ScaleFactor", "DirtyRects")


class FakeError:
    """An NSError."""

    def __init__(self, code: int, words: str = "it is so") -> None:
        self.code = lambda: code
        self.localizedDescription = lambda: words


class FakeBuffer:
    """A CVPixelBuffer: its memory can be had while it is locked for reading."""

    def __init__(self, pixels: Pixels, form: int = BGRA) -> None:
        self.height, self.width = pixels.shape[:2]
        self.pitch = -(-self.width * 4 // 64) * 64 + 64
        self.form = form
        rows = np.full((self.height, self.pitch), 0xEE, np.uint8)
        rows[:, : self.width * 4] = pixels.reshape(self.height, self.width * 4)
        self.memory = rows.tobytes()
        self.locks = 0

    def lock(self, flags: int) -> int:
        assert flags == 1, "it is only read"
        self.locks += 1
        return 0

    def unlock(self, flags: int) -> int:
        assert flags == 1
        self.locks -= 1
        return 0

    def address(self) -> Any:
        return types.SimpleNamespace(as_buffer=lambda size: memoryview(self.memory)[:size]) if self.locks else None


class FakeSample:
    """A CMSampleBuffer with its attachments."""

    def __init__(self, info: dict[str, Any], buffer: FakeBuffer | None) -> None:
        self.info = info
        self.buffer = buffer


class FakeSettings:
    """An SCStreamConfiguration of a version of macOS: it answers to what that has.

    Attributes:
        values: what was set, by selector.
    """

    NEW = types.MappingProxyType({"setIgnoreShadowsSingleWindow_": (14, 0), "setIncludeChildWindows_": (14, 2)})
    OLD = (
        "setPixelFormat_", "setColorSpaceName_", "setShowsCursor_", "setScalesToFit_", "setQueueDepth_", "setWidth_",
        "setHeight_", "setMinimumFrameInterval_",
    )  # fmt: skip

    def __init__(self, version: tuple[int, int]) -> None:
        self.values: dict[str, Any] = {}
        self._version = version

    def __getattr__(self, name: str) -> Callable[[Any], None]:
        if name in self.OLD or (name in self.NEW and self._version >= self.NEW[name]):
            return lambda value: self.values.update({name: value})
        raise AttributeError(name)

    @property
    def size(self) -> tuple[int, int]:
        return self.values["setWidth_"], self.values["setHeight_"]


class FakeFilter:
    """An SCContentFilter: one window, or a display without some programs, but with some of their windows."""

    def __init__(self) -> None:
        self.window = 0
        self.display = 0
        self.without: set[int] = set()
        self.but: set[int] = set()

    def initWithDesktopIndependentWindow_(self, window: Any) -> FakeFilter:  # noqa: N802
        self.window = window.windowID()
        return self

    def initWithDisplay_excludingApplications_exceptingWindows_(  # noqa: N802
        self, display: Any, programs: list[Any], windows: list[Any]
    ) -> FakeFilter:
        self.display = display.displayID()
        self.without = {each.processID() for each in programs}
        self.but = {each.windowID() for each in windows}
        return self


class FakeStream:
    """An SCStream.

    Attributes:
        settings: as of the last configuration that was taken.
        updates: how many were taken.
        samples: how many were handed over.
        dropped: how many were not, because all memory was lent out.
    """

    def __init__(self, kit: FakeScreenCaptureKit) -> None:
        self._kit = kit
        self._orders: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._lent: weakref.WeakSet[FakeBuffer] = weakref.WeakSet()
        self.output: Any = None
        self.is_running = False
        self.is_stopped = False
        self.updates = 0
        self.samples = 0
        self.dropped = 0

    def initWithFilter_configuration_delegate_(self, shown: FakeFilter, settings: FakeSettings, delegate: Any) -> Any:  # noqa: N802
        self.shown, self.delegate = shown, delegate
        self.settings = dict(settings.values)
        self._kit.streams.append(self)
        self._thread = threading.Thread(target=self._body, name="SCStream", daemon=True)
        self._thread.start()
        return self

    def addStreamOutput_type_sampleHandlerQueue_error_(self, output: Any, kind: int, line: Any, error: Any) -> Any:  # noqa: N802
        assert (kind, error) == (0, None)
        self.output = output
        return True, None

    def removeStreamOutput_type_error_(self, output: Any, kind: int, error: Any) -> Any:  # noqa: N802
        assert output is self.output
        self.output = None
        return True, None

    def startCaptureWithCompletionHandler_(self, handler: Callable[[Any], None]) -> None:  # noqa: N802
        def start() -> None:
            if not self._kit.mac.is_granted:
                handler(FakeError(DECLINED))
                return
            if self._kit.start_error:
                handler(FakeError(self._kit.start_error))
                return
            self.is_running = True
            handler(None)
            self.paint(None, STARTED)

        self.order(start)

    def stopCaptureWithCompletionHandler_(self, handler: Callable[[Any], None]) -> None:  # noqa: N802
        self.is_running, self.is_stopped = False, True
        self.order(lambda: handler(None))
        self._orders.put(None)

    def updateConfiguration_completionHandler_(self, settings: FakeSettings, handler: Callable[[Any], None]) -> None:  # noqa: N802
        values = dict(settings.values)

        def update() -> None:
            if not self.is_running:
                handler(FakeError(BUSY))
                return
            self.settings, self.updates = values, self.updates + 1
            handler(None)
            if not self._kit.is_still:
                self.paint(None)

        self.order(update)

    # What the test does.

    @property
    def lent(self) -> int:
        """Return how many pictures' memory has not been given back."""
        return len(self._lent)

    @property
    def size(self) -> tuple[int, int]:
        """Return the size of its pictures."""
        return self.settings["setWidth_"], self.settings["setHeight_"]

    def order(self, what: Callable[[], None]) -> None:
        """Have it done by the stream's thread, after what it has to do already."""
        self._orders.put(what)

    def settle(self) -> None:
        """Wait until its thread has nothing to do."""
        done = threading.Event()
        if self._thread.is_alive() and not self.is_stopped:
            self.order(done.set)
            assert done.wait(5)
        else:
            self._thread.join(5)

    def paint(self, dirty: list[Any] | None, status: int = COMPLETE) -> None:
        """Hand over how it looks; ``dirty`` None for all of it. In the stream's thread."""
        found = self._kit.picture_of(self.shown)
        if found is None or not self.is_running or not self._kit.is_painting:
            return
        if len(self._lent) >= self.settings["setQueueDepth_"]:
            self.dropped += 1
            return
        pixels, scale = found
        room_width, room_height = self.size
        height, width = pixels.shape[:2]
        shrunk = min(room_width / width, room_height / height, 1.0)
        if shrunk < 1.0:
            from tests.helpers.macos.fake_mac import resized

            pixels = resized(pixels, max(int(width * shrunk), 1), max(int(height * shrunk), 1))
        whole = np.zeros((room_height, room_width, 4), np.uint8)
        whole[: pixels.shape[0], : pixels.shape[1]] = pixels
        shown = {"X": 0.0, "Y": 0.0, "Width": width * shrunk / scale, "Height": height * shrunk / scale}
        all_of_it = [{"X": 0, "Y": 0, "Width": width, "Height": height}]
        values = (status, shown, shrunk, scale, all_of_it if dirty is None else dirty)
        buffer = FakeBuffer(whole, self._kit.form)
        self._lent.add(buffer)
        self.hand_over(dict(zip(KEYS, values, strict=True)), buffer)

    def hand_over(self, info: dict[str, Any], buffer: FakeBuffer | None) -> None:
        """Call with a sample, as it is. In the stream's thread."""
        output = self.output
        if output is not None:
            self.samples += 1
            output.stream_didOutputSampleBuffer_ofType_(self, FakeSample(info, buffer), 0)

    def stop_with(self, code: int) -> None:
        """Have the system end it."""
        self.is_running = False
        self.order(lambda: self.delegate.stream_didStopWithError_(self, FakeError(code)))

    def _body(self) -> None:
        while (what := self._orders.get()) is not None:
            what()


class FakeScreenCaptureKit:
    """The framework.

    Attributes:
        streams: all that were made.
        classes: names of classes of ours.
        questions: how often it was asked what can be shown.
        form: of pictures.
        start_error: the code with which starting fails, 0 for none.
        is_still: a new configuration brings no new picture.
        is_silent: it never answers what can be shown.
        is_painting: streams hand pictures over.
        unlisted: windows that it does not offer.
    """

    def __init__(self, mac: FakeMac) -> None:
        self.mac = mac
        self.streams: list[FakeStream] = []
        self.classes: set[str] = set()
        self.questions = 0
        self.form = BGRA
        self.start_error = 0
        self.is_still = False
        self.is_silent = False
        self.is_painting = True
        self.unlisted: set[int] = set()

    @property
    def running(self) -> list[FakeStream]:
        """Return the streams that run."""
        return [each for each in self.streams if each.is_running]

    def settle(self) -> None:
        """Wait until no stream's thread has anything to do."""
        for each in self.streams:
            each.settle()

    def paint(self, dirty: list[Any] | None = None) -> None:
        """Have every stream hand over a picture, and wait until it has."""
        for each in self.running:
            each.order(lambda each=each: each.paint(dirty))  # type: ignore[misc]
        self.settle()

    def tell(self, status: int) -> None:
        """Have every stream hand over a sample without a picture, and wait until it has."""
        for each in self.running:
            each.order(lambda each=each: each.hand_over({"Status": status}, None))  # type: ignore[misc]
        self.settle()

    def picture_of(self, shown: FakeFilter) -> tuple[Pixels, float] | None:
        """Return what a filter lets through, and its scale; None where there is nothing to paint."""
        if shown.window:
            found = [each for each in self.mac.windows if each.number == shown.window and each.is_on_screen]
            return (self.mac.look_of(found[0]), self.mac.scale_of(found[0])) if found else None
        displays = [each for each in self.mac.displays if each.number == shown.display and not each.is_asleep]
        if not displays:
            return None
        place, scale = displays[0].place, displays[0].scale
        whole = np.full((round(place.height * scale), round(place.width * scale), 4), 9, np.uint8)
        for window in reversed(self.mac.windows):
            if window.is_on_screen and (window.pid not in shown.without or window.number in shown.but):
                _lay(whole, self.mac.look_of(window), window.place, place, scale)
        return whole, scale

    def modules(self) -> dict[str, dict[str, Any]]:
        """Return the modules' contents by their names."""
        made = {
            "SCStreamConfiguration": lambda: FakeSettings(self.mac.version),
            "SCContentFilter": FakeFilter,
            "SCStream": lambda: FakeStream(self),
        }
        classes = {
            name: types.SimpleNamespace(alloc=lambda make=make: _Allocated(make())) for name, make in made.items()
        }
        content = types.SimpleNamespace(
            getShareableContentExcludingDesktopWindows_onScreenWindowsOnly_completionHandler_=self._ask
        )
        keys = {f"SCStreamFrameInfo{key}": key for key in KEYS}
        capture = {"SCShareableContent": content, "SCStreamOutputTypeScreen": 0, **classes, **keys}
        media = {
            "CMTimeMake": lambda value, scale: (value, scale, 1, 0),
            "CMSampleBufferGetSampleAttachmentsArray": lambda sample, make: [sample.info] if sample.info else None,
            "CMSampleBufferGetImageBuffer": lambda sample: sample.buffer,
        }
        return {"ScreenCaptureKit": capture, "CoreMedia": media}

    def _ask(self, without_desktop: bool, on_screen: bool, handler: Callable[[Any, Any], None]) -> None:
        assert (without_desktop, on_screen) == (False, False)
        self.mac.check_pool()
        assert self.mac.is_joined, "CGS_REQUIRE_INIT"
        self.questions += 1
        if self.is_silent:
            return
        answer = (self._content(), None) if self.mac.is_granted else (None, FakeError(DECLINED))
        thread = threading.Thread(target=handler, args=answer, daemon=True)
        thread.start()
        # At once, so that tests need not wait for it.
        thread.join(5)

    def _content(self) -> Any:
        def window_of(window: FakeWindow) -> Any:
            place = window.place
            frame = ((float(place.x), float(place.y)), (float(place.width), float(place.height)))
            return types.SimpleNamespace(windowID=lambda: window.number, frame=lambda: frame)

        listed = [each for each in self.mac.windows if each.number not in self.unlisted]
        windows = [window_of(each) for each in listed]
        pids = dict.fromkeys(each.pid for each in listed)
        programs = [types.SimpleNamespace(processID=lambda pid=pid: pid) for pid in pids]
        displays = [types.SimpleNamespace(displayID=lambda number=each.number: number) for each in self.mac.displays]
        return types.SimpleNamespace(windows=lambda: windows, applications=lambda: programs, displays=lambda: displays)


class _Allocated:
    """What ``alloc`` returns: an object that is to be told how it begins."""

    def __init__(self, made: Any) -> None:
        self._made = made

    def init(self) -> Any:
        return self._made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)


def _lay(whole: Pixels, pixels: Pixels, at: Rect, place: Rect, scale: float) -> None:
    """Lay a window's pixels over a display's, as far as they are on it."""
    left, top = round((at.x - place.x) * scale), round((at.y - place.y) * scale)
    room = whole[max(top, 0) : max(top + pixels.shape[0], 0), max(left, 0) : max(left + pixels.shape[1], 0)]
    if room.size:
        from_top, from_left = max(-top, 0), max(-left, 0)
        room[:] = pixels[from_top : from_top + room.shape[0], from_left : from_left + room.shape[1]]
