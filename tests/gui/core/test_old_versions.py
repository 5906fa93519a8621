"""Every version that changed the settings, itself: what it writes loads today, and today's file survives its start."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from gui.core.settings import DECLARED, Settings
from gui.core.settings_file import SettingsFile
from gui.settings.policy import Policy
from tests.gui.core.every_setting import every_setting
from tests.gui.core.old_versions import OldVersion, commits

IS_LONG = bool(os.environ.get("PANECAST_LONG"))
PLACE = {"geometry", "splitter"}
"""Where the panel is: a start notes that anew."""


def test_no_setting_is_as_it_comes_along() -> None:
    """Else nothing would be seen of its loss."""
    assert [key for key in DECLARED if getattr(every_setting(), key) == getattr(Settings(), key)] == []


@pytest.mark.timeout(300)
@pytest.mark.skipif(not IS_LONG, reason="starts each old version: test.sh --long")
@pytest.mark.parametrize("commit", commits() if IS_LONG else [])
def test_today_s_file_survives_each_version_and_back(commit: str, tmp_path: Path) -> None:
    version = OldVersion.unpacked(commit, tmp_path / "version")
    config = tmp_path / "config"
    assert SettingsFile(config, Policy()).save(every_setting()) is None

    version.start_and_end(config, tmp_path / "log")
    kept = known(config)
    assert without_outputs(kept) == without_outputs(msgspec.structs.replace(every_setting(), **place_of(kept)))

    version.set_quality(config, 66)
    changed = known(config)
    assert changed == msgspec.structs.replace(kept, quality=66)

    version.write_anew(config, tmp_path / "new")
    anew = known(tmp_path / "new")
    written = [key for key in DECLARED if getattr(anew, key) != getattr(Settings(), key)]
    assert len(written) >= 9
    assert [key for key in written if getattr(anew, key) != getattr(changed, key)] == []


def known(config: Path) -> Settings:
    """Return what this version reads there, without complaint."""
    file = SettingsFile(config, Policy())
    found = file.load()
    assert file.problems == ()
    return found


def place_of(settings: Settings) -> dict[str, object]:
    return {key: getattr(settings, key) for key in PLACE}


def without_outputs(settings: Settings) -> Settings:
    """Return them without the outputs of monitors, which the first versions drop: they know monitors by number."""
    return msgspec.structs.replace(
        settings, shared=tuple(msgspec.structs.replace(each, output="") for each in settings.shared)
    )
