"""A window of our own that nobody sees, and events of others' windows: Windows tells both to a thread that asks."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from capture.platforms.windows.win32.declarations import (
    EventProcedure,
    Handle,
    Message,
    WindowClass,
    WindowProcedure,
    user32,
)

WM_DESTROY, WM_DISPLAYCHANGE = 0x0002, 0x007E
REMOVE = 1
ALL_INPUT, INPUT_AVAILABLE = 0x04FF, 0x0004
OUT_OF_CONTEXT, SKIP_OWN_PROCESS = 0x0000, 0x0002
LONGEST_MILLISECONDS = 0x7FFFFFFF
WHOLE_WINDOW = 0
"""OBJID_WINDOW: the event is about the window itself, and not about its caret, the pointer or a part of it."""
_numbers = itertools.count(1)


def pump(seconds: float | None, handles: Sequence[int] = ()) -> int:
    """Handle the messages for this thread: those that are there, or the first that comes within ``seconds``.

    None waits for ever. Procedures of the thread's windows and hooks are called from in here. The wait also ends when
    one of ``handles`` is signalled; it is returned, 0 for none.
    """
    library = user32()
    milliseconds = LONGEST_MILLISECONDS
    if seconds is not None:
        milliseconds = min(math.ceil(max(0.0, seconds) * 1000), LONGEST_MILLISECONDS)
    waited_for = (Handle * len(handles))(*handles) if handles else None
    told = library.MsgWaitForMultipleObjectsEx(len(handles), waited_for, milliseconds, ALL_INPUT, INPUT_AVAILABLE)
    message = Message()
    while library.PeekMessageW(ctypes.byref(message), None, 0, 0, REMOVE):
        library.DispatchMessageW(ctypes.byref(message))
    return handles[told] if told < len(handles) else 0


@contextlib.contextmanager
def hidden_window(name: str, hear: Callable[[int, int], None]) -> Iterator[int]:
    """Have a window that is never shown, for messages that only those get, as long as the block runs; give its handle.

    ``hear(message, parameter)`` is called for each of its messages, while this thread pumps. It belongs to the thread.

    Raises:
        OSError: no window could be made.
    """
    library = user32()

    def procedure(window: int, message: int, parameter: int, more: int) -> int:
        hear(message, parameter)
        answer: int = library.DefWindowProcW(window, message, parameter, more)
        return answer

    kept = WindowProcedure(procedure)  # for as long as Windows may call it
    # One that another thread of ours still has keeps its own.
    class_name = f"{name}{next(_numbers)}"
    if not library.RegisterClassW(ctypes.byref(WindowClass(procedure=kept, name=class_name))):
        raise OSError("no class of windows could be made")
    try:
        # Not one for messages only: those are not told when the computer goes to sleep, nor of monitors.
        window = library.CreateWindowExW(0, class_name, class_name, 0, 0, 0, 0, 0, None, None, None, None)
        if not window:
            raise OSError("no window could be made")
        try:
            yield window
        finally:
            library.DestroyWindow(window)
    finally:
        # Else the class would point to a procedure that is freed with this block.
        library.UnregisterClassW(class_name, None)


@contextlib.contextmanager
def window_events(
    ranges: Iterable[tuple[int, int]], hear: Callable[[int, int], None], *, own: bool = False
) -> Iterator[None]:
    """Have ``hear(event, window)`` called for events of whole windows, while this thread pumps, until the block ends.

    ``ranges`` are the first and last numbers of the events (WinUser.h, EVENT_…). With ``own`` also of our own windows.

    Raises:
        OSError: Windows does not tell of them.
    """
    library = user32()

    def procedure(hook: Any, event: int, window: int | None, part: int, child: int, thread: int, at: int) -> None:
        if part == WHOLE_WINDOW and not child and window:
            hear(event, window)

    kept = EventProcedure(procedure)
    flags = OUT_OF_CONTEXT if own else OUT_OF_CONTEXT | SKIP_OWN_PROCESS
    hooks = []
    try:
        for first, last in ranges:
            hook = library.SetWinEventHook(first, last, None, kept, 0, 0, flags)
            if not hook:
                raise OSError("Windows tells nothing of other programs' windows")
            hooks.append(hook)
        yield
    finally:
        for hook in hooks:
            library.UnhookWinEvent(hook)
