"""The functions of Windows' own libraries that are called here: what they take, and what they give.

Types have the widths of the Windows SDK's headers, which those of `ctypes.wintypes` have on Windows only, and which
are the same everywhere here: so structures can be looked at on any system. A handle is as wide as a pointer.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Handle = ctypes.c_void_p
"""HWND, HDC, HBITMAP, HMONITOR, …; as a result a number, None for none."""
Bool = ctypes.c_int32
Dword = ctypes.c_uint32
Int = ctypes.c_int32
Long = ctypes.c_int32
Word = ctypes.c_uint16
Text = ctypes.c_wchar_p
Pointer = ctypes.c_void_p
Parameter = ctypes.c_size_t
"""WPARAM, ULONG_PTR."""
LongParameter = ctypes.c_ssize_t
"""LPARAM, LRESULT, LONG_PTR."""

_function_type: Any = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
EachWindow = _function_type(Bool, Handle, LongParameter)
EachMonitor = _function_type(Bool, Handle, Handle, Pointer, LongParameter)
WindowProcedure = _function_type(LongParameter, Handle, Dword, Parameter, LongParameter)
EventProcedure = _function_type(None, Handle, Dword, Handle, Long, Long, Dword, Dword)


class Point(ctypes.Structure):
    """POINT."""

    _fields_ = (("x", Long), ("y", Long))


class Box(ctypes.Structure):
    """RECT: from ``left`` and ``top`` on to before ``right`` and ``bottom``."""

    _fields_ = (("left", Long), ("top", Long), ("right", Long), ("bottom", Long))


class Message(ctypes.Structure):
    """MSG."""

    _fields_ = (
        ("window", Handle),
        ("number", Dword),
        ("parameter", Parameter),
        ("more", LongParameter),
        ("time", Dword),
        ("at", Point),
        ("private", Dword),
    )


class WindowClass(ctypes.Structure):
    """WNDCLASSW."""

    _fields_ = (
        ("style", Dword),
        ("procedure", WindowProcedure),
        ("class_extra", Int),
        ("window_extra", Int),
        ("instance", Handle),
        ("icon", Handle),
        ("cursor", Handle),
        ("background", Handle),
        ("menu", Text),
        ("name", Text),
    )


class FileTime(ctypes.Structure):
    """FILETIME: steps of 100 ns since 1601."""

    _fields_ = (("low", Dword), ("high", Dword))


class ProcessEntry(ctypes.Structure):
    """PROCESSENTRY32W."""

    _fields_ = (
        ("size", Dword),
        ("usage", Dword),
        ("process", Dword),
        ("heap", Parameter),
        ("module", Dword),
        ("threads", Dword),
        ("parent", Dword),
        ("priority", Long),
        ("flags", Dword),
        ("file", ctypes.c_uint16 * 260),
    )


class Placement(ctypes.Structure):
    """WINDOWPLACEMENT."""

    _fields_ = (
        ("length", Dword),
        ("flags", Dword),
        ("command", Dword),
        ("minimised", Point),
        ("maximised", Point),
        ("normal", Box),
    )


class MonitorInfo(ctypes.Structure):
    """MONITORINFOEXW."""

    _fields_ = (
        ("size", Dword),
        ("whole", Box),
        ("work", Box),
        ("flags", Dword),
        ("device", ctypes.c_uint16 * 32),
    )


class DisplayDevice(ctypes.Structure):
    """DISPLAY_DEVICEW."""

    _fields_ = (
        ("size", Dword),
        ("name", ctypes.c_uint16 * 32),
        ("description", ctypes.c_uint16 * 128),
        ("flags", Dword),
        ("id", ctypes.c_uint16 * 128),
        ("key", ctypes.c_uint16 * 128),
    )


class BitmapHeader(ctypes.Structure):
    """BITMAPINFOHEADER."""

    _fields_ = (
        ("size", Dword),
        ("width", Long),
        ("height", Long),
        ("planes", Word),
        ("bits", Word),
        ("compression", Dword),
        ("bytes", Dword),
        ("across", Long),
        ("down", Long),
        ("used", Dword),
        ("important", Dword),
    )


class Bitmap(ctypes.Structure):
    """BITMAP."""

    _fields_ = (
        ("type", Long),
        ("width", Long),
        ("height", Long),
        ("stride", Long),
        ("planes", Word),
        ("bits", Word),
        ("pixels", Pointer),
    )


class CursorInfo(ctypes.Structure):
    """CURSORINFO."""

    _fields_ = (("size", Dword), ("flags", Dword), ("cursor", Handle), ("at", Point))


class IconInfo(ctypes.Structure):
    """ICONINFO."""

    _fields_ = (
        ("is_icon", Bool),
        ("hot_x", Dword),
        ("hot_y", Dword),
        ("mask", Handle),
        ("colours", Handle),
    )


def text_of(words: Any) -> str:
    """Return what stands in an array of UTF-16 words, up to the first zero."""
    found = bytes(words).decode("utf-16-le", "replace")
    return found.partition("\0")[0]


Signature = tuple[Any, tuple[Any, ...]]
"""What a function gives, and what it takes."""

USER32: Mapping[str, Signature] = MappingProxyType(
    {
        "CloseDesktop": (Bool, (Handle,)),
        "CreateWindowExW": (
            Handle,
            (Dword, Text, Text, Dword, Int, Int, Int, Int, Handle, Handle, Handle, Pointer),
        ),
        "DefWindowProcW": (LongParameter, (Handle, Dword, Parameter, LongParameter)),
        "DestroyIcon": (Bool, (Handle,)),
        "DestroyWindow": (Bool, (Handle,)),
        "DispatchMessageW": (LongParameter, (Pointer,)),
        "EnumChildWindows": (Bool, (Handle, EachWindow, LongParameter)),
        "EnumDisplayDevicesW": (Bool, (Text, Dword, Pointer, Dword)),
        "EnumDisplayMonitors": (Bool, (Handle, Pointer, EachMonitor, LongParameter)),
        "EnumWindows": (Bool, (EachWindow, LongParameter)),
        "GetAncestor": (Handle, (Handle, Dword)),
        "GetClassLongPtrW": (Parameter, (Handle, Int)),
        "GetClassNameW": (Int, (Handle, Pointer, Int)),
        "GetCursorInfo": (Bool, (Pointer,)),
        "GetDC": (Handle, (Handle,)),
        "GetIconInfo": (Bool, (Handle, Pointer)),
        "GetMessageW": (Bool, (Pointer, Handle, Dword, Dword)),
        "GetMonitorInfoW": (Bool, (Handle, Pointer)),
        "GetSystemMetrics": (Int, (Int,)),
        "GetWindow": (Handle, (Handle, Dword)),
        "GetWindowDC": (Handle, (Handle,)),
        "GetWindowDisplayAffinity": (Bool, (Handle, Pointer)),
        "GetWindowLongPtrW": (LongParameter, (Handle, Int)),
        "GetWindowPlacement": (Bool, (Handle, Pointer)),
        "GetWindowRect": (Bool, (Handle, Pointer)),
        "GetWindowThreadProcessId": (Dword, (Handle, Pointer)),
        "InternalGetWindowText": (Int, (Handle, Pointer, Int)),
        "IsHungAppWindow": (Bool, (Handle,)),
        "IsIconic": (Bool, (Handle,)),
        "IsWindow": (Bool, (Handle,)),
        "IsWindowVisible": (Bool, (Handle,)),
        "MsgWaitForMultipleObjectsEx": (Dword, (Dword, Pointer, Dword, Dword, Dword)),
        "OpenInputDesktop": (Handle, (Dword, Bool, Dword)),
        "PeekMessageW": (Bool, (Pointer, Handle, Dword, Dword, Dword)),
        "PostMessageW": (Bool, (Handle, Dword, Parameter, LongParameter)),
        "PostThreadMessageW": (Bool, (Dword, Dword, Parameter, LongParameter)),
        "PrintWindow": (Bool, (Handle, Handle, Dword)),
        "RegisterClassW": (Word, (Pointer,)),
        "RegisterHotKey": (Bool, (Handle, Int, Dword, Dword)),
        "ReleaseDC": (Int, (Handle, Handle)),
        "SendMessageTimeoutW": (
            LongParameter,
            (Handle, Dword, Parameter, LongParameter, Dword, Dword, Pointer),
        ),
        "SetProcessDpiAwarenessContext": (Bool, (Handle,)),
        "SetWindowDisplayAffinity": (Bool, (Handle, Dword)),
        "SetThreadDpiAwarenessContext": (Handle, (Handle,)),
        "SetWinEventHook": (Handle, (Dword, Dword, Handle, EventProcedure, Dword, Dword, Dword)),
        "UnhookWinEvent": (Bool, (Handle,)),
        "UnregisterClassW": (Bool, (Text, Handle)),
        "UnregisterHotKey": (Bool, (Handle, Int)),
        "VkKeyScanW": (ctypes.c_int16, (ctypes.c_wchar,)),
        "WindowFromPoint": (Handle, (Point,)),
    }
)
GDI32: Mapping[str, Signature] = MappingProxyType(
    {
        "BitBlt": (Bool, (Handle, Int, Int, Int, Int, Handle, Int, Int, Dword)),
        "CreateCompatibleDC": (Handle, (Handle,)),
        "CreateDIBSection": (Handle, (Handle, Pointer, Dword, Pointer, Handle, Dword)),
        "DeleteDC": (Bool, (Handle,)),
        "DeleteObject": (Bool, (Handle,)),
        "GdiFlush": (Bool, ()),
        "GetDIBits": (Int, (Handle, Handle, Dword, Dword, Pointer, Pointer, Dword)),
        "GetObjectW": (Int, (Handle, Int, Pointer)),
        "SelectObject": (Handle, (Handle, Handle)),
    }
)
KERNEL32: Mapping[str, Signature] = MappingProxyType(
    {
        "CloseHandle": (Bool, (Handle,)),
        "CreateToolhelp32Snapshot": (Handle, (Dword, Dword)),
        "GetCurrentThreadId": (Dword, ()),
        "GetProcessTimes": (Bool, (Handle, Pointer, Pointer, Pointer, Pointer)),
        "OpenProcess": (Handle, (Dword, Bool, Dword)),
        "Process32FirstW": (Bool, (Handle, Pointer)),
        "Process32NextW": (Bool, (Handle, Pointer)),
        "QueryFullProcessImageNameW": (Bool, (Handle, Dword, Pointer, Pointer)),
    }
)
DWMAPI: Mapping[str, Signature] = MappingProxyType(
    {"DwmFlush": (Long, ()), "DwmGetWindowAttribute": (Long, (Handle, Dword, Pointer, Dword))}
)
VERSION: Mapping[str, Signature] = MappingProxyType(
    {
        "GetFileVersionInfoSizeW": (Dword, (Text, Pointer)),
        "GetFileVersionInfoW": (Bool, (Text, Dword, Dword, Pointer)),
        "VerQueryValueW": (Bool, (Pointer, Text, Pointer, Pointer)),
    }
)
SHELL32: Mapping[str, Signature] = MappingProxyType(
    {"ExtractIconExW": (Dword, (Text, Int, Pointer, Pointer, Dword))},
)
WTSAPI32: Mapping[str, Signature] = MappingProxyType(
    {
        "WTSRegisterSessionNotification": (Bool, (Handle, Dword)),
        "WTSUnRegisterSessionNotification": (Bool, (Handle,)),
    }
)
OLE32: Mapping[str, Signature] = MappingProxyType({"CoIncrementMTAUsage": (Long, (Pointer,))})


@functools.cache
def user32() -> Any:
    """Return the library of windows and messages."""
    return _library("user32", USER32)


@functools.cache
def gdi32() -> Any:
    """Return the library of bitmaps."""
    return _library("gdi32", GDI32)


@functools.cache
def kernel32() -> Any:
    """Return the library of processes."""
    return _library("kernel32", KERNEL32)


@functools.cache
def dwmapi() -> Any:
    """Return the library of the desktop window manager."""
    return _library("dwmapi", DWMAPI)


@functools.cache
def version() -> Any:
    """Return the library of what programs say of themselves."""
    return _library("version", VERSION)


@functools.cache
def shell32() -> Any:
    """Return the library of programs' icons."""
    return _library("shell32", SHELL32)


@functools.cache
def wtsapi32() -> Any:
    """Return the library of sessions."""
    return _library("wtsapi32", WTSAPI32)


@functools.cache
def ole32() -> Any:
    """Return the library of COM."""
    return _library("ole32", OLE32)


def _library(name: str, signatures: Mapping[str, Signature]) -> Any:
    """Return a library with its functions declared; on Windows only.

    Raises:
        OSError: this system has no such library.
    """
    load: Any = getattr(ctypes, "WinDLL", None)
    if load is None:
        raise OSError(f"{name} is a part of Windows")
    library = load(name, use_last_error=True)
    for function, (gives, takes) in signatures.items():
        with contextlib.suppress(AttributeError):  # a Windows, or a wine, that does not have it
            declared = getattr(library, function)
            declared.restype, declared.argtypes = gives, takes
    return library
