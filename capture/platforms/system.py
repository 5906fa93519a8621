"""The kind of system and session that this is. Everything that depends on it asks here, and here only."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Family = Literal["linux", "windows", "macos", "other"]
System = Literal["x11", "wayland+x11", "wayland", "headless", "windows", "macos", "other"]
"""Of Linux by its session: X11, Wayland with or without X11 as a guest, or neither."""


def family(platform: str = sys.platform) -> Family:
    """Return the family of systems that ``platform``, a value of `sys.platform`, belongs to."""
    if platform.startswith("linux"):
        return "linux"
    return "windows" if platform == "win32" else "macos" if platform == "darwin" else "other"


def system(platform: str | None = None, environment: Mapping[str, str] | None = None) -> System:
    """Return what system and session this is by ``environment``, the variables that we were started with."""
    found = family(sys.platform if platform is None else platform)
    if found != "linux":
        return found
    variables = os.environ if environment is None else environment
    if is_wayland_session(variables):
        return "wayland+x11" if variables.get("DISPLAY") else "wayland"
    return "x11" if variables.get("DISPLAY") else "headless"


def x11_display() -> str:
    """Return the name of the X11 display, empty for none."""
    return os.environ.get("DISPLAY", "")


def is_wayland_session(environment: Mapping[str, str] | None = None) -> bool:
    """Tell whether the session is one of Wayland, also where its display is not told: over SSH, from a service."""
    variables = os.environ if environment is None else environment
    return bool(variables.get("WAYLAND_DISPLAY")) or variables.get("XDG_SESSION_TYPE", "").casefold() == "wayland"


def has_wayland_display(environment: Mapping[str, str] | None = None) -> bool:
    """Tell whether a Wayland compositor can be asked: by its name or, without one, where libwayland looks for it."""
    variables = os.environ if environment is None else environment
    if variables.get("WAYLAND_DISPLAY"):
        return True
    folder = variables.get("XDG_RUNTIME_DIR", "")
    return bool(folder) and is_wayland_session(variables) and Path(folder, "wayland-0").is_socket()
