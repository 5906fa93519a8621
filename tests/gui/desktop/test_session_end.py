"""The session ends: a real bus, a session manager's words on it, the whole app and somebody who watches."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import websockets

from gui.desktop.session_end import SessionEnd
from resources import APPLICATION_ID
from tests.capture.platforms.fake_logind import message_bus
from tests.gui.desktop.fake_session_manager import FakeSessionManager
from tests.helpers.ports import free_port
from tests.helpers.waiting import closed, receive, until
from tests.helpers.x11.desktop import PROJECT


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    with message_bus(tmp_path) as address:
        yield address


@pytest.fixture
async def manager(bus: str) -> AsyncIterator[FakeSessionManager]:
    made = FakeSessionManager(bus)
    await made.open()
    yield made
    made.close()


class Ending:
    """What would end, and how often it was asked to."""

    def __init__(self, bus: str) -> None:
        self.kept = self.ended = 0
        self.session = SessionEnd(self._keep, self._end, bus)

    def _keep(self) -> None:
        self.kept += 1

    def _end(self) -> None:
        self.ended += 1


@contextmanager
def app(bus: str, folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Have the app show the demo picture while the block lasts; it is ready when that begins."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, "-m", "gui", "--share", "demo", "--print-url", "--port", str(port)]
    with subprocess.Popen(
        [*command, "--config-dir", str(folder)],
        cwd=PROJECT,
        env=kept | {"QT_QPA_PLATFORM": "offscreen", "DBUS_SESSION_BUS_ADDRESS": bus},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()


@pytest.mark.panel
async def test_the_app_saves_tells_viewers_and_lets_the_session_end(
    bus: str, manager: FakeSessionManager, tmp_path: Path
) -> None:
    port, folder = free_port(), tmp_path / "settings"
    with app(bus, folder, port) as process:
        await until(lambda: manager.registered == [APPLICATION_ID])
        async with websockets.connect(f"ws://127.0.0.1:{port}/stream/demo", max_size=None) as viewer:
            await receive(viewer, "frame")
            manager.tell("QueryEndSession", 0)
            await until(lambda: manager.answers == [True])
            assert f"port = {port}" in (folder / "settings.toml").read_text(encoding="utf-8")
            manager.tell("EndSession", 0)
            code, _ = await closed(viewer)
        _, errors = await asyncio.to_thread(process.communicate, timeout=10)

    assert (code, process.returncode) == (1001, 0)
    assert "Traceback" not in errors
    assert manager.answers == [True, True]


async def test_a_session_that_does_not_end_after_all_ends_nothing(bus: str, manager: FakeSessionManager) -> None:
    ending = Ending(bus)
    ending.session.start()
    await until(lambda: manager.client)
    manager.tell("QueryEndSession", 0)
    manager.tell("CancelEndSession")
    await until(lambda: manager.answers)
    await ending.session.close()

    assert (ending.kept, ending.ended, manager.answers) == (1, 0, [True])


async def test_a_manager_that_comes_later_is_registered_with(bus: str) -> None:
    ending, late = Ending(bus), FakeSessionManager(bus)
    ending.session.start()
    await until(lambda: ending.session._bus is not None)  # noqa: SLF001  it has looked for one
    await late.open()
    await until(lambda: late.client)
    late.tell("Stop")
    await until(lambda: ending.ended == 1)
    await ending.session.close()
    late.close()


async def test_a_stranger_ends_nothing(bus: str, manager: FakeSessionManager) -> None:
    ending, stranger = Ending(bus), FakeSessionManager(bus)
    await stranger.open("org.example.Stranger")
    ending.session.start()
    await until(lambda: manager.client)
    stranger.tell("EndSession", 1, client=manager.client)
    await stranger.settle()
    manager.tell("QueryEndSession", 0)
    await until(lambda: manager.answers)
    await ending.session.close()
    stranger.close()

    assert (ending.kept, ending.ended) == (1, 0)


async def test_without_a_bus_nothing_is_said(tmp_path: Path) -> None:
    ending = Ending(f"unix:path={tmp_path}/none")
    ending.session.start()
    await ending.session.close()

    assert (ending.kept, ending.ended) == (0, 0)
