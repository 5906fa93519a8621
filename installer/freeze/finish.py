"""Makes a frozen tree fit to be packed: without debugging symbols, with plain modes and one time for all files.

python installer/freeze/finish.py TREE EPOCH
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

PAGE = 4096


def strip(tree: Path) -> None:
    """Take symbols that only a debugger reads, and search paths of this machine, out of the libraries below ``tree``.

    Libraries that were changed by patchelf, as those in ``*.libs`` of wheels were, may come out with segments that
    cannot be loaded: a file is left as it was where that happens.
    """
    if sys.platform != "linux":
        return
    for path in sorted(tree.rglob("*.so*")):
        if path.is_symlink() or not path.is_file() or path.parent.name.endswith(".libs"):
            continue
        if _search_path(path).startswith("/"):
            # Of the machine that compiled it, where anybody may have a folder of that name.
            subprocess.run(["chrpath", "--delete", path], check=True, stdout=subprocess.DEVNULL)
        copy = path.with_name(path.name + ".stripped")
        shutil.copy2(path, copy)
        done = subprocess.run(["strip", "--strip-unneeded", copy], capture_output=True, check=False)
        if done.returncode == 0 and is_loadable(copy.read_bytes()) and copy.stat().st_size < path.stat().st_size:
            copy.replace(path)
        else:
            copy.unlink()


def _search_path(library: Path) -> str:
    """Return where ``library`` has its own libraries looked for; empty if it says nothing."""
    told = subprocess.run(["chrpath", "--list", library], capture_output=True, text=True, check=False).stdout
    return told.rpartition("=")[2].strip()


def is_loadable(library: bytes) -> bool:
    """Tell whether each segment of a 64-bit ELF file lies in the file as it does in memory, page by page."""
    if library[:5] != b"\x7fELF\x02":
        return False
    (table,) = struct.unpack_from("<Q", library, 32)
    size, count = struct.unpack_from("<HH", library, 54)
    for number in range(count):
        kind, _, offset, address = struct.unpack_from("<IIQQ", library, table + number * size)
        if kind == 1 and offset % PAGE != address % PAGE:
            return False
    return True


def list_libraries(bundle: Path, name: str) -> None:
    """Write into ``bundle``, as NAME.libraries, which libraries it has and how large they are: start.py reads it.

    On Linux alone, whose linker takes a library into memory that is not whole.
    """
    if sys.platform != "linux":
        return
    found = sorted(path for path in bundle.rglob("*.so*") if path.is_file() and not path.is_symlink())
    lines = [f"{path.stat().st_size} {path.relative_to(bundle).as_posix()}\n" for path in found]
    (bundle / f"{name}.libraries").write_text("".join(lines), encoding="utf-8")


def settle(tree: Path, epoch: int) -> None:
    """Give everything below ``tree`` the modes of a package's files, and the time ``epoch`` (seconds)."""
    for path in sorted(tree.rglob("*")):
        if path.is_symlink():
            os.utime(path, (epoch, epoch), follow_symlinks=False)
            continue
        is_program = path.is_dir() or (path.parent == tree and not path.suffix)
        path.chmod(0o755 if is_program else 0o644)
    for path in sorted(tree.rglob("*"), reverse=True):
        os.utime(path, (epoch, epoch), follow_symlinks=False)
    os.utime(tree, (epoch, epoch))


if __name__ == "__main__":
    strip(Path(sys.argv[1]))
    settle(Path(sys.argv[1]), int(sys.argv[2]))
