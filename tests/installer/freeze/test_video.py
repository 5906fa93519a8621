from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

from installer.freeze.video import MARK, replace_by_stand_in


def _compiled(path: Path, code: str, *options: str | Path) -> Path:
    source = path.with_suffix(".c")
    source.write_text(code, encoding="ascii")
    subprocess.run(["gcc", "-shared", "-fPIC", f"-Wl,-soname,{path.name}", "-o", path, source, *options], check=True)
    source.unlink()
    return path


def test_stand_in_has_what_is_used_and_gives_nothing(tmp_path: Path) -> None:
    codec = _compiled(
        tmp_path / "libcodec.so.1",
        "int one(void) { return 1; } int two(void) { return 2; } int unused(void) { return 3; }",
    )
    user = _compiled(
        tmp_path / "libuser.so",
        "int one(void); int two(void); int both(void) { return one() + two(); }",
        codec,
        "-Wl,-rpath,$ORIGIN",
    )

    replace_by_stand_in(codec, tmp_path, "return 0;")

    assert MARK.encode() in codec.read_bytes()
    assert ctypes.CDLL(str(user)).both() == 0
    assert not hasattr(ctypes.CDLL(str(codec)), "unused")


def test_equal_libraries_give_equal_stand_ins(tmp_path: Path) -> None:
    made = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        codec = _compiled(folder / "libcodec.so.1", "int one(void) { return 1; }")
        _compiled(folder / "libuser.so", "int one(void); int both(void) { return one(); }", codec)
        replace_by_stand_in(codec, folder, "return 0;")
        made.append(codec.read_bytes())

    assert made[0] == made[1]
