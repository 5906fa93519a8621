"""A window of a program of its own, painted from shared memory (MIT-SHM), as toolkits do it. It knows no Panecast."""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
import weakref
from collections.abc import Iterator

import numpy as np
import xcffib
import xcffib.shm
import xcffib.xproto

CREATE = 0o1600
REMOVE = 0


class Sheet:
    """Pixels in memory that the X server can read: what is written to ``pixels`` can be painted at once."""

    def __init__(self, connection: xcffib.Connection, pixels: np.ndarray) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.shmat.restype = ctypes.c_void_p
        number = libc.shmget(0, ctypes.c_size_t(pixels.nbytes), CREATE)
        if number < 0:
            raise OSError(ctypes.get_errno(), "no shared memory")
        address = libc.shmat(number, None, 0)
        self.segment = connection.generate_id()
        connection(xcffib.shm.key).Attach(self.segment, number, True, is_checked=True).check()
        libc.shmctl(number, REMOVE, None)  # it lives while attached
        memory = (ctypes.c_uint8 * pixels.nbytes).from_address(address)
        weakref.finalize(memory, libc.shmdt, ctypes.c_void_p(address)).atexit = False
        self.pixels: np.ndarray = np.ctypeslib.as_array(memory).reshape(pixels.shape)
        self.pixels[:] = pixels


class Window:
    """A plain window of ``width`` × ``height`` pixels, on top of nothing but the desktop.

    One that ``fills`` the screen has no frame, for no window manager cares for it.
    """

    def __init__(self, title: str, width: int, height: int, fills: bool = False, settle_seconds: float = 0.5) -> None:
        self._connection = xcffib.connect(display=os.environ["DISPLAY"])
        self.id = self._connection.generate_id()
        self._context = self._connection.generate_id()
        self._core = self._connection.core
        screen = self._connection.get_setup().roots[0]
        self._root = screen.root
        self._core.CreateWindow(
            screen.root_depth,
            self.id,
            screen.root,
            0 if fills else 60,
            0 if fills else 60,
            width,
            height,
            0,
            xcffib.xproto.WindowClass.InputOutput,
            screen.root_visual,
            xcffib.xproto.CW.BackPixel | xcffib.xproto.CW.OverrideRedirect,
            [0x404040, int(fills)],
        )
        name, text = (self._core.InternAtom(False, len(n), n).reply().atom for n in ("_NET_WM_NAME", "UTF8_STRING"))
        self._core.ChangeProperty(xcffib.xproto.PropMode.Replace, self.id, name, text, 8, len(title), title.encode())
        self._core.CreateGC(self._context, self.id, 0, [])
        self._shm = self._connection(xcffib.shm.key)
        self._shm.QueryVersion().reply()
        self._core.MapWindow(self.id)
        # A pointer over the picture would be part of it for some servers and not for others.
        self._core.WarpPointer(xcffib.NONE, screen.root, 0, 0, 0, 0, screen.width_in_pixels - 1, 0)
        self.finish()
        time.sleep(settle_seconds)  # the window manager frames and maps it

    def place(self) -> tuple[int, int]:
        """Return where the window's top left corner is on the screen."""
        reply = self._core.TranslateCoordinates(self.id, self._root, 0, 0).reply()
        return reply.dst_x, reply.dst_y

    def sheet(self, pixels: np.ndarray) -> Sheet:
        """Return memory that holds ``pixels``."""
        return Sheet(self._connection, pixels)

    def paint(self, sheet: Sheet, source: tuple[int, int], size: tuple[int, int], target: tuple[int, int]) -> None:
        """Have ``size`` pixels of a sheet, from ``source`` on, put to ``target``; done when `finish` returns."""
        total_height, total_width = sheet.pixels.shape[:2]
        self._shm.PutImage(
            self.id,
            self._context,
            total_width,
            total_height,
            *source,
            *size,
            *target,
            24,
            xcffib.xproto.ImageFormat.ZPixmap,
            False,
            sheet.segment,
            0,
        )

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Paint several things as one: nobody else is served in between; all is done when the block ends."""
        self._core.GrabServer()
        yield
        self._core.UngrabServer()
        self.finish()

    def close(self) -> None:
        """Close it and hang up."""
        self._core.DestroyWindow(self.id)
        self.finish()
        self._connection.disconnect()

    def finish(self) -> None:
        """Return when everything asked for has been done."""
        self._core.GetInputFocus().reply()
