from __future__ import annotations

from pathlib import Path

import pytest

from gui.core.settings import DECLARED, Settings
from gui.core.settings_file import SettingsFile
from gui.settings.policy import Policy, read_policy


def site(folder: Path, text: str) -> Path:
    """Return a folder of the system with an administrator's settings in it."""
    (folder / "panecast").mkdir(parents=True)
    (folder / "panecast" / "settings.toml").write_text(text, encoding="utf-8")
    return folder


def test_defaults_give_way_to_the_person_and_locks_do_not(tmp_path: Path) -> None:
    folder = site(tmp_path / "xdg", "fps = 12\nquality = 50\n[locked]\nhttps = true\n")
    policy = read_policy(DECLARED, (folder,))
    (tmp_path / "settings.toml").write_text("quality = 90\nhttps = false\n", encoding="utf-8")
    file = SettingsFile(tmp_path, policy)

    assert file.load() == Settings(fps=12, quality=90, https=True)
    assert file.problems == ()


def test_the_first_folder_has_the_last_word(tmp_path: Path) -> None:
    first = site(tmp_path / "first", "fps = 12\n")
    second = site(tmp_path / "second", "fps = 13\nquality = 50\n[locked]\nborder = true\n")

    policy = read_policy(DECLARED, (first, tmp_path / "none", second))

    assert policy == Policy({"fps": 12, "quality": 50}, {"border": True}, ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fps = ", "no TOML"),
        ("fps = 0", "“fps” cannot be 0. It is a whole number from 1 to 60."),
        ("[locked]\nformat = 'av2'", "“format” cannot be"),
        ("locked = true", "has to be a table"),
    ],
)
def test_what_cannot_be_used_is_said_and_changes_nothing(tmp_path: Path, text: str, words: str) -> None:
    folder = site(tmp_path / "xdg", text)
    file = SettingsFile(tmp_path, read_policy(DECLARED, (folder,)))

    assert file.load() == Settings()
    assert words in file.problems[0]
    assert str(folder) in file.problems[0]


def test_the_system_names_the_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site(tmp_path / "b", "fps = 12\n")
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"relative:{tmp_path / 'a'}:{tmp_path / 'b'}")

    assert read_policy(DECLARED).defaults == {"fps": 12}
