"""Backends over the stand-in, looked through as feeds do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from capture.picture.frame import Take
from capture.picture.pixels import Pixels
from capture.platforms.contract import Backend
from capture.platforms.generations import Generations
from capture.platforms.macos.screen import ScreenCaptureKitScreen
from capture.platforms.macos.window import ScreenCaptureKitWindow
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.source import Source
from tests.helpers.macos.fake_mac import FakeMac, FakeWindow

RULES = ExclusionRules(programs=("1password",), pid=999)
"""We are process 999."""


def noise(width: int, height: int, seed: int = 1) -> Pixels:
    """Return pixels of which none is like its neighbour."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)


def source_of(window: FakeWindow, **values: Any) -> Source:
    """Return what a list would tell of a window."""
    given = {"pid": window.pid, "started": 1_700_000_000_123} | values
    return Source(str(window.number), "window", window.title, "", 0, 0, **given)


def window_backend(window: FakeWindow, exclusions: Exclusions | None = None, **values: Any) -> ScreenCaptureKitWindow:
    """Return a backend for a window, not yet opened."""
    return ScreenCaptureKitWindow(source_of(window, **values), exclusions or Exclusions(RULES), Generations())


@contextmanager
def opened(backend: Backend) -> Iterator[Backend]:
    """Open a backend, and close it at the end."""
    backend.open()
    try:
        yield backend
    finally:
        backend.close()


def first(mac: FakeMac, backend: Backend, pointer: bool = False) -> Take:
    """Return the first take with a picture, or the state that is there instead."""
    backend.take(pointer)  # it begins the stream
    return settled(mac, backend, pointer)


def settled(mac: FakeMac, backend: Backend, pointer: bool = False) -> Take:
    """Return a take after the system has done all that it was told."""
    mac.capture.settle()
    return backend.take(pointer)


def screen_backend(exclusions: Exclusions | None = None, kind: Any = "monitor") -> ScreenCaptureKitScreen:
    """Return a backend for the first display, not yet opened."""
    source = Source("monitor-1" if kind == "monitor" else "0", kind, "", "", 0, 0, output="610-a050-7")
    return ScreenCaptureKitScreen(source, exclusions or Exclusions(RULES))
