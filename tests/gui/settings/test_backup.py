from __future__ import annotations

from pathlib import Path

import pytest

from gui.core.settings import NAME as SETTINGS
from gui.settings.backup import COSTS, BadBackup, gathered, opened, sealed
from gui.settings.restore import NAMES, STAGED, discard, finish, stage
from server.access.store import NAME as LINKS
from server.net.certificates import OWN_FILE

ACCESS = b'{"version":1}'
FILES = {"settings.toml": b"fps = 7\n", "access.json": ACCESS}


def sealed_quickly(files: dict[str, bytes] = FILES) -> bytes:
    return sealed(files, "correct horse", COSTS[0])


def kept(folder: Path, **files: bytes) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)


def test_everything_comes_back_and_what_was_there_is_kept(tmp_path: Path) -> None:
    here = tmp_path / "here"
    kept(here, settings_toml=b"fps = 7\n", access_json=ACCESS)
    backup = sealed_quickly(gathered(here))
    assert b"fps" not in backup
    there = tmp_path / "there"
    kept(there, settings_toml=b"fps = 60\n")
    stage(there, opened(backup, "correct horse"))
    assert (there / "settings.toml").read_bytes() == b"fps = 60\n", "until the next start nothing is another"

    assert "restored" in finish(there)
    assert gathered(there) == FILES
    assert (there / "before-restore" / "settings.toml").read_bytes() == b"fps = 60\n"
    assert not (there / STAGED).exists()
    assert finish(there) == ""


def test_the_names_are_those_of_the_files() -> None:
    assert NAMES == (SETTINGS, LINKS, OWN_FILE)


def test_an_interrupted_restore_goes_on(tmp_path: Path) -> None:
    kept(tmp_path, settings_toml=b"fps = 60\n", access_json=b"old")
    stage(tmp_path, FILES)
    # It ended after the first file was moved away, and nothing was put in its place.
    (tmp_path / "before-restore").mkdir(mode=0o700)
    (tmp_path / "settings.toml").rename(tmp_path / "before-restore" / "settings.toml")
    finish(tmp_path)

    assert gathered(tmp_path) == FILES
    assert (tmp_path / "before-restore" / "settings.toml").read_bytes() == b"fps = 60\n"
    assert (tmp_path / "before-restore" / "access.json").read_bytes() == b"old"


def test_what_was_not_laid_ready_whole_is_not_used(tmp_path: Path) -> None:
    kept(tmp_path, settings_toml=b"fps = 60\n")
    stage(tmp_path, FILES)
    (tmp_path / STAGED / "ready").unlink()

    assert finish(tmp_path) == ""
    assert gathered(tmp_path) == {"settings.toml": b"fps = 60\n"}
    discard(tmp_path)
    assert stage(tmp_path, FILES) == "before-restore"


BACKUP = sealed_quickly()
HEAD = BACKUP.index(b"\n", BACKUP.index(b"\n") + 1)


@pytest.mark.parametrize(
    ("content", "password", "words"),
    [
        (BACKUP, "wrong horse", "password is wrong"),
        (BACKUP[:-1] + bytes([BACKUP[-1] ^ 1]), "correct horse", "password is wrong, or the backup is damaged"),
        (BACKUP[: HEAD + 1], "correct horse", "damaged"),
        (BACKUP.replace(b'"nonce"', b'"nonsense"'), "correct horse", "damaged"),
        (BACKUP.replace(b'"cost": 16384', b'"cost": 1073741824'), "correct horse", "damaged"),
        (BACKUP.replace(b"backup 1", b"backup 2"), "correct horse", "newer Panecast"),
        (b"PK\x03\x04", "correct horse", "not a backup"),
        (b"", "", "not a backup"),
        (sealed_quickly({"settings.toml": b"= ="}), "correct horse", "cannot use"),
        (sealed_quickly({"access.json": b'{"version":2}'}), "correct horse", "cannot use"),
        (sealed_quickly({"https.pem": b"-----BEGIN"}), "correct horse", "cannot use"),
        (sealed_quickly({"elsewhere": b""}), "correct horse", "cannot use"),
    ],
)
def test_what_cannot_be_restored_says_why(content: bytes, password: str, words: str) -> None:
    with pytest.raises(BadBackup) as caught:
        opened(content, password)

    assert words in str(caught.value)
