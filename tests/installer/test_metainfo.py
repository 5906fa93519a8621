"""The AppStream metainfo."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from installer.metainfo import PLACE, TEMPLATE, completed, metainfo
from installer.project import APPLICATION, HOMEPAGE, TOP, VERSION, BadInput, Release

HINTS = {"cid-contains-uppercase-letter"}
"""The name is as the desktop file's, whose last part is written as the program is."""


def test_releases_and_addresses_are_filled_in() -> None:
    text = completed(
        f"@HOMEPAGE@\n{PLACE}", (Release("0.2.0", None), Release("0.1.0", date(2026, 1, 2))), date(2026, 5, 6)
    )

    assert text.startswith(f"{HOMEPAGE}\n  <releases>\n")
    found = ET.fromstring(text.partition("\n")[2])
    assert [(each.get("version"), each.get("date")) for each in found] == [
        ("0.2.0", "2026-05-06"),
        ("0.1.0", "2026-01-02"),
    ]


def test_a_template_without_a_place_for_releases_is_refused() -> None:
    with pytest.raises(BadInput, match="no single line '<releases/>'"):
        completed("<component/>", (), date(2026, 1, 2))


@pytest.mark.parametrize("flatpak", [False, True])
def test_the_validator_has_nothing_to_say(tmp_path: Path, flatpak: bool) -> None:
    if shutil.which("appstreamcli") is None:
        pytest.skip("needs appstreamcli (Debian: appstream)")
    path = tmp_path / TEMPLATE.name
    path.write_text(metainfo(flatpak), encoding="utf-8")

    done = subprocess.run(
        ["appstreamcli", "validate", "--no-net", "--pedantic", "--no-color", path],
        check=False,
        capture_output=True,
        text=True,
    )
    remarks = [line for line in done.stdout.splitlines() if line[:2] in ("E:", "W:", "I:", "P:")]

    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in remarks if not any(hint in line for hint in HINTS)] == []


def test_it_tells_of_this_version_and_of_pictures_that_are_there() -> None:
    tree = ET.fromstring(metainfo())

    assert next(each.get("version") for each in tree.findall("releases/release")) == VERSION
    images = [each.text or "" for each in tree.findall("screenshots/screenshot/image")]
    assert images
    for image in images:
        assert (TOP / "docs" / image.removeprefix(f"{HOMEPAGE}/")).is_file()


def test_it_names_the_same_app_as_the_desktop_file() -> None:
    tree = ET.fromstring(metainfo())

    assert tree.findtext("id") == APPLICATION
    assert tree.findtext("launchable") == f"{APPLICATION}.desktop"
    assert tree.findtext("icon") == APPLICATION


def test_each_text_is_there_in_german() -> None:
    tree = ET.fromstring(metainfo(flatpak=True))
    language = "{http://www.w3.org/XML/1998/namespace}lang"

    for path in ("summary", "description/p", "description/ul/li", "screenshots/screenshot/caption"):
        texts = tree.findall(path)
        assert len([each for each in texts if each.get(language) == "de"]) == len(texts) / 2 > 0
