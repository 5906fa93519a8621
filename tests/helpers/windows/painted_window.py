"""A window of Windows that paints four squares of colour, in this process or in one of its own."""

from __future__ import annotations

import contextlib
import ctypes
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from capture.picture.pixels import Pixels, Rect
from capture.platforms.windows.win32.declarations import (
    Bool,
    Box,
    Dword,
    Handle,
    Int,
    Message,
    Parameter,
    Pointer,
    Text,
    WindowClass,
    WindowProcedure,
    user32,
)

PROJECT = Path(__file__).parents[3]
COLOURS = (0x102030, 0xC02040, 0x20B040, 0x3060D0)
"""0xRRGGBB, of the squares from the upper left one on."""
WM_DESTROY, WM_PAINT, WM_CLOSE, WM_TIMER, WM_PRINTCLIENT, WM_HANG = 0x0002, 0x000F, 0x0010, 0x0113, 0x0318, 0x8001
POPUP, CAPTIONED, VISIBLE = 0x80000000, 0x00CF0000, 0x10000000
MINIMISE, RESTORE = 6, 9
TOOL_WINDOW = 0x80


class Paint(ctypes.Structure):
    """PAINTSTRUCT."""

    _fields_ = (
        ("context", Handle),
        ("erase", Bool),
        ("box", Box),
        ("restore", Bool),
        ("update", Bool),
        ("more", ctypes.c_uint8 * 32),
    )


def _libraries() -> tuple[Any, Any]:
    load: Any = getattr(ctypes, "WinDLL")  # noqa: B009  on Windows only
    library, drawing = load("user32"), load("gdi32")
    for function, gives, takes in (
        (library.BeginPaint, Handle, (Handle, Pointer)),
        (library.EndPaint, Bool, (Handle, Pointer)),
        (library.FillRect, Int, (Handle, Pointer, Handle)),
        (library.GetClientRect, Bool, (Handle, Pointer)),
        (library.InvalidateRect, Bool, (Handle, Pointer, Bool)),
        (library.PostQuitMessage, None, (Int,)),
        (library.SetTimer, Parameter, (Handle, Parameter, Dword, Pointer)),
        (library.SetWindowPos, Bool, (Handle, Handle, Int, Int, Int, Int, Dword)),
        (library.SetWindowTextW, Bool, (Handle, Text)),
        (library.ShowWindowAsync, Bool, (Handle, Int)),
        (library.UpdateWindow, Bool, (Handle,)),
        (drawing.CreateSolidBrush, Handle, (Dword,)),
        (drawing.DeleteObject, Bool, (Handle,)),
    ):
        function.restype, function.argtypes = gives, takes
    return library, drawing


class Look(NamedTuple):
    """How a window is to be: its title, its class, where it is, and what it does."""

    title: str
    class_name: str = "PaintedWindow"
    place: Rect = Rect(100, 80, 240, 160)
    style: int = POPUP
    more_style: int = 0
    owner: int = 0
    moves: bool = False
    colours: tuple[int, ...] = COLOURS


def squares(width: int, height: int, step: int = 0) -> Pixels:
    """Return what such a window looks like: BGRX, with zeros in the fourth byte."""
    picture = np.zeros((height, width, 4), np.uint8)
    for place, (rows, columns) in enumerate(_quarters(width, height)):
        colour = COLOURS[(place + step) % len(COLOURS)]
        picture[rows, columns, :3] = (colour & 255, colour >> 8 & 255, colour >> 16)
    return picture


def _quarters(width: int, height: int) -> list[tuple[slice, slice]]:
    across = (slice(0, width // 2), slice(width // 2, width))
    down = (slice(0, height // 2), slice(height // 2, height))
    return [(rows, columns) for rows in down for columns in across]


class PaintedWindow:
    """One such window; its thread handles its messages.

    Attributes:
        window: its handle.
        may_go_on: while it is not set, a window that was told to `hang` does.
    """

    def __init__(self, look: Look) -> None:
        self.window = 0
        self.may_go_on = threading.Event()
        self._look = look
        self._step = 0
        self._made = threading.Event()
        self._thread = threading.Thread(target=self._body, daemon=True)

    def open(self) -> None:
        """Show it, and return once it is there."""
        self._thread.start()
        assert self._made.wait(20)
        assert self.window, "no window could be made"

    def hang(self) -> None:
        """Have it answer nobody until `may_go_on` is set."""
        user32().PostMessageW(self.window, WM_HANG, 0, 0)

    def close(self) -> None:
        """Take it away."""
        self.may_go_on.set()
        user32().PostMessageW(self.window, WM_CLOSE, 0, 0)
        self._thread.join(10)

    def join(self) -> None:
        """Wait until somebody has closed it."""
        self._thread.join()

    def _body(self) -> None:
        self._library, self._drawing = _libraries()
        look, library = self._look, user32()
        kept = WindowProcedure(self._answer)
        described = WindowClass(procedure=kept, name=look.class_name)
        library.RegisterClassW(ctypes.byref(described))
        place = look.place
        self.window = library.CreateWindowExW(
            look.more_style,
            look.class_name,
            look.title,
            look.style | VISIBLE,
            place.x,
            place.y,
            place.width,
            place.height,
            look.owner or None,
            None,
            None,
            None,
        )
        self._library.UpdateWindow(self.window)
        if look.moves:
            self._library.SetTimer(self.window, 1, 50, None)
        self._made.set()
        message = Message()
        while library.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            library.DispatchMessageW(ctypes.byref(message))
        library.UnregisterClassW(look.class_name, None)

    def _answer(self, window: int, number: int, parameter: int, more: int) -> int:
        if number == WM_PAINT:
            paint = Paint()
            self._paint(window, self._library.BeginPaint(window, ctypes.byref(paint)))
            self._library.EndPaint(window, ctypes.byref(paint))
            return 0
        if number == WM_PRINTCLIENT:
            self._paint(window, parameter)
            return 0
        if number == WM_TIMER:
            self._step += 1
            self._library.InvalidateRect(window, None, False)
        elif number == WM_HANG:
            self.may_go_on.wait()
        elif number == WM_DESTROY:
            self._library.PostQuitMessage(0)
        answer: int = user32().DefWindowProcW(window, number, parameter, more)
        return answer

    def _paint(self, window: int, context: int) -> None:
        box = Box()
        self._library.GetClientRect(window, ctypes.byref(box))
        for place, (rows, columns) in enumerate(_quarters(box.right, box.bottom)):
            colours = self._look.colours
            colour = colours[(place + self._step) % len(colours)]
            # Windows has red in the lowest byte.
            brush = self._drawing.CreateSolidBrush(colour >> 16 | colour & 0xFF00 | (colour & 255) << 16)
            part = Box(columns.start, rows.start, columns.stop, rows.stop)
            self._library.FillRect(context, ctypes.byref(part), brush)
            self._drawing.DeleteObject(brush)


@contextlib.contextmanager
def own_window(look: Look) -> Iterator[PaintedWindow]:
    """Have such a window in this process."""
    painted = PaintedWindow(look)
    painted.open()
    try:
        yield painted
    finally:
        painted.close()


def start_foreign(look: Look, program: str = sys.executable) -> subprocess.Popen[bytes]:
    """Have such a window in a process of its own; it ends with the window."""
    run = (
        f"import sys; sys.path.insert(0, {str(PROJECT)!r}); "
        "from capture.picture.pixels import Rect; "
        "from tests.helpers.windows.painted_window import Look, PaintedWindow; "
        f"painted = PaintedWindow({look!r}); painted.open(); painted.join()"
    )
    return subprocess.Popen([program, "-c", run], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def move(window: int, place: Rect) -> None:
    """Put a window, of whichever process, elsewhere and on top."""
    _libraries()[0].SetWindowPos(window, None, place.x, place.y, place.width, place.height, 0x0040)


def rename(window: int, title: str) -> None:
    """Give a window of ours another title."""
    _libraries()[0].SetWindowTextW(window, title)


def show(window: int, how: int) -> None:
    """Minimise a window, or restore it."""
    _libraries()[0].ShowWindowAsync(window, how)


def wait_until(true: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for something to become true; it fails when that does not happen in time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:g} s"
        time.sleep(0.02)
