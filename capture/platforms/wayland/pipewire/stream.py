"""One video stream from PipeWire, read in the thread that calls: nothing runs beside it, one descriptor tells of all.

The connection is that of one `OpenPipeWireRemote` and belongs to the stream: PipeWire closes it. A second stream over
the same connection, or over a duplicate of its descriptor, would leave the first one's node behind, linked, and stay
paused itself.

A stream can be parked, and gone on with in another thread. Meanwhile it takes nothing from the producer, who has no
memory left after a few pictures and makes no more; what has changed comes with the first one afterwards.
"""

from __future__ import annotations

import ctypes
import logging
import os
import threading
from collections.abc import Callable
from typing import Any

from capture import reasons
from capture.errors import CaptureError, DisplayGone
from capture.platforms.wayland.pipewire import library as pw
from capture.platforms.wayland.pipewire import pods
from capture.platforms.wayland.pipewire.buffers import BYTES, FORMATS, BadBuffer, look_into
from capture.platforms.wayland.pipewire.painting import Painting
from capture.reason import NOTHING, Reason

log = logging.getLogger(__name__)

AUTOCONNECT, MAP_BUFFERS, DONT_RECONNECT = 1, 4, 128
"""The last: where the producer goes, the session manager is not to give us another one, such as a camera."""
FLAGS = AUTOCONNECT | MAP_BUFFERS | DONT_RECONNECT
RATES = (5, 15, 30, 60)
"""Pictures a second that producers are asked for at most: each other number would have them begin anew."""
LARGEST = 16384
PROPERTIES = b"media.type=Video media.category=Capture media.role=Screen node.name=panecast"
BUFFERS = (4, 2, 8)
"""As many as are wished for, at least, and at most. None is kept: some producers have two and stop without one."""


class Unreadable(CaptureError):
    """The pictures come in a form that cannot be read."""


class Stream:
    """A stream's pictures, from the moment it is made until `close`. One thread calls, until `park`; then another may.

    Attributes:
        painting: what it shows.
        state: as PipeWire counts it, see `library`.
        buffers: how many came, with pixels or without.
        is_shown: a picture came since the form was agreed on.
    """

    def __init__(self, remote: int, node: int, fps: float) -> None:
        """``remote`` is a descriptor of the connection, which is taken over; ``node`` is the number of the producer.

        Raises:
            NoPipeWire: the library is missing.
            DisplayGone: PipeWire does not answer.
        """
        self.painting = Painting()
        self.state = pw.UNCONNECTED
        self.buffers = 0
        self.is_shown = False
        self._error = ""
        self._fault: BaseException | None = None
        self._unreadable = ""
        self._complained: set[str] = set()
        self._has_memory = False
        self._size: tuple[int, int] | None = None
        self._format = 0
        self._rate = rate_for(fps)
        self._open: list[Callable[[], object]] = []
        try:
            self._library = library = pw.pipewire()
        except CaptureError:
            os.close(remote)
            raise
        loop = library.pw_loop_new(None)
        self._open.append(lambda: library.pw_loop_destroy(loop))
        control = loop.contents.control.contents
        self._methods = ctypes.cast(control.funcs, ctypes.POINTER(pw.LoopMethods)).contents
        self._loop = control.data
        self.descriptor: int = self._methods.get_fd(self._loop)
        # Held by whoever takes pictures over: see `park`.
        self._turn = threading.Lock()
        self._is_inside = False
        self._enter()
        self._open.append(self._leave)
        context = library.pw_context_new(loop, None, 0)
        self._open.append(lambda: library.pw_context_destroy(context))
        core = library.pw_context_connect_fd(context, remote, None, 0)  # it closes it also where it fails
        if not core:
            self.close()
            raise DisplayGone(reasons.PIPEWIRE_SILENT)
        self._open.append(lambda: library.pw_core_disconnect(core))
        self._stream = library.pw_stream_new(core, b"panecast", library.pw_properties_new_string(PROPERTIES))
        self._open.append(lambda: library.pw_stream_destroy(self._stream))
        # Both are looked at by the library for as long as the stream is there.
        self._events = pw.StreamEvents(
            version=2,
            state_changed=pw.StateChanged(self._guarded(self._state_changed)),
            param_changed=pw.ParamChanged(self._guarded(self._param_changed)),
            process=pw.Process(self._guarded(self._process)),
            add_buffer=pw.BufferEvent(self._guarded(self._add_buffer)),
        )
        self._hook = pw.Hook()
        library.pw_stream_add_listener(self._stream, ctypes.byref(self._hook), ctypes.byref(self._events), None)
        with _Pods(_formats(self._rate)) as (several, count):
            begun = library.pw_stream_connect(self._stream, 0, node, FLAGS, several, count)
        if begun < 0:
            self.close()
            raise DisplayGone(reasons.PIPEWIRE_SILENT)

    def iterate(self) -> None:
        """Take over everything that has come.

        Raises:
            DisplayGone: the stream has ended, or PipeWire has.
            Unreadable: the producer has no form that can be read.
        """
        while self._methods.iterate(self._loop, 0) > 0 and self._fault is None:
            pass
        if self._fault is not None:
            raise self._fault
        unreadable, self._unreadable = self._unreadable, ""
        if unreadable and not self.painting.has_picture:
            raise Unreadable(reasons.FORM_UNREADABLE.of(form=unreadable))
        if self.state in (pw.ERROR, pw.UNCONNECTED):
            raise DisplayGone(reasons.NOT_HANDED_OVER)

    @property
    def has_begun(self) -> bool:
        """Tell whether pictures come, or would if anything changed."""
        return self.state == pw.STREAMING

    @property
    def has_ended(self) -> bool:
        """Tell whether no pictures come any more."""
        return self.state == pw.ERROR or self._fault is not None

    @property
    def problem(self) -> Reason:
        """Return why pictures do not begin to come, as far as that is known."""
        if self._size is not None and not self._has_memory:
            # A form was agreed on, and no memory for it: of the kinds that we can read they have none.
            return reasons.GRAPHICS_MEMORY
        return NOTHING

    def set_rate(self, fps: float) -> None:
        """Have the producer make ``fps`` pictures a second at most, or somewhat more."""
        rate = rate_for(fps)
        if rate != self._rate:
            self._rate = rate
            with _Pods(_formats(rate)) as (several, count):
                self._library.pw_stream_update_params(self._stream, several, count)

    def park(self) -> None:
        """Take nothing over any more until `resume`, which another thread may call, or `close`."""
        self._turn.acquire()
        self.painting.rest()
        self._leave()

    def resume(self) -> None:
        """Go on, in the thread that calls."""
        self._enter()
        self._turn.release()
        self._process(None)

    def close(self) -> None:
        """Give everything back; may be called twice."""
        if self._open:
            self._enter()
        opened, self._open = self._open, []
        for give_back in reversed(opened):
            give_back()

    def _enter(self) -> None:
        """Be in the loop from now on.

        While nobody is, the library's own thread takes itself for the one that is, calls us from there, and makes
        nothing readable.
        """
        if not self._is_inside:
            self._is_inside = True
            self._methods.enter(self._loop)

    def _leave(self) -> None:
        if self._is_inside:
            self._is_inside = False
            self._methods.leave(self._loop)

    # Called by the library from within `iterate`, and by its own thread while the stream is parked.

    def _guarded(self, call: Callable[..., None]) -> Callable[..., None]:
        """Have a fault in ``call`` come out of `iterate`: ctypes would print it and go on."""

        def guarded(*values: Any) -> None:
            try:
                call(*values)
            except Exception as fault:  # noqa: BLE001  whatever it is, it is raised again
                self._fault = fault

        return guarded

    def _state_changed(self, data: object, old: int, new: int, error: bytes | None) -> None:
        self.state = new
        if error:
            self._error = error.decode("utf-8", "replace")
            log.info("stream %s: %s", new, self._error)

    def _param_changed(self, data: object, parameter: int, address: int | None) -> None:
        if parameter != pods.FORMAT or not address:
            return
        told = pods.read(ctypes.string_at(address, pods.size_of(ctypes.string_at(address, 8))))
        self._size, self._format = told[pods.SIZE], told[pods.VIDEO_FORMAT]
        self.painting.doubt()
        self.is_shown = False
        width, height = told[pods.SIZE]
        log.debug("pictures of %s × %s in form %s", width, height, self._format)
        with _Pods(*_wishes()) as (several, count):
            self._library.pw_stream_update_params(self._stream, several, count)

    def _add_buffer(self, data: object, buffer: object) -> None:
        self._has_memory = True

    def _process(self, data: object) -> None:
        if not self._turn.acquire(blocking=False):
            return
        try:
            while buffer := self._library.pw_stream_dequeue_buffer(self._stream):
                try:
                    self._absorb(buffer.contents.buffer.contents)
                finally:
                    self._library.pw_stream_queue_buffer(self._stream, buffer)
        finally:
            self._turn.release()

    def _absorb(self, buffer: pw.Buffer) -> None:
        self.buffers += 1
        if self._size is None:
            return
        try:
            delivery = look_into(buffer, self._size)
        except BadBuffer as bad:
            self._unreadable = str(bad)
            if self._unreadable not in self._complained:
                self._complained.add(self._unreadable)
                log.warning("a buffer that cannot be read: %s", bad)
            self.painting.doubt()
            return
        self.painting.absorb(delivery, self._format)
        self.is_shown |= delivery.pixels is not None


def rate_for(fps: float) -> int:
    """Return which of `RATES` a producer is asked for where ``fps`` pictures a second are wanted."""
    return next((rate for rate in RATES if rate >= fps), RATES[-1])


class _Pods:
    """Pods as the library wants them, for as long as the block lasts: an array of pointers, and how many."""

    def __init__(self, *each: bytes) -> None:
        self._memory = [ctypes.create_string_buffer(pod, len(pod)) for pod in each]

    def __enter__(self) -> tuple[Any, int]:
        pointers = [ctypes.cast(memory, pw.P) for memory in self._memory]
        return (pw.P * len(pointers))(*pointers), len(pointers)

    def __exit__(self, *_: object) -> None:
        self._memory.clear()


def _formats(rate: int) -> bytes:
    properties = {
        pods.MEDIA_TYPE: pods.identifier(pods.VIDEO),
        pods.MEDIA_SUBTYPE: pods.identifier(pods.RAW),
        pods.VIDEO_FORMAT: pods.choice_of_ids(FORMATS),
        pods.SIZE: pods.choice_of_rectangles((1920, 1080), (1, 1), (LARGEST, LARGEST)),
        # 0: whenever something changes.
        pods.FRAMERATE: pods.choice_of_fractions((0, 1), (0, 1), (1000, 1)),
        pods.MAX_FRAMERATE: pods.choice_of_fractions((rate, 1), (0, 1), (rate, 1)),
    }
    return pods.record(pods.FORMAT_OBJECT, pods.ENUM_FORMAT, properties)


def _wishes() -> tuple[bytes, ...]:
    """Return what is wished for beside the format: which memory, and what is to be said with each picture."""
    kinds = (1 << pw.IN_MEMORY) | (1 << pw.IN_SHARED_MEMORY)
    buffers = {pods.BUFFER_COUNT: pods.choice_of_numbers(*BUFFERS), pods.BUFFER_KINDS: pods.flags(kinds)}
    region = ctypes.sizeof(pw.Region)
    return (
        pods.record(pods.BUFFERS_OBJECT, pods.BUFFERS, buffers),
        _meta(pw.HEADER, pods.number(ctypes.sizeof(pw.Header))),
        _meta(pw.CROP, pods.number(region)),
        _meta(pw.DAMAGE, pods.choice_of_numbers(region * 16, region, region * 64)),
        _meta(pw.CURSOR, pods.choice_of_numbers(_cursor_bytes(64), _cursor_bytes(1), _cursor_bytes(384))),
        _meta(pw.TRANSFORM, pods.number(ctypes.sizeof(pw.U32))),
    )


def _meta(kind: int, size: bytes) -> bytes:
    return pods.record(pods.META_OBJECT, pods.META, {pods.META_KIND: pods.identifier(kind), pods.META_SIZE: size})


def _cursor_bytes(edge: int) -> int:
    return ctypes.sizeof(pw.Cursor) + ctypes.sizeof(pw.Bitmap) + edge * edge * BYTES
