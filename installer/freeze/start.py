"""Where a frozen Panecast begins: makes it stand on its own feet, then starts it."""

from __future__ import annotations

import ctypes.util
import os
import struct
import sys
from pathlib import Path

FOREIGN = ("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH", "QML2_IMPORT_PATH", "QML_IMPORT_PATH")
"""Would have Qt load plugins that were made for another Qt."""

LISTS = "*.libraries"
"""Files of the bundle, in each of whose lines the size and the name of a library stand, as they were at the build."""


def find_library(name: str, folder: Path, elsewhere: object) -> str | None:
    """Return the path of the library ``name`` within ``folder``, else what the system says of it.

    `ctypes.util.find_library` asks the linker's cache only, in which the libraries of a bundle are not.
    """
    found = sorted(folder.glob(f"lib{name}.so*"))
    if found:
        return str(found[0])
    return elsewhere(name) if callable(elsewhere) else None


def stand_alone(folder: Path) -> None:
    """Have nothing in the environment lead to foreign libraries; programs started from here get it as it was."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    # The bootloader puts the bundle first for itself. Programs that are started from here, such as the one that shows
    # the access log, have libraries of their own.
    original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if original:
        os.environ["LD_LIBRARY_PATH"] = original
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)
    # The bootloader would take a second one that is started from here, such as the demo window, for a part of this one,
    # and leave out to put its bundle first: https://pyinstaller.org/en/stable/common-issues-and-pitfalls.html
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    if sys.platform == "linux":
        ask_system = ctypes.util.find_library
        ctypes.util.find_library = lambda name: find_library(name, folder, ask_system)


def run(folder: Path) -> int:
    """Run the program and return its exit code; a file of ``folder`` that is missing or damaged is named in a
    sentence."""
    broken = broken_library(folder)
    if not broken:
        try:
            from gui.__main__ import main

            return main()
        except ImportError as error:
            broken = first_cause(error)
    if sys.stderr is not None:
        words = f"A file of this installation is missing or damaged ({broken}). Install Panecast again."
        sys.stderr.write(f"panecast: {words}\n")
    return 1


def broken_library(folder: Path) -> str:
    """Return the name of a library that `LISTS` in ``folder`` name and that is gone, or whose end is; empty for none.

    The system takes a library into memory whose end is missing, and ends the program without a word (SIGBUS) when it
    comes to that end. One of another size may be whole all the same: the LGPL lets everybody put another Qt there.
    """
    for told in sorted(folder.glob(LISTS)):
        for line in told.read_text(encoding="utf-8").splitlines():
            size, _, name = line.partition(" ")
            try:
                if (folder / name).stat().st_size != int(size) and is_cut_off(folder / name):
                    return name
            except OSError:
                return name
    return ""


def is_cut_off(library: Path) -> bool:
    """Tell whether the file ``library`` ends before what its header says is in it. Raises `OSError`."""
    size = library.stat().st_size
    with library.open("rb") as file:
        head = file.read(64)
        if len(head) < 64:
            return True
        if head[:5] != b"\x7fELF\x02":
            return False  # another system's, or damaged in a way that it is not loaded
        segments, sections = struct.unpack_from("<QQ", head, 32)
        segment_size, segment_count, section_size, section_count = struct.unpack_from("<HHHH", head, 54)
        ends: list[int] = [segments + segment_size * segment_count, sections + section_size * section_count]
        file.seek(segments)
        table = file.read(segment_size * segment_count)
    if len(table) < segment_size * segment_count:
        return True
    for at in range(0, len(table), segment_size):
        offset, _, _, length = struct.unpack_from("<QQQQ", table, at + 8)
        ends.append(offset + length)
    return size < max(ends)


def first_cause(error: BaseException) -> str:
    """Return the first line of what went wrong first; libraries such as numpy say it in a page of their own."""
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return str(error).strip().partition("\n")[0]


if __name__ == "__main__":
    here = Path(__file__).parent
    stand_alone(here)
    sys.exit(run(here))
