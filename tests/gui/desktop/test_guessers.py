"""Who guesses is told of beside the tray's icon, once for each wait."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.core.access import AccessController
from gui.core.encryption import Encryption
from gui.core.settings import Settings
from gui.desktop.notices import Notices
from gui.dialogs.access_windows import AccessWindows
from gui.widgets.icons import Icons
from server.access.lockout import EACH
from server.net.peers import Peer
from tests.gui.desktop.heard_tray import HeardTray
from tests.helpers.desk import Desk

GUESSER = Peer.of("192.168.77.32")


async def test_a_guesser_is_told_of_once_for_each_wait(qtbot: QtBot, icons: Icons, tmp_path: Path) -> None:
    desk = Desk(Settings())
    access_controller = AccessController(desk.controller, desk.registry, desk.server)
    tray = HeardTray(icons)
    notices = Notices(tray, Settings, lambda kind: None)
    encryption = Encryption(desk.controller, tmp_path)
    doorway = AccessWindows(desk.controller, access_controller, encryption, tray, tmp_path / "log", notices)

    for _ in range(EACH.failures - 1):
        access_controller.access.lockout.failed(GUESSER, "PIN")
    assert tray.said == []
    access_controller.access.lockout.failed(GUESSER, "PIN")

    assert tray.said == [
        (
            "Someone is trying to get in",
            "5 wrong PINs were entered from 192.168.77.32. Next try possible in 1 minute.",
        )
    ]
    doorway.close()
    access_controller.access.lockout.failed(GUESSER, "PIN")
    assert len(tray.said) == 1
    access_controller.close()
    await desk.close()
