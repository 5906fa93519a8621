"""The app on desktops whose tray comes late, dies and comes again: an X server, trayer, and a bus with a tray on it."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.desktop.presence import Presence, advice
from gui.desktop.tray import Tray
from gui.verbs import Verbs
from gui.widgets.icons import Icons
from tests.capture.platforms.fake_logind import message_bus
from tests.gui.desktop.fake_tray_host import FakeTrayHost
from tests.gui.desktop.running_app import Running, running
from tests.helpers.waiting import until
from tests.helpers.x11.desktop import XServer

pytestmark = [pytest.mark.x11, pytest.mark.panel]


@pytest.fixture(scope="module")
def display() -> Iterator[XServer]:
    server = XServer()
    yield server
    server.close()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    with message_bus(tmp_path) as address:
        yield address


@contextmanager
def trayer(display: XServer) -> Iterator[None]:
    """Have a tray of the old kind while the block lasts."""
    with subprocess.Popen(["trayer"], env=display.environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


def holds_icon(display: XServer) -> bool:
    """Tell whether trayer holds the app's icon."""
    tray = display.run("xdotool", "search", "--class", "^trayer$").split()
    return any("panecast" in display.run("xwininfo", "-tree", "-id", handle) for handle in tray)


async def test_a_host_that_comes_after_the_app_gets_the_icon_and_the_panel_goes(
    display: XServer, bus: str, tmp_path: Path
) -> None:
    with running(display, bus, tmp_path / "settings", "--minimized") as app:
        await until(lambda: app.panel == "minimized")
        await _come_and_go(bus, app)
        await _come_and_go(bus, app)  # one that comes again gets it again


async def _come_and_go(bus: str, app: Running) -> None:
    host = FakeTrayHost(bus)
    await host.open()
    await until(lambda: host.items and app.panel == "hidden")
    await host.close()
    await until(lambda: app.panel == "minimized")


async def test_a_start_into_the_tray_makes_no_panel_before_it_is_asked_for(
    display: XServer, bus: str, tmp_path: Path
) -> None:
    host, imports = FakeTrayHost(bus), tmp_path / "imports"
    await host.open()
    with running(display, bus, tmp_path / "settings", "--minimized", imports=imports) as app:
        await until(lambda: host.items)
        assert "gui.windows" not in imports.read_text(encoding="utf-8")
        assert "gui.panel" not in imports.read_text(encoding="utf-8")

        await asyncio.to_thread(app.ask, "show")
        await until(lambda: app.panel == "open")
        assert "gui.windows" in imports.read_text(encoding="utf-8")
    await host.close()


async def test_where_icons_are_taken_and_nobody_shows_them_the_panel_stays(
    display: XServer, bus: str, tmp_path: Path
) -> None:
    host = FakeTrayHost(bus, has_host=False)
    await host.open()
    with running(display, bus, tmp_path / "settings", "--minimized") as app:
        await until(lambda: app.panel == "minimized")
        host.tell_host()
        await until(lambda: host.items and app.panel == "hidden")
    await host.close()


async def test_a_tray_of_the_old_kind_that_dies_and_comes_again(display: XServer, bus: str, tmp_path: Path) -> None:
    with running(display, bus, tmp_path / "settings", "--minimized") as app:
        for _ in range(2):
            await until(lambda: app.panel == "minimized")
            with trayer(display):
                await until(lambda: holds_icon(display) and app.panel == "hidden")
        await until(lambda: app.panel == "minimized")


async def test_one_kind_of_tray_takes_over_from_the_other(display: XServer, bus: str, tmp_path: Path) -> None:
    host = FakeTrayHost(bus)
    with trayer(display), running(display, bus, tmp_path / "settings", "--minimized") as app:
        await until(lambda: holds_icon(display))
        await host.open()
        await until(lambda: host.items and not holds_icon(display))
        assert app.panel == "hidden"
        await host.close()
        await until(lambda: holds_icon(display))
        assert app.panel == "hidden"


async def test_an_open_panel_stays_open_and_says_once_that_there_is_no_tray(
    display: XServer, bus: str, tmp_path: Path
) -> None:
    settings, told = tmp_path / "settings" / "settings.toml", "knows_no_tray = true"
    with running(display, bus, tmp_path / "settings") as app:
        await until(lambda: told in settings.read_text() if settings.exists() else False)
        host = FakeTrayHost(bus)
        await host.open()
        await until(lambda: host.items)
        assert app.panel == "open"
        await host.close()


async def test_a_quiet_start_that_waits_in_vain_puts_the_panel_into_the_task_bar(qtbot: QtBot, icons: Icons) -> None:
    panel = QWidget()
    qtbot.addWidget(panel)
    # Qt without a screen knows no tray.
    presence = Presence(Tray(icons, Verbs(icons)), lambda: panel, lambda: None, lambda: None)
    presence.open(is_quiet=True, waits=True, seconds=0)
    assert not panel.isVisible()
    await until(panel.isMinimized)
    await presence.close()


async def test_the_panel_is_there_when_the_bus_itself_is_gone(display: XServer, tmp_path: Path) -> None:
    with contextlib.ExitStack() as daemon:
        bus = daemon.enter_context(message_bus(tmp_path))
        host = FakeTrayHost(bus)
        await host.open()
        with running(display, bus, tmp_path / "settings", "--minimized") as app:
            await until(lambda: host.items and app.panel == "hidden")
            daemon.close()
            await until(lambda: app.panel == "minimized")


@pytest.mark.parametrize(
    ("desktop", "words"),
    [("ubuntu:GNOME", "the extension “AppIndicator"), ("XFCE", "Add a system tray"), ("", "Add a")],
)
def test_what_would_bring_a_tray_is_said(monkeypatch: pytest.MonkeyPatch, desktop: str, words: str) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)

    assert words in advice()


async def test_a_start_with_the_system_waits_for_a_tray(display: XServer, bus: str, tmp_path: Path) -> None:
    with running(display, bus, tmp_path / "settings", "--minimized", "--wait-tray") as app:
        assert app.panel == "hidden"
        host = FakeTrayHost(bus)
        await host.open()
        await until(lambda: host.items)
        assert app.panel == "hidden"
        await host.close()
        await until(lambda: app.panel == "minimized")
