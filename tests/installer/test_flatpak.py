"""The manifest of the Flatpak, as far as it can be looked at without building one."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from installer.metainfo import metainfo
from installer.project import APPLICATION, TOP

FILE = TOP / "installer" / "flatpak" / f"{APPLICATION}.yml"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_the_builder_reads_it_as_we_do(manifest: dict[str, Any]) -> None:
    if shutil.which("flatpak-builder") is None:
        pytest.skip("needs flatpak-builder")

    shown = subprocess.run(["flatpak-builder", "--show-manifest", FILE], check=True, capture_output=True, text=True)
    read = json.loads(shown.stdout)

    assert shown.stderr == ""
    assert {key: read[key] for key in ("id", "command", "finish-args")} == {
        key: manifest[key] for key in ("id", "command", "finish-args")
    }
    [module] = read["modules"]
    assert module["build-commands"] == manifest["modules"][0]["build-commands"]


def test_it_has_no_way_around_the_portals(manifest: dict[str, Any]) -> None:
    assert manifest["id"] == APPLICATION
    given = set(manifest["finish-args"])

    assert not [each for each in given if "x11" in each or "filesystem" in each or "session-bus" in each]
    assert {each for each in given if "talk-name" not in each} == {
        "--share=network",
        "--socket=wayland",
        "--device=dri",
    }


def test_people_are_told_what_it_cannot_do() -> None:
    words = metainfo(flatpak=True)

    assert "has no list\n      of windows" in words
    assert "hat keine Fensterliste" in words
    assert "This Flatpak" not in metainfo()
