"""setup.exe and the portable archive, made and tried under wine: as far as wine shows, a real Windows comes after."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from server import __version__
from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import XServer
from tests.install.wine import APPROVED, PROJECT, RUN, SCRIPTS, UNINSTALL, Wine, wait_until

pytestmark = [pytest.mark.packages, pytest.mark.timeout(1800)]

DIST = PROJECT / "dist"
SETUP = DIST / f"panecast-{__version__}-setup.exe"
ARCHIVE = DIST / f"panecast-{__version__}-windows-x64.zip"
PASSWORD = "of the test alone"
NEWER, STILL_RUNS = 3, 4
MB = 1_000_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What programs are signed with: a certificate that nobody else has."""
    folder = tmp_path_factory.mktemp("certificate")
    key, cert, both = folder / "key.pem", folder / "cert.pem", folder / "both.p12"
    make = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Panecast-Test -addext extendedKeyUsage=codeSigning"
    )
    subprocess.run([*make.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
    pack = ["openssl", "pkcs12", "-export", "-inkey", key, "-in", cert, "-out", both, "-passout", f"pass:{PASSWORD}"]
    subprocess.run(pack, check=True)
    (folder / "password").write_text(PASSWORD + "\n")
    return {
        "PANECAST_SIGN_PKCS12": str(both),
        "PANECAST_SIGN_PASSWORD": str(folder / "password"),
        "CERTIFICATE": str(cert),
    }


@pytest.fixture(scope="module")
def setup(certificate: dict[str, str]) -> Path:
    """The setup program, signed. With PANECAST_BUILT=1 what lies in dist/ is taken as it is."""
    if os.environ.get("PANECAST_BUILT") != "1":
        command = ["sh", SCRIPTS / "build.sh", "--video"]
        subprocess.run(command, env=os.environ | certificate, check=True, timeout=1500)
    print(f"{SETUP.name}: {SETUP.stat().st_size / MB:.1f} MB")
    return SETUP


@pytest.fixture(scope="module")
def wine() -> Iterator[Wine]:
    server = XServer()
    system = Wine("trial", server.name)
    yield system
    system.close()
    server.close()


class Installed:
    """The program as setup has laid it out."""

    def __init__(self, wine: Wine, folder: Path) -> None:
        self.wine = wine
        self.folder = folder
        self.program, self.command = folder / "panecast.exe", folder / "panecast-cli.exe"
        self.settings = wine.user / "AppData/Local/panecast"
        self.shortcut = wine.user / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Panecast.lnk"

    @contextlib.contextmanager
    def sharing(self, *arguments: str) -> Iterator[int]:
        """Have the panel share the demo, and give its port once that answers."""
        port = free_port()
        with self.wine.start(self.program, "--share", "demo", "--port", str(port), *arguments):
            try:
                took = wait_until(lambda: health(port), 60)
                print(f"the panel's address answers after {took:.1f} s")
                yield port
            finally:
                self.end()

    def end(self) -> None:
        """End all copies."""
        for pid in self.wine.running(self.program):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not self.wine.running(self.program), 20)


@pytest.fixture(scope="module")
def installed(wine: Wine, setup: Path) -> Installed:
    """As an administrator installs it, without a word."""
    began = time.monotonic()
    code, said = wine.run(setup, "/S")
    print(f"silent installation: {time.monotonic() - began:.1f} s")
    assert (code, said) == (0, "")
    return Installed(wine, wine.user / "AppData/Local/Programs/Panecast")


def health(port: int) -> dict[str, object]:
    """Return what the server at ``port`` says of itself; nothing as long as it does not answer."""
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
        return dict(json.load(answer))
    return {}


async def pictures(port: int, count: int) -> list[dict[str, object]]:
    """Return so many pictures of the demo, in the JSON form."""
    found: list[dict[str, object]] = []
    async with ClientSession() as client, client.ws_connect(f"http://127.0.0.1:{port}/stream/demo") as stream:
        async for message in stream:
            told = json.loads(message.data)
            if told["type"] == "frame":
                found.append(told["data"])
            if len(found) == count:
                break
    return found


def test_it_is_as_small_as_it_is_to_be(setup: Path) -> None:
    assert setup.stat().st_size <= 52 * MB


def test_setup_tells_windows_what_it_has_installed(installed: Installed) -> None:
    wine = installed.wine

    assert installed.program.is_file()
    assert installed.shortcut.is_file()
    assert wine.value(UNINSTALL, "DisplayVersion") == __version__
    assert wine.value(UNINSTALL, "Publisher") == "Panecast contributors"
    assert wine.value(UNINSTALL, "DisplayIcon").endswith(r"Panecast\panecast.exe,0")
    assert wine.value(UNINSTALL, "QuietUninstallString").endswith(r'\uninstall.exe" /S')
    on_disk = sum(path.stat().st_size for path in installed.folder.rglob("*") if path.is_file()) // 1024
    assert abs(int(wine.value(UNINSTALL, "EstimatedSize"), 16) - on_disk) < on_disk // 20
    assert not wine.value(RUN, "Panecast"), "nobody asked for it to start with Windows"
    assert not list(installed.folder.rglob("icuuc.dll")), "the stand-in is for trials alone"


def test_the_program_with_a_console_answers_there(installed: Installed) -> None:
    assert installed.wine.run(installed.command, "--version") == (0, f"panecast {__version__}\n")
    _, said = installed.wine.run(installed.command, "doctor")
    assert "Video: H.264 by " in said


def test_it_tries_the_ways_to_take_pictures_on_windows_of_its_own(installed: Installed) -> None:
    """In a process of its own, which is this program again: what each way does there is seen from source."""
    _, said = installed.wine.run(installed.command, "--lang", "en", "doctor", "--try")
    rows = [line.split() for line in said.splitlines()]
    assert ["PrintWindow", "window", "yes"] in [row[:3] for row in rows], said
    assert ["BitBlt", "screen", "yes"] in [row[:3] for row in rows], said
    wait_until(lambda: not installed.wine.running(installed.command), 20)


def test_the_program_without_one_ends_with_its_code(installed: Installed) -> None:
    assert installed.wine.run(installed.program, "--version")[0] == 0
    assert installed.wine.run(installed.program, "--port", "none")[0] == 2


async def test_the_demo_arrives_and_a_second_start_calls_the_first(installed: Installed) -> None:
    with installed.sharing() as port:
        shown = await pictures(port, 30)
        assert {(each["width"], each["height"]) for each in shown} == {(1280, 720)}
        # The last one comes again where nothing has changed.
        assert len({each["frame_number"] for each in shown}) > 10
        began = time.monotonic()
        assert installed.wine.run(installed.program)[0] == 0
        print(f"second start: {time.monotonic() - began:.1f} s")
        assert health(port)["status"] == "ok"


def test_what_is_signed_is_verified_and_starts(
    installed: Installed, setup: Path, certificate: dict[str, str], tmp_path: Path
) -> None:
    for path in (setup, installed.program, installed.command, installed.folder / "uninstall.exe"):
        copy = tmp_path / path.name
        shutil.copy(path, copy)
        if os.environ.get("PANECAST_BUILT") == "1":
            subprocess.run(["sh", SCRIPTS / "sign.sh", copy], env=os.environ | certificate, check=True)
        verify = ["osslsigncode", "verify", "-CAfile", certificate["CERTIFICATE"], "-in", copy]
        done = subprocess.run(verify, capture_output=True, text=True, check=False)
        assert "Signature verification: ok" in done.stdout, done.stdout + done.stderr
    shutil.copy(tmp_path / "panecast-cli.exe", installed.command)
    assert installed.wine.run(installed.command, "--version")[0] == 0


def test_nothing_is_signed_without_a_certificate_and_that_is_said(tmp_path: Path) -> None:
    file = tmp_path / "program.exe"
    file.write_bytes(b"MZ")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PANECAST_SIGN")}
    done = subprocess.run(["sh", SCRIPTS / "sign.sh", file], env=kept, capture_output=True, text=True, check=False)

    assert (done.returncode, file.read_bytes()) == (0, b"MZ")
    assert done.stderr.startswith("Not signed")


def test_upgrade_over_a_running_copy_keeps_what_was_set(installed: Installed, setup: Path) -> None:
    wine = installed.wine
    wine.write(RUN, "Panecast", rf'"{wine.inside(installed.program)}" --minimized')
    (installed.folder / "_internal" / "of-the-old-version.dll").touch()
    with installed.sharing() as port:
        before = wine.running(installed.program)
        code, _ = wine.run(setup, "/S")

        assert code == 0
        assert not set(before) & set(wine.running(installed.program)), "the old copy has ended"
        assert not (installed.folder / "_internal" / "of-the-old-version.dll").exists()
        assert not {"new", "old"} & {path.name for path in installed.folder.iterdir()}
        assert tomllib.loads((installed.settings / "settings.toml").read_text())["port"] == port
        assert wine.value(RUN, "Panecast")
        took = wait_until(lambda: wine.running(installed.program), 30)
        print(f"the new copy runs {took:.1f} s after setup")
        installed.end()


def test_setup_that_was_broken_off_has_harmed_nothing(installed: Installed, setup: Path) -> None:
    wine = installed.wine
    with wine.start(setup, "/S"):
        wait_until((installed.folder / "new").exists, 60)
        for pid in wine.running(setup):
            os.kill(pid, signal.SIGKILL)
    assert (installed.folder / "new").exists(), "it was in the middle"
    assert wine.run(installed.command, "--version")[0] == 0

    assert wine.run(setup, "/S")[0] == 0
    assert not (installed.folder / "new").exists()
    assert wine.run(installed.command, "--version")[0] == 0


def test_setup_of_an_older_version_asks_first(installed: Installed, setup: Path) -> None:
    """Silently it refuses, until the command line says that it is meant."""
    installed.wine.write(UNINSTALL, "DisplayVersion", "99.0.0")

    assert installed.wine.run(setup, "/S")[0] == NEWER
    assert installed.wine.value(UNINSTALL, "DisplayVersion") == "99.0.0"
    assert installed.wine.run(setup, "/S", "/DOWNGRADE")[0] == 0
    assert installed.wine.value(UNINSTALL, "DisplayVersion") == __version__


def test_video_can_be_left_out(installed: Installed, setup: Path) -> None:
    assert installed.wine.run(setup, "/S", "/NOVIDEO")[0] == 0
    assert not (installed.folder / "_internal/av").exists()
    _, said = installed.wine.run(installed.command, "doctor")
    assert "Run the setup program again and tick Video" in said
    assert installed.wine.run(setup, "/S")[0] == 0
    assert not (installed.folder / "_internal/av").exists(), "it was chosen so last time"
    assert installed.wine.run(setup, "/S", "/VIDEO")[0] == 0
    assert (installed.folder / "_internal/av").exists()


def test_another_place_takes_over_from_the_first(installed: Installed, setup: Path) -> None:
    other = installed.wine.drive / "Übung"
    assert installed.wine.run(setup, "/S", rf"/D={installed.wine.inside(other)}")[0] == 0

    assert not installed.folder.exists()
    # What `reg` prints of other letters depends on the system's code page.
    started = installed.wine.value(RUN, "Panecast")
    assert re.fullmatch(r'"C:\\.{1,2}bung\\panecast\.exe" --minimized', started), started
    assert installed.wine.run(other / "panecast-cli.exe", "--version")[0] == 0
    assert installed.wine.run(setup, "/S", rf"/D={installed.wine.inside(installed.folder)}")[0] == 0
    assert not other.exists()


def test_removal_leaves_the_settings_and_nothing_else(installed: Installed) -> None:
    wine = installed.wine
    wine.write(APPROVED, "Panecast", "02")
    own = installed.folder / "of somebody else.txt"
    own.touch()

    assert wine.run(installed.folder / "uninstall.exe", "/S")[0] == 0
    # The program that removes goes on as a copy of itself.
    wait_until(lambda: not (installed.folder / "uninstall.exe").exists() and not wine.keeps_key(UNINSTALL), 30)

    assert list(installed.folder.iterdir()) == [own]
    own.unlink()
    installed.folder.rmdir()
    assert not installed.shortcut.exists()
    assert not wine.value(RUN, "Panecast")
    assert not wine.value(APPROVED, "Panecast")
    assert (installed.settings / "settings.toml").exists()


def test_the_archive_keeps_its_settings_beside_it(wine: Wine, setup: Path) -> None:
    stick = wine.drive / "Ein Stick, größer"
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(stick)
    carried = Installed(wine, stick / "Panecast")
    shutil.rmtree(carried.settings, ignore_errors=True)

    with carried.sharing() as port:
        assert (carried.folder / "settings/panecast.lock").exists()
        assert wine.run(carried.command, "quit")[0] == 0
        wait_until(lambda: not wine.running(carried.program), 20)
        assert tomllib.loads((carried.folder / "settings/settings.toml").read_text())["port"] == port
    assert not carried.settings.exists()
    _, said = wine.run(carried.command, "doctor")
    assert "Unpack the archive panecast-video" in said
