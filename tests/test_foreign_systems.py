"""Every module can be read on each system: what another system has, such as X11's libraries, is not asked for."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
X11 = ("xcffib", "Xlib", "ewmhlib")
DBUS = ("dbus_fast", "PySide6.QtDBus")
WINRT = ("winrt", "comtypes", "win32api", "win32gui", "pywintypes")
PYOBJC = ("objc", "AppKit", "Foundation", "Quartz", "CoreMedia", "ScreenCaptureKit")
POSIX = ("fcntl", "grp", "posix", "pwd", "resource", "termios", "_posixsubprocess")
WINDOWS = ("msvcrt", "winreg", "_winapi", "ctypes.wintypes")
SYSTEMS = {
    "windows": (*X11, *DBUS, *POSIX, *PYOBJC),
    "macos": (*X11, *DBUS, *WINDOWS, *WINRT),
    "linux": (*WINDOWS, *WINRT, *PYOBJC),
    "without video": ("av",),
}
"""What cannot be found there."""
OWN = {
    "windows": ("capture.platforms.windows",),
    "macos": ("capture.platforms.macos",),
    "linux": ("capture.platforms.x11", "capture.platforms.linux"),
}
"""Folders that only their own system reads, but for what they offer."""
READ = """
import asyncio, importlib, subprocess, sys, tempfile, uuid, zipfile  # Python's own know what to do without


class Lacking:
    '''Finds nothing of what another system has.'''

    def find_spec(self, name, path=None, target=None):
        if any(name == lacking or name.startswith(lacking + ".") for lacking in LACKING):
            raise ModuleNotFoundError(f"no {name} on this system", name=name)


LACKING, wanted = sys.argv[1].split(","), sys.argv[2].split(",")
for name in [name for name in sys.modules if name in LACKING and name not in sys.builtin_module_names]:
    del sys.modules[name]
sys.meta_path.insert(0, Lacking())
for name in wanted:
    try:
        importlib.import_module(name)
    except BaseException as error:
        print(f"{name}: {error!r}")
"""


def modules(system: str) -> list[str]:
    """Return the names of all modules of ours that ``system`` may read: not those that others have for themselves."""
    foreign = tuple(name for other, names in OWN.items() if other != system for name in names)
    if system not in OWN:
        foreign = ()
    found = []
    for part in ("capture", "server", "gui", "resources"):
        for each in pkgutil.walk_packages([str(PROJECT / part)], f"{part}."):
            is_foreign = each.name.startswith(foreign) and not each.name.endswith("offers")
            if not is_foreign and not each.name.endswith("__main__"):
                found.append(each.name)
    return found


def read(system: str, wanted: list[str]) -> str:
    """Read modules in a process that lacks what ``system`` lacks; return what went wrong, a line for each."""
    command = [sys.executable, "-c", READ, ",".join(SYSTEMS[system]), ",".join(wanted)]
    return subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True).stdout


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_module_can_be_read_without_what_other_systems_have(system: str) -> None:
    wanted = modules(system)

    assert len(wanted) > 150
    assert read(system, wanted) == ""


def test_what_is_lacking_would_be_noticed() -> None:
    own = "capture.platforms.x11.window_list"

    assert read("windows", [own]) == f"{own}: ModuleNotFoundError('no xcffib on this system')\n"
