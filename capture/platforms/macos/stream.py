"""One SCStream: from the question what can be shown to pictures, errors and the end.

The system calls from threads of its own. These calls only note what was told, and ring; all that follows from it
happens in the one thread that uses the stream. What belongs to a stream that was closed is dropped.

From macOS 14 on a window comes without its shadow, from 14.2 on with menus and sheets that belong to it.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from capture import reasons
from capture.errors import CaptureError, DisplayGone, NoPicture
from capture.picture.pixels import Pixels, Rect
from capture.platforms.macos.frameworks import faults, frameworks, has
from capture.platforms.macos.samples import BGRA, Sample, pixels_in, sample_of

log = logging.getLogger(__name__)

BUFFERS = 3
"""The fewest that macOS takes: one that is kept here at most, and two that it paints into."""
MOST_RECTANGLES = 64
"""Of damage; where more has come together all of it counts as changed."""
ANSWER_SECONDS = 5.0
"""How long macOS may think about what can be shown; the first time in a session it is slow."""
RESIZE_SECONDS = 0.4
"""How long a picture in another size is waited for: a source that is still again at once may have none to come."""
TIME_SCALE = 1000
DECLINED, USER_STOPPED, NO_SOURCE = -3801, -3817, -3815
BROKE_OFF = frozenset({-3804, -3805, NO_SOURCE, -3821})
"""Connection invalid or interrupted, nothing there, stopped by the system: the next stream may do better."""

Wanted = tuple[Any, tuple[int, int]]
"""What is to be shown, an SCContentFilter, and its width and height in device pixels."""
Handed = tuple[Pixels, tuple[Rect, ...] | None]
"""A picture, BGRX, and where it differs from the one before; None for unknown."""


class StoppedByPerson(CaptureError):
    """The person has ended the stream in macOS' menu bar."""


class CaptureStream:
    """Pictures of one source, from `open` to `close`.

    ``find(content)`` chooses out of an SCShareableContent, None when it is not there. ``told()`` is called from any
    thread when there is something new.

    Attributes:
        fps: how often pictures are wanted; heeded with the next one.
        is_missing: macOS does not offer what is to be shown.
        running_since: when it was begun, None before.
    """

    def __init__(self, find: Callable[[Any], Wanted | None], told: Callable[[], None], fps: float) -> None:
        self.fps = fps
        self.is_missing = False
        self.running_since: float | None = None
        self._find = find
        self._told = told
        self._lock = threading.Lock()
        self._is_closed = False
        self._is_started = False
        self._content: Any = None
        self._error: CaptureError | None = None
        self._sample: Sample | None = None
        self._damage: tuple[Rect, ...] | None = None
        # The thread's own.
        self._stream: Any = None
        self._output: Any = None
        self._settings: Any = None
        self._size = (0, 0)
        self._set: object = None
        self._asked_at = 0.0
        self._resized_at: float | None = None

    def open(self) -> None:
        """Ask what can be shown; the answer comes later.

        Raises:
            NoPicture: this macOS does not offer it.
        """
        self._asked_at = time.monotonic()
        try:
            asked = frameworks().kit.SCShareableContent
            asked.getShareableContentExcludingDesktopWindows_onScreenWindowsOnly_completionHandler_(
                False, False, self._note_content
            )
        except faults() as fault:
            raise _refused(fault) from fault

    @property
    def is_late(self) -> bool:
        """Tell whether a picture in another size should have come by now."""
        return self._resized_at is not None and time.monotonic() - self._resized_at > RESIZE_SECONDS

    def newest(self) -> Handed | None:
        """Return the newest picture, None when there is none since the last one, or its size just changes.

        Raises:
            CaptureError: there will be no more of them.
        """
        with self._lock:
            content, self._content = self._content, None
            sample, self._sample = self._sample, None
            damage = self._damage
            self._damage = () if sample is not None else damage
        if self._error is not None:
            raise self._error
        if content is not None:
            self._begin(content)
        elif self._stream is None and not self.is_missing and time.monotonic() - self._asked_at > ANSWER_SECONDS:
            raise DisplayGone(reasons.DISPLAY_SILENT)
        if sample is not None and sample.wanted != self._size and min(sample.wanted) > 0:
            self._size, self._resized_at = sample.wanted, time.monotonic()
        self._update()
        if sample is None:
            return None
        if not sample.is_exact or sample.content.area == 0:
            # It was made smaller to find room. The next one is right, and all of it is new.
            with self._lock:
                self._damage = None
            return None
        self._resized_at = None
        return pixels_in(sample), damage

    def close(self) -> None:
        """Give everything back; may be called twice, and never raises."""
        with self._lock:
            self._is_closed = True
            self._content = self._sample = None
        stream, self._stream = self._stream, None
        if stream is None:
            return
        output, self._output = self._output, None
        try:
            output.owner = None
            stream.removeStreamOutput_type_error_(output, frameworks().kit.SCStreamOutputTypeScreen, None)
            stream.stopCaptureWithCompletionHandler_(self.note_end)
        except faults() as fault:
            log.debug("a stream did not end: %s", fault)

    # Its thread.

    def _begin(self, content: Any) -> None:
        try:
            wanted = self._find(content)
            self.is_missing = wanted is None
            if wanted is not None:
                shown, self._size = wanted
                self._start(shown)
        except faults() as fault:
            raise _refused(fault) from fault

    def _start(self, shown: Any) -> None:
        kit = frameworks().kit
        output = self._output = output_class().alloc().init()
        output.owner = self
        settings = self._settings = kit.SCStreamConfiguration.alloc().init()
        settings.setPixelFormat_(BGRA)
        settings.setColorSpaceName_(frameworks().quartz.kCGColorSpaceSRGB)
        settings.setShowsCursor_(False)
        settings.setScalesToFit_(False)
        settings.setQueueDepth_(BUFFERS)
        for selector in ("setIgnoreShadowsSingleWindow_", "setIncludeChildWindows_"):
            if has(settings, selector):
                getattr(settings, selector)(True)
        self._set_variable()
        stream = kit.SCStream.alloc().initWithFilter_configuration_delegate_(shown, settings, output)
        # Without a queue of ours macOS takes one of its own.
        added, error = stream.addStreamOutput_type_sampleHandlerQueue_error_(
            output, kit.SCStreamOutputTypeScreen, None, None
        )
        if not added:
            raise _meant_by(error)
        self._stream, self.running_since = stream, time.monotonic()
        stream.startCaptureWithCompletionHandler_(self._note_start)

    def _set_variable(self) -> None:
        self._set = self._size, self.fps
        self._settings.setWidth_(max(self._size[0], 1))
        self._settings.setHeight_(max(self._size[1], 1))
        interval = frameworks().media.CMTimeMake(TIME_SCALE, round(max(self.fps, 0.1) * TIME_SCALE))
        self._settings.setMinimumFrameInterval_(interval)

    def _update(self) -> None:
        # One that does not run yet takes no other settings.
        if self._is_started and self._set != (self._size, self.fps):
            try:
                self._set_variable()
                self._stream.updateConfiguration_completionHandler_(self._settings, self.note_end)
            except faults() as fault:
                raise _refused(fault) from fault

    # Threads of the system's.

    def _note_content(self, content: Any, error: Any) -> None:
        if content is None:
            self._note(_meant_by(error))
        else:
            self._content = content
            self._note(None)

    def _note_start(self, error: Any) -> None:
        self._is_started = error is None
        self.note_end(error)

    def note_end(self, error: Any) -> None:
        """Take in that something went well (None), or that there will be no more pictures, and why."""
        self._note(None if error is None else _meant_by(error))

    def _note(self, error: CaptureError | None) -> None:
        with self._lock:
            if self._is_closed:
                self._content = None
                return
            self._error = self._error or error
        self._told()

    def note_sample(self, told: Any) -> None:
        """Take in a CMSampleBuffer."""
        sample = sample_of(told)
        with self._lock:
            if sample is None or self._is_closed:
                return
            before, more, self._damage = self._damage, sample.damage, None
            if before is not None and more is not None and len(before) + len(more) <= MOST_RECTANGLES:
                self._damage = (*before, *more)
            self._sample = sample
        self._told()


def _refused(fault: Exception) -> NoPicture:
    return NoPicture(reasons.AS_SAID.of(text=str(fault)))


def _meant_by(error: Any) -> CaptureError:
    """Return what an NSError of a stream means for its source."""
    code = int(error.code())
    if code == DECLINED:
        return DisplayGone(reasons.SCREEN_RECORDING_OFF)
    if code == USER_STOPPED:
        return StoppedByPerson(reasons.ENDED_IN_MENU_BAR)
    if code in BROKE_OFF:
        return DisplayGone(reasons.NOT_HANDED_OVER)
    return NoPicture(reasons.AS_SAID.of(text=f"{error.localizedDescription()} ({code})"))


@functools.cache
def output_class() -> Any:
    """Return the class that macOS calls with pictures, made once: Objective-C knows a class by its name."""
    base: Any = frameworks().foundation.NSObject
    protocols = [frameworks().objc.protocolNamed(name) for name in ("SCStreamOutput", "SCStreamDelegate")]

    class PanecastStreamOutput(base, protocols=protocols):  # type: ignore[misc, call-arg]
        owner: CaptureStream | None = None

        def stream_didOutputSampleBuffer_ofType_(self, stream: Any, sample: Any, kind: int) -> None:
            try:
                if self.owner is not None:
                    self.owner.note_sample(sample)
            except Exception:
                # A fault of ours in Objective-C would end the process.
                log.exception("a picture was not taken in")

        def stream_didStopWithError_(self, stream: Any, error: Any) -> None:
            if self.owner is not None:
                self.owner.note_end(error)

    return PanecastStreamOutput
