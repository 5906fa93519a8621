from __future__ import annotations

import ctypes
import struct
import subprocess
from pathlib import Path

from installer.freeze.finish import is_loadable, settle, strip


def _compiled(folder: Path, name: str, *options: str) -> Path:
    source = folder / "part.c"
    source.write_text("int answer(void) { return 42; }\n", encoding="ascii")
    library = folder / name
    subprocess.run(["gcc", "-g", "-shared", "-fPIC", *options, "-o", library, source], check=True)
    source.unlink()
    return library


def test_symbols_go_and_the_library_still_loads(tmp_path: Path) -> None:
    library = _compiled(tmp_path, "libpart.so.1")
    before = library.stat().st_size

    strip(tmp_path)

    assert library.stat().st_size < before
    assert ctypes.CDLL(str(library)).answer() == 42
    assert [path.name for path in tmp_path.iterdir()] == ["libpart.so.1"]


def test_libraries_are_looked_for_in_no_folder_of_the_build_machine(tmp_path: Path) -> None:
    far = _compiled(tmp_path, "libfar.so.1", "-Wl,-rpath,/home/somebody/lib")
    near = _compiled(tmp_path, "libnear.so.1", "-Wl,-rpath,$ORIGIN/parts")

    strip(tmp_path)

    told = {
        path: subprocess.run(["readelf", "-d", path], capture_output=True, check=True).stdout for path in (far, near)
    }
    assert b"somebody" not in told[far]
    assert b"$ORIGIN/parts" in told[near]
    assert ctypes.CDLL(str(far)).answer() == 42


def test_libraries_of_wheels_stay_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "some.libs"
    folder.mkdir()
    library = _compiled(folder, "libpart-1a2b.so")
    before = library.read_bytes()

    strip(tmp_path)

    assert library.read_bytes() == before


def test_what_is_no_library_is_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.so.txt"
    text.write_text("no library", encoding="ascii")

    strip(tmp_path)

    assert text.read_text(encoding="ascii") == "no library"


def test_segment_that_lies_askew_is_noticed(tmp_path: Path) -> None:
    library = bytearray(_compiled(tmp_path, "libpart.so.1").read_bytes())
    assert is_loadable(bytes(library))
    (table,) = struct.unpack_from("<Q", library, 32)
    size, count = struct.unpack_from("<HH", library, 54)
    (loaded,) = [
        at for at in range(table, table + size * count, size) if struct.unpack_from("<IIQ", library, at)[0::2] == (1, 0)
    ]
    struct.pack_into("<Q", library, loaded + 8, 8)

    assert not is_loadable(bytes(library))
    assert not is_loadable(b"MZ and so on")


def test_modes_and_times_are_those_of_a_package(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    inner = tree / "_internal"
    inner.mkdir(parents=True)
    for path in (tree / "panecast", tree / "NOTES.txt", inner / "libpart.so.1", inner / "data"):
        path.write_bytes(b"")
        path.chmod(0o600)
    (inner / "link").symlink_to("data")

    settle(tree, 1_700_000_000)

    modes = {path.name: path.stat().st_mode & 0o777 for path in tree.rglob("*")}
    assert modes == {
        "panecast": 0o755,
        "NOTES.txt": 0o644,
        "_internal": 0o755,
        "libpart.so.1": 0o644,
        "data": 0o644,
        "link": 0o644,
    }
    assert {path.lstat().st_mtime for path in (tree, *tree.rglob("*"))} == {1_700_000_000}
