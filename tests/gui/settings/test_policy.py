from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gui.core.settings import DECLARED, Settings
from gui.core.settings_file import SettingsFile
from gui.settings.policy import KEY, LOCKED_KEY, Policy, read_policy


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


class StandInRegistry:
    """Keys of HKEY_LOCAL_MACHINE in memory, asked as `winreg` is; one that is ``closed`` nobody may read."""

    HKEY_LOCAL_MACHINE, KEY_READ, KEY_WOW64_64KEY = 0x80000002, 0x20019, 0x100

    def __init__(self, **keys: dict[str, Any]) -> None:
        self.keys = {KEY: keys.get("defaults"), LOCKED_KEY: keys.get("locked")}
        self.closed: set[str] = set()

    @contextmanager
    def OpenKey(self, key: int, sub_key: str, reserved: int, access: int) -> Iterator[str]:  # noqa: N802
        assert (key, reserved, access) == (self.HKEY_LOCAL_MACHINE, 0, self.KEY_READ | self.KEY_WOW64_64KEY)
        if sub_key in self.closed:
            raise PermissionError(13, "Access is denied")
        if self.keys[sub_key] is None:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        yield sub_key

    def EnumValue(self, key: str, index: int) -> tuple[str, Any, int]:  # noqa: N802
        values = list((self.keys[key] or {}).items())
        if index >= len(values):
            raise OSError(259, "No more data is available")
        return (*values[index], 1)


def test_of_windows_the_registry_gives_defaults_and_locks(tmp_path: Path) -> None:
    registry = StandInRegistry(
        defaults={"fps": 12, "quality": 50, "pointer": 0, "never_shown": ["secret.exe"]}, locked={"https": 1}
    )
    (tmp_path / "settings.toml").write_text("quality = 90\nhttps = false\n", encoding="utf-8")
    file = SettingsFile(tmp_path, read_policy(DECLARED, registry=registry))

    assert file.load() == Settings(fps=12, quality=90, pointer=False, never_shown=("secret.exe",), https=True)
    assert file.problems == ()
    assert file.policy.locked == {"https": True}


def test_without_the_keys_nothing_is_chosen() -> None:
    assert read_policy(DECLARED, registry=StandInRegistry()) == Policy()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"fps": 0}, "“fps” cannot be 0. It is a whole number from 1 to 60."),
        ({"fps": "many"}, "“fps” cannot be"),
        ({"https": 2}, "“https” cannot be 2. It is true or false."),
        ({"format": b"jpeg"}, "“format” cannot be"),
    ],
)
def test_what_the_registry_has_and_cannot_be_is_said(values: dict[str, Any], words: str) -> None:
    policy = read_policy(DECLARED, registry=StandInRegistry(locked=values | {"of another version": 3}))

    assert policy.locked == {}
    (problem,) = policy.problems
    assert words in problem
    assert r"HKEY_LOCAL_MACHINE\Software\Policies\Panecast\Locked" in problem


def test_a_registry_that_cannot_be_read_is_said() -> None:
    registry = StandInRegistry(defaults={"fps": 12})
    registry.closed.add(LOCKED_KEY)

    policy = read_policy(DECLARED, registry=registry)

    assert policy.defaults == {"fps": 12}
    assert "cannot be read (Access is denied)" in policy.problems[0]
