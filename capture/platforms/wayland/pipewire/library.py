"""libpipewire-0.3 as far as we use it: its structures and functions, by ctypes.

They are those of the 0.3.x headers; 0.3.65 and 1.6.9 were tried. The library is loaded when a stream is first wanted.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from capture import reasons
from capture.errors import CaptureError

NAME = "libpipewire-0.3.so.0"

P, U32, I32, U64, I64 = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int32, ctypes.c_uint64, ctypes.c_int64
IN_MEMORY, IN_SHARED_MEMORY = 1, 2
"""Kinds of memory that pictures are in and that we can read (SPA_DATA_MemPtr, SPA_DATA_MemFd)."""
HEADER, CROP, DAMAGE, CURSOR, TRANSFORM = 1, 2, 3, 5, 8
"""Kinds of what comes beside the pixels of a buffer (SPA_META_…)."""
ERROR, UNCONNECTED, CONNECTING, PAUSED, STREAMING = -1, 0, 1, 2, 3
"""States of a stream."""


class Chunk(ctypes.Structure):
    """spa_chunk: where in its memory a picture lies. ``flags`` & 1: it is spoilt."""

    _fields_ = (("offset", U32), ("size", U32), ("stride", I32), ("flags", I32))


class Data(ctypes.Structure):
    """spa_data: the memory of a picture."""

    _fields_ = (
        ("type", U32),
        ("flags", U32),
        ("fd", I64),
        ("mapoffset", U32),
        ("maxsize", U32),
        ("data", P),
        ("chunk", ctypes.POINTER(Chunk)),
    )


class Meta(ctypes.Structure):
    """spa_meta: something said beside the picture."""

    _fields_ = (("type", U32), ("size", U32), ("data", P))


class Buffer(ctypes.Structure):
    """spa_buffer."""

    _fields_ = (
        ("n_metas", U32),
        ("n_datas", U32),
        ("metas", ctypes.POINTER(Meta)),
        ("datas", ctypes.POINTER(Data)),
    )


class StreamBuffer(ctypes.Structure):
    """pw_buffer, whose later members are not used here."""

    _fields_ = (("buffer", ctypes.POINTER(Buffer)), ("user_data", P), ("size", U64))


class Header(ctypes.Structure):
    """spa_meta_header: nanoseconds on the monotonic clock, and a number that grows by one."""

    _fields_ = (("flags", U32), ("offset", U32), ("pts", I64), ("dts_offset", I64), ("seq", U64))


class Region(ctypes.Structure):
    """spa_region."""

    _fields_ = (("x", I32), ("y", I32), ("width", U32), ("height", U32))


class Cursor(ctypes.Structure):
    """spa_meta_cursor; ``bitmap`` is where in it a `Bitmap` begins, 0 for none."""

    _fields_ = (
        ("id", U32),
        ("flags", U32),
        ("x", I32),
        ("y", I32),
        ("hot_x", I32),
        ("hot_y", I32),
        ("bitmap", U32),
    )


class Bitmap(ctypes.Structure):
    """spa_meta_bitmap; ``offset`` is from its own beginning."""

    _fields_ = (("format", U32), ("width", U32), ("height", U32), ("stride", I32), ("offset", U32))


class Hook(ctypes.Structure):
    """spa_hook."""

    _fields_ = (("links", P * 2), ("funcs", P), ("data", P), ("removed", P), ("priv", P))


class Interface(ctypes.Structure):
    """spa_interface."""

    _fields_ = (("type", ctypes.c_char_p), ("version", U32), ("funcs", P), ("data", P))


class Loop(ctypes.Structure):
    """pw_loop."""

    _fields_ = (("system", P), ("loop", P), ("control", ctypes.POINTER(Interface)), ("utils", P))


LoopGetFd = ctypes.CFUNCTYPE(ctypes.c_int, P)
LoopStep = ctypes.CFUNCTYPE(None, P)
LoopIterate = ctypes.CFUNCTYPE(ctypes.c_int, P, ctypes.c_int)


class LoopMethods(ctypes.Structure):
    """spa_loop_control_methods."""

    _fields_ = (
        ("version", U32),
        ("get_fd", LoopGetFd),
        ("add_hook", P),
        ("enter", LoopStep),
        ("leave", LoopStep),
        ("iterate", LoopIterate),
    )


StateChanged = ctypes.CFUNCTYPE(None, P, ctypes.c_int, ctypes.c_int, ctypes.c_char_p)
ParamChanged = ctypes.CFUNCTYPE(None, P, U32, P)
BufferEvent = ctypes.CFUNCTYPE(None, P, P)
Process = ctypes.CFUNCTYPE(None, P)


class StreamEvents(ctypes.Structure):
    """pw_stream_events, version 2."""

    _fields_ = (
        ("version", U32),
        ("destroy", P),
        ("state_changed", StateChanged),
        ("control_info", P),
        ("io_changed", P),
        ("param_changed", ParamChanged),
        ("add_buffer", BufferEvent),
        ("remove_buffer", BufferEvent),
        ("process", Process),
        ("drained", P),
        ("command", P),
        ("trigger_done", P),
    )


FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "pw_init": (None, (P, P)),
    "pw_get_library_version": (ctypes.c_char_p, ()),
    "pw_loop_new": (ctypes.POINTER(Loop), (P,)),
    "pw_loop_destroy": (None, (P,)),
    "pw_context_new": (P, (P, P, ctypes.c_size_t)),
    "pw_context_connect_fd": (P, (P, ctypes.c_int, P, ctypes.c_size_t)),
    "pw_context_destroy": (None, (P,)),
    "pw_core_disconnect": (ctypes.c_int, (P,)),
    "pw_properties_new_string": (P, (ctypes.c_char_p,)),
    "pw_stream_new": (P, (P, ctypes.c_char_p, P)),
    "pw_stream_add_listener": (None, (P, P, P, P)),
    "pw_stream_connect": (ctypes.c_int, (P, ctypes.c_int, U32, ctypes.c_int, P, U32)),
    "pw_stream_dequeue_buffer": (ctypes.POINTER(StreamBuffer), (P,)),
    "pw_stream_queue_buffer": (ctypes.c_int, (P, P)),
    "pw_stream_update_params": (ctypes.c_int, (P, P, U32)),
    "pw_stream_set_active": (ctypes.c_int, (P, ctypes.c_bool)),
    "pw_stream_disconnect": (ctypes.c_int, (P,)),
    "pw_stream_destroy": (None, (P,)),
}


class NoPipeWire(CaptureError):
    """The library is not on this computer."""


@cache
def pipewire() -> Any:
    """Return the library, begun.

    Raises:
        NoPipeWire: it is not there.
    """
    try:
        library = ctypes.CDLL(NAME)
    except OSError as error:
        raise NoPipeWire(reasons.NO_PIPEWIRE.of(library=NAME)) from error
    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    library.pw_init(None, None)
    return library


def version() -> str:
    """Return the library's version. Raises `NoPipeWire`."""
    return str(pipewire().pw_get_library_version().decode())
