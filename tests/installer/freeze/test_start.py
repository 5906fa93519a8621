from __future__ import annotations

import ctypes.util
import os
from pathlib import Path

import pytest

from installer.freeze.start import FOREIGN, find_library, first_cause, stand_alone


def test_library_of_the_bundle_comes_first(tmp_path: Path) -> None:
    (tmp_path / "libxcb-shm.so.0").touch()

    def elsewhere(name: str) -> str:
        return f"system's {name}"

    assert find_library("xcb-shm", tmp_path, elsewhere) == str(tmp_path / "libxcb-shm.so.0")
    assert find_library("xcb", tmp_path, elsewhere) == "system's xcb"


def test_environment_leads_to_nothing_foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", ctypes.util.find_library)  # put back afterwards
    for name in FOREIGN:
        monkeypatch.setenv(name, "/somewhere")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    monkeypatch.setenv("PYINSTALLER_RESET_ENVIRONMENT", "")  # put back afterwards
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/opt/theirs")

    stand_alone(tmp_path)

    assert not set(FOREIGN) & set(os.environ)
    assert os.environ["LD_LIBRARY_PATH"] == "/opt/theirs"
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ
    assert os.environ["PYINSTALLER_RESET_ENVIRONMENT"] == "1"

    stand_alone(tmp_path)

    assert "LD_LIBRARY_PATH" not in os.environ


def test_first_cause_is_told_in_one_line() -> None:
    said_by_numpy = ImportError("\n\nIMPORTANT: PLEASE READ THIS\n…")
    said_by_numpy.__cause__ = ModuleNotFoundError("No module named 'numpy._core._multiarray_umath'\nand more")

    assert first_cause(said_by_numpy) == "No module named 'numpy._core._multiarray_umath'"
