"""Completes the AppStream metainfo:  python installer/metainfo.py [--flatpak] OUTFILE"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from installer.project import APPLICATION, HOMEPAGE, TOP, BadInput, Release, build_day, own_releases

TEMPLATE = TOP / "installer" / "linux" / f"{APPLICATION}.metainfo.xml"
PLACE = "  <releases/>\n"
END = "  </description>\n"
FLATPAK = """\
    <p>
      This Flatpak works through your desktop's portals: it asks each time which window or screen to share, has no list
      of windows, and cannot cover password managers in pictures of the whole screen. The other packages can.
    </p>
    <p xml:lang="de">
      Dieses Flatpak arbeitet über die Portale Ihres Desktops: Es fragt jedes Mal, welches Fenster oder welcher
      Bildschirm geteilt werden soll, hat keine Fensterliste und kann Passwortmanager in Bildern des ganzen Bildschirms
      nicht verdecken. Die anderen Pakete können das.
    </p>
"""
"""What stands at the end of the description of a Flatpak."""


def completed(template: str, releases: Iterable[Release], today: date) -> str:
    """Return ``template`` with addresses and ``releases``; one that is not released yet has the date ``today``."""
    lines = ["  <releases>\n"]
    for release in releases:
        day = (release.day or today).isoformat()
        lines += [
            f'    <release version="{release.version}" date="{day}" type="stable">\n',
            f'      <url type="details">{HOMEPAGE}/changelog#{release.version}</url>\n',
            "    </release>\n",
        ]
    lines.append("  </releases>\n")
    if template.count(PLACE) != 1:
        raise BadInput(f"{TEMPLATE.name} has no single line {PLACE.strip()!r} where the releases are to stand.")
    return template.replace(PLACE, "".join(lines)).replace("@HOMEPAGE@", HOMEPAGE)


def metainfo(flatpak: bool = False) -> str:
    """Return the metainfo of the project as it is now, of a Flatpak or of all other packages. Raises `BadInput`."""
    template = TEMPLATE.read_text(encoding="utf-8")
    if flatpak:
        template = template.replace(END, FLATPAK + END)
    return completed(template, own_releases(), build_day())


def main() -> int:
    """Write the metainfo into the file that the command line names."""
    parser = argparse.ArgumentParser(description="Complete the AppStream metainfo.")
    parser.add_argument("file", type=Path, metavar="OUTFILE")
    parser.add_argument("--flatpak", action="store_true", help="say what a Flatpak cannot do")
    arguments = parser.parse_args()
    path: Path = arguments.file
    try:
        path.write_text(metainfo(arguments.flatpak), encoding="utf-8")
    except BadInput as error:
        print(f"metainfo: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
