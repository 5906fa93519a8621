"""A producer of pictures over libpipewire, as compositors are, that can also be told to do it wrong."""

from __future__ import annotations

import ctypes
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from capture.picture.pixels import Pixels, Rect
from capture.platforms.threads import WakeableThread
from capture.platforms.waiting import wait_readable
from capture.platforms.wayland.pipewire import library as pw
from capture.platforms.wayland.pipewire import pods
from capture.platforms.wayland.pipewire.buffers import BGRX, BYTES
from tests.helpers.wayland.daemons import PipeWire

ANY = 0xFFFFFFFF
OUTPUT = 1
MAP_BUFFERS, DRIVER = 4, 8
BUFFER_BLOCKS, BUFFER_SIZE, BUFFER_STRIDE = 2, 3, 4
DMA_BUF = 3


@dataclass(frozen=True)
class Shot:
    """One buffer. ``pixels`` None: it has none. ``stride`` and ``offset`` are what is said, be it true or not."""

    pixels: Pixels | None
    damage: tuple[Rect, ...] = ()
    crop: Rect | None = None
    stride: int | None = None
    offset: int = 0
    transform: int = 0
    cursor: tuple[int, int] | None = None
    hot: tuple[int, int] = (0, 0)
    image: Pixels | None = None


class Producer:
    """A node whose pictures have ``size`` until `resize`, in a thread of its own.

    Attributes:
        node: its number.
        asked, sent: how many buffers were asked for and sent; each has its number in its header.
        rates: the greatest number of pictures a second that was agreed on, each time that something was.
    """

    def __init__(self, daemons: PipeWire, size: tuple[int, int], video_format: int = BGRX, kinds: int = 0) -> None:
        self._library = library = pw.pipewire()
        self._library.pw_stream_get_node_id.restype = pw.U32
        self._library.pw_stream_get_node_id.argtypes = (pw.P,)
        self._library.pw_stream_trigger_process.argtypes = (pw.P,)
        self.size = size
        self.node = ANY
        self.rates: list[float] = []
        self._is_streaming = threading.Event()
        self._is_there = threading.Event()
        self._format = video_format
        self._kinds = kinds or (1 << pw.IN_MEMORY) | (1 << pw.IN_SHARED_MEMORY)
        self._agreed = (0, 0)
        self.asked = self.sent = 0
        self._todo: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._waiting: list[Shot] = []
        self._loop = library.pw_loop_new(None)
        control = self._loop.contents.control.contents
        self._methods = ctypes.cast(control.funcs, ctypes.POINTER(pw.LoopMethods)).contents
        self._data = control.data
        self._context = library.pw_context_new(self._loop, None, 0)
        self._core = library.pw_context_connect_fd(self._context, daemons.remote(), None, 0)
        properties = library.pw_properties_new_string(b"media.class=Video/Source node.name=compositor")
        self._stream = library.pw_stream_new(self._core, b"compositor", properties)
        self._events = pw.StreamEvents(
            version=2,
            state_changed=pw.StateChanged(self._state_changed),
            param_changed=pw.ParamChanged(self._param_changed),
            process=pw.Process(self._process),
        )
        self._hook = pw.Hook()
        library.pw_stream_add_listener(self._stream, ctypes.byref(self._hook), ctypes.byref(self._events), None)
        self._offer(library.pw_stream_connect, OUTPUT, ANY, DRIVER | MAP_BUFFERS)
        self._thread = WakeableThread("producer", self._run)
        self._thread.start()
        assert self._is_there.wait(10)

    def begin(self, shot: Shot) -> None:
        """Have it be sent as soon as somebody reads."""
        self.asked += 1
        self._do(lambda: self._waiting.append(shot))

    def begin_resize(self, size: tuple[int, int]) -> None:
        """Have pictures of another size from now on; a reader has to agree first."""

        def change() -> None:
            self.size = size
            self._offer(self._library.pw_stream_update_params)

        self._do(change)

    @property
    def is_streaming(self) -> bool:
        """Tell whether somebody reads."""
        return self._is_streaming.is_set()

    def is_streaming_in(self, size: tuple[int, int]) -> bool:
        """Tell whether somebody reads pictures of that size."""
        return self.is_streaming and self._agreed == size

    def close(self) -> None:
        self._thread.stop()
        self._thread.join(5)

    def _do(self, what: Callable[[], None]) -> None:
        self._todo.put(what)
        self._thread.call()

    def _offer(self, call: Callable[..., Any], *first: int) -> None:
        pod = pods.record(
            pods.FORMAT_OBJECT,
            pods.ENUM_FORMAT,
            {
                pods.MEDIA_TYPE: pods.identifier(pods.VIDEO),
                pods.MEDIA_SUBTYPE: pods.identifier(pods.RAW),
                pods.VIDEO_FORMAT: pods.identifier(self._format),
                pods.SIZE: pods._pod(pods.RECTANGLE, np.array(self.size, np.uint32).tobytes()),  # noqa: SLF001
                pods.FRAMERATE: pods._pod(pods.FRACTION, np.array((0, 1), np.uint32).tobytes()),  # noqa: SLF001
                pods.MAX_FRAMERATE: pods.choice_of_fractions((60, 1), (1, 1), (60, 1)),
            },
        )
        memory = ctypes.create_string_buffer(pod, len(pod))
        several = (pw.P * 1)(ctypes.cast(memory, pw.P))
        assert call(self._stream, *first, several, 1) >= 0

    def _run(self) -> None:
        descriptor = self._methods.get_fd(self._data)
        self._methods.enter(self._data)
        while not self._thread.is_stopping:
            ready = wait_readable((descriptor, self._thread.descriptor), 1.0)
            if self._thread.descriptor in ready:
                self._thread.take_calls()
            while not self._todo.empty():
                self._todo.get()()
            self._flush()
            while self._methods.iterate(self._data, 0) > 0:
                pass
        self._methods.leave(self._data)
        library = self._library
        library.pw_stream_destroy(self._stream)
        library.pw_core_disconnect(self._core)
        library.pw_context_destroy(self._context)
        library.pw_loop_destroy(self._loop)

    def _state_changed(self, data: object, old: int, new: int, error: bytes | None) -> None:
        if new == pw.PAUSED and self.node == ANY:
            self.node = self._library.pw_stream_get_node_id(self._stream)
            self._is_there.set()
        if new == pw.STREAMING:
            self._is_streaming.set()
            self._thread.call()
        else:
            self._is_streaming.clear()

    def _param_changed(self, data: object, parameter: int, address: int | None) -> None:
        if parameter != pods.FORMAT or not address:
            return
        told = pods.read(ctypes.string_at(address, pods.size_of(ctypes.string_at(address, 8))))
        self._agreed = told[pods.SIZE]
        most, per = told.get(pods.MAX_FRAMERATE, (0, 1))
        self.rates.append(most / per)
        width, height = self._agreed
        region = ctypes.sizeof(pw.Region)
        cursor = ctypes.sizeof(pw.Cursor) + ctypes.sizeof(pw.Bitmap) + 64 * 64 * BYTES
        wishes = [
            pods.record(
                pods.BUFFERS_OBJECT,
                pods.BUFFERS,
                {
                    pods.BUFFER_COUNT: pods.choice_of_numbers(2, 2, 4),
                    BUFFER_BLOCKS: pods.number(1),
                    BUFFER_SIZE: pods.number(width * height * BYTES),
                    BUFFER_STRIDE: pods.number(width * BYTES),
                    pods.BUFFER_KINDS: pods.flags(self._kinds),
                },
            ),
            *(
                pods.record(
                    pods.META_OBJECT,
                    pods.META,
                    {pods.META_KIND: pods.identifier(kind), pods.META_SIZE: pods.number(size)},
                )
                for kind, size in (
                    (pw.HEADER, ctypes.sizeof(pw.Header)),
                    (pw.CROP, region),
                    (pw.DAMAGE, region * 16),
                    (pw.CURSOR, cursor),
                    (pw.TRANSFORM, 4),
                )
            ),
        ]
        memory = [ctypes.create_string_buffer(each, len(each)) for each in wishes]
        several = (pw.P * len(memory))(*(ctypes.cast(each, pw.P) for each in memory))
        self._library.pw_stream_update_params(self._stream, several, len(memory))

    def _process(self, data: object) -> None:
        """Nothing: buffers are sent when there is something to show."""

    def _flush(self) -> None:
        while self._waiting and self._is_streaming.is_set():
            buffer = self._library.pw_stream_dequeue_buffer(self._stream)
            if not buffer:
                # The reader has not given one back yet; it is looked for again soon.
                threading.Timer(0.005, self._thread.call).start()
                return
            shot = self._waiting.pop(0)
            self._fill(buffer.contents.buffer.contents, shot)
            self._library.pw_stream_queue_buffer(self._stream, buffer)
            self._library.pw_stream_trigger_process(self._stream)

    def _fill(self, buffer: pw.Buffer, shot: Shot) -> None:
        data = buffer.datas[0]
        chunk = data.chunk.contents
        chunk.offset, chunk.flags = shot.offset, 0
        chunk.stride = self._agreed[0] * BYTES if shot.stride is None else shot.stride
        chunk.size = 0 if shot.pixels is None else data.maxsize
        if shot.pixels is not None:
            raw = np.frombuffer((ctypes.c_uint8 * data.maxsize).from_address(data.data), np.uint8)
            flat = shot.pixels.reshape(-1)[: data.maxsize]
            raw[: flat.size] = flat
        self.sent += 1
        for number in range(buffer.n_metas):
            meta = buffer.metas[number]
            if meta.type == pw.HEADER:
                header = pw.Header.from_address(meta.data)
                header.flags, header.pts, header.seq = 0, 1, self.sent
            elif meta.type == pw.CROP:
                _set_region(meta.data, shot.crop)
            elif meta.type == pw.DAMAGE:
                for at in range(meta.size // ctypes.sizeof(pw.Region)):
                    address = meta.data + at * ctypes.sizeof(pw.Region)
                    _set_region(address, shot.damage[at] if at < len(shot.damage) else None)
            elif meta.type == pw.TRANSFORM:
                pw.U32.from_address(meta.data).value = shot.transform
            elif meta.type == pw.CURSOR:
                _set_cursor(meta.data, shot)


def _set_region(address: int, rect: Rect | None) -> None:
    region = pw.Region.from_address(address)
    values = (0, 0, 0, 0) if rect is None else (rect.x, rect.y, rect.width, rect.height)
    region.x, region.y, region.width, region.height = values


def _set_cursor(address: int, shot: Shot) -> None:
    cursor = pw.Cursor.from_address(address)
    cursor.id = 0 if shot.cursor is None else 1
    cursor.bitmap = 0
    if shot.cursor is None:
        return
    cursor.x, cursor.y = shot.cursor
    cursor.hot_x, cursor.hot_y = shot.hot
    if shot.image is not None:
        cursor.bitmap = ctypes.sizeof(pw.Cursor)
        bitmap = pw.Bitmap.from_address(address + cursor.bitmap)
        bitmap.format, bitmap.height, bitmap.width = 11, shot.image.shape[0], shot.image.shape[1]
        bitmap.stride, bitmap.offset = shot.image.shape[1] * BYTES, ctypes.sizeof(pw.Bitmap)
        content = shot.image.tobytes()
        ctypes.memmove(address + cursor.bitmap + bitmap.offset, content, len(content))
