"""A real desktop without a screen: GNOME's shell, PipeWire, and the portal, whose dialog is clicked as by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.helpers.waiting import wait_for
from tests.helpers.wayland.bus import CONFIG, ask, wait_for_name
from tests.helpers.wayland.inside import Inside
from tests.helpers.wayland.roots import GNOME, root

SIZE = (1280, 720)
SHELL = ("org.gnome.Shell", "/org/gnome/Shell", "org.gnome.Shell")
DIALOG = "Share Screen"
# Where its buttons are, from its upper edge and the left one, or the right one where that is below zero.
SHARE, CANCEL, WINDOWS, LISTED = (-50, 25), (50, 25), (282, 180), ((330, 250), (330, 296))
# The shell's own surprises: the overview it begins with, the corner that opens that, and words over the dialog.
CALM = """
for (const [schema, key] of [["interface", "enable-hot-corners"], ["notifications", "show-banners"]])
    new imports.gi.Gio.Settings({schema_id: `org.gnome.desktop.${schema}`}).set_boolean(key, false);
Main.overview.hide();
global.pointer = global.stage.context.get_backend().get_default_seat().create_virtual_device(
    imports.gi.Clutter.InputDeviceType.POINTER_DEVICE);
global.frames = 0;
global.stage.connect("after-paint", () => { global.frames += 1; });
"""
WINDOW = "global.get_window_actors().map(a => a.meta_window).find(w => w.title === {title})"
PLACES = """global.get_window_actors().map(a => a.meta_window).map(w => {
    const r = w.get_frame_rect(); return {name: w.title, id: w.get_id(), rect: [r.x, r.y, r.width, r.height]}; })"""


class Gnome:
    """The session, from the moment it is made until `close`.

    Attributes:
        bus: the address of the session's bus.
        display: what WAYLAND_DISPLAY has to be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bus = f"unix:path={folder}/bus"
        self.display = f"{folder}/wayland-gnome"
        folder.chmod(0o700)
        (folder / "bus.conf").write_text(CONFIG.format(address=self.bus, folder=folder))
        environment = {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "XDG_DATA_DIRS": "/usr/share",
            "XDG_CURRENT_DESKTOP": "GNOME",
            "XDG_SESSION_TYPE": "wayland",
            "DBUS_SESSION_BUS_ADDRESS": self.bus,
            # Nobody is on a system's bus here.
            "DBUS_SYSTEM_BUS_ADDRESS": self.bus,
            "GSETTINGS_BACKEND": "memory",
            "GTK_A11Y": "none",
            "LIBGL_ALWAYS_SOFTWARE": "1",
        }
        self._inside = Inside(root(GNOME), environment)
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def run(self, script: str) -> Any:
        """Return what a script in the shell returns (its unsafe mode lets it)."""
        done, value = ask(self.bus, SHELL, "Eval", "s", script)
        assert done, value
        return json.loads(value) if value else None

    def windows(self) -> list[dict[str, Any]]:
        """Return all windows, each with ``name``, ``id`` and ``rect``: left, top, width, height."""
        found: list[dict[str, Any]] = self.run(PLACES)
        return found

    def order(self, title: str, what: str) -> None:
        """Have something done to a window: a call of Meta.Window."""
        self.run(f"{WINDOW.format(title=json.dumps(title))}.{what}; 1")

    def click(self, *buttons: tuple[int, int]) -> None:
        """Click in the dialog once it is there, and wait until it is gone."""
        wait_for(lambda: any(each["name"] == DIALOG and each["rect"][2] for each in self.windows()))
        self.run("Main.overview.hide(); 1")
        self.order(DIALOG, "activate(global.get_current_time())")
        wait_for(lambda: bool(self.run("!Main.overview.visible && !Main.overview.animationInProgress")))
        for button in buttons:
            self._click(*button)
        wait_for(lambda: all(each["name"] != DIALOG for each in self.windows()))

    def close(self) -> None:
        """End all of it."""
        self._inside.close()

    def _click(self, x: int, y: int) -> None:
        left, top, width, _ = next(each["rect"] for each in self.windows() if each["name"] == DIALOG)
        at = f"{left + x + (width if x < 0 else 0)}, {top + y}"
        now, state = "imports.gi.GLib.get_monotonic_time()", "imports.gi.Clutter.ButtonState"
        self.run(f"global.pointer.notify_absolute_motion({now}, {at}); 1")
        self._settle()
        for each in ("PRESSED", "RELEASED"):
            self.run(f"global.pointer.notify_button({now}, 1, {state}.{each}); 1")
            self._settle()

    def _settle(self) -> None:
        """Return once the shell has painted what it has been told and the dialog has been able to answer."""
        for _ in range(3):
            before = self.run("global.stage.queue_redraw(); global.frames")
            wait_for(lambda: self.run("global.frames") > before)  # noqa: B023  looked at within the loop

    def _begin(self) -> None:
        self._start("dbus-daemon", "--nofork", "--nopidfile", f"--config-file={self.folder}/bus.conf")
        wait_for((self.folder / "bus").exists)
        self._start("pipewire")
        wait_for((self.folder / "pipewire-0").exists)
        self._start("wireplumber")
        wide, high = SIZE
        screen = (f"--virtual-monitor={wide}x{high}", f"--wayland-display={Path(self.display).name}")
        self.compositor = self._start("gnome-shell", "--headless", "--unsafe-mode", "--no-x11", *screen)
        wait_for_name(self.bus, "org.gnome.Mutter.ScreenCast")
        wait_for(self._is_up, 60)
        self.run(f"{CALM}; 1")
        self._start("/usr/libexec/xdg-permission-store")
        wait_for_name(self.bus, "org.freedesktop.impl.portal.PermissionStore")
        self._start("/usr/libexec/xdg-desktop-portal-gnome")
        wait_for_name(self.bus, "org.freedesktop.impl.portal.desktop.gnome")
        self._start("/usr/libexec/xdg-desktop-portal")
        wait_for_name(self.bus, "org.freedesktop.portal.Desktop")

    def _is_up(self) -> bool:
        try:
            return self.run("!Main.layoutManager._startingUp") is True
        except AssertionError:  # it has no such object yet
            return False

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        return self._inside.start(
            self.folder / f"{Path(command[0]).name}.log", *command, WAYLAND_DISPLAY=Path(self.display).name
        )


@contextmanager
def gnome_session() -> Iterator[Gnome]:
    """Have a session for as long as the block lasts."""
    # Not pytest's folders: the path of a socket must be short, and lie in what both systems have.
    folder = Path(tempfile.mkdtemp(prefix="gnome-", dir="/tmp"))
    try:
        made = Gnome(folder)
        try:
            yield made
        finally:
            made.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
