"""The manifests of winget and Scoop, held to what these ask of their fields."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from capture.installation import PORTABLE, portable_folder
from installer import manifests as module
from installer.manifests import filled, manifests
from installer.project import HOMEPAGE, PUBLISHER, VERSION, BadInput

SETUP, ARCHIVE = f"panecast-{VERSION}-setup.exe", f"panecast-{VERSION}-windows-x64.zip"
HEAD = {"PackageIdentifier", "PackageVersion", "ManifestType", "ManifestVersion"}
NEEDED = {
    "version": HEAD | {"DefaultLocale"},
    "installer": HEAD | {"Installers"},
    "defaultLocale": HEAD | {"PackageLocale", "Publisher", "PackageName", "License", "ShortDescription"},
    "locale": HEAD | {"PackageLocale"},
}
"""By kind of manifest, the fields without which winget 1.9 refuses it."""


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a setup program and an archive, and others' files."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / SETUP).write_bytes(b"MZ setup")
    (folder / f"{SETUP}.sha256").write_text("")
    (folder / f"panecast-video-{VERSION}-windows-x64.zip").write_bytes(b"only what video adds")
    (folder / "panecast-0.0.1-windows-x64.zip").write_bytes(b"of an earlier version")
    pack(folder / ARCHIVE, "Panecast/")
    return folder


def pack(path: Path, folder: str, *without: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in {"panecast.exe", "panecast-cli.exe", "_internal/python311.dll"} - set(without):
            archive.writestr(folder + name, b"MZ")


def winget(made: dict[str, str]) -> dict[str, dict[str, Any]]:
    loaded = [yaml.safe_load(text) for name, text in made.items() if name.startswith("winget/")]
    return {f"{each['ManifestType']} {each.get('PackageLocale', '')}".strip(): each for each in loaded}


def test_winget_is_told_of_the_setup_program(dist: Path) -> None:
    found = winget(manifests(dist))

    [installer] = found["installer"]["Installers"]
    assert installer["InstallerUrl"] == f"{HOMEPAGE}/download/{VERSION}/{SETUP}"
    assert installer["InstallerSha256"] == hashlib.sha256(b"MZ setup").hexdigest().upper()
    assert date.fromisoformat(found["installer"]["ReleaseDate"]) == date(2026, 1, 1)
    assert found["installer"]["AppsAndFeaturesEntries"][0]["Publisher"] == PUBLISHER


def test_winget_gets_all_fields_that_it_needs(dist: Path) -> None:
    found = winget(manifests(dist))

    assert set(found) == {"version", "installer", "defaultLocale en-US", "locale de-DE"}
    for kind, content in found.items():
        assert NEEDED[kind.split()[0]] <= set(content)
        assert (content["PackageIdentifier"], content["PackageVersion"]) == ("Panecast.Panecast", VERSION)
        assert 3 <= len(content.get("ShortDescription", "three")) <= 256
        assert len(content.get("Tags", ())) <= 16
    assert found["version"]["DefaultLocale"] == found["defaultLocale en-US"]["PackageLocale"]


def test_scoop_is_told_of_the_archive(dist: Path) -> None:
    scoop = json.loads(manifests(dist)["scoop/panecast.json"])

    assert {"version", "homepage", "license", "description"} <= set(scoop)
    package = scoop["architecture"]["64bit"]
    assert package["url"] == f"{HOMEPAGE}/download/{VERSION}/{ARCHIVE}"
    assert package["hash"] == hashlib.sha256((dist / ARCHIVE).read_bytes()).hexdigest()
    assert package["extract_dir"] == "Panecast"
    assert re.fullmatch(r"[0-9a-f]{64}", package["hash"])


def test_an_update_by_scoop_keeps_the_settings_of_a_copy_that_is_carried_about(
    dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scoop = json.loads(manifests(dist)["scoop/panecast.json"])
    (tmp_path / PORTABLE).touch()
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    monkeypatch.setattr("sys.executable", str(tmp_path / "panecast.exe"))

    assert portable_folder() == tmp_path / scoop["persist"]


def test_an_archive_without_a_folder_needs_none(dist: Path) -> None:
    pack(dist / ARCHIVE, "")

    assert "extract_dir" not in json.loads(manifests(dist)["scoop/panecast.json"])["architecture"]["64bit"]


def test_the_command_line_writes_the_same_twice(dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for name in ("one", "two"):
        monkeypatch.setattr("sys.argv", ["manifests", str(dist), str(tmp_path / name)])
        assert module.main() == 0
        made.append({path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.*")})

    assert len(made[0]) == 5
    assert made[0] == made[1]


def test_what_is_missing_or_wrong_in_the_folder_is_said(dist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack(dist / ARCHIVE, "", "panecast-cli.exe")
    with pytest.raises(BadInput, match=r"windows-x64\.zip lacks"):
        manifests(dist)
    (dist / ARCHIVE).write_bytes(b"half of it")
    with pytest.raises(BadInput, match="is no zip file"):
        manifests(dist)
    (dist / f"panecast-{VERSION}-other.zip").touch()
    with pytest.raises(BadInput, match=r"one file panecast-.*\.zip\. There: panecast-.*, panecast-"):
        manifests(dist)
    (dist / SETUP).unlink()
    with pytest.raises(BadInput, match=r"setup\.exe\. There: none\. Build for Windows first"):
        manifests(dist)


def test_a_template_that_asks_for_more_is_refused() -> None:
    with pytest.raises(BadInput, match="asks for SIZE"):
        filled("@VERSION@ @SIZE@", {"VERSION": "1"})
