"""The app as a process of its own on a display and a bus, and what can be seen of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import PROJECT, XServer


class Running:
    """The app, and what can be seen of it."""

    def __init__(self, display: XServer, process: subprocess.Popen[str], folder: Path) -> None:
        self._display = display
        self.process = process
        self.folder = folder

    def ask(self, verb: str) -> None:
        """Have it do something, by a second start."""
        command = (sys.executable, "-m", "gui", verb, "--config-dir", str(self.folder))
        subprocess.run(command, cwd=PROJECT, check=True, timeout=30)

    @property
    def panel(self) -> str:
        """Return ``open``, ``minimized`` or ``hidden``."""
        found = self._display.run("xdotool", "search", "--name", "^Panecast$").split()
        for handle in found:
            words = self._display.run("xprop", "-id", handle, "WM_STATE")
            if "window state: Iconic" in words:
                return "minimized"
            if "window state: Normal" in words:
                return "open"
        return "hidden"


@contextmanager
def running(
    display: XServer, bus: str, folder: Path, *arguments: str, imports: Path = Path(os.devnull)
) -> Iterator[Running]:
    """Have the app run while the block lasts; it is ready when that begins. ``imports`` gets what it imports."""
    environment = display.environment | {"DBUS_SESSION_BUS_ADDRESS": bus, "QT_QPA_PLATFORM": "xcb"}
    environment.pop("WAYLAND_DISPLAY", None)
    command = [sys.executable, "-X", "importtime", "-m", "gui", "--share", "demo", "--print-url"]
    command += ["--config-dir", str(folder), "--port", str(free_port()), *arguments]
    with (
        imports.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            assert process.stdout.readline()
            yield Running(display, process, folder)
        finally:
            process.terminate()
            assert process.wait(10) == 0
