"""The app as screen readers find it, on the real bus of at-spi2-core: no control without name and role."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.capture.platforms.fake_logind import message_bus
from tests.gui.screen_reader import Part, ScreenReader, at_spi, screen_reader
from tests.helpers.x11.desktop import PROJECT, XServer

pytestmark = [
    pytest.mark.x11,
    pytest.mark.panel,
    pytest.mark.skipif(not os.environ.get("PANECAST_LONG"), reason="starts at-spi2-core: test.sh --long"),
]


@contextmanager
def app(environment: dict[str, str], folder: Path) -> Iterator[None]:
    """Have the app begin with an empty folder, as a newcomer has it."""
    command = [sys.executable, "-m", "gui", "--config-dir", str(folder)]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


async def window(reader: ScreenReader, title: str, has: str = "") -> Part:
    """Return a window of ours once it is there, with a part of that name on the screen if one is asked for."""
    async with asyncio.timeout(30):
        while True:
            for each in await reader.windows("panecast"):
                if each.name == title and (not has or any(part.name == has for part in each.all() if part.is_showing)):
                    return each


def part(of: Part, role: str, name: str) -> Part:
    """Return the part of a window that is called so."""
    found = [each for each in of.all() if (each.role, each.name) == (role, name)]
    assert found, f"no {role} {name} among {[each.name for each in of.all() if each.is_showing]}"
    return found[0]


async def test_every_part_of_first_start_panel_and_settings_has_a_name_and_a_role(
    xserver: XServer, tmp_path: Path
) -> None:
    faults: list[str] = []
    with message_bus(tmp_path) as bus:
        environment = xserver.environment | {
            "DBUS_SESSION_BUS_ADDRESS": bus,
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_QPA_PLATFORM": "xcb",
        }
        with at_spi(environment), app(environment, tmp_path / "settings"):
            async with screen_reader(bus) as reader:
                welcome = await window(reader, "Welcome to Panecast", "STEP 1 OF 3")
                xserver.run("xdotool", "search", "--name", "^Welcome to Panecast$", "windowfocus", "key", "space")
                for step, button in enumerate(("Next", "Share now", "Done"), 1):
                    welcome = await window(reader, "Welcome to Panecast", f"STEP {step} OF 3")
                    faults += welcome.faults()
                    await reader.press(part(welcome, "push button", button))
                panel = await window(reader, "Panecast", "Stop sharing")
                faults += panel.faults()
                xserver.run(
                    "xdotool",
                    "search",
                    "--onlyvisible",
                    "--name",
                    "^Panecast$",
                    "windowfocus",
                    "--sync",
                    "key",
                    "ctrl+comma",
                )
                settings = await window(reader, "Settings — Panecast")
                faults += settings.faults()
                parts = [len([each for each in shown.all() if each.is_showing]) for shown in (panel, settings)]

    assert faults == []
    assert min(parts) > 40
