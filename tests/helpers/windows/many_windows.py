"""Many small windows of one process, which do nothing."""

from __future__ import annotations

import ctypes

from capture.platforms.windows.win32.declarations import Message, WindowClass, WindowProcedure, user32
from tests.helpers.windows.painted_window import CAPTIONED, VISIBLE


def show(count: int) -> None:
    """Have ``count`` of them, called ``small 1`` and so on, for as long as this process lives."""
    library = user32()
    kept = WindowProcedure(_answer)
    described = WindowClass(procedure=kept, name="Small")
    library.RegisterClassW(ctypes.byref(described))
    for number in range(count):
        place = (number % 20 * 30, number // 20 * 30, 120, 40)
        title = f"small {number + 1}"
        library.CreateWindowExW(0, "Small", title, CAPTIONED | VISIBLE, *place, None, None, None, None)
    message = Message()
    while library.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
        library.DispatchMessageW(ctypes.byref(message))


def _answer(window: int, number: int, parameter: int, more: int) -> int:
    answer: int = user32().DefWindowProcW(window, number, parameter, more)
    return answer
