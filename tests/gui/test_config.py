"""``panecast config`` where no copy runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from gui.__main__ import main
from gui.core.settings_file import SettingsFile
from server.folder_lock import lock_folder
from tests.gui.test_app import lightly


def test_settings_are_read_and_changed_without_a_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "set", "fps", "15", "--config-dir", str(tmp_path)]) == 0
    assert main(["config", "get", "fps", "--config-dir", str(tmp_path)]) == 0

    assert capsys.readouterr().out == "fps = 15\n15\n"
    assert SettingsFile(tmp_path).load().fps == 15


def test_reading_leaves_nothing_behind(tmp_path: Path) -> None:
    assert main(["config", "list", "--config-dir", str(tmp_path / "new")]) == 0

    assert not (tmp_path / "new").exists()


def test_the_variable_names_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    SettingsFile(tmp_path).save(SettingsFile(tmp_path).load())
    monkeypatch.setenv("PANECAST_CONFIG", str(tmp_path))
    assert main(["config", "set", "quality", "33"]) == 0

    assert SettingsFile(tmp_path).load().quality == 33
    assert main(["config", "get", "quality", "--config-dir", str(tmp_path / "other")]) == 0
    assert capsys.readouterr().out.endswith("\n80\n")


def test_a_folder_that_another_program_has_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.remote.claim.ANSWER_SECONDS", 0.1)
    monkeypatch.setattr("server.remote.claim.START_SECONDS", 0.1)
    lock = lock_folder(tmp_path, "another one")
    try:
        assert main(["config", "set", "fps", "15", "--config-dir", str(tmp_path)]) == 1
    finally:
        lock.release()
    assert "uses the settings folder" in capsys.readouterr().err
    assert not (tmp_path / "settings.toml").exists()


def test_no_window_system_is_loaded(tmp_path: Path) -> None:
    done = lightly(["config", "set", "port", "70000", "--config-dir", str(tmp_path)])

    assert done.returncode == 2
    assert "from 1 to 65535" in done.stderr
    assert "PySide6" not in done.stdout.splitlines()[-1]
