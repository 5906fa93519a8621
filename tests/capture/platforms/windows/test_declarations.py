"""What is said of Windows' libraries: sizes by its headers, and no function that is called is undeclared."""

from __future__ import annotations

import ast
import ctypes
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture.platforms.windows.win32 import declarations
from capture.platforms.windows.win32.declarations import (
    DWMAPI,
    GDI32,
    KERNEL32,
    OLE32,
    SHELL32,
    USER32,
    VERSION,
    WTSAPI32,
    Bitmap,
    BitmapHeader,
    Box,
    CursorInfo,
    DisplayDevice,
    FileTime,
    IconInfo,
    Message,
    MonitorInfo,
    Placement,
    Point,
    ProcessEntry,
    WindowClass,
    text_of,
    user32,
)

FOLDER = Path(declarations.__file__).parents[1]
LIBRARIES = (DWMAPI, GDI32, KERNEL32, OLE32, SHELL32, USER32, VERSION, WTSAPI32)
DECLARED = {name for library in LIBRARIES for name in library}


@pytest.mark.parametrize(
    ("structure", "size"),
    [
        (Point, 8),
        (Box, 16),
        (FileTime, 8),
        (Message, 48),
        (WindowClass, 72),
        (ProcessEntry, 568),
        (Placement, 44),
        (MonitorInfo, 104),
        (DisplayDevice, 840),
        (BitmapHeader, 40),
        (Bitmap, 32),
        (CursorInfo, 24),
        (IconInfo, 32),
    ],
)
def test_structures_are_as_large_as_windows_has_them(structure: type[ctypes.Structure], size: int) -> None:
    """As ``sizeof`` of mingw's headers for 64 bits."""
    assert ctypes.sizeof(structure) == size


def called() -> Iterator[tuple[str, str]]:
    """Yield each function of a library that is called by our modules, with the module."""
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in (
                "library",
                "user32()",
                "gdi32()",
                "kernel32()",
                "dwmapi()",
                "version()",
                "shell32()",
                "wtsapi32()",
                "ole32()",
            ):
                yield node.attr, path.name


def test_every_function_that_is_called_is_declared() -> None:
    """Without that a handle would be cut to 32 bits."""
    names = dict(called())

    assert len(names) > 60
    assert {name: where for name, where in names.items() if name not in DECLARED} == {}
    assert DECLARED - names.keys() == set()


def test_a_text_ends_at_its_first_zero() -> None:
    words = (ctypes.c_uint16 * 8)(*"Gerät".encode("utf-16-le")[::2], 0, 65)

    assert text_of(words) == "Gerät"


def test_elsewhere_it_is_said_that_there_is_no_such_library() -> None:
    with pytest.raises(OSError, match="a part of Windows"):
        user32()
