"""The desktop file, and what the program's windows say of themselves."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installer.project import APPLICATION, TOP
from tests.helpers.x11.desktop import XServer

FILE = TOP / "installer" / "linux" / f"{APPLICATION}.desktop"
TRANSLATED = ("Name", "GenericName", "Comment", "Keywords")


@pytest.fixture(scope="module")
def sections() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(FILE, encoding="utf-8")
    return parser


def test_the_validator_has_nothing_to_say() -> None:
    if shutil.which("desktop-file-validate") is None:
        pytest.skip("needs desktop-file-validate (Debian: desktop-file-utils)")

    done = subprocess.run(["desktop-file-validate", FILE], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_each_text_is_there_in_german(sections: configparser.ConfigParser) -> None:
    for name in sections.sections():
        section = sections[name]
        texts = [key for key in TRANSLATED if key in section and section[key] != "Panecast"]
        assert texts
        assert [key for key in texts if f"{key}[de]" not in section] == []


def test_actions_are_listed_and_call_the_program(sections: configparser.ConfigParser) -> None:
    actions = sections["Desktop Entry"]["Actions"].rstrip(";").split(";")

    assert [f"Desktop Action {each}" for each in actions] == sections.sections()[1:]
    assert [sections[name]["Exec"] for name in sections.sections()] == ["panecast", "panecast show", "panecast stop"]


@pytest.mark.x11
def test_the_panel_says_of_itself_what_the_desktop_file_says(
    sections: configparser.ConfigParser, xserver: XServer, tmp_path: Path
) -> None:
    # As the packages' file is named; a script has the name of its file.
    panel = subprocess.Popen(
        [Path(sys.executable).with_name("panecast"), "--config-dir", tmp_path],
        env={key: value for key, value in os.environ.items() if not key.startswith("QT_")},
        stderr=subprocess.DEVNULL,
    )
    try:
        looking = ["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(panel.pid), "--name", "^Panecast$"]
        window = subprocess.run(looking, check=True, capture_output=True, text=True, timeout=60).stdout.split()[0]
        asking = ["xprop", "-id", window, "WM_CLASS", "_KDE_NET_WM_DESKTOP_FILE"]
        said = subprocess.run(asking, check=True, capture_output=True, text=True).stdout
    finally:
        panel.terminate()
        panel.wait(timeout=20)

    name = sections["Desktop Entry"]["StartupWMClass"]
    assert said.splitlines() == [
        f'WM_CLASS(STRING) = "{name}", "{name}"',
        f'_KDE_NET_WM_DESKTOP_FILE(UTF8_STRING) = "{APPLICATION}"',
    ]
