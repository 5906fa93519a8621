"""Makes the manifests of winget and Scoop for what lies in dist/:  python installer/manifests.py DIST OUTDIR

DIST has the setup program (panecast-VERSION…setup.exe) and the portable archive (panecast-VERSION….zip) of a version.
``OUTDIR/winget`` becomes what goes into a pull request to winget-pkgs, ``OUTDIR/scoop`` what goes into a bucket.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from installer.project import HOMEPAGE, TOP, VERSION, BadInput, build_day, own_releases

TEMPLATES = TOP / "installer"
PROGRAMS = ("panecast.exe", "panecast-cli.exe")
"""The program without a console and the one with it."""


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return ``template`` with a value for each @NAME@ in it. Raises `BadInput`."""
    lacking = sorted(set(re.findall(r"@([A-Z0-9_]+)@", template)) - set(values))
    if lacking:
        raise BadInput(f"A manifest asks for {', '.join(lacking)}, which nobody knows.")
    return re.sub(r"@([A-Z0-9_]+)@", lambda match: values[match[1]], template)


def sole(dist: Path, ending: str) -> Path:
    """Return the one file of this version in ``dist`` whose name has that ending. Raises `BadInput`."""
    found = sorted(dist.glob(f"panecast-{VERSION}*{ending}"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise BadInput(
            f"{dist} is to have one file panecast-{VERSION}…{ending}. There: {names}. Build for Windows first."
        )
    return found[0]


def folder_of_program(archive: Path) -> str:
    """Return the folder inside ``archive`` in which the programs are, empty if they are on top. Raises `BadInput`."""
    try:
        with zipfile.ZipFile(archive) as file:
            names = set(file.namelist())
    except zipfile.BadZipFile as error:
        raise BadInput(f"{archive.name} is no zip file, or a damaged one. Build it again.") from error
    folders = [name.removesuffix(PROGRAMS[0]) for name in names if name.rpartition("/")[2] == PROGRAMS[0]]
    for folder in folders:
        if all(f"{folder}{program}" in names for program in PROGRAMS):
            return folder.rstrip("/")
    raise BadInput(f"{archive.name} lacks {' or '.join(PROGRAMS)}.")


def manifests(dist: Path) -> dict[str, str]:
    """Return the text of each manifest by its path, for the files in ``dist``. Raises `BadInput`."""
    setup, archive = sole(dist, "setup.exe"), sole(dist, ".zip")
    values = {
        "VERSION": VERSION,
        "DATE": (own_releases()[0].day or build_day()).isoformat(),
        "HOMEPAGE": HOMEPAGE,
        "ARCHIVE_FOLDER": folder_of_program(archive),
    }
    for name, path in (("SETUP", setup), ("ARCHIVE", archive)):
        values[f"{name}_URL"] = f"{HOMEPAGE}/download/{VERSION}/{quote(path.name)}"
        with path.open("rb") as file:
            values[f"{name}_SHA256"] = hashlib.file_digest(file, "sha256").hexdigest().upper()
    found = {
        f"winget/{path.name}": filled(path.read_text(encoding="utf-8"), values)
        for path in sorted((TEMPLATES / "winget").glob("*.yaml"))
    }
    scoop = json.loads(filled((TEMPLATES / "scoop" / "panecast.json").read_text(encoding="utf-8"), values))
    package = scoop["architecture"]["64bit"]
    package["hash"] = package["hash"].lower()
    if not package["extract_dir"]:
        del package["extract_dir"]
    found["scoop/panecast.json"] = json.dumps(scoop, indent=4) + "\n"
    return found


def main() -> int:
    """Write all of them into the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Make the manifests of winget and Scoop.")
    parser.add_argument("dist", type=Path, metavar="DIST")
    parser.add_argument("folder", type=Path, metavar="OUTDIR")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    try:
        made = manifests(arguments.dist)
    except BadInput as error:
        print(f"manifests: {error}", file=sys.stderr)
        return 1
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
