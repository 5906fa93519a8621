"""The plists for macOS, and the script of the disk image as far as it goes without a Mac."""

from __future__ import annotations

import plistlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installer.macos.plists import SOURCES, info
from installer.project import APPLICATION, TOP, VERSION

STRING = re.compile(r'^"(\w+)" = "([^"\\]+)";$', re.MULTILINE)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "Info.plist"
    subprocess.run([sys.executable, TOP / "installer" / "macos" / "plists.py", path], check=True, cwd=path.parent)
    return path


def test_the_bundle_is_of_this_version_and_lives_in_the_menu_bar(written: Path) -> None:
    content = plistlib.loads(written.read_bytes())

    assert content == info()
    assert (content["CFBundleShortVersionString"], content["CFBundleVersion"]) == (VERSION, VERSION)
    assert content["CFBundleIdentifier"] == APPLICATION
    assert content["CFBundleExecutable"] == "panecast"
    assert content["LSUIElement"] is True


def test_the_system_can_say_why_it_asks() -> None:
    asked = {key for key in info() if key.endswith("UsageDescription")}
    german = dict(STRING.findall((SOURCES / "de.lproj" / "InfoPlist.strings").read_text(encoding="utf-8")))

    assert asked == {"NSLocalNetworkUsageDescription", "NSScreenCaptureUsageDescription"}
    assert asked <= set(german) <= set(info())
    assert "de" in info()["CFBundleLocalizations"]


def test_the_agent_starts_the_program_at_login_without_its_panel() -> None:
    agent = plistlib.loads((SOURCES / "launch-agent.plist").read_bytes())

    assert agent["Label"] == agent["AssociatedBundleIdentifiers"] == APPLICATION
    assert agent["ProgramArguments"] == [
        "/Applications/Panecast.app/Contents/MacOS/panecast",
        "--minimized",
        "--wait-tray",
    ]
    assert agent["RunAtLoad"] is True
    assert "KeepAlive" not in agent  # else nobody could quit it


def test_libraries_of_others_are_not_let_in() -> None:
    entitlements = plistlib.loads((SOURCES / "entitlements.plist").read_bytes())

    assert set(entitlements) == {"com.apple.security.cs.allow-unsigned-executable-memory"}


@pytest.mark.parametrize("name", ["Info.plist", "launch-agent.plist", "entitlements.plist"])
def test_another_reader_understands_them(name: str) -> None:
    if shutil.which("plistutil") is None:
        pytest.skip("needs plistutil (Debian: libplist-utils)")

    read = subprocess.run(["plistutil", "-i", SOURCES / name, "-f", "bin"], check=True, capture_output=True).stdout

    assert plistlib.loads(read) == plistlib.loads((SOURCES / name).read_bytes())


@pytest.mark.skipif(sys.platform == "darwin", reason="is about systems that are no Mac")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("build.sh", "build: the program for macOS is made on a Mac"),
        ("dmg.sh", "dmg: disk images are made on a Mac"),
    ],
)
def test_elsewhere_the_scripts_say_that_they_need_a_mac(name: str, said: str, tmp_path: Path) -> None:
    files = [tmp_path, tmp_path / "panecast.dmg"] if name == "dmg.sh" else []
    done = subprocess.run(["sh", SOURCES / name, *files], check=False, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stderr.startswith(said)
