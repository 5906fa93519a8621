"""Lays out what a Linux desktop has of the program beside itself:  python installer/share.py [--flatpak] OUTDIR

``OUTDIR`` becomes what belongs under ``/usr/share``: desktop file, metainfo, icons, man pages, completions. Equal
sources, versions of tools and ``SOURCE_DATE_EPOCH`` give equal bytes.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from pathlib import Path

from installer.commands import commands
from installer.completions import PLACES
from installer.icons import write_hicolor
from installer.metainfo import metainfo
from installer.project import APPLICATION, TOP, BadInput

SOURCES = TOP / "installer" / "linux"
MANUALS = {"man": "panecast.1", "man/de": "panecast.de.1"}
"""By the folder of its language."""


def lay_out(folder: Path, flatpak: bool = False) -> None:
    """Write all of it into ``folder``, files with mode 644; for a Flatpak, where that is made. Raises `BadInput`."""
    known = commands()
    contents = {place: make(known).encode() for place, make in PLACES.items()}
    contents[f"applications/{APPLICATION}.desktop"] = (SOURCES / f"{APPLICATION}.desktop").read_bytes()
    contents[f"metainfo/{APPLICATION}.metainfo.xml"] = metainfo(flatpak).encode()
    for place, name in MANUALS.items():
        contents[f"{place}/man1/panecast.1.gz"] = gzip.compress((SOURCES / name).read_bytes(), 9, mtime=0)
    for place, content in contents.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    write_hicolor(folder / "icons" / "hicolor")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def main() -> int:
    """Lay all of it out in the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Lay out what belongs under /usr/share.")
    parser.add_argument("folder", type=Path, metavar="OUTDIR")
    parser.add_argument("--flatpak", action="store_true", help="say in the description what a Flatpak cannot do")
    arguments = parser.parse_args()
    try:
        lay_out(arguments.folder, arguments.flatpak)
    except BadInput as error:
        print(f"share: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
