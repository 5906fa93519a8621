from __future__ import annotations

import ctypes.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from installer.freeze.finish import list_libraries, strip
from installer.freeze.start import FOREIGN, broken_library, find_library, first_cause, is_cut_off, stand_alone

of_linux = pytest.mark.skipif(sys.platform != "linux", reason="a matter of Linux")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The folder of a frozen program with two libraries in it, one of them stripped."""
    source = tmp_path / "part.c"
    source.write_text("int answer(void) { return 42; }\n", encoding="ascii")
    folder = tmp_path / "_internal"
    for name in ("libwhole.so.1", "inner/part.so"):
        library = folder / name
        library.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-g", "-shared", "-fPIC", "-o", library, source], check=True)
    strip(folder / "inner")
    list_libraries(folder, "panecast")
    return folder


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


@of_linux
def test_library_that_is_whole_is_not_complained_of(bundle: Path) -> None:
    assert "inner/part.so" in (bundle / "panecast.libraries").read_text()
    assert broken_library(bundle) == ""


@of_linux
@pytest.mark.parametrize("kept", [0, 63, 100, 4096, -1])
def test_library_whose_end_is_missing_is_named(bundle: Path, kept: int) -> None:
    library = bundle / "inner/part.so"
    library.write_bytes(library.read_bytes()[:kept])

    assert broken_library(bundle) == "inner/part.so"


@of_linux
def test_library_that_is_gone_is_named_by_the_list_it_stands_in(bundle: Path) -> None:
    (bundle / "libvideo.so").write_bytes((bundle / "libwhole.so.1").read_bytes())
    list_libraries(bundle, "panecast-video")
    (bundle / "libvideo.so").unlink()

    assert broken_library(bundle) == "libvideo.so"


@of_linux
def test_another_library_may_be_put_in_place_of_one(bundle: Path) -> None:
    library = bundle / "libwhole.so.1"
    library.write_bytes((bundle / "inner/part.so").read_bytes())

    assert broken_library(bundle) == ""


def test_of_other_systems_libraries_nothing_is_said(tmp_path: Path) -> None:
    library = tmp_path / "part.dll"
    library.write_bytes(b"MZ" + bytes(100))

    assert not is_cut_off(library)
