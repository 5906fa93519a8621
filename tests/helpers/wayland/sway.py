"""A real desktop without a screen: sway, PipeWire, and the portal with its part for wlroots."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.helpers.waiting import wait_for
from tests.helpers.wayland.bus import CONFIG as CONFIG_OF_BUS
from tests.helpers.wayland.bus import SYSTEM, ask, wait_for_name
from tests.helpers.wayland.inside import Inside
from tests.helpers.wayland.roots import SWAY, root

OUTPUT = "HEADLESS-1"
SIZE = (1280, 720)
CONFIG = """
output * mode {width}x{height}
default_border none
default_floating_border none
for_window [title=".*"] floating enable, border none
focus_follows_mouse no
xwayland {xwayland}
"""
PORTAL = "org.freedesktop.impl.portal.desktop.wlr"
# What ends it has it started again, as on any desktop.
SERVICE = """
[D-BUS Service]
Name={name}
Exec={program}
"""
# The display is not there yet when the bus begins.
STARTER = """#!/bin/sh
export WAYLAND_DISPLAY={folder}/wayland-1
exec /usr/libexec/xdg-desktop-portal-wlr -l DEBUG >>{folder}/portal-wlr.log 2>&1
"""
# No dialog: what is chosen stands in a file, and what there was to choose from is left in another one.
CHOOSER = """#!/bin/sh
cat >{folder}/offered
read -r choice <{folder}/choice
[ -z "$choice" ] || grep -m1 -F -e "$choice" {folder}/offered
"""
COMMAND, GET_OUTPUTS, GET_TREE = 0, 3, 4


class Sway:
    """The session, from the moment it is made until `close`.

    ``chooser`` has it ask which screen or window is meant, and `choose` answers; else the screen is meant.

    Attributes:
        bus: the address of the session's bus.
        display: what WAYLAND_DISPLAY has to be.
    """

    def __init__(self, folder: Path, *, chooser: bool = False, xwayland: bool = False) -> None:
        self.folder = folder
        self.bus = f"unix:path={folder}/bus"
        self._socket = folder / "sway.sock"
        folder.chmod(0o700)
        environment = {
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "DBUS_SESSION_BUS_ADDRESS": self.bus,
            "XDG_CURRENT_DESKTOP": "sway",
            "XDG_SESSION_TYPE": "wayland",
            "WLR_BACKENDS": "headless",
            "WLR_RENDERER": "pixman",
            "WLR_LIBINPUT_NO_DEVICES": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "SWAYSOCK": str(self._socket),
            # Without it this portal lets nothing be picked for good.
            "XDPW_PERSIST_MODE": "permanent",
        }
        self._write(chooser, xwayland)
        self._inside = Inside(root(SWAY), environment)
        try:
            self._start("dbus-daemon", "--nofork", "--nopidfile", f"--config-file={folder}/bus.conf")
            wait_for((folder / "bus").exists)
            self._start("pipewire")
            wait_for((folder / "pipewire-0").exists)
            self._start("wireplumber")
            self.compositor = self._start("sway", "-c", str(folder / "sway.conf"))
            self.display = f"{folder}/wayland-1"
            wait_for(lambda: self._socket.exists() and Path(self.display).exists())
            self._start("/usr/libexec/xdg-permission-store")
            wait_for_name(self.bus, "org.freedesktop.impl.portal.PermissionStore")
            ask(self.bus, SYSTEM, "StartServiceByName", "su", PORTAL, 0)
            wait_for_name(self.bus, PORTAL)
            self._start("/usr/libexec/xdg-desktop-portal", "-v", WAYLAND_DISPLAY=self.display)
            wait_for_name(self.bus, "org.freedesktop.portal.Desktop")
        except BaseException:
            self.close()
            raise

    def choose(self, choice: str) -> None:
        """Have what has ``choice`` in its line be picked from now on; nothing, as if cancelled, where it is empty."""
        (self.folder / "choice").write_text(f"{choice}\n")

    @property
    def offered(self) -> str:
        """Return what there was to choose from the last time."""
        return (self.folder / "offered").read_text()

    def end_portal(self) -> None:
        """End the portal's part for wlroots, as a fault in it does."""
        (pid,) = ask(self.bus, SYSTEM, "GetConnectionUnixProcessID", "s", PORTAL)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not ask(self.bus, SYSTEM, "NameHasOwner", "s", PORTAL)[0])

    def tell(self, command: str) -> None:
        """Have sway do something; it has to succeed."""
        for answer in self.ask(COMMAND, command):
            assert answer["success"], f"{command}: {answer}"

    def ask(self, kind: int, words: str = "") -> Any:
        """Return sway's answer (its IPC is that of i3)."""
        body = words.encode()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(self._socket))
            connection.sendall(b"i3-ipc" + struct.pack("=II", len(body), kind) + body)
            with connection.makefile("rb") as answer:
                length, _ = struct.unpack("=II", answer.read(14)[6:])
                return json.loads(answer.read(length))

    def windows(self) -> list[dict[str, Any]]:
        """Return sway's windows, each with its ``name``, ``rect`` and more."""

        def below(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
            if node.get("pid"):
                yield node
            for child in (*node["nodes"], *node["floating_nodes"]):
                yield from below(child)

        return list(below(self.ask(GET_TREE)))

    def close(self) -> None:
        """End all of it."""
        self._inside.close()

    def _start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        return self._inside.start(self.folder / f"{Path(command[0]).name}.log", *command, **environment)

    def _write(self, chooser: bool, xwayland: bool) -> None:
        folder = self.folder
        width, height = SIZE
        config = CONFIG.format(width=width, height=height, xwayland="enable" if xwayland else "disable")
        (folder / "sway.conf").write_text(config)
        (folder / "bus.conf").write_text(CONFIG_OF_BUS.format(address=self.bus, folder=folder))
        program, starter = folder / "chooser", folder / "portal-wlr"
        for each, text in ((program, CHOOSER), (starter, STARTER)):
            each.write_text(text.format(folder=folder))
            each.chmod(0o700)
        (folder / f"{PORTAL}.service").write_text(SERVICE.format(name=PORTAL, program=starter))
        self.choose("")
        portal = folder / "xdg-desktop-portal-wlr"
        portal.mkdir()
        way = f"chooser_type=dmenu\nchooser_cmd={program}" if chooser else f"chooser_type=none\noutput_name={OUTPUT}"
        (portal / "config").write_text(f"[screencast]\nmax_fps=60\n{way}\n")
        preferred = folder / "xdg-desktop-portal"
        preferred.mkdir()
        (preferred / "portals.conf").write_text("[preferred]\ndefault=wlr\n")


@contextmanager
def sway_session(*, chooser: bool = False, xwayland: bool = False) -> Iterator[Sway]:
    """Have a session for as long as the block lasts."""
    # Not pytest's folders: the path of a socket must be short, and lie in what both systems have.
    folder = Path(tempfile.mkdtemp(prefix="sway-", dir="/tmp"))
    try:
        made = Sway(folder, chooser=chooser, xwayland=xwayland)
        try:
            yield made
        finally:
            made.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
