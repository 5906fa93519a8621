"""Whatever lies in the settings folder the start succeeds, says in words what was wrong, and keeps what was there."""

from __future__ import annotations

import contextlib
import random
import shutil
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from capture.feed.catalog import Catalog
from capture.platforms.demo import demo_source
from capture.privacy.masks import Mask
from gui.core.link_text import expiry_words, seen_words
from gui.core.privacy import rules_of
from gui.core.remembered import found_again, masks_again
from gui.core.settings import MaskedSource, SavedSource, Settings
from gui.core.settings_file import SettingsFile
from gui.panel.window import Panel
from gui.verbs import Verbs
from gui.widgets.icons import Icons
from server.access.control import AccessControl
from server.access.devices import Devices
from server.access.links import Links
from server.access.store import AccessState, AccessStore
from server.errors import CertificateError
from server.net.certificates import certificate_from_files, own_certificate
from server.net.peers import Peer
from server.sharing import ShareList, ShareRule
from tests.gui.core.damage import mutated, mutated_pem
from tests.load.parts import LONG

MUTATIONS = 1000 if LONG else 50
SETTINGS = Settings(
    port=9000,
    shared=(SavedSource(kind="desktop", id="0"), SavedSource(kind="window", app="xterm", title="build log")),
    masks=(
        MaskedSource(
            source=SavedSource(kind="window", app="xterm", title="a = “b”"), masks=(Mask(0.0, 0.25, 0.5, 1.0),)
        ),
    ),
    geometry="AdnQywADAAA=",
    splitter=(300, 600),
    never_shown=("keepassxc",),
    mode="network",
    interface="wlan0",
    address="192.168.1.20",
)


def links() -> AccessState:
    """Return links and devices of every kind."""
    made = Links()
    devices = Devices(made)
    link = made.make("Living room", (ShareRule.for_source(demo_source()), ShareRule("title", "ü")), expires=2e9)
    made.make("Kitchen", (ShareRule("all"),), most_devices=2, asks=True)
    made.revoke(made.make("Gone", ()).id)
    devices.admit(link, Peer.of("192.168.1.23"), "Firefox")
    devices.admit_program(link, Peer.of("fd00::1"), "VLC")
    return AccessState.of(made, devices, ["192.168.1.66"])


def contents(folder: Path) -> list[bytes]:
    """Return what the files in ``folder`` hold."""
    return [path.read_bytes() for path in folder.iterdir()]


def emptied(folder: Path) -> Path:
    """Return ``folder``, with nothing in it, for its owner only."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


@pytest.mark.panel
def test_no_settings_keep_the_panel_from_opening(tmp_path: Path, qtbot: QtBot) -> None:
    assert SettingsFile(tmp_path).save(SETTINGS) is None
    whole = SettingsFile(tmp_path).path.read_bytes()
    icons = Icons()
    chosen, panel = random.Random(19), Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    for number in range(MUTATIONS):
        file = SettingsFile(emptied(tmp_path / "settings"))
        content = mutated(chosen, whole)
        file.path.write_bytes(content)
        settings = file.load()

        if file.problems:
            assert content in contents(file.path.parent), f"{number}: {file.problems}"
        panel.place(settings.geometry, settings.splitter)
        rules_of(settings)
        found_again(settings.shared, (demo_source(),))
        masks_again(settings.masks, demo_source())
        assert file.save(settings) is None
        # What cannot be read stays in the file, and is said again.
        assert file.load() == settings


def test_no_links_keep_the_server_from_starting(tmp_path: Path) -> None:
    kept = links()
    assert AccessStore(tmp_path / "whole").save(kept) is None
    whole = AccessStore(tmp_path / "whole").path.read_bytes()
    chosen, now = random.Random(18), time.time()
    shares = ShareList(Catalog((demo_source(),)))
    for number in range(MUTATIONS):
        file = AccessStore(emptied(tmp_path / "settings"))
        content = mutated(chosen, whole)
        file.path.touch(mode=0o600)
        file.path.write_bytes(content)
        found = file.load()

        if file.problems:
            assert found == AccessState() or "newer version" in file.problems[0]
            assert content in contents(file.path.parent), f"{number}: {file.problems}"
        access = AccessControl(shares, found)
        for link in access.links.all.values():
            assert expiry_words(link.expires, now)
            assert seen_words(link.last_used, now)
        for device in access.devices.all.values():
            assert seen_words(device.last_seen, now)
            Peer.of(device.address)
        assert access.links.find("x") is None
        assert not access.links.was_revoked("x")
        assert file.save(found) is None
        assert (file.load(), file.problems) == (found, ())


@pytest.mark.filterwarnings("ignore:Parsed a:cryptography.utils.CryptographyDeprecationWarning")
def test_no_certificate_keeps_the_server_from_encrypting(tmp_path: Path) -> None:
    own_certificate(tmp_path / "whole", (), "host")
    whole = (tmp_path / "whole" / "https.pem").read_bytes()
    chosen = random.Random(17)
    for _ in range(MUTATIONS):
        folder = emptied(tmp_path / "settings")
        path = folder / "https.pem"
        content = mutated_pem(chosen, whole)
        path.touch(mode=0o600)
        path.write_bytes(content)
        with contextlib.suppress(CertificateError):  # in words; nothing else is raised
            certificate_from_files(path, path).context()
        own_certificate(folder, (), "host").context()

        assert content in contents(folder)
