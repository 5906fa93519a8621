"""What a frozen Panecast holds, and what PyInstaller would put in and nothing needs."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from pathlib import Path

EXCLUDED_MODULES = (
    "IPython",
    "PIL.AvifImagePlugin",
    "PIL.ImageQt",
    "PIL.ImageTk",
    "PIL._avif",
    "PIL._imagingtk",
    "PySide6.QtNetworkAuth",
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "PySide6.QtPrintSupport",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtSql",
    "PySide6.QtTest",
    "PySide6.QtXml",
    # Under the GPL, with FFmpeg and x264: a package of its own (video.py).
    "av",
    "hypothesis",
    "numpy.f2py",
    "numpy.fft",
    "numpy.polynomial",
    "numpy.random",
    "numpy.testing",
    "pip",
    "pytest",
    "pythonwin",
    # Under the GPL without an exception.
    "readline",
    "setuptools",
    "tkinter",
    "win32ui",
)

VIDEO_NEEDS = ("argparse", "decimal", "errno", "fractions", "inspect", "numbers", "shutil", "urllib.request")
"""Modules of Python's own library that PyAV imports, for it is laid over the frozen program later."""

UNWANTED_HOOKS = (
    # Source of what lies in the archive; nobody asks for it, and it reads the whole list of Python's own library.
    "pyi_rth_inspect",
    # Takes over command lines of the module of that name, which is not used.
    "pyi_rth_multiprocessing",
    "pyi_rth_pkgutil",
    # Loads Qt, also where no window is opened, to tell it where its files are; PySide6's wheels know that.
    "pyi_rth_pyside6",
)
"""What PyInstaller would run at each start, before the program itself, for libraries that may need it."""

QT = "PySide6/Qt/"
QT_OF_WINDOWS = "PySide6/"
"""Its wheels have no folder of their own for what is Qt's."""
UNWANTED = (
    # Qt's own languages but for the two of the interface.
    f"{QT}translations/*",
    # Whole toolkits of desktops come along with these.
    f"{QT}plugins/platformthemes/libqgtk3.so",
    f"{QT}plugins/egldeviceintegrations/*",
    f"{QT}plugins/generic/*",
    f"{QT}plugins/networkinformation/*",
    f"{QT}plugins/platforms/libq[elv]*",
    f"{QT}plugins/platforms/libqminimal*",
    f"{QT}plugins/imageformats/libq[!s]*",
    f"{QT}plugins/imageformats/*pdf*",
    # Nothing is drawn by OpenGL; without these Qt does not ask for a driver.
    f"{QT}plugins/xcbglintegrations/*",
    f"{QT}plugins/wayland-graphics-integration-*/*",
    # Screens of cars and set-top boxes.
    f"{QT}plugins/wayland-shell-integration/lib[!x]*",
    f"{QT}plugins/wayland-decoration-client/libbradient.so",
    # Local sockets are all that Qt's network is used for.
    f"{QT}plugins/tls/*",
    f"{QT}qml/*",
    f"{QT_OF_WINDOWS}translations/*",
    # OpenGL by the processor, which is a tenth of all.
    f"{QT_OF_WINDOWS}opengl32sw.dll",
    f"{QT_OF_WINDOWS}plugins/generic/*",
    f"{QT_OF_WINDOWS}plugins/networkinformation/*",
    f"{QT_OF_WINDOWS}plugins/platforms/qdirect2d.dll",
    f"{QT_OF_WINDOWS}plugins/platforms/qminimal.dll",
    f"{QT_OF_WINDOWS}plugins/imageformats/q[!s]*",
    f"{QT_OF_WINDOWS}plugins/tls/*",
    # A part of Windows; what stands in for it in trials is none.
    "icuuc.dll",
    # Windows of pywin32's own; pywinctl needs its calls alone.
    "pythonwin/*",
    "PIL/_avif*",
    "numpy/*/tests/*",
    "*.pyi",
    # Catalogues as translators write them.
    "*.po",
    "resources/__pycache__/*",
)
WANTED = (
    f"{QT}translations/qtbase_de.qm",
    f"{QT}plugins/platforms/libqoffscreen.so",
    f"{QT_OF_WINDOWS}translations/qtbase_de.qm",
)


def is_wanted(name: str) -> bool:
    """Tell whether the file ``name``, as its path within the bundle, belongs into it."""
    path = Path(name).as_posix()
    if any(fnmatchcase(path, pattern) for pattern in WANTED):
        return True
    return not any(fnmatchcase(path, pattern) for pattern in UNWANTED)


OPENED = (
    # mss and xcffib.
    "libxcb.so.1",
    "libxcb-randr.so.0",
    "libxcb-render.so.0",
    "libxcb-shm.so.0",
    "libxcb-xfixes.so.0",
    # Qt is linked with the front of OpenGL. Debian's packages of these bring drivers along, with a whole compiler;
    # a panel that is drawn without them needs the front alone.
    "libEGL.so.1",
    "libGL.so.1",
    "libGLX.so.0",
    "libGLdispatch.so.0",
    "libOpenGL.so.0",
)
"""Libraries that are opened by name at run time, or that PyInstaller expects on every system."""


def extra_libraries() -> list[tuple[str, str, str]]:
    """Return `OPENED` as PyInstaller's tables have them: the name within the bundle, the path here, ``"BINARY"``.

    Raises:
        SystemExit: this machine lacks one; a bundle without it would fail on the machines of others.
    """
    if sys.platform != "linux":
        return []
    missing = [name for name in OPENED if not _path_of(name)]
    if missing:
        raise SystemExit(f"This machine lacks {', '.join(missing)}, which the package has to bring along.")
    return [(name, _path_of(name), "BINARY") for name in OPENED]


def needed(
    binaries: Iterable[tuple[str, str, str]], imports: Callable[[str], Iterable[tuple[str, str | None]]]
) -> list[tuple[str, str, str]]:
    """Return those of ``binaries`` that are modules, plugins or opened by name, and the libraries that these need.

    PyInstaller collects libraries before anything is left out, so some are there for nobody. ``imports(path)`` returns
    the names of the libraries that a file is linked with, each with where it was found.
    """
    given = list(binaries)
    files = {name: path for name, path, kind in given if kind != "SYMLINK"}
    libraries = {Path(name).name: name for name in files if _is_library(name)}
    kept = {name for name in files if not _is_library(name) or Path(name).name in OPENED}
    unseen = list(kept)
    while unseen:
        for library, _ in imports(files[unseen.pop()]):
            name = libraries.get(Path(library).name)
            if name is not None and name not in kept:
                kept.add(name)
                unseen.append(name)
    # A symbolic link on top stands for a library in a folder below, and is of no use without it.
    return [entry for entry in given if (entry[1] if entry[2] == "SYMLINK" else entry[0]) in kept]


def _is_library(name: str) -> bool:
    """Tell whether ``name`` is there only because another file is linked with it.

    Python's own library is not: the program opens it by itself.
    """
    path = Path(name)
    folder = path.parent.as_posix()
    return (
        path.name.startswith("lib")
        and ".so" in path.name
        and not path.name.startswith("libpython")
        and (folder in (".", f"{QT}lib") or folder.endswith(".libs"))
    )


def _path_of(name: str) -> str:
    """Return the path of the library ``name`` on this machine, empty if there is none."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return ""
    with Path("/proc/self/maps").open(encoding="utf-8") as maps:
        for line in maps:
            path = Path(line.split(maxsplit=5)[-1].strip())
            if path.is_absolute() and path.name.startswith(name):
                return str(path)
    return ""
