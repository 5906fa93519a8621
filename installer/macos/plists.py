"""Completes the bundle's Info.plist:  python installer/macos/plists.py OUTFILE

For PyInstaller's BUNDLE there is `info`.
"""

from __future__ import annotations

import argparse
import plistlib
import sys
from pathlib import Path
from typing import Any

from installer.project import APPLICATION, TOP, VERSION

SOURCES = TOP / "installer" / "macos"


def info() -> dict[str, Any]:
    """Return the Info.plist of this version, as plistlib writes it."""
    content: dict[str, Any] = plistlib.loads((SOURCES / "Info.plist").read_bytes())
    own = {
        "CFBundleIdentifier": APPLICATION,
        "CFBundleShortVersionString": VERSION,
        "CFBundleVersion": VERSION,
    }
    return content | own


def main() -> int:
    """Write the Info.plist into the file that the command line names."""
    parser = argparse.ArgumentParser(description="Complete the bundle's Info.plist.")
    parser.add_argument("file", type=Path, metavar="OUTFILE")
    path: Path = parser.parse_args().file
    path.write_bytes(plistlib.dumps(info()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
