"""What monitors are duplicated by: functions of DXGI, by their places in the interfaces' tables (dxgi.h, dxgi1_2.h)."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from capture.picture.pixels import Rect
from capture.platforms.windows.top_windows import rect_of
from capture.platforms.windows.win32.declarations import Bool, Box, Dword, Handle, Point, Pointer
from capture.platforms.windows.win32.direct3d import DeviceLost, Result, method, query, release

FACTORY_ID = UUID("770aae78-f26f-4dba-a829-253c83d1b387")
OUTPUT_ID = UUID("00cddea8-939b-4b83-a340-a685226666cc")
"""IID_IDXGIFactory1, IID_IDXGIOutput1."""
ADAPTER, OUTPUT, OUTPUT_DESCRIPTION, DUPLICATE = 12, 7, 7, 22
DESCRIPTION, ACQUIRE, CHANGED, MOVED, RELEASE_FRAME = 7, 8, 9, 10, 14
ACCESS_DENIED = 0x80070005
DEVICE_REMOVED, DEVICE_RESET, ACCESS_LOST, NOTHING_NEW = 0x887A0005, 0x887A0007, 0x887A0026, 0x887A0027
SESSION_DISCONNECTED, DENIED = 0x887A0028, 0x887A002B
"""DXGI_ERROR_…, as numbers without their sign; NOTHING_NEW is …_WAIT_TIMEOUT."""
NOT_NOW = frozenset({ACCESS_DENIED, SESSION_DISCONNECTED, DENIED})
"""Another desktop is on the screen (a lock, a question of the user account control), or the screen is elsewhere."""
Turns = int
"""Quarters that a picture is turned to the left, as `numpy.rot90` counts, to stand upright."""
UPRIGHT: dict[int, Turns] = {0: 0, 1: 0, 2: 3, 3: 2, 4: 1}
"""By DXGI_MODE_ROTATION: unspecified, identity, 90, 180, 270 degrees to the right."""


class OutputDescription(ctypes.Structure):
    """DXGI_OUTPUT_DESC."""

    _fields_ = (
        ("name", ctypes.c_uint16 * 32),
        ("place", Box),
        ("is_used", Bool),
        ("rotation", Dword),
        ("monitor", Handle),
    )


class DuplicationDescription(ctypes.Structure):
    """DXGI_OUTDUPL_DESC, whose first part is a DXGI_MODE_DESC."""

    _fields_ = (
        ("width", Dword),
        ("height", Dword),
        ("rate", Dword * 2),
        ("format", Dword),
        ("order", Dword),
        ("scaling", Dword),
        ("rotation", Dword),
        ("is_in_memory", Bool),
    )


class FrameInfo(ctypes.Structure):
    """DXGI_OUTDUPL_FRAME_INFO."""

    _fields_ = (
        ("presented", ctypes.c_int64),
        ("pointer_moved", ctypes.c_int64),
        ("frames", Dword),
        ("are_joined", Bool),
        ("is_protected", Bool),
        ("pointer", Point),
        ("pointer_shown", Bool),
        ("bytes", Dword),
        ("pointer_bytes", Dword),
    )


class Move(ctypes.Structure):
    """DXGI_OUTDUPL_MOVE_RECT."""

    _fields_ = (("source", Point), ("to", Box))


class NotNow(OSError):
    """Windows shows the screen to no program at the moment."""


class Stale(DeviceLost):
    """The duplication is of no use any more, as after another mode of the screen: it has to be made anew."""


def check(result: int, problem: str) -> None:
    """Raise what a function's result stands for.

    Raises:
        NotNow, Stale, OSError: it failed.
    """
    number = result & 0xFFFFFFFF
    if result < 0:
        kind = (
            NotNow if number in NOT_NOW else Stale if number in (ACCESS_LOST, DEVICE_REMOVED, DEVICE_RESET) else OSError
        )
        raise kind(f"{problem}: {number:#x}")


def make_factory() -> int:
    """Return a factory of DXGI, which has to be released.

    Raises:
        OSError: there is none.
    """
    load: Any = getattr(ctypes, "WinDLL", None)
    if load is None:
        raise OSError("DXGI is a part of Windows")
    create = load("dxgi").CreateDXGIFactory1
    create.restype, create.argtypes = Result, (Pointer, Pointer)
    found = ctypes.c_void_p()
    name = (ctypes.c_uint8 * 16)(*FACTORY_ID.bytes_le)
    check(create(name, ctypes.byref(found)), "no factory of DXGI")
    return found.value or 0


@contextlib.contextmanager
def output_of(monitor: int, factory: int) -> Iterator[tuple[int, int]]:
    """Yield the adapter and the output (IDXGIOutput1) that a monitor (HMONITOR) is at, until the block ends.

    Raises:
        OSError: no graphics card has it.
    """
    for adapter in _listed(factory, ADAPTER):
        for output in _listed(adapter, OUTPUT):
            described = OutputDescription()
            method(output, OUTPUT_DESCRIPTION, Result, Pointer)(ctypes.byref(described))
            if described.monitor == monitor:
                able = query(output, OUTPUT_ID)
                try:
                    yield adapter, able
                finally:
                    release(able)
                return
    raise OSError("no graphics card has that monitor")


def duplicate(output: int, device: int) -> int:
    """Return a duplication of an output by a device of its adapter; it has to be released.

    Its pictures have 8 bits a colour, also of a screen with more (HDR): others have to be asked for.

    Raises:
        NotNow, OSError: there is none.
    """
    found = ctypes.c_void_p()
    check(method(output, DUPLICATE, Result, Handle, Pointer)(device, ctypes.byref(found)), "not duplicated")
    return found.value or 0


def described(duplication: int) -> DuplicationDescription:
    """Return what pictures a duplication gives."""
    found = DuplicationDescription()
    method(duplication, DESCRIPTION, None, Pointer)(ctypes.byref(found))
    return found


def acquire(duplication: int) -> tuple[FrameInfo, int] | None:
    """Return what is new, and the picture, which has to be released before its frame is; None for nothing new.

    Raises:
        NotNow, Stale, OSError: it failed.
    """
    info, found = FrameInfo(), ctypes.c_void_p()
    take = method(duplication, ACQUIRE, Result, Dword, Pointer, Pointer)
    result = take(0, ctypes.byref(info), ctypes.byref(found))
    if result & 0xFFFFFFFF == NOTHING_NEW:
        return None
    check(result, "no picture")
    return info, found.value or 0


def give_back(duplication: int) -> None:
    """Give the last frame back, so that there is another one."""
    method(duplication, RELEASE_FRAME, Result)()


def changed(duplication: int, info: FrameInfo) -> tuple[Rect, ...]:
    """Return where a frame differs from the one before: where something was painted, and where something moved to.

    Raises:
        NotNow, Stale, OSError: nobody knows.
    """
    moves = _array(duplication, MOVED, Move, info.bytes)
    painted = _array(duplication, CHANGED, Box, info.bytes)
    return tuple(rect_of(box) for box in (*(move.to for move in moves), *painted))


def _array(duplication: int, place: int, kind: Any, size: int) -> list[Any]:
    room = (kind * (size // ctypes.sizeof(kind) + 1))()
    used = Dword()
    take = method(duplication, place, Result, Dword, Pointer, Pointer)
    check(take(ctypes.sizeof(room), ctypes.byref(room), ctypes.byref(used)), "what changed is not told")
    return list(room[: used.value // ctypes.sizeof(kind)])


def _listed(target: int, place: int) -> Iterator[int]:
    """Yield the adapters of a factory, or the outputs of an adapter; each is released when the next one is wanted."""
    number = 0
    while True:
        found = ctypes.c_void_p()
        if method(target, place, Result, Dword, Pointer)(number, ctypes.byref(found)) < 0 or not found.value:
            return
        try:
            yield found.value
        finally:
            release(found.value)
        number += 1
