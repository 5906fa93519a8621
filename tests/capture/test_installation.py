from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

import pytest

from capture import installation
from capture.installation import MARK, Installation, bundle, portable_folder, video_advice
from gui.core.settings_file import SettingsFile


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    return tmp_path


def test_run_by_python() -> None:
    assert bundle() is None
    assert installation.installation() == "python"
    assert "pip install av" in video_advice().english


@pytest.mark.parametrize("kind", get_args(Installation))
def test_package_says_its_kind(frozen: Path, kind: Installation) -> None:
    (frozen / MARK).write_text(f"{kind}\n", encoding="ascii")

    assert bundle() == frozen
    assert installation.installation() == kind
    assert video_advice()
    assert kind == "python" or "pip" not in video_advice().english


@pytest.mark.parametrize("mark", [None, b"", b"a kind of tomorrow\n", b"\xff\xfe"])
def test_frozen_without_a_known_kind_is_carried_by_hand(frozen: Path, mark: bytes | None) -> None:
    if mark is not None:
        (frozen / MARK).write_bytes(mark)

    assert installation.installation() == "portable"


def test_frozen_program_is_not_told_of_pip(frozen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from capture.video.encoder import video_problem
    from server import doctor

    for name in ("av", "av.codec"):
        monkeypatch.setitem(sys.modules, name, None)
    (frozen / MARK).write_text("deb", encoding="ascii")

    assert video_problem().english.startswith("Video comes in a package of its own. Install the package panecast-video")
    assert "Python" not in {check.name for check in doctor.checks()}


def test_copy_that_is_carried_about_keeps_its_settings_beside_it(
    frozen: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path_factory.mktemp("stick") / "Panecast" / "panecast"
    program.parent.mkdir()
    program.touch()
    link = frozen / "panecast"
    link.symlink_to(program)
    for started_as in (program, link):
        monkeypatch.setattr(sys, "executable", str(started_as))
        program.with_name("portable").unlink(missing_ok=True)
        assert portable_folder() is None
        program.with_name("portable").touch()
        assert portable_folder() == program.with_name("settings")
        assert SettingsFile().path == program.with_name("settings") / "settings.toml"
    assert SettingsFile(frozen).path == frozen / "settings.toml"


def test_portable_beside_python_itself_means_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "portable").touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    assert portable_folder() is None
