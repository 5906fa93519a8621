from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from installer.windows.archive import write_archive

EPOCH = 1_700_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    (made / "inner").mkdir(parents=True)
    (made / "inner" / "größer.txt").write_text("x" * 1000)
    (made / "program.exe").write_bytes(b"MZ")
    return made


def test_everything_lies_in_one_folder(folder: Path, tmp_path: Path) -> None:
    write_archive(folder, "Panecast", tmp_path / "a.zip", EPOCH)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["Panecast/inner/größer.txt", "Panecast/program.exe"]
        assert archive.read("Panecast/program.exe") == b"MZ"
        assert {entry.date_time for entry in archive.infolist()} == {(2023, 11, 14, 22, 13, 20)}


def test_equal_files_give_equal_bytes(folder: Path, tmp_path: Path) -> None:
    write_archive(folder, "", tmp_path / "a.zip", EPOCH)
    (folder / "program.exe").touch()
    write_archive(folder, "", tmp_path / "b.zip", EPOCH)

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
