from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from installer.freeze.video import MARK
from installer.windows.video import MINGW, imported, replace_by_stand_in

pytestmark = pytest.mark.skipif(shutil.which(f"{MINGW}gcc") is None, reason="no compiler for Windows is installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One library that has three functions, and another one that asks for two of them."""

    def library(name: str, code: str, *linked: Path) -> None:
        (tmp_path / "code.c").write_text(code)
        words = [f"{MINGW}gcc", "-shared", "-o", tmp_path / name, tmp_path / "code.c", *linked]
        subprocess.run(words, check=True)

    library("libcodec-1.dll", "int one(void) { return 1; } int two(void) { return 2; } int three(void) { return 3; }")
    asks = "int one(void); int two(void); int both(void) { return one() + two(); }"
    library("libuser.dll", asks, tmp_path / "libcodec-1.dll")
    return tmp_path


def test_a_library_says_what_it_asks_of_another(folder: Path) -> None:
    assert sorted(imported("libcodec-1.dll", folder / "libuser.dll")) == ["one", "two"]
    assert imported("libother.dll", folder / "libuser.dll") == []


def test_a_stand_in_has_what_is_asked_for_and_says_what_it_is(folder: Path) -> None:
    library = folder / "libcodec-1.dll"
    replace_by_stand_in(library, "return 0;")
    first = library.read_bytes()
    told = subprocess.run([f"{MINGW}objdump", "-p", library], capture_output=True, text=True, check=True).stdout

    assert MARK.encode() in first
    assert " one\n" in told
    assert " two\n" in told
    assert "three" not in told
    replace_by_stand_in(library, "return 0;")
    assert library.read_bytes() == first, "equal each time"
