"""Lays out what a package of a Linux system holds, as it lies on the user's disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from capture.installation import MARK, Installation
from installer import notices
from installer.project import BadInput
from installer.share import lay_out

APP = Path("usr/lib/panecast")
DOC = Path("usr/share/doc")
NOTICES = "THIRD-PARTY-NOTICES.txt"
BILL = "sbom.cdx.json"
SHOWN = Path("_internal/resources/notices.txt")
"""Where the program's own window finds the notices."""


def tell_inside(tree: Path, tables: Path, folder: Path, *, video: bool = False, dep5: bool = False) -> None:
    """Write what is inside of ``tree`` into ``folder``: notices and bill of materials, and Debian's copyright file.

    ``tables`` is the folder of PyInstaller's tables.

    Raises:
        BadInput: the tree must not be given away as it is; why has been said on standard error.
    """
    words = ["--tree", str(tree), "--out-notices", str(folder / NOTICES), "--out-sbom", str(folder / BILL)]
    if video:
        words.append("--video")
    else:
        words += ["--toc", *map(str, sorted(tables.glob("*.toc")))]
    if dep5:
        words += ["--out-copyright", str(folder / "copyright")]
    if notices.main(words) != 0:
        raise BadInput(f"{tree} must not be given away as it is.")


def lay_out_root(tree: Path, root: Path, kind: Installation) -> None:
    """Make ``root`` hold the frozen program ``tree`` as the package of ``kind`` does, with all that is beside it.

    Raises:
        BadInput: a file that it is made from is missing or wrong.
    """
    copy_tree(tree, root / APP)
    (root / APP / "_internal" / MARK).write_text(f"{kind}\n", encoding="ascii")
    programs = root / "usr" / "bin"
    programs.mkdir(parents=True)
    (programs / "panecast").symlink_to("../lib/panecast/panecast")
    lay_out(root / "usr" / "share")


def lay_out_notices(root: Path, package: str) -> None:
    """Move notices and bill of materials from beside the program to where packages have them."""
    folder, own = root / DOC / package, root / APP / package
    folder.mkdir(parents=True)
    for name in (NOTICES, BILL):
        ((own if own.is_dir() else root / APP) / name).rename(folder / name)
    if own.is_dir():
        own.rmdir()


def copy_tree(tree: Path, target: Path) -> None:
    """Make ``target`` a copy of ``tree``, with its links, modes and times, instead of all that was there."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(tree, target, symlinks=True)
