"""Facts about a process, as Windows tells them: its program, the program's description of itself, its start."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterator
from pathlib import PureWindowsPath
from typing import NamedTuple

from capture.platforms.windows.win32.declarations import Dword, FileTime, ProcessEntry, kernel32, text_of, version

QUERY_LIMITED_INFORMATION = 0x1000
ALL_PROCESSES = 0x00000002
LONGEST_PATH = 32768
EPOCH_STEPS = 116_444_736_000_000_000
"""Steps of 100 ns from 1601, where Windows begins to count, to 1970."""
DESCRIBING = ("FileDescription", "ProductName", "InternalName", "OriginalFilename")
"""Names that a program's file gives itself, the one for people first."""
LANGUAGE_NEUTRAL = ((0x0409, 0x04B0), (0x0409, 0x04E4), (0x0000, 0x04B0))
"""English and neutral, where a file does not list its languages."""


class Process(NamedTuple):
    """One process, as it was when it was looked at.

    Attributes:
        path: of its program; only a name where the system hides the rest.
        started: milliseconds since the epoch, None where the system hides it.
        names: those by which it may be known; its description first, where it has one.
    """

    path: str = ""
    started: int | None = None
    names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return what people know it by: its description, else its file's name without ``.exe``."""
        return self.names[0] if self.names else ""


UNKNOWN = Process()


def process_of(pid: int) -> Process:
    """Return what is known of a process, `UNKNOWN` when there is none."""
    if pid <= 0:
        return UNKNOWN
    path, started = _look(pid)
    if not path:
        # Of a program with more rights, or of another person, the list of processes tells the file's name at least.
        path = next((name for number, name in _listed() if number == pid), "")
    return Process(path, started, names_of(path, _described(path))) if path else Process("", started)


def process_started(pid: int) -> int | None:
    """Return when a process began, in milliseconds since the epoch; None where nobody tells."""
    return _look(pid)[1] if pid > 0 else None


def names_of(path: str, described: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names by which the program at ``path``, which describes itself so, may be known."""
    place = PureWindowsPath(path)
    own = [name.strip() for name in described if name.strip()]
    # What it calls itself comes first: a list shows that.
    found = [*own[:1], place.stem, place.name, *own[1:]]
    return tuple(dict.fromkeys(name for name in found if name))


def milliseconds(low: int, high: int) -> int:
    """Return a FILETIME's halves as milliseconds since the epoch."""
    return ((high << 32 | low) - EPOCH_STEPS) // 10_000


def _look(pid: int) -> tuple[str, int | None]:
    library = kernel32()
    process = library.OpenProcess(QUERY_LIMITED_INFORMATION, False, pid)
    if not process:
        return "", None
    try:
        path, length = ctypes.create_unicode_buffer(LONGEST_PATH), Dword(LONGEST_PATH)
        found = library.QueryFullProcessImageNameW(process, 0, path, ctypes.byref(length))
        created, *others = (FileTime() for _ in range(4))
        known = library.GetProcessTimes(process, *(ctypes.byref(each) for each in (created, *others)))
        return path.value if found else "", milliseconds(created.low, created.high) if known else None
    finally:
        library.CloseHandle(process)


def _listed() -> Iterator[tuple[int, str]]:
    """Yield the number of each process and the name of its file."""
    library = kernel32()
    listed = library.CreateToolhelp32Snapshot(ALL_PROCESSES, 0)
    if not listed or listed == ctypes.c_void_p(-1).value:
        return
    try:
        entry = ProcessEntry(size=ctypes.sizeof(ProcessEntry))
        more = library.Process32FirstW(listed, ctypes.byref(entry))
        while more:
            yield entry.process, text_of(entry.file)
            more = library.Process32NextW(listed, ctypes.byref(entry))
    finally:
        library.CloseHandle(listed)


@functools.lru_cache(maxsize=512)
def _described(path: str) -> tuple[str, ...]:
    """Return what a program's file says of itself, in the order of `DESCRIBING`; nothing where it is silent."""
    library = version()
    size = library.GetFileVersionInfoSizeW(path, None)
    if not size:
        return ()
    block = ctypes.create_string_buffer(size)
    if not library.GetFileVersionInfoW(path, 0, size, block):
        return ()
    for language, code_page in (*_languages(block), *LANGUAGE_NEUTRAL):
        place = rf"\StringFileInfo\{language:04x}{code_page:04x}"
        found = tuple(_value(block, rf"{place}\{name}") for name in DESCRIBING)
        if any(found):
            return found
    return ()


def _languages(block: ctypes.Array[ctypes.c_char]) -> list[tuple[int, int]]:
    at, size = ctypes.c_void_p(), Dword()
    if not version().VerQueryValueW(block, r"\VarFileInfo\Translation", ctypes.byref(at), ctypes.byref(size)):
        return []
    words = ctypes.string_at(at.value or 0, size.value) if at.value else b""
    pairs = range(0, len(words) - 3, 4)
    return [(words[i] | words[i + 1] << 8, words[i + 2] | words[i + 3] << 8) for i in pairs]


def _value(block: ctypes.Array[ctypes.c_char], name: str) -> str:
    at, size = ctypes.c_void_p(), Dword()
    if not version().VerQueryValueW(block, name, ctypes.byref(at), ctypes.byref(size)) or not at.value:
        return ""
    # In letters, with the zero behind the last; some files count without it.
    return ctypes.wstring_at(at.value, size.value).partition("\0")[0]
