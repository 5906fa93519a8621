"""A device of Direct3D 11, and the pixels of its textures. Not run on Windows; under wine, where that has OpenGL.

Functions are called by their places in the interfaces' tables (d3d11.h, dxgi.h), which never change.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from capture.picture.pixels import Pixels, Rect
from capture.platforms.windows.win32.declarations import Dword, Handle, Pointer

OF_ADAPTER, HARDWARE, SOFTWARE = 0, 1, 5
"""D3D_DRIVER_TYPE_UNKNOWN, which goes with an adapter, …_HARDWARE, and …_WARP: the processor does it, as in virtual
machines without graphics."""
BGRA_SUPPORT, SDK_VERSION = 0x20, 7
FOR_PROCESSOR, READ, READABLE = 3, 1, 0x20000
"""D3D11_USAGE_STAGING, D3D11_MAP_READ, D3D11_CPU_ACCESS_READ."""
BGRA = 87
"""DXGI_FORMAT_B8G8R8A8_UNORM."""
QUERY, RELEASE = 0, 2
CREATE_TEXTURE, REMOVED_REASON = 5, 39
MAP, UNMAP, COPY_PART = 14, 15, 46
GET_DESCRIPTION = 10
TEXTURE_ID = UUID("6f15aaf2-d208-4e89-9ab4-489535d34f9c")
DEVICE_ID = UUID("54ec77fa-1377-44e6-8c32-88fd5f44c84c")
"""IID_ID3D11Texture2D, IID_IDXGIDevice."""
Result = ctypes.c_int32


class TextureDescription(ctypes.Structure):
    """D3D11_TEXTURE2D_DESC."""

    _fields_ = (
        ("width", Dword),
        ("height", Dword),
        ("levels", Dword),
        ("pieces", Dword),
        ("format", Dword),
        ("samples", Dword),
        ("sample_quality", Dword),
        ("usage", Dword),
        ("bind", Dword),
        ("access", Dword),
        ("more", Dword),
    )


class Mapped(ctypes.Structure):
    """D3D11_MAPPED_SUBRESOURCE."""

    _fields_ = (("at", Pointer), ("pitch", Dword), ("depth_pitch", Dword))


class Part(ctypes.Structure):
    """D3D11_BOX."""

    _fields_ = (
        ("left", Dword),
        ("top", Dword),
        ("front", Dword),
        ("right", Dword),
        ("bottom", Dword),
        ("back", Dword),
    )


class DeviceLost(OSError):
    """The graphics processor was reset, or its driver replaced: everything has to be made anew."""


class Device:
    """One device, of a graphics ``adapter`` (IDXGIAdapter) where one is given. Used by one thread, until `close`.

    Raises:
        OSError: there is none.
    """

    def __init__(self, adapter: int = 0) -> None:
        self._device, self._context = _make(adapter)
        self._staging = 0
        self._size = (0, 0)

    @property
    def for_windows(self) -> int:
        """Return the device as an IDXGIDevice, which has to be released (`release`).

        Raises:
            OSError: it is none.
        """
        return query(self._device, DEVICE_ID)

    def read(self, surface: int, part: Rect) -> Pixels:
        """Return ``part`` of a texture, given by any of its interfaces: one copy, without the texture's padding.

        Raises:
            DeviceLost: the device is of no use any more.
            OSError: the texture cannot be read.
        """
        texture = query(surface, TEXTURE_ID)
        try:
            self._prepare(part.width, part.height)
            box = Part(part.x, part.y, 0, part.x + part.width, part.y + part.height, 1)
            takes = (Handle, Dword, Dword, Dword, Dword, Handle, Dword, Pointer)
            copy = method(self._context, COPY_PART, None, *takes)
            copy(self._staging, 0, 0, 0, 0, texture, 0, ctypes.byref(box))
            return self._copied(part.width, part.height)
        finally:
            release(texture)

    def copy_parts(self, surface: int, parts: Sequence[Rect], into: Pixels) -> None:
        """Copy ``parts`` of a texture to the same places of a picture that has its size.

        Raises:
            DeviceLost, OSError: as `read`.
        """
        texture = query(surface, TEXTURE_ID)
        try:
            height, width = into.shape[:2]
            self._prepare(width, height)
            takes = (Handle, Dword, Dword, Dword, Dword, Handle, Dword, Pointer)
            copy = method(self._context, COPY_PART, None, *takes)
            for part in parts:
                box = Part(part.x, part.y, 0, part.x + part.width, part.y + part.height, 1)
                copy(self._staging, 0, part.x, part.y, 0, texture, 0, ctypes.byref(box))
            with self._mapped() as mapped:
                seen = view_of(mapped.at, mapped.pitch, width, height)
                for part in parts:
                    rows, columns = slice(part.y, part.y + part.height), slice(part.x, part.x + part.width)
                    into[rows, columns] = seen[rows, columns]
        finally:
            release(texture)

    def close(self) -> None:
        """Give everything back; may be called twice."""
        for name in ("_staging", "_context", "_device"):
            release(getattr(self, name))
            setattr(self, name, 0)

    def _prepare(self, width: int, height: int) -> None:
        """Have a texture of that size which the processor can read."""
        if self._staging and self._size == (width, height):
            return
        release(self._staging)
        self._staging, self._size = 0, (width, height)
        described = TextureDescription(width, height, 1, 1, BGRA, 1, 0, FOR_PROCESSOR, 0, READABLE, 0)
        self._staging = self.make_texture(described)

    def make_texture(self, described: TextureDescription, pixels: Pixels | None = None) -> int:
        """Return a texture, holding ``pixels`` at first; it has to be released.

        Raises:
            DeviceLost, OSError: as `read`.
        """
        found = ctypes.c_void_p()
        first = None
        if pixels is not None:
            first = ctypes.byref(Mapped(pixels.ctypes.data, pixels.shape[1] * 4, 0))
        create = method(self._device, CREATE_TEXTURE, Result, Pointer, Pointer, Pointer)
        self._check(create(ctypes.byref(described), first, ctypes.byref(found)), "no texture")
        return found.value or 0

    def _copied(self, width: int, height: int) -> Pixels:
        with self._mapped() as mapped:
            return np.array(view_of(mapped.at, mapped.pitch, width, height), order="C")

    @contextlib.contextmanager
    def _mapped(self) -> Iterator[Mapped]:
        mapped = Mapped()
        take = method(self._context, MAP, Result, Handle, Dword, Dword, Dword, Pointer)
        self._check(take(self._staging, 0, READ, 0, ctypes.byref(mapped)), "the texture cannot be read")
        try:
            yield mapped
        finally:
            method(self._context, UNMAP, None, Handle, Dword)(self._staging, 0)

    def _check(self, result: int, problem: str) -> None:
        if result < 0:
            lost = method(self._device, REMOVED_REASON, Result)() < 0
            raise (DeviceLost if lost else OSError)(f"{problem}: {result & 0xFFFFFFFF:#x}")


def view_of(at: int, pitch: int, width: int, height: int) -> Pixels:
    """Return a picture in memory whose rows begin ``pitch`` bytes apart; it is that memory itself.

    Raises:
        OSError: a row is longer than that.
    """
    if not at or pitch < width * 4:
        raise OSError("the texture's rows are shorter than its width")
    # The last row may end without its padding.
    memory = (ctypes.c_uint8 * (pitch * (height - 1) + width * 4)).from_address(at)
    flat = np.frombuffer(memoryview(memory), np.uint8)
    return np.lib.stride_tricks.as_strided(flat, (height, width, 4), (pitch, 4, 1), writeable=False)


def method(target: int, place: int, gives: Any, *takes: Any) -> Any:
    """Return a function of a COM object, by its place in the table."""
    table = ctypes.cast(target, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p)))[0]
    function = _signature(gives, takes)(table[place])
    return functools.partial(function, target)


@functools.cache
def _signature(gives: Any, takes: tuple[Any, ...]) -> Any:
    make: Any = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
    return make(gives, Handle, *takes)


def query(target: int, wanted: UUID) -> int:
    """Return another interface of a COM object; it has to be released.

    Raises:
        OSError: it has no such interface.
    """
    found = ctypes.c_void_p()
    name = (ctypes.c_uint8 * 16)(*wanted.bytes_le)
    result = method(target, QUERY, Result, Pointer, Pointer)(name, ctypes.byref(found))
    if result < 0 or not found.value:
        raise OSError(f"no interface {wanted}: {result & 0xFFFFFFFF:#x}")
    return found.value


def release(target: int) -> None:
    """Give a COM object back; 0 is none."""
    if target:
        method(target, RELEASE, Dword)()


def _make(adapter: int) -> tuple[int, int]:
    load: Any = getattr(ctypes, "WinDLL", None)
    if load is None:
        raise OSError("Direct3D is a part of Windows")
    create = load("d3d11").D3D11CreateDevice
    create.restype = Result
    create.argtypes = (Handle, Dword, Handle, Dword, Pointer, Dword, Dword, Pointer, Pointer, Pointer)
    result = -1
    for kind in (OF_ADAPTER,) if adapter else (HARDWARE, SOFTWARE):
        device, context = ctypes.c_void_p(), ctypes.c_void_p()
        with contextlib.suppress(OSError):
            result = create(
                adapter or None,
                kind,
                None,
                BGRA_SUPPORT,
                None,
                0,
                SDK_VERSION,
                ctypes.byref(device),
                None,
                ctypes.byref(context),
            )
        if result >= 0 and device.value and context.value:
            return device.value, context.value
    raise OSError(f"no Direct3D device: {result & 0xFFFFFFFF:#x}")
