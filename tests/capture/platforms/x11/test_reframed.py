"""Windows whose frame is another one all the time, as while a window manager is replaced: they are there throughout."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import xcffib
from xcffib.xproto import WindowClass

from capture.errors import CaptureError, SourceGone
from capture.platforms.generations import Generations
from capture.platforms.x11.window import X11Window
from capture.privacy.exclusions import Exclusions
from capture.source import Source
from tests.helpers.x11.desktop import XServer, windows_of

pytestmark = pytest.mark.x11

OPENINGS = 60
PACE_SECONDS = 0.001
"""Between two frames: now and then a window is found between two of them, now and then not."""


@contextmanager
def reframing(display: str, handle: str) -> Iterator[None]:
    """Put a window into one new frame after the other, and destroy the one before, while the block lasts."""
    is_over = threading.Event()

    def body() -> None:
        connection = xcffib.connect(display)
        core, setup = connection.core, connection.get_setup().roots[0]
        frame = 0
        while not is_over.wait(PACE_SECONDS):
            before, frame = frame, connection.generate_id()
            core.CreateWindow(0, frame, setup.root, 50, 50, 300, 200, 0, WindowClass.InputOutput, 0, 0, [])
            core.MapWindow(frame)
            core.ReparentWindow(int(handle), frame, 0, 0)
            if before:
                core.DestroyWindow(before)
            core.GetInputFocus().reply()
        core.ReparentWindow(int(handle), setup.root, 50, 50)
        core.GetInputFocus().reply()
        connection.disconnect()

    thread = threading.Thread(target=body)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(10)


def test_a_window_that_is_put_into_other_frames_is_not_called_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    server = XServer(manager=())
    monkeypatch.setenv("DISPLAY", server.name)
    opened = 0
    try:
        with windows_of(server) as windows:
            handle = windows.open("mine", 50, 50, 300, 200, "ff0000")
            with reframing(server.name, handle):
                for _ in range(OPENINGS):
                    backend = X11Window(Source(handle, "window", "", "", 0, 0), Exclusions(), Generations())
                    try:
                        backend.open()
                        opened += 1
                    except SourceGone as gone:
                        pytest.fail(f"{gone.reason}, after it was opened {opened} times")
                    except CaptureError:
                        pass  # it is tried again
                    finally:
                        backend.close()
    finally:
        server.close()

    assert opened
