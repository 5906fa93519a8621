"""How the bytes of a picture come from the X server: through memory that both see, or else over the connection."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import weakref

import numpy as np
import xcffib
import xcffib.shm
import xcffib.xproto
from xcffib import Error as XError

from capture import reasons
from capture.errors import CaptureError
from capture.picture.pixels import Pixels
from capture.platforms.x11.protocol.display import Display

ALL_PLANES = 0xFFFFFFFF
Z_PIXMAP = xcffib.xproto.ImageFormat.ZPixmap
TRIAL_BYTES = 4096


class NoSharedMemory(CaptureError):
    """There is no memory that both the X server and we can see."""


class SharedSegment:
    """SysV memory into which the X server writes pictures. Grows when a bigger picture is asked for.

    Raises, as do its methods that need memory:
        NoSharedMemory: the X server is elsewhere, or the system gives none.
    """

    def __init__(self, display: Display) -> None:
        self._display = display
        if not display.has_extension(xcffib.shm.key.name):
            raise NoSharedMemory(reasons.SHARED_MEMORY_MISSING)
        self._shm = display.extension(xcffib.shm, 1, 2)
        self._libc = _libc()
        self._memory: memoryview | None = None
        self._segment = 0

    @property
    def segment(self) -> int:
        """Return the X server's number of the segment, 0 before the first picture."""
        return self._segment

    def image(self, drawable: int, x: int, y: int, width: int, height: int) -> Pixels:
        """Return the pixels of a drawable whose layout is ours: BGRX, a view that the next call overwrites.

        Raises:
            XError: the drawable is gone or smaller than that.
        """
        pixels = self.room(width, height)
        self.raw(drawable, x, y, width, height, width * 4)
        return pixels

    def raw(self, drawable: int, x: int, y: int, width: int, height: int, row_bytes: int) -> memoryview:
        """Return the bytes of a drawable's picture, a view that the next call overwrites.

        Raises:
            XError: the drawable is gone or smaller than that.
        """
        memory = self._room(row_bytes * height)
        self._shm.GetImage(drawable, x, y, width, height, ALL_PLANES, Z_PIXMAP, self._segment, 0).reply()
        return memory

    def room(self, width: int, height: int) -> Pixels:
        """Return the memory that `image` fills for such a picture."""
        memory = self._room(width * height * 4)
        pixels: Pixels = np.frombuffer(memory, dtype=np.uint8).reshape(height, width, 4)
        return pixels

    def close(self) -> None:
        """Have the X server let go of the memory; never raises. Pictures in it stay until nobody holds them."""
        if self._memory is not None:
            with contextlib.suppress(xcffib.XcffibException):
                self._shm.Detach(self._segment, is_checked=True).check()
            self._memory = None

    def _room(self, size: int) -> memoryview:
        if self._memory is None:
            self._memory = self._attach(size)
        elif size > len(self._memory):
            # By half at least: what is painted grows letter by letter, and attaching takes longer than taking.
            self._memory = self._attach(max(size, len(self._memory) * 3 // 2))
        return self._memory[:size]

    def _attach(self, size: int) -> memoryview:
        self.close()
        private, create_for_owner, remove = 0, 0o1600, 0
        number = self._libc.shmget(private, ctypes.c_size_t(size), create_for_owner)
        if number < 0:
            raise NoSharedMemory(reasons.SHARED_MEMORY_REFUSED.of(problem=os.strerror(ctypes.get_errno())))
        try:
            address = self._libc.shmat(number, None, 0)
            if address in (None, ctypes.c_void_p(-1).value):
                raise NoSharedMemory(reasons.SHARED_MEMORY_UNUSABLE.of(problem=os.strerror(ctypes.get_errno())))
            memory = (ctypes.c_uint8 * size).from_address(address)
            # Arrays refer to it, so it is unmapped when the last picture in it is gone, and not before.
            weakref.finalize(memory, self._libc.shmdt, ctypes.c_void_p(address)).atexit = False
            self._segment = self._display.new_id()
            try:
                self._shm.Attach(self._segment, number, False, is_checked=True).check()
            except XError as error:
                raise NoSharedMemory(reasons.SHARED_MEMORY_ELSEWHERE) from error
        finally:
            # Marked for removal at once: it lives while attached and cannot be left behind by a crash.
            self._libc.shmctl(number, remove, None)
        return memoryview(memory)


class OverConnection:
    """Pictures over the connection itself, as from another computer or into a container; slower, and works anywhere."""

    def __init__(self, display: Display) -> None:
        self._core = display.connection.core

    def raw(self, drawable: int, x: int, y: int, width: int, height: int, row_bytes: int) -> bytes:
        """Return the bytes of a drawable's picture.

        Raises:
            XError: the drawable is gone or smaller than that.
        """
        del row_bytes  # the X server says how many there are
        reply = self._core.GetImage(Z_PIXMAP, drawable, x, y, width, height, ALL_PLANES).reply()
        return bytes(reply.data.buf())

    def close(self) -> None:
        """Nothing to give back."""


def shared_memory_problem(display: Display) -> str:
    """Return why pictures do not come through shared memory, empty where they do."""
    try:
        trial = SharedSegment(display)
        trial.room(1, TRIAL_BYTES // 4)
    except NoSharedMemory as problem:
        return problem.message
    trial.close()
    return ""


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmget.argtypes = (ctypes.c_int, ctypes.c_size_t, ctypes.c_int)
    libc.shmat.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
    libc.shmat.restype = ctypes.c_void_p
    libc.shmdt.argtypes = (ctypes.c_void_p,)
    libc.shmctl.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
    return libc
