"""Keeps the folder that Panecast is started in out of what it runs: it may hold downloads, or be somebody else's."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def keep_out() -> None:
    """Have no module and no program be looked up in the current folder from now on, here and in what is started here.

    An empty entry in PYTHONPATH or PATH, as scripts leave there by mistake, stands for that folder, and a relative one
    for a folder in it. Python has made those of PYTHONPATH absolute by now; what it loaded from there before is not
    for a program to undo. A copy of the source that runs where it lies goes on to find itself.
    """
    try:
        here = Path.cwd()
    except OSError:  # it was removed
        here = None
    own = Path(__file__).parents[__name__.count(".")]
    sys.path[:] = [
        entry for entry in sys.path if Path(entry).is_absolute() and (Path(entry) != here or Path(entry) == own)
    ]
    if "PATH" in os.environ:
        absolute = [entry for entry in os.environ["PATH"].split(os.pathsep) if Path(entry).is_absolute()]
        os.environ["PATH"] = os.pathsep.join(absolute) or os.defpath
    if sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-needcurrentdirectoryforexepathw
        os.environ["NODEFAULTCURRENTDIRECTORYINEXEPATH"] = "1"
