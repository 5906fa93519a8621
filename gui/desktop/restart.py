"""Starts the program once more, by itself, when this process is about to end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from capture.installation import bundle, installation

BEGIN = (
    "import json, runpy, sys; sys.path[:] = json.loads(sys.argv.pop(1)); name = sys.argv.pop(1); "
    "sys.argv[0] = 'panecast'; runpy.run_module(name, run_name='__main__')"
)


def command(arguments: Sequence[str]) -> list[str]:
    """Return the words that start this program with ``arguments``."""
    if bundle() is not None:
        # What runs out of an AppImage lies in a folder that is gone when this process is.
        image = os.environ.get("APPIMAGE", "") if installation() == "appimage" else ""
        return [image or sys.executable, *arguments]
    # Isolated, and with the folders in which this process has found everything: with -m, Python would look into the
    # current folder first.
    folders = json.dumps([entry for entry in sys.path if os.path.isabs(entry)])  # noqa: PTH117  they are texts
    return [sys.executable, "-I", "-c", BEGIN, folders, __name__.rpartition(".desktop.")[0], *arguments]


def start_again(arguments: Sequence[str]) -> None:
    """Start the program; whatever this one was started from sees it end, and hears nothing of the other."""
    nowhere = subprocess.DEVNULL
    subprocess.Popen(  # noqa: S603  it is ourselves
        command(arguments), stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True
    )
