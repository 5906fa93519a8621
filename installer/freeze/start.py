"""Where a frozen Panecast begins: makes it stand on its own feet, then starts it."""

from __future__ import annotations

import ctypes.util
import os
import sys
from pathlib import Path

FOREIGN = ("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH", "QML2_IMPORT_PATH", "QML_IMPORT_PATH")
"""Would have Qt load plugins that were made for another Qt."""


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


def run() -> int:
    """Run the program and return its exit code; a file that is missing or damaged is named in a sentence."""
    try:
        from gui.__main__ import main

        return main()
    except ImportError as error:
        if sys.stderr is not None:
            words = f"A file of this installation is missing or damaged ({first_cause(error)}). Install Panecast again."
            sys.stderr.write(f"panecast: {words}\n")
        return 1


def first_cause(error: BaseException) -> str:
    """Return the first line of what went wrong first; libraries such as numpy say it in a page of their own."""
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return str(error).strip().partition("\n")[0]


if __name__ == "__main__":
    stand_alone(Path(__file__).parent)
    sys.exit(run())
