"""HTTPS in one switch: what is wished for is what is spoken, and nothing is sent in the clear when it cannot be."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import websockets
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.core.encryption import Encryption
from gui.core.settings import Settings
from gui.dialogs.encryption import HALF, NONE_YET, EncryptionWindow
from server.protocol.wire import MANY_PROTOCOL
from tests.helpers.desk import Desk
from tests.helpers.ports import free_port


class SafeDesk(Desk):
    """A desk that may encrypt."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Settings(port=free_port()))
        self.encryption = Encryption(self.controller, folder)

    async def start(self) -> None:
        self.controller.start()
        await self.until(lambda: self.controller.state.phase == "sharing")

    async def fingerprint(self) -> str:
        """Return that of the certificate which a caller meets."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        _, writer = await asyncio.open_connection("127.0.0.1", self.server.port, ssl=context)
        found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        return hashlib.sha256(found).hexdigest().upper()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[SafeDesk]:
    made = SafeDesk(tmp_path / "panecast")
    yield made
    await made.close()


async def test_one_switch_encrypts_and_the_fingerprint_is_the_one_that_is_met(desk: SafeDesk) -> None:
    desk.encryption.switch(True)
    await desk.start()

    assert desk.controller.state.url.startswith("https://localhost:")
    assert desk.encryption.certificate is not None
    assert await desk.fingerprint() == desk.encryption.certificate.fingerprint.replace(":", "")


async def test_the_switch_acts_while_sharing(desk: SafeDesk) -> None:
    await desk.start()
    assert desk.controller.state.url.startswith("http://")

    copied: list[str] = []
    desk.encryption.copy_link = lambda: copied.append(desk.controller.state.url)
    for is_on, scheme, reason in ((True, "https://", "encrypted"), (False, "http://", "moved")):
        trust = ssl._create_unverified_context() if not is_on else None  # noqa: SLF001  it is our own
        address = desk.controller.state.url.replace("http", "ws", 1)
        async with websockets.connect(f"{address}/streams", subprotocols=[MANY_PROTOCOL], ssl=trust) as viewer:
            desk.encryption.switch(is_on)
            with contextlib.suppress(websockets.ConnectionClosed):
                while True:
                    await viewer.recv()
        assert (viewer.close_code, viewer.close_reason) == (1001, reason)
        await desk.until(lambda: desk.controller.state.is_sharing and desk.controller.state.message is not None)
        message = desk.controller.state.message
        assert desk.controller.state.url.startswith(scheme)
        assert f"now begins with {scheme}" in message.text
        assert message.action == "Copy link"
        message.act()
        desk.controller.dismiss(message.subject)
    assert [url.partition("/")[0] for url in copied] == ["https:", "http:"]
    assert not desk.encryption.is_on


async def test_where_it_cannot_be_encrypted_nothing_is_shared(desk: SafeDesk, tmp_path: Path) -> None:
    desk.encryption.use_files(str(tmp_path / "none.pem"), str(tmp_path / "none.key"))
    desk.encryption.switch(True)
    desk.controller.start()
    await desk.until(lambda: desk.controller.state.message is not None)

    assert desk.controller.state.message is not None
    assert "none.pem cannot be read" in desk.controller.state.message.text
    assert desk.controller.state.phase == "idle"
    assert not desk.server.is_running


async def test_files_of_the_persons_own_are_used_and_left_again(desk: SafeDesk, tmp_path: Path) -> None:
    desk.encryption.switch(True)
    await desk.start()
    made = desk.encryption.certificate
    assert made is not None
    other = Encryption(desk.controller, tmp_path / "other")
    await other.find_tls()
    assert other.certificate is not None
    path = str(other.certificate.chain_file)
    desk.controller.find_tls = desk.encryption.find_tls

    desk.encryption.use_files(path, path)
    await desk.until(lambda: desk.encryption.certificate != made and desk.controller.state.phase == "sharing")
    assert not desk.encryption.certificate.is_own
    assert await desk.fingerprint() == other.certificate.fingerprint.replace(":", "")

    desk.encryption.use_files("", "")
    await desk.until(lambda: desk.encryption.certificate == made)


async def test_the_window_shows_it_and_takes_wishes(desk: SafeDesk, qtbot: QtBot) -> None:
    window = EncryptionWindow()
    qtbot.addWidget(window)
    window.switched.connect(desk.encryption.switch)
    window.files_requested.connect(desk.encryption.use_files)
    desk.encryption.subscribe(lambda: window.show_encryption(desk.encryption))
    window.show_encryption(desk.encryption)
    window.show()
    assert window.about.text() == NONE_YET

    window.switch.setFocus()
    qtbot.keyClick(window.switch, Qt.Key.Key_Space)
    assert desk.encryption.is_on
    await desk.start()
    assert desk.encryption.certificate is not None
    assert window.fingerprint.text().replace("\n", ":") == desk.encryption.certificate.fingerprint
    assert "Made by Panecast" in window.about.text()

    window.certificate.setText("/somewhere/chain.pem")
    qtbot.mouseClick(window.use, Qt.MouseButton.LeftButton)
    assert window.problem.text() == HALF
    assert desk.encryption.files == ("", "")
    window.key.setText("/somewhere/key.pem")
    qtbot.mouseClick(window.use, Qt.MouseButton.LeftButton)
    assert desk.encryption.files == ("/somewhere/chain.pem", "/somewhere/key.pem")
