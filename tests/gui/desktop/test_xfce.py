"""The icon in the panel of Xfce, which takes both kinds: over the bus, and as a window where the app reaches no bus."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.capture.platforms.fake_logind import message_bus
from tests.gui.desktop.running_app import running
from tests.helpers.waiting import wait_for
from tests.helpers.x11.desktop import XServer

pytestmark = [
    pytest.mark.x11,
    pytest.mark.panel,
    pytest.mark.skipif(not os.environ.get("PANECAST_LONG"), reason="starts a desktop's panel: test.sh --long"),
]

LAYOUT = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="40"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>
"""
"""A panel along the upper edge with a tray in it and nothing else."""
ICON = ("11", "20")
"""Where the first icon of it is."""
WATCHER = "org.kde.StatusNotifierWatcher"
NO_BUS = "unix:path=/nonexistent"


class Xfce:
    """A desktop whose panel can come and go."""

    def __init__(self, display: XServer, bus: str, folder: Path) -> None:
        self.display, self.bus = display, bus
        places = {name: str(folder / name) for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME")}
        settings = Path(places["XDG_CONFIG_HOME"], "xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml")
        settings.parent.mkdir(parents=True)
        settings.write_text(LAYOUT, encoding="utf-8")
        self.environment = display.environment | places | {"DBUS_SESSION_BUS_ADDRESS": bus, "NO_AT_BRIDGE": "1"}
        # What the bus starts for it looks there, too.
        subprocess.run(["dbus-update-activation-environment", *places], env=self.environment, check=True)

    @contextmanager
    def panel(self) -> Iterator[None]:
        """Have the panel while the block lasts; it crashes at its end."""
        command = ["xfce4-panel", "--disable-wm-check"]
        with subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL) as process:
            try:
                yield
            finally:
                process.kill()

    def has_icon(self, kind: str) -> bool:
        """Tell whether the panel holds an icon of ours."""
        if kind == "xembed":
            plugin = self.display.run("xdotool", "search", "--class", "^Wrapper-2.0$").split()
            return any("panecast" in self.display.run("xwininfo", "-tree", "-id", handle) for handle in plugin)
        call = f"--bus={self.bus}", f"--dest={WATCHER}", "/StatusNotifierWatcher", "org.freedesktop.DBus.Properties.Get"
        what = f"string:{WATCHER}", "string:RegisteredStatusNotifierItems"
        return "/StatusNotifierItem" in self.display.run("dbus-send", "--print-reply", *call, *what)


@pytest.fixture
def xfce(xserver: XServer, tmp_path: Path) -> Iterator[Xfce]:
    with message_bus(tmp_path) as bus:
        yield Xfce(xserver, bus, tmp_path)


@pytest.mark.parametrize("kind", ["notifier", "xembed"])
def test_the_icon_comes_goes_and_comes_with_the_panel_and_opens_ours(kind: str, xfce: Xfce, tmp_path: Path) -> None:
    bus = xfce.bus if kind == "notifier" else NO_BUS
    with running(xfce.display, bus, tmp_path / "settings", "--minimized") as app:
        for _ in range(2):
            wait_for(lambda: app.panel == "minimized")
            with xfce.panel():
                wait_for(lambda: xfce.has_icon(kind) and app.panel == "hidden")
        wait_for(lambda: app.panel == "minimized")
        with xfce.panel():
            wait_for(lambda: xfce.has_icon(kind) and app.panel == "hidden")
            xfce.display.run("xdotool", "mousemove", *ICON)

            def clicked() -> bool:
                # One that Xfce has only just taken in hears no click yet.
                xfce.display.run("xdotool", "click", "1")
                return app.panel == "open"

            wait_for(clicked)
